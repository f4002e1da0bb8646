import type { SchemaRule } from './rules.ts'

/** Our schemas, and the logins of the API. */
const OURS = `'{app,kpi,effects,app_private,sync,audit}'::regnamespace[]`
const API = `unnest('{anon,authenticated,service_role}'::text[]) as api (role)`
const TABLES = `pg_class as c where c.relkind in ('r', 'p', 'v', 'm') and c.relnamespace = any (${OURS})`

/** A table to plant defects on, beside the real ones. */
const PLANTED_TABLE = 'create table app.defects (company_id uuid references app.companies (id), id uuid, primary key (company_id, id));'

/** What every table must have. */
export const tableRules: SchemaRule[] = [
  {
    name: 'every table has row-level security on, also for its owner',
    query: `select c.oid::regclass::text from ${TABLES} and c.relkind in ('r', 'p') and not (c.relrowsecurity and c.relforcerowsecurity)`,
    planted: 'alter table app.sites no force row level security',
  },
  {
    name: 'every table of app has company_id first in its primary key',
    query: `select c.oid::regclass::text from pg_class as c left join pg_index as i on i.indrelid = c.oid and i.indisprimary
      left join pg_attribute as a on a.attrelid = c.oid and a.attnum = i.indkey[0]
      where c.relkind in ('r', 'p') and c.relnamespace = 'app'::regnamespace and a.attname is distinct from 'company_id'`,
    except: {
      'app.companies': 'its id is the company',
      'app.roles': 'the same for every company',
      'app.role_permissions': 'the same for every company',
    },
    planted: 'create table app.defects (id uuid primary key, company_id uuid)',
  },
  {
    name: 'every unique or exclusion constraint of app has company_id first: no key of another company can be guessed',
    query: `select i.indexrelid::regclass::text from pg_index as i join pg_class as c on c.oid = i.indrelid
      join pg_attribute as a on a.attrelid = c.oid and a.attnum = i.indkey[0]
      where (i.indisunique or i.indisexclusion) and c.relnamespace = 'app'::regnamespace and a.attname <> 'company_id'`,
    except: {
      'app.companies_pkey': 'its id is the company',
      'app.roles_pkey': 'the same for every company',
      'app.role_permissions_pkey': 'the same for every company',
      'app.invitations_token': 'the hash of a secret: it is looked up before the company is known',
    },
    planted: 'create unique index defect on app.sites (code)',
  },
  {
    name: 'every foreign key between tables of companies starts with company_id',
    query: `select f.conrelid::regclass || ' ' || f.conname from pg_constraint as f
      join pg_attribute as a on a.attrelid = f.conrelid and a.attnum = f.conkey[1]
      where f.contype = 'f' and f.connamespace = any (${OURS}) and f.confrelid::regclass::text not in ('app.companies', 'app.roles', 'auth.users', 'auth.sessions')
        and a.attname <> 'company_id'`,
    planted: `${PLANTED_TABLE} alter table app.defects add unique (id), add parent_id uuid references app.defects (id)`,
  },
  {
    name: 'every foreign key has an index that starts with its columns',
    query: `select f.conrelid::regclass || ' ' || f.conname from pg_constraint as f
      where f.contype = 'f' and f.connamespace = any (${OURS}) and not exists (
        select from pg_index as i where i.indrelid = f.conrelid and i.indpred is null
          and (i.indkey::smallint[])[0:cardinality(f.conkey) - 1] @> f.conkey)`,
    planted: `${PLANTED_TABLE} alter table app.defects add site_id uuid, add foreign key (company_id, site_id) references app.sites`,
  },
  {
    name: 'a table whose rows have scopes is synced, and what is synced has scopes',
    query: `select 'app.' || coalesce(a.name, t.name) from sync.tables as t full join (
        select c.relname::text as name from pg_attribute as a join pg_class as c on c.oid = a.attrelid
        where c.relnamespace = 'app'::regnamespace and c.relkind in ('r', 'p') and a.attname = 'scope_ids' and not a.attisdropped
      ) as a using (name) where a.name is null or t.name is null`,
    planted: 'alter table app.roles add scope_ids uuid[]',
  },
  {
    name: 'tables are plural snake_case',
    query: `select c.oid::regclass::text from pg_class as c
      where c.relkind in ('r', 'p') and c.relnamespace = 'app'::regnamespace and c.relname !~ '^[a-z]+(_[a-z]+)*s$'`,
    planted: 'create table app.defect (company_id uuid, id uuid, primary key (company_id, id))',
  },
]

