import type { Sql } from 'postgres'

/** Below this a deployment refuses. */
const LEAST = 17_00_00
/** The releases of each major version from which production is safe: before them ON CONFLICT read rows despite row-level security. */
const SAFE: Record<number, number> = { 17: 12, 18: 7 }

/** What must be there before the first statement, as questions whose rows are what is missing. */
const NEEDS: { what: string; query: string }[] = [
  {
    what: 'rights of the role that deploys (it must be the role `postgres`)',
    query: `select problem from pg_roles as r, unnest(array[
        case when not r.rolcreaterole and not r.rolsuper then 'CREATEROLE' end,
        case when not r.rolbypassrls and not r.rolsuper then 'BYPASSRLS' end,
        case when not has_database_privilege(current_database(), 'create') then 'CREATE on the database' end]) as problem
      where r.rolname = current_user and problem is not null`,
  },
  {
    what: 'roles of Supabase',
    query: `select role from unnest('{anon,authenticated,service_role,authenticator,supabase_auth_admin,supabase_storage_admin}'::text[]) as role
      where to_regrole(role) is null`,
  },
  {
    what: 'schemas of Supabase',
    query: `select name from unnest('{auth,storage,realtime,extensions}'::text[]) as name where to_regnamespace(name) is null`,
  },
  {
    what: 'tables of its services (start them once on this database)',
    query: `select name from unnest('{auth.users,auth.sessions,auth.audit_log_entries,storage.buckets,storage.objects,realtime.messages}'::text[]) as name
      where to_regclass(name) is null`,
  },
  {
    what: 'functions of its Realtime service',
    query: `select name from unnest('{realtime.send(jsonb\\,text\\,text\\,boolean),realtime.topic()}'::text[]) as name where to_regprocedure(name) is null`,
  },
  {
    what: 'extensions that this server can install',
    query: `select name from unnest('{btree_gist,pgcrypto}'::text[]) as name where not exists (select from pg_available_extensions as e where e.name = name.name)`,
  },
]

/** Refuses what could not end well, in one sentence that says all that is missing. Answers what is only to be regretted. */
export async function preflight(sql: Sql, databaseUrl: string): Promise<string[]> {
  if (new URL(databaseUrl).port === '6543') {
    throw new Error('Port 6543 is a transaction pooler: deploy over a direct or session connection (port 5432).')
  }
  const [row] = await sql<[{ version: number }]>`select current_setting('server_version_num')::int as version`
  const [major, minor] = [Math.floor(row.version / 10_000), row.version % 10_000]
  if (row.version < LEAST) throw new Error(`This is Postgres ${major}.${minor}: Aplomb needs 17 or newer.`)
  const missing = []
  for (const { what, query } of NEEDS) {
    const names = (await sql.unsafe(query).values()).flat()
    if (names.length > 0) missing.push(`${what}: ${names.join(', ')}`)
    if (names.length > 0 && what === NEEDS[0]!.what) break // without rights the other questions fail
  }
  if (missing.length > 0) throw new Error(`This database misses\n  ${missing.join('\n  ')}`)
  const safe = SAFE[major]
  const regrets = []
  if (safe !== undefined && minor < safe) {
    regrets.push(`Postgres ${major}.${minor}: update to ${major}.${safe} or newer before production (docs/deploy.md says why).`)
  }
  const [{ off }] = await sql<[{ off: boolean }]>`
    select current_setting('synchronous_commit') = 'off' or exists (
      select from pg_db_role_setting as s, unnest(s.setconfig) as setting
      where setting = 'synchronous_commit=off' and s.setdatabase in (0, (select oid from pg_database where datname = current_database()))) as off`
  if (off) regrets.push('synchronous_commit is off: a crash loses work that phones were told is safe. Switch it on before production.')
  return regrets
}
