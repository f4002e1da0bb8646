// What the test database is given beside the product: calls in one round trip, companies copied and restored, and the server's truth.
import type { Sql } from 'postgres'
import { tables } from '../../app/kernel/generated/tables.ts'

interface Column {
  name: string
  required: boolean
  /** The expression, when it is generated. */
  generated: string | null
  type: string
}

const columnsOf = (sql: Sql, table: string) => sql<Column[]>`
  select quote_ident(a.attname) as name, a.attnotnull as required, format_type(a.atttypid, a.atttypmod) as type,
    case when a.attgenerated <> '' then pg_get_expr(d.adbin, d.adrelid) end as generated
  from pg_attribute as a left join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where a.attrelid = ${table}::regclass and a.attnum > 0 and not a.attisdropped order by a.attnum`

/** Signs a caller in as the REST service does, for the rest of the statement. */
const SIGN_IN = `
create schema faults;
grant usage on schema faults to authenticator, authenticated, supabase_storage_admin;
create function faults.sign_in(claims text, company uuid) returns void language plpgsql as $$
begin
  perform set_config('role', 'authenticated', true), set_config('search_path', 'app, public, extensions', true),
    set_config('request.jwt.claims', claims, true), set_config('request.headers', jsonb_build_object('x-company', company)::text, true);
end $$;
create function faults.pull(claims text, company uuid, place text) returns text language plpgsql as $$
begin
  perform faults.sign_in(claims, company);
  return app.sync_pull(place::jsonb)::text;
end $$;
create function faults.boot(claims text, company uuid, scopes text, after text, n integer) returns text language plpgsql as $$
begin
  perform faults.sign_in(claims, company);
  return app.sync_boot(scopes::uuid[], after::jsonb, n)::text;
end $$;
-- the answer, and in a second line the scopes that the transaction pokes
create function faults.push(claims text, company uuid, batch text) returns text language plpgsql as $$
begin
  perform faults.sign_in(claims, company);
  return concat(app.sync_push(batch::jsonb), e'\\n', current_setting('app.poked', true));
end $$;
create function faults.photo_states(claims text, company uuid, ids uuid[]) returns text language plpgsql as $$
begin
  perform faults.sign_in(claims, company);
  return (select coalesce(json_agg(json_build_object('id', p.id, 'state', p.state, 'refusal', p.refusal)), '[]') from app.photos as p where p.id = any (ids));
end $$;
create function faults.confirm(claims text, company uuid, command uuid, photo uuid) returns text language plpgsql as $$
begin
  perform faults.sign_in(claims, company);
  return concat(coalesce(to_jsonb(app.confirm_photo(command_id => command, id => photo)), 'null'), e'\\n', current_setting('app.poked', true));
end $$;
-- what Storage notes of a file, under its own login
create function faults.store(claims text, file text) returns text language plpgsql as $$
begin
  perform set_config('role', 'authenticated', true), set_config('request.jwt.claims', claims, true);
  insert into storage.objects (bucket_id, name) values ('photos', file);
  return '{}';
end $$;
create function faults.restore_files(company uuid, names text[]) returns void language sql set session_replication_role = replica as $$
  delete from storage.objects where bucket_id = 'photos' and name like company || '/%' and name <> all (names);
  insert into storage.objects (bucket_id, name) select 'photos', file from unnest(names) as file on conflict do nothing;
$$;
-- a value as COPY writes it, by another hand than the product's
create function faults.copy_text(value text) returns text language sql immutable return
  replace(replace(replace(replace(value, '\\', '\\\\'), chr(9), '\\t'), chr(10), '\\n'), chr(13), '\\r');
alter table app_private.command_log add column nth bigint generated always as identity;
create table faults.kept (company uuid, n integer, name text, rows jsonb, primary key (company, n, name));
`

/**
 * Adds schema `faults` to a test database. `sql` = a superuser; `template` = the company that others copy. Answers, by
 * table, the expression that writes a row `r` as it travels.
 */
