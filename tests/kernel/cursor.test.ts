import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { nextCursor, type Cursor, type PullAnswer } from '../../app/kernel/sync/protocol.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { createPerson, createSite, foundCompany, hire, reportIncident, type Json, type Member } from '../support/company.ts'

let database: TestDatabase
let boss: Member
let chief: Member
let site: string

beforeAll(async () => {
  database = await createTestDatabase('cursor')
  boss = await foundCompany(database, await createPerson(database, 'boss@alpha.test'), 'Alpha')
  site = await createSite(boss, 'Lilas')
  chief = await hire(database, boss, 'chief@alpha.test', ['site_manager'], [site])
  await reportIncident(boss, site)
})
afterAll(() => database.close())

const pull = (member: Member, cursor: Cursor | null) => member.call<PullAnswer>(member.company, 'sync_pull', { cursor })
const start = async (member: Member): Promise<Cursor> => nextCursor(null, await pull(member, null))
/** Calls as `member`, given up after two seconds. */
const hurried = <T>(member: Member, name: string, args: Json) =>
  database.sqlAs(member.claims, { 'x-company': member.company }, async (sql) => {
    await sql`set local statement_timeout = '2s'`
    const [row] = await sql.unsafe(
      `select app.${name}(${Object.keys(args)
        .map((key, place) => `${key} => $${place + 1}`)
        .join(', ')}) as value`,
      Object.values(args) as never[],
    )
    return row!.value as T
  })

describe('a long list', () => {
  it('of changes is pulled in a time that grows with it, not with its square', async () => {
    const cursor = await start(boss)
    await database.db`insert into sync.log (scope_id, table_number, row_id, op) select ${cursor.scopes[0]!}, 11, gen_random_uuid(), 'P' from generate_series(1, 19000)`
    const answer = await hurried<PullAnswer>(boss, 'sync_pull', { cursor })
    expect(answer.gone!.incidents).toHaveLength(19_000)
  })

  it('in an argument is refused before it has cost a minute', async () => {
    const custom = Array.from({ length: 50_000 }, (_, place) => `value ${place}`)
    const refused = hurried(boss, 'create_site', { command_id: randomUUID(), id: randomUUID(), name: 'Liste', custom: { custom } })
    await expect(refused).rejects.toMatchObject({ code: 'WRONG', detail: 'custom' })
  })
})

describe('a cursor that names its scopes thirty thousand times', () => {
  const often = (scopes: string[]) => Array.from({ length: 30_000 }, (_, place) => scopes[place % scopes.length]!)

  it('costs a pull no more than one that names them once', async () => {
    const cursor = await start(boss)
    await database.db`insert into sync.log (scope_id, table_number, row_id, op) select scope, 11, gen_random_uuid(), 'P' from unnest(${cursor.scopes}::uuid[]) as scope, generate_series(1, 2000)`
    const answer = await hurried<PullAnswer>(boss, 'sync_pull', { cursor: { ...cursor, scopes: often(cursor.scopes) } })
    expect(answer.gone!.incidents).toHaveLength(2000 * cursor.scopes.length)
  })

  it('costs a boot no more either', async () => {
    await database.db`insert into app.incidents (company_id, id, site_id, type, severity, title, routed_role, due_minutes, reporter_id, occurred_at, reported_at)
      select ${boss.company}, gen_random_uuid(), ${site}, 'technical', 'low', 'x', 'buyer', 1, ${boss.id}, now(), now() from generate_series(1, 1000)`
    const { scopes } = await start(chief)
    const others = (await start(boss)).scopes.filter((scope) => !scopes.includes(scope))
    const [once, many] = [
      await hurried<string>(chief, 'sync_boot', { scopes: scopes.slice(1) }),
      await hurried<string>(chief, 'sync_boot', { scopes: [...often(others), ...scopes.slice(1)] }),
    ]
    expect(many).toBe(once)
  })
})

describe('a database restored from a copy of another one', () => {
  it('serves its phones although its log remembers transactions that here are still to come', async () => {
    // rows keep the numbers of the old database's transactions; the new one counts from the start
    await database.db`insert into sync.log (scope_id, xid, table_number, row_id, op)
      select ${(await start(boss)).scopes[0]!}, '900000000000', 11, gen_random_uuid(), 'P' from generate_series(1, 20000)`
    await database.db`insert into sync.marks (at, xid) values ('2020-01-01', '900000000000')`
    await database.db`update sync.state set pruned_before = '800000000000', identity = 'another', started_at = '2020-01-01'`
    await database.db`select sync.keep_identity()`
    const cursor = await start(boss)
    expect(await pull(boss, cursor)).toEqual({ snap: expect.any(String) })
    await database.db`select sync.prune()`
    expect(await pull(boss, cursor)).toEqual({ snap: expect.any(String) })
    const id = await reportIncident(boss, site)
    expect((await pull(boss, cursor)).rows?.incidents).toContain(id)
  })
})