/** Who may do what. */
export const rightsRules: SchemaRule[] = [
  {
    name: 'every table of app has a select policy to authenticated',
    query: `select c.oid::regclass::text from pg_class as c
      where c.relkind in ('r', 'p') and c.relnamespace = 'app'::regnamespace and not exists (
        select from pg_policy as p where p.polrelid = c.oid and p.polcmd = 'r' and 'authenticated'::regrole = any (p.polroles))`,
    planted: 'drop policy select_member on app.sites',
  },
  {
    name: 'every policy is to a role, never to everybody',
    query: `select p.polrelid::regclass || ' ' || p.polname from pg_policy as p join pg_class as c on c.oid = p.polrelid
      where 0 = any (p.polroles) and (c.relnamespace = any (${OURS}) or p.polrelid in ('realtime.messages'::regclass, 'storage.objects'::regclass))`,
    planted: 'create policy select_defect on app.sites for select using (true)',
  },
  {
    name: 'one policy per table, verb and role',
    query: `select p.polrelid::regclass || ' ' || string_agg(p.polname, ' ' order by p.polname)
      from pg_policy as p join pg_class as c on c.oid = p.polrelid, unnest(p.polroles) as role
      where c.relnamespace = any (${OURS}) group by p.polrelid, p.polcmd, role having count(*) > 1`,
    planted: 'create policy select_defect on app.sites for select to authenticated using (true)',
  },
  {
    name: 'policies are named <verb>_<who>',
    query: `select p.polrelid::regclass || ' ' || p.polname from pg_policy as p join pg_class as c on c.oid = p.polrelid
      where (c.relnamespace = any (${OURS}) or p.polrelid in ('realtime.messages'::regclass, 'storage.objects'::regclass)) and p.polname::text !~ ('^' || case p.polcmd
        when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end || '(_[a-z]+)+$')`,
    planted: 'create policy defect on app.sites for delete to authenticated using (true)',
  },
  {
    name: 'no policy calls a function once per row',
    query: `select p.polrelid::regclass || ' ' || p.polname from pg_policy as p join pg_class as c on c.oid = p.polrelid
      where c.relnamespace = any (${OURS})
        and regexp_count(concat_ws(' ', pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)), '(app_private|auth|realtime)\\.\\w+\\(')
          > regexp_count(concat_ws(' ', pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)), 'SELECT (app_private|auth|realtime)\\.\\w+\\(')`,
    planted: 'create policy update_defect on app.sites for update to authenticated using (company_id = app_private.company())',
  },
  {
    name: 'the API’s roles write to no table',
    query: `select api.role || ' ' || verb || ' ' || c.oid::regclass
      from ${API}, unnest('{insert,update,delete,truncate,references,trigger}'::text[]) as verb, ${TABLES} and (
        has_table_privilege(api.role, c.oid, verb) or (verb in ('insert', 'update', 'references') and has_any_column_privilege(api.role, c.oid, verb)))`,
    planted: 'grant update (name) on app.sites to authenticated',
  },
  {
    name: 'grants to the API’s roles name columns',
    query: `select g.grantee::regrole || ' ' || g.privilege_type || ' ' || c.oid::regclass
      from pg_class as c, aclexplode(c.relacl) as g
      where c.relnamespace = any (${OURS}) and c.relkind <> 'S' and (g.grantee = 0 or g.grantee::regrole::text in ('anon', 'authenticated', 'service_role'))`,
    planted: 'grant select on app.sites to authenticated',
  },
  {
    name: 'anon and service_role read no table, and authenticated only those of app',
    query: `select api.role || ' ' || c.oid::regclass from ${API}, ${TABLES}
      and has_any_column_privilege(api.role, c.oid, 'select') and (api.role <> 'authenticated' or c.relnamespace <> 'app'::regnamespace)`,
    planted: 'grant select (only_row) on sync.state to authenticated',
  },
  {
    name: 'audit stays closed; service_role enters app alone',
    query: `select api.role || ' ' || n.nspname from ${API}, pg_namespace as n
      where n.oid = any (${OURS}) and has_schema_privilege(api.role, n.oid, 'usage') and (n.nspname = 'audit' or api.role = 'service_role')`,
    except: { 'service_role app': 'to the functions of the workers alone: see the next rule' },
    planted: 'grant usage on schema audit to authenticated',
  },
  {
    name: 'the API’s roles create nothing in our schemas',
    query: `select api.role || ' ' || n.nspname from ${API}, pg_namespace as n
      where n.oid = any (${OURS}) and has_schema_privilege(api.role, n.oid, 'create')`,
    planted: 'grant create on schema kpi to authenticated',
  },
]

/** The functions of hidden schemas that policies and the sync calls run as the caller. */
const OPEN = [
  'app_private.claims',
  'app_private.user_id',
  'app_private.wanted_company',
  'app_private.object_company',
  'app_private.session_alive',
  'app_private.missing_proof',
  'app_private.access',
  'app_private.company',
  'app_private.my_scopes',
  'app_private.require_access',
  'app_private.may_store_photo',
  'app_private.may_store_picture',
  'app_private.may_read_picture',
  'app_private.may_read_photo',
  'app_private.company_folders',
  'effects.refuse',
  'sync.look',
  'sync.table_names',
  'sync.copy_text',
]

