import { randomUUID } from 'node:crypto'
import postgres, { type Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { asMember, createPerson, createSite, foundCompany, hire, reportIncident, type Member } from '../support/company.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

interface Connection {
  login: string
  password: string
  host: string
  port: number
  database: string
}

let database: TestDatabase
let boss: Member
let rival: Member
let admin: Member
let site: string
const open: Sql[] = []
const made: { by: Member; id: string }[] = []

/** What any driver does with the words the screen shows. */
function connect({ login, password, host, port, database: name }: Connection): Sql {
  const sql = postgres({ host, port, database: name, username: login, password, max: 1, onnotice: () => undefined })
  open.push(sql)
  return sql
}

async function createLogin(by: Member, more: { label?: string; finance?: boolean; safety?: boolean } = {}) {
  const id = randomUUID()
  const connection = await by.call<Connection>(by.company, 'create_analyst_login', { id, label: 'Metabase', ...more })
  made.push({ by, id })
  return { id, connection, sql: connect(connection) }
}

/** Every view with everything in it, as text. */
async function everything(sql: Sql): Promise<string> {
  const views = await sql`select table_name as name from information_schema.views where table_schema = 'analytics' order by 1`
  expect(views.length).toBeGreaterThan(7)
  const rows = []
  for (const { name } of views) rows.push(name, await sql`select * from ${sql(name as string)}`)
  return JSON.stringify(rows)
}

beforeAll(async () => {
  database = await createTestDatabase('analysts')
  boss = await foundCompany(database, await createPerson(database, 'boss@alpha.test'), 'Alpha')
  rival = await foundCompany(database, await createPerson(database, 'boss@omega.test'), 'Omega')
  admin = await hire(database, boss, 'admin@alpha.test', ['admin'])
  site = await createSite(boss, 'Lilas', { city: 'Brest', status: 'running', starts_on: '2026-01-05', ends_on: '2026-01-09' })
  await boss.run('set_site_budget', { id: site, amount: 1234567.89 })
  for (const severity of ['low', 'critical', 'high']) await reportIncident(boss, site, { severity, description: 'Vu sur place' })
  const resolved = await reportIncident(boss, site)
  await boss.run('resolve_incident', { id: resolved })
  await reportIncident(boss, site, { type: 'safety', title: 'Chute secrète', description: 'Échafaudage' })
  const theirs = await createSite(rival, 'Omega-Tour')
  await rival.run('set_site_budget', { id: theirs, amount: 777 })
  await reportIncident(rival, theirs, { title: 'Panne d’Omega' })
})
afterAll(async () => {
  await Promise.all(open.map((sql) => sql.end({ timeout: 1 })))
  for (const { by, id } of made) await by.call(by.company, 'revoke_analyst_login', { id })
  await database.close()
})

describe('an administrator', () => {
  test('makes a login, sees its password once, and finds it in the list and in the audit', async () => {
    const { id, connection } = await createLogin(boss, { label: 'Power BI', finance: true })
    expect(connection.login).toMatch(/^analyst_[0-9a-f]{16}$/)
    expect(connection.password).toHaveLength(32)
    const listed = (await boss.see('select * from app.analyst_logins()')).find((row) => row.id === id)
    expect(listed).toMatchObject({ label: 'Power BI', finance: true, safety: false, login: connection.login, revoked_at: null })
    expect(JSON.stringify(listed)).not.toContain(connection.password)
    expect(await boss.see(`select command from app.audit_entries($1)`, [id])).toEqual([{ command: 'create_analyst_login' }])
    await expect(boss.call(boss.company, 'create_analyst_login', { id, label: 'encore' })).rejects.toMatchObject({ code: 'TAKEN' })
  })

  test('leaves no trace of the password on the server', async () => {
    const { connection } = await createLogin(boss)
    const [{ found }] = (await database.db`
      select (select count(*) from extensions.pg_stat_statements where query like ${`%${connection.password}%`})
        + (select count(*) from pg_stat_activity where query like ${`%${connection.password}%`} and pid <> pg_backend_pid())
        + (select count(*) from audit.log as l where l::text like ${`%${connection.password}%`})
        + (select count(*) from app_private.analyst_logins as l where l::text like ${`%${connection.password}%`}) as found`) as unknown as [
      { found: string },
    ]
    expect(found).toBe('0')
  })

  test('gives no more than they see themselves', async () => {
    await expect(createLogin(admin, { finance: true })).rejects.toMatchObject({ code: 'RIGHT' })
    await expect(createLogin(admin, { safety: true })).rejects.toMatchObject({ code: 'RIGHT' })
    const { sql } = await createLogin(admin)
    expect(await sql`select budget from sites`).toEqual([{ budget: null }])
  })

  test('is alone to do so, and only for the own company', async () => {
    const manager = await hire(database, boss, 'chief@alpha.test', ['executive', 'project_manager'])
    const { id } = await createLogin(boss)
    for (const name of ['create_analyst_login', 'renew_analyst_login', 'revoke_analyst_login']) {
      const args = name === 'create_analyst_login' ? { id: randomUUID(), label: 'x' } : { id }
      await expect(manager.call(boss.company, name, args)).rejects.toMatchObject({ code: 'RIGHT' })
      await expect(rival.call(boss.company, name, args)).rejects.toMatchObject({ code: 'OUTER' })
    }
    await expect(rival.call(rival.company, 'revoke_analyst_login', { id })).rejects.toMatchObject({ code: 'GHOST' })
    await expect(rival.call(rival.company, 'renew_analyst_login', { id })).rejects.toMatchObject({ code: 'GHOST' })
    await expect(manager.see('select * from app.analyst_logins()')).rejects.toMatchObject({ code: 'RIGHT' })
  })

  test('keeps at most ten', async () => {
    const guest = asMember(await createPerson(database, 'many@beta.test'), '', '')
    const many = await foundCompany(database, guest, 'Beta')
    for (let count = 0; count < 10; count++) await createLogin(many)
    await expect(createLogin(many)).rejects.toMatchObject({ code: 'LIMIT' })
  })

  test('renews a password: the old one and its connections end', async () => {
    const { id, connection, sql } = await createLogin(boss)
    expect(await sql`select count(*)::int from sites`).toEqual([{ count: 1 }])
    const renewed = await boss.call<Connection>(boss.company, 'renew_analyst_login', { id })
    expect(renewed.login).toBe(connection.login)
    await expect(connect(connection)`select 1`).rejects.toMatchObject({ code: '28P01' })
    const again = connect(renewed)
    expect(await again`select count(*)::int from sites`).toEqual([{ count: 1 }])
    await again.end()
  })

  test('takes a login away at once: what it runs ends, and it never comes back', async () => {
    const { id, connection, sql } = await createLogin(boss)
    const [{ pid }] = (await sql`select pg_backend_pid() as pid`) as unknown as [{ pid: number }]
    const running = sql`select pg_sleep(60)`.then(
      () => 'finished',
      (error: Error) => error,
    )
    await expect.poll(async () => (await database.db`select state from pg_stat_activity where pid = ${pid}`)[0]?.state).toBe('active')
    expect(await boss.call(boss.company, 'revoke_analyst_login', { id })).toBe(true)
    expect(await running).toBeInstanceOf(Error)
    await expect.poll(async () => (await database.db`select from pg_stat_activity where pid = ${pid}`).length).toBe(0)
    await expect(connect(connection)`select 1`).rejects.toMatchObject({ code: expect.stringMatching(/^28/) })
    expect(await database.db`select from pg_roles where rolname = ${connection.login}`).toHaveLength(0)
    expect(await boss.call(boss.company, 'revoke_analyst_login', { id })).toBe(false)
  })
})

describe('an analyst', () => {
  let sql: Sql
  let connection: Connection
  beforeAll(async () => {
    ;({ sql, connection } = await createLogin(boss, { finance: true, safety: true }))
  })

  test('reads the views of the own company, and not a word of the other one', async () => {
    const all = await everything(sql)
    expect(all).toContain('Lilas')
    expect(all).not.toMatch(/omega/i)
    expect(all).not.toContain(rival.company)
    expect(all).not.toContain('boss@')
  })

  test('reads the figures of the screens, to the cent', async () => {
    const counted = await boss.see('select site_id, open, overdue, gravest, resolved, last_activity from kpi.site_incidents(now())')
    const seen = await sql`
      select site_id, open_count as open, overdue_count as overdue, gravest, resolved_count as resolved, last_activity_at as last_activity from site_incidents`
    expect([...seen]).toEqual(counted)
    expect(counted[0]).toMatchObject({ open: 4, gravest: 3, resolved: 1 })
    expect(await sql`select budget, planned_days from sites`).toEqual([{ budget: '1234567.89', planned_days: 5 }])
    const [calendar] =
      await sql`select count(*) filter (where is_business_day)::int as days from days where day between '2026-05-01' and '2026-05-31'`
    expect(await boss.see(`select kpi.business_days($1, '2026-05-01', '2026-05-31') as days`, [boss.company])).toEqual([{ days: calendar!.days }])
    // now() moves between two questions: figures without minutes are compared
    const figures = await sql`select figure as kpi, value, four_weeks_before as before from headline_figures where figure !~ 'minutes' order by 1`
    expect([...figures]).toEqual(await boss.see(`select kpi, value, before from kpi.tiles(now()) where kpi !~ 'minutes' order by 1`))
    expect(figures.find((figure) => figure.kpi === 'budget')).toBeDefined()
    const weeks =
      await sql`select week::text, reported_count as reported, ended_count as ended, open_count as open, in_time_share from incident_weeks order by 1`
    expect([...weeks]).toEqual(
      await boss.see('select week::text, reported, ended, open, in_time_share from kpi.incident_weeks(now(), 52) order by 1'),
    )
    const clocks = await sql`select incident_id, answered_at, ended_at, in_time from incident_times order by 1`
    expect([...clocks]).toEqual(await boss.see('select incident_id, answered_at, ended_at, in_time from kpi.incident_clock(now()) order by 1'))
    expect([...(await sql`select site_id, elapsed_share, reported_count as reported, in_time_share from site_pace`)]).toEqual(
      await boss.see('select * from kpi.site_pace(now())'),
    )
    const hours = await sql`select resolution_hours from incidents where resolved_at is not null`
    const wanted = await database.db`select round(extract(epoch from resolved_at - reported_at) / 3600, 2) as resolution_hours
      from app.incidents where company_id = ${boss.company} and resolved_at is not null`
    expect([...hours]).toEqual([...wanted])
  })

  test('sees safety incidents and budgets only when the login was given them', async () => {
    expect(await sql`select title from incidents where type = 'safety'`).toEqual([{ title: 'Chute secrète' }])
    const plain = (await createLogin(boss)).sql
    const all = await everything(plain)
    expect(all).not.toContain('Chute secrète')
    expect(all).not.toContain('1234567.89')
    expect((await plain`select open_count from site_incidents`)[0]).toEqual({ open_count: 3 })
  })

  test('finds every view and column explained, in two languages', async () => {
    const bare = await sql`
      select c.relname || coalesce('.' || a.attname, '') as name
      from pg_class as c left join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0
      where c.relnamespace = 'analytics'::regnamespace and c.relkind = 'v'
        and coalesce(col_description(c.oid, a.attnum), '') !~ '^[^\n]+\n[^\n]+$' or c.relnamespace = 'analytics'::regnamespace and obj_description(c.oid) is null`
    expect([...bare]).toEqual([])
  })

  test('changes nothing, even after lifting the own restraints', async () => {
    await sql`set default_transaction_read_only = off`
    for (const statement of [
      `update sites set name = 'x'`,
      `delete from incidents`,
      `insert into companies (name) values ('x')`,
      `create table mine ()`,
      `create temporary table mine ()`,
      `create view analytics.mine as select 1`,
      `create function public.mine() returns int language sql return 1`,
      `create schema mine`,
      `create role mine`,
      `alter role ${connection.login} connection limit 100`,
      `alter role ${connection.login} bypassrls`,
      `grant app_commands to ${connection.login}`,
      `set role app_analytics`,
      `set role authenticated`,
      `set session authorization postgres`,
      `copy (select 1) to '/tmp/leak'`,
      `copy companies from program 'id'`,
      `select pg_read_file('postgresql.conf')`,
      `select lo_create(0)`,
      `create extension dblink`,
      `alter system set fsync = off`,
      `comment on view analytics.sites is 'x'`,
      `drop view analytics.sites`,
      `select pg_terminate_backend(pid) from pg_stat_activity where usename = 'postgres'`,
    ]) {
      await expect(sql.unsafe(statement), statement).rejects.toMatchObject({ code: expect.stringMatching(/^(42501|42P01|0A000|55000|42704|3F000)$/) })
    }
    await sql`reset default_transaction_read_only`
  })

  test('enters no other schema and reads no table', async () => {
    for (const relation of [
      'app.sites',
      'app.memberships',
      'app_private.analyst_logins',
      'app_private.accesses',
      'sync.log',
      'audit.log',
      'auth.users',
      'storage.objects',
      'realtime.messages',
      'extensions.pg_stat_statements',
      'pg_authid',
      'pg_shadow',
    ]) {
      await expect(sql.unsafe(`select * from ${relation}`), relation).rejects.toMatchObject({ code: '42501' })
    }
    for (const call of [
      'app.my_companies()',
      'app.sync_pull()',
      'app_private.analyst()',
      'app_private.analytics_days()',
      'kpi.site_incidents(now())',
    ]) {
      await expect(sql.unsafe(`select * from ${call}`), call).rejects.toMatchObject({ code: '42501' })
    }
  })

  test('sees of the others’ connections neither query nor address', async () => {
    const others = await sql`select query, client_addr from pg_stat_activity where usename = 'postgres'`
    expect(others.length).toBeGreaterThan(0)
    expect(others.filter((row) => row.query !== '<insufficient privilege>' || row.client_addr !== null)).toEqual([])
  })

  test('gains nothing by forging a token, a header or a setting', async () => {
    const before = await everything(sql)
    const claims = JSON.stringify({ ...rival.claims, role: 'service_role' })
    await sql`select set_config('request.jwt.claims', ${claims}, false), set_config('request.headers', ${JSON.stringify({ 'x-company': rival.company })}, false),
      set_config('app.company', ${rival.company}, false), set_config('role', 'none', false), set_config('realtime.topic', ${`${rival.company}:x`}, false),
      set_config('row_security', 'off', false)`
    await expect(sql`select * from sites`).rejects.toMatchObject({ code: '42501' }) // row_security off: an error, never more rows
    await sql`set row_security = on`
    const after = await everything(sql)
    expect(after).toBe(before)
    expect(after).not.toMatch(/omega/i)
  })

  test('learns nothing from a condition that would fail on a hidden row', async () => {
    await expect(sql`select count(*)::int from incidents where 1 / (case when title like '%Omega%' then 0 else 1 end) = 1`).resolves.toEqual([
      { count: 5 },
    ])
  })

  test('has five connections, not more', async () => {
    const { connection: own } = await createLogin(boss)
    const five = Array.from({ length: 5 }, () => connect(own))
    await Promise.all(five.map((one) => one`select 1`))
    await expect(connect(own)`select 1`).rejects.toMatchObject({ code: '53300' })
  })
})

describe('the watch', () => {
  let keeper: Member
  beforeAll(async () => {
    keeper = await foundCompany(database, await createPerson(database, 'boss@gamma.test'), 'Gamma')
  })

  const guard = (longest: string) =>
    database.db`select app_private.guard_analysts(${longest}::interval) as touched`.then((rows) => rows[0]!.touched as number)
  const waitFor = (pid: number, state: string) =>
    expect.poll(async () => (await database.db`select state from pg_stat_activity where pid = ${pid}`)[0]?.state ?? 'gone').toBe(state)
  const pidOf = async (sql: Sql) => (await sql`select pg_backend_pid() as pid`)[0]!.pid as number

  test('cancels a long query although the login lifted its own limit, and leaves short ones alone', async () => {
    const { sql } = await createLogin(keeper)
    await sql`set statement_timeout = 0`
    const pid = await pidOf(sql)
    const long = sql`select pg_sleep(60)`.catch((error: { code: string }) => error.code)
    await waitFor(pid, 'active')
    expect(await guard('1 hour')).toBe(0)
    await guard('0 seconds')
    expect(await long).toBe('57014')
  })

  test('ends a program that swallows the cancellation, and a transaction left open', async () => {
    const { sql, connection } = await createLogin(keeper)
    await sql`set statement_timeout = 0`
    const stubborn = sql
      .unsafe(`do $$ begin loop begin perform pg_sleep(60); exception when query_canceled then null; end; end loop; end $$`)
      .catch((error: Error) => error)
    const idle = connect(connection)
    await idle`set idle_in_transaction_session_timeout = 0`
    const pid = await pidOf(idle)
    const left = await idle.reserve()
    await left`begin`
    await left`select count(*) from sites`
    await waitFor(pid, 'idle in transaction')
    await guard('-11 seconds')
    await waitFor(pid, 'gone')
    expect(await stubborn).toBeInstanceOf(Error)
  })

  test('ends a connection that came by the old password while it was being renewed', async () => {
    const { id, connection } = await createLogin(keeper)
    let pid = 0
    await database.db.begin(async (sql) => {
      await sql`select set_config('lock_timeout', '1s', true)`
      await sql`update app_private.analyst_logins set renewed_at = now() where id = ${id}`
      pid = await pidOf(connect(connection)) // the new password is not there for others yet
    })
    await guard('1 hour')
    await waitFor(pid, 'gone')
  })

  test('ends a connection that holds advisory locks, and closes a login that wrote into the database', async () => {
    // as on a hosted project, where everybody may write large objects
    const superuser = postgres(database.address('supabase_admin'), { max: 1 })
    open.push(superuser)
    await superuser`grant execute on function lo_from_bytea(oid, bytea) to public`
    const { sql } = await createLogin(keeper)
    const pid = await pidOf(sql)
    await sql`select pg_advisory_lock(42)`
    await guard('1 hour')
    await waitFor(pid, 'gone')

    const writer = await createLogin(keeper)
    await writer.sql`set default_transaction_read_only = off`
    await writer.sql`select lo_from_bytea(0, '\\x00')`
    await guard('1 hour')
    await expect(connect(writer.connection)`select 1`).rejects.toMatchObject({ code: expect.stringMatching(/^28/) })
    expect(await database.db`select from pg_largeobject_metadata`).toHaveLength(0)
    await superuser`revoke execute on function lo_from_bytea(oid, bytea) from public`
  })
})
