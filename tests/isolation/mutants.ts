/** Defects to plant: each policy dropped or loosened, each privilege given away, each key and check dropped, each helper made credulous. */
import type { Sql } from 'postgres'
import type { Constraint } from './constraints.ts'

export interface Mutant {
  name: string
  /** What it is about: a relation, a function (`schema.name()`), a constraint, or `helpers`. */
  on: string
  kind: 'policy' | 'row security' | 'privilege' | 'routine' | 'constraint' | 'helper'
  sql: string
  /** Whose eyes may notice. */
  role?: 'anon' | 'authenticated' | 'service_role'
  constraint?: Constraint
}

const OURS = ['app', 'app_private', 'sync', 'audit', 'analytics']

/** Policies dropped, opened, and without one of their conditions. */
export async function policyMutants(superuser: Sql): Promise<Mutant[]> {
  const policies = await superuser<{ relation: string; name: string; using: string | null; check: string | null }[]>`
    select format('%I.%I', c.relnamespace::regnamespace, c.relname) as relation, quote_ident(p.polname) as name,
      pg_get_expr(p.polqual, p.polrelid) as using, pg_get_expr(p.polwithcheck, p.polrelid) as check
    from pg_policy as p join pg_class as c on c.oid = p.polrelid
    where c.relnamespace::regnamespace::text = any (${[...OURS, 'realtime', 'storage']}) order by 1, 2`
  return policies.flatMap(({ relation, name, using, check }) => {
    const mutant = (what: string, sql: string): Mutant => ({ name: `${what}: policy ${name} on ${relation}`, on: relation, kind: 'policy', sql })
    const alter = (what: string, u: string | null, c: string | null) =>
      mutant(what, `alter policy ${name} on ${relation}${u === null ? '' : ` using (${u})`}${c === null ? '' : ` with check (${c})`}`)
    if (using === 'true') return [] // open on purpose: reference data
    const without = (pattern: RegExp, text: string | null) => text && text.replace(pattern, 'true')
    const company = /\(?(?:company_id|id) = \( SELECT app_private\.(?:command_)?company\(\) AS (?:command_)?company\)\)?/
    const scopes = /\(scope_ids && \( SELECT app_private\.my_scopes\(\) AS my_scopes\)\)/
    return [
      mutant('dropped', `drop policy ${name} on ${relation}`),
      alter('opened', using && 'true', check && 'true'),
      ...(scopes.test(using ?? '') ? [alter('without scopes', without(scopes, using), without(scopes, check))] : []),
      ...(company.test(using ?? '') && !scopes.test(using ?? '') ? [alter('without company', without(company, using), without(company, check))] : []),
    ]
  })
}

/** Tables without row security. */
export async function rowSecurityMutants(superuser: Sql): Promise<Mutant[]> {
  const tables = await superuser<{ name: string }[]>`select format('%I.%I', c.relnamespace::regnamespace, c.relname) as name from pg_class as c
    where c.relkind in ('r', 'p') and c.relrowsecurity and c.relnamespace::regnamespace::text = 'app' and c.relname not in ('roles', 'role_permissions') order by 1`
  return tables.map(({ name }) => ({
    name: `no row security on ${name}`,
    on: name,
    kind: 'row security',
    sql: `alter table ${name} disable row level security`,
  }))
}

