import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase('roles')
})
afterAll(() => database.close())

describe('the roles of a hosted project', () => {
  const none = { login: false, super: false, inherit: false, createrole: false, createdb: false, replication: false, bypassrls: false }
  test.each([
    ['postgres', { ...none, login: true, inherit: true, createrole: true, createdb: true, replication: true, bypassrls: true }],
    ['anon', none],
    ['authenticated', none],
    ['service_role', { ...none, bypassrls: true }],
    ['authenticator', { ...none, login: true }],
    ['supabase_auth_admin', { ...none, login: true, createrole: true }],
    ['supabase_storage_admin', { ...none, login: true, createrole: true }],
    ['supabase_realtime_admin', { ...none, login: true }],
    ['supabase_replication_admin', { ...none, login: true, replication: true }],
    ['app_commands', none],
  ])('%s has exactly its attributes', async (role, attributes) => {
    const [row] = await database.db`
      select rolcanlogin as login, rolsuper as super, rolinherit as inherit, rolcreaterole as createrole, rolcreatedb as createdb,
        rolreplication as replication, rolbypassrls as bypassrls
      from pg_roles where rolname = ${role}`
    expect(row).toEqual(attributes)
  })

  test.each(['authenticator', 'supabase_storage_admin', 'supabase_realtime_admin'])('%s becomes a caller and inherits nothing', async (role) => {
    const rows = await database.db<{ granted: string; inherit: boolean; set: boolean; admin: boolean }[]>`
      select roleid::regrole::text as granted, inherit_option as inherit, set_option as set, admin_option as admin
      from pg_auth_members where member = ${role}::regrole order by 1`
    const option = { inherit: false, set: true, admin: false }
    expect(rows).toEqual(['anon', 'authenticated', 'service_role'].map((granted) => ({ granted, ...option })))
  })

  test('postgres administers the API roles, the commands role and those of analysts', async () => {
    const rows = await database.db`
      select roleid::regrole::text as role from pg_auth_members
      where member = 'postgres'::regrole and admin_option and inherit_option and set_option order by 1`
    expect(rows.map((row) => row.role)).toEqual(['anon', 'app_analyst', 'app_analytics', 'app_commands', 'authenticated', 'service_role'])
  })

  test('who reads the log for Realtime reads and becomes nothing else', async () => {
    const [row] = await database.db`
      select (select count(*)::int from pg_auth_members where member = 'supabase_replication_admin'::regrole) as roles,
        has_schema_privilege('supabase_replication_admin', 'app', 'usage') as app,
        has_table_privilege('supabase_replication_admin', 'realtime.messages', 'select') as messages`
    expect(row).toEqual({ roles: 0, app: false, messages: false })
  })

  test('postgres owns the database and is no superuser', async () => {
    const [row] = await database.db`
      select pg_get_userbyid(datdba) as owner, current_setting('is_superuser') as super from pg_database where datname = current_database()`
    expect(row).toEqual({ owner: 'postgres', super: 'off' })
  })
})
