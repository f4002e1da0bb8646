import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { createPerson, foundCompany, hire, type Member } from '../support/company.ts'

interface Push {
  results: { seq: number; id: string; status: string; code?: string; message?: string }[]
  expect: number
}

let database: TestDatabase
let boss: Member

beforeAll(async () => {
  database = await createTestDatabase('push')
  boss = await foundCompany(database, await createPerson(database, 'boss@alpha.test'), 'Alpha')
})
afterAll(() => database.close())

const push = (member: Member, client: string, commands: object[]) => member.call<Push>(member.company, 'sync_push', { batch: { client, commands } })
const command = (seq: number, name: string, args: object) => ({ seq, id: randomUUID(), name, args, at: '2026-05-04T06:00:00Z' })

describe('a long push', () => {
  it('answers what it had time for: a phone with slow commands still gets on', async () => {
    await database.db.unsafe(`
      create function effects.dawdle(ctx effects.context, seconds double precision) returns void language sql as 'select pg_sleep(seconds)';
      create function app_private.check_dawdle(ctx effects.context, args jsonb) returns void language sql as '';
      grant execute on function effects.dawdle, app_private.check_dawdle to app_commands;
      select app_private.register_commands()`)
    const client = randomUUID()
    const batch = [1, 2, 3, 4].map((seq) => command(seq, 'dawdle', { seconds: 0.3 }))
    const hurried = (commands: object[]) =>
      database.sqlAs(boss.claims, { 'x-company': boss.company }, async (sql) => {
        await sql`set local statement_timeout = '1s'`
        const [row] = await sql`select app.sync_push(${sql.json({ client, commands } as never)}) as answer`
        return row!.answer as Push
      })
    let pushes = 0
    for (let next = 1; next <= batch.length; pushes++) {
      const { results, expect: wanted } = await hurried(batch.slice(next - 1))
      expect(results.map((result) => [result.seq, result.status])).toEqual(batch.slice(next - 1, wanted - 1).map(({ seq }) => [seq, 'applied']))
      expect(wanted).toBeGreaterThan(next)
      next = wanted
    }
    expect(pushes).toBeGreaterThan(1)
  })
})

describe('a push whose author leaves the company on the way', () => {
  it('keeps what came before, and says so before it refuses the rest', async () => {
    const second = await hire(database, boss, 'second@alpha.test', ['admin'])
    const client = randomUUID()
    const batch = [
      command(1, 'set_member_state', { id: second.id, state: 'archived' }),
      command(2, 'create_team', { id: randomUUID(), name: 'Trop tard' }),
    ]
    expect(await push(second, client, batch)).toMatchObject({ results: [{ seq: 1, status: 'applied' }], expect: 2 })
    await expect(push(second, client, batch.slice(1))).rejects.toMatchObject({ code: 'OUTER' })
    expect(await boss.see('select state from app.memberships where id = $1', [second.id])).toEqual([{ state: 'archived' }])
  })
})

describe('what a hostile phone sends', () => {
  it('of enormous names leaves no enormous traces', async () => {
    const big = 'x'.repeat(1_000_000)
    const answer = await push(boss, randomUUID(), [command(1, big, {}), command(2, 'create_team', { id: randomUUID(), name: 'Équipe', [big]: 1 })])
    expect(answer.results.map((result) => result.code)).toEqual(['WRONG', 'WRONG'])
    const [row] = await database.db`select max(length(name) + length(coalesce(message, '')))::int as longest from app_private.command_log`
    expect(row!.longest).toBeLessThan(1000)
  })
})
