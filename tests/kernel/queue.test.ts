import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPerson, foundCompany, type Member } from '../support/company.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

interface Push {
  results: { seq: number; id: string; status: string; code?: string }[]
  expect: number
}

let database: TestDatabase
let boss: Member

beforeAll(async () => {
  database = await createTestDatabase('queue')
  boss = await foundCompany(database, await createPerson(database, 'boss@alpha.test'), 'Alpha')
})
afterAll(() => database.close())

const push = (commands: unknown[]) => boss.call<Push>(boss.company, 'sync_push', { batch: { client: randomUUID(), commands } })
const team = (seq: number, more: object = {}) => ({
  seq,
  id: randomUUID(),
  name: 'create_team',
  at: '2026-05-04T06:00:00Z',
  args: { id: randomUUID(), name: `Équipe ${seq}` },
  ...more,
})

describe('a queue', () => {
  it.each([
    ['no name', { name: null }],
    ['arguments that are a list', { args: ['a'] }],
    ['arguments that are a word', { args: 'a' }],
    ['a name without end', { name: 'x'.repeat(100_000) }],
  ])('is not held up by a command with %s', async (_what, more) => {
    const answer = await push([team(1), team(2, more), team(3)])
    expect(answer.results.map((result) => result.code ?? result.status)).toEqual(['applied', expect.stringMatching(/^(WRONG|BLANK)$/), 'applied'])
    expect(answer.expect).toBe(4)
  })

  it.each([
    ['no id', { id: null }],
    ['an id that is none', { id: 'x' }],
  ])('is not held up by a command with %s, which answers to its place', async (_what, more) => {
    const answer = await push([team(1), team(2, more), team(3)])
    expect(answer.results.map((result) => [result.seq, result.code ?? result.status])).toEqual([
      [1, 'applied'],
      [2, 'WRONG'],
      [3, 'applied'],
    ])
  })

  it.each([
    ['the year 300 000', '+300000-01-01T00:00:00.000Z'],
    ['never', 'Invalid Date'],
    ['infinity', 'infinity'],
    ['a number', 12],
  ])('goes on when the clock of the phone says %s: the server’s counts', async (_what, at) => {
    const command = team(1, { at })
    expect(await push([command])).toMatchObject({ results: [{ status: 'applied' }] })
    const [row] =
      await database.db`select abs(extract(epoch from at - device_at)) < 60 as close from app_private.command_log where id = ${command.id}`
    expect(row).toEqual({ close: true })
  })
})