export async function addHarness(sql: Sql, template: string): Promise<Map<string, string>> {
  await sql.unsafe(SIGN_IN)
  const lines: string[] = []
  const expressions = new Map<string, string>()
  for (const [name, { columns }] of Object.entries(tables)) {
    const known = new Map((await columnsOf(sql, `app.${name}`)).map((column) => [column.name, column]))
    const value = (column: string) => (known.get(column)!.required ? `r.${column}` : `coalesce(faults.copy_text(r.${column}::text), '\\N')`)
    const free = (column: string) =>
      /^(?:text|jsonb|\w+\[\])$/.test(known.get(column)!.type) ? `faults.copy_text(r.${column}::text)` : value(column)
    const line = columns.map((column) => (known.get(column)!.required ? free(column) : value(column))).join(', ')
    expressions.set(name, `concat_ws(e'\\t', ${line})`)
    lines.push(`select '${name}', r.id, ${expressions.get(name)} from app.${name} as r where r.company_id = company`)

    // what the phone computes by itself, from a row as it travels
    const given = columns.map((column, place) => `(v ->> ${place})::${known.get(column)!.type} as ${column}`)
    const source = `(select company as company_id, ${given.join(', ')}, nth from jsonb_array_elements(lines) with ordinality as l (v, nth)) as r`
    const id = known.get('id')!.generated ?? 'id'
    const scopes = known.get('scope_ids')!.generated ?? 'scope_ids'
    await sql.unsafe(`create function faults.derive_${name}(company uuid, lines jsonb) returns table (id uuid, scope_ids uuid[]) language sql as $f$
      select ${id}, ${scopes} from ${source} order by nth $f$`)
  }
  await sql.unsafe(`create function faults.rows(claims text, company uuid) returns table (name text, id uuid, line text) language plpgsql as $f$
    begin
      perform faults.sign_in(claims, company);
      return query ${lines.join(' union all ')};
    end $f$`)

  const companyTables = await sql<{ name: string }[]>`
    select format('%I.%I', c.relnamespace::regnamespace, c.relname) as name from pg_class as c
    where c.relkind = 'r' and c.relnamespace::regnamespace::text in ('app', 'app_private', 'sync', 'audit')
      and exists (select from pg_attribute as a where a.attrelid = c.oid and a.attname = 'company_id') order by 1`
  const copies: string[] = []
  const keeps: string[] = []
  const restores: string[] = []
  for (const { name } of companyTables) {
    const columns = (await columnsOf(sql, name)).filter((column) => !column.generated).map((column) => column.name)
    const own = name === 'app.companies' ? 'id' : 'company_id'
    const others = columns.filter((column) => column !== own)
    if (name.startsWith('app.')) {
      copies.push(
        `insert into ${name} (${[own, ...others].join(', ')}) select ${['m.id', ...others.map((column) => `t.${column}`)].join(', ')}
        from ${name} as t, unnest(made) as m (id) where t.${own} = '${template}';`,
      )
    }
    keeps.push(`insert into faults.kept select wanted, turn, '${name}', jsonb_agg(to_jsonb(t)) from ${name} as t where t.${own} = wanted
      on conflict (company, n, name) do update set rows = excluded.rows;`)
    restores.push(`delete from ${name} as t where t.${own} = wanted;
      insert into ${name} (${columns.join(', ')}) overriding system value
      select ${columns.join(', ')} from jsonb_populate_recordset(null::${name}, (select rows from faults.kept as k where k.company = wanted and k.n = turn and k.name = '${name}'));`)
  }
  const quietly = (body: string) => `begin set local session_replication_role = replica; ${body} set local session_replication_role = origin; `
  await sql.unsafe(`
    create function faults.copy(made uuid[]) returns table (company uuid, here uuid, there uuid) language plpgsql as $f$
      ${quietly(copies.join('\n'))}
      insert into app_private.accesses select a.* from app.memberships as m, app_private.compute_access(m.company_id, m.id) as a
      where m.company_id = any (made) and a.company_id is not null;
      return query
        with scopes as (
          select kind, id from (select distinct kind from app_private.role_scopes) as k, app.sites as s where kind ~ '^site(:|$)' and s.company_id = '${template}'
          union all select 'user', m.id from app.memberships as m where m.company_id = '${template}'
          union all select distinct kind, null::uuid from app_private.role_scopes where kind !~ '^site(:|$)'
          union all select 'company:admin', null)
        select c.id, effects.scope_id(c.id, s.kind, coalesce(s.id, c.id)), effects.scope_id('${template}', s.kind, coalesce(s.id, '${template}'))
        from unnest(made) as c (id), scopes as s;
    end $f$;
    create function faults.keep(wanted uuid, turn integer) returns void language plpgsql as $f$ begin ${keeps.join('\n')} end $f$;
    create function faults.restore(wanted uuid, turn integer) returns void language plpgsql as $f$
      ${quietly(restores.join('\n'))} end $f$;
    grant execute on all functions in schema faults to authenticator, authenticated, supabase_storage_admin;`)
  return expressions
}