/** What functions and triggers must be. */
export const functionRules: SchemaRule[] = [
  {
    name: 'a function that runs as its owner has an empty search_path',
    query: `select p.oid::regprocedure::text from pg_proc as p
      where p.pronamespace = any (${OURS}) and p.prosecdef and coalesce('search_path=""' <> all (p.proconfig), true)`,
    planted: `create function app_private.defect() returns int language sql security definer return 1`,
  },
  {
    name: 'no function of ours is executable by everybody',
    query: `select p.oid::regprocedure::text from pg_proc as p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) as g
      where p.pronamespace = any (${OURS}) and g.grantee = 0`,
    planted: 'grant execute on function app.sync_push to public',
  },
  {
    name: 'of the hidden schemas, the API’s roles run only the functions listed here and the generated reads of sync',
    query: `select api.role || ' ' || p.pronamespace::regnamespace || '.' || p.proname from ${API}, pg_proc as p
      where p.pronamespace = any ('{effects,app_private,sync,audit}'::regnamespace[]) and has_function_privilege(api.role, p.oid, 'execute')
        and not (p.pronamespace = 'sync'::regnamespace and api.role = 'authenticated'
                 and exists (select from sync.tables as t where p.proname in ('changed_' || t.name, 'boot_' || t.name, 'count_' || t.name)))`,
    except: Object.fromEntries(OPEN.map((name) => [`authenticated ${name}`, 'run as the caller'])),
    planted: 'grant execute on function app_private.can to authenticated',
  },
  {
    name: 'without an account one can only look at an invitation',
    query: `select p.oid::regprocedure::text from pg_proc as p where p.pronamespace = any (${OURS}) and has_function_privilege('anon', p.oid, 'execute')`,
    except: { 'app.peek_invitation(text)': 'answers to the holder of a link' },
    planted: 'grant execute on function app.sync_pull to anon',
  },
  {
    name: 'the secret key takes and ends jobs, and does nothing else',
    query: `select p.proname::text from pg_proc as p where p.pronamespace = any (${OURS}) and has_function_privilege('service_role', p.oid, 'execute')`,
    except: Object.fromEntries(['claim_jobs', 'job_payload', 'finish_job', 'fail_job', 'next_job_at'].map((name) => [name, 'for workers'])),
    planted: 'grant execute on function app.my_companies to service_role',
  },
  {
    name: 'KPI functions run as the caller and change nothing',
    query: `select p.oid::regprocedure::text from pg_proc as p where p.pronamespace = 'kpi'::regnamespace and (p.prosecdef or p.provolatile = 'v')`,
    planted: `create function kpi.defect() returns int language sql return 1`,
  },
  {
    name: 'commands run as the command role, which obeys row-level security',
    query: `select p.oid::regprocedure::text from pg_proc as p join pg_roles as r on r.oid = p.proowner
      where p.pronamespace = 'app'::regnamespace and exists (select from app_private.commands as c where c.name = p.proname)
        and (r.rolname <> 'app_commands' or r.rolbypassrls or r.rolsuper or not p.prosecdef)`,
    planted: 'alter function app.archive_site owner to postgres',
  },
  {
    name: 'triggers are named _NNN_<what they do>, their functions tg_<table>__<what they do>',
    query: `select t.tgrelid::regclass || ' ' || t.tgname || ' ' || p.oid::regproc from pg_trigger as t
      join pg_class as c on c.oid = t.tgrelid join pg_proc as p on p.oid = t.tgfoid
      where not t.tgisinternal and c.relnamespace = any (${OURS}) and (t.tgname !~ '^_[0-9]{3}(_[a-z]+)+$'
        or (p.proname <> 'tg_changed' and p.proname not like replace('tg_' || c.relname || '__%', '_', '\\_')))`,
    planted: 'create trigger defect before update on app.sites for each row execute function suppress_redundant_updates_trigger()',
  },
  {
    name: 'triggers of tables that take many rows run once per statement',
    query: `select t.tgrelid::regclass || ' ' || t.tgname from pg_trigger as t join pg_class as c on c.oid = t.tgrelid
      where not t.tgisinternal and c.relnamespace = any (${OURS}) and t.tgtype & 1 = 1`,
    except: {
      'app.incident_events _100_inherit_scopes': 'fills the new row from its incident',
      'app.conflicts _100_inherit_scopes': 'fills the new row from the row it is about',
      'app.photos _100_scopes': 'fills the new row from its incident or its site',
    },
    planted: 'create trigger _900_defect before update on app.sites for each row execute function suppress_redundant_updates_trigger()',
  },
]