/** Every privilege that a role of the API does not hold, given. */
export async function privilegeMutants(superuser: Sql): Promise<Mutant[]> {
  const missing = await superuser<{ on: string; role: Mutant['role']; privilege: string; column: string | null }[]>`
    with tables as (
      select c.oid, format('%I.%I', c.relnamespace::regnamespace, c.relname) as name, c.relkind from pg_class as c
      where c.relkind in ('r', 'p', 'v', 'S') and c.relnamespace::regnamespace::text = any (${[...OURS, 'auth', 'graphile_migrate']}))
    select t.name as on, r.role, p.privilege, null as column
    from tables as t cross join unnest('{anon,authenticated,service_role}'::text[]) as r (role)
    cross join unnest(case t.relkind when 'S' then '{select,usage,update}' when 'v' then '{select}' else '{select,insert,update,delete,truncate,references,trigger}' end::text[]) as p (privilege)
    where case when t.relkind = 'S' then not has_sequence_privilege(r.role, t.oid, p.privilege)
               when p.privilege = 'select' then not has_any_column_privilege(r.role, t.oid, 'select')
               else not has_table_privilege(r.role, t.oid, p.privilege) end
    union all
    select t.name, r.role, 'select', quote_ident(a.attname)
    from tables as t cross join unnest('{authenticated}'::text[]) as r (role) join pg_attribute as a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
    where t.relkind <> 'S' and has_any_column_privilege(r.role, t.oid, 'select') and not has_column_privilege(r.role, t.oid, a.attnum, 'select')
    order by 1, 2, 3`
  return missing.map(({ on, role, privilege, column }) => ({
    name: `${privilege}${column ? ` (${column})` : ''} on ${on} to ${role}`,
    on,
    kind: 'privilege',
    role,
    // a private schema is a second wall: it falls with the first
    sql: `grant usage on schema ${on.split('.')[0]} to ${role}; grant ${privilege}${column ? ` (${column})` : ''} on ${on} to ${role}`,
  }))
}

/** Every function that a role of the API may not call, given. */
export async function routineMutants(superuser: Sql): Promise<Mutant[]> {
  const missing = await superuser<{ on: string; role: Mutant['role']; signature: string; schema: string }[]>`
    select format('%I.%I()', p.pronamespace::regnamespace, p.proname) as on, r.role, p.oid::regprocedure::text as signature, p.pronamespace::regnamespace::text as schema
    from pg_proc as p cross join unnest('{anon,authenticated,service_role}'::text[]) as r (role)
    where p.prokind = 'f' and p.prorettype <> 'trigger'::regtype and p.pronamespace::regnamespace::text = any (${[...OURS, 'effects', 'kpi']})
      and not has_function_privilege(r.role, p.oid, 'execute') order by 1, 2, 3`
  return missing.map(({ on, role, signature, schema }) => ({
    name: `execute ${signature} to ${role}`,
    on,
    kind: 'routine',
    role,
    sql: `grant usage on schema ${[...new Set([schema, 'app_private', 'effects', 'sync'])].join(', ')} to ${role}; grant execute on function ${signature} to ${role}`,
  }))
}

/** Each key and check dropped. */
export function constraintMutants(constraints: Constraint[]): Mutant[] {
  return constraints.map((constraint) => ({
    name: `without ${constraint.name} on ${constraint.relation}`,
    on: constraint.relation,
    kind: 'constraint',
    sql: constraint.drop,
    constraint,
  }))
}

/** The functions that every policy trusts, each believing what it should check. */
export const helperMutants: Mutant[] = [
  ['a company is what the header says', 'company() returns uuid', 'select app_private.wanted_company()'],
  ['scopes of everybody', 'my_scopes() returns uuid[]', 'select array(select distinct unnest(scope_ids) from app_private.accesses)'],
  [
    'scopes of the company that the header names',
    'my_scopes() returns uuid[]',
    'select array(select distinct unnest(scope_ids) from app_private.accesses where company_id = app_private.wanted_company())',
  ],
  ['a command runs in the company that the header names', 'command_company() returns uuid', 'select app_private.wanted_company()'],
  [
    'a session that ended still counts',
    'access() returns app_private.accesses',
    "select a from app_private.accesses as a where a.company_id = app_private.wanted_company() and a.user_id = (app_private.claims() ->> 'sub')::uuid",
  ],
  [
    'anybody is a member',
    'access() returns app_private.accesses',
    'select a from app_private.accesses as a where a.company_id = app_private.wanted_company() limit 1',
  ],
].map(([name, signature, body]) => ({
  name: name!,
  on: 'helpers',
  kind: 'helper',
  sql: `create or replace function app_private.${signature} language sql stable security definer set search_path = '' as $m$ ${body} $m$`,
}))
