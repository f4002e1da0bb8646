import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPerson, createSite, foundCompany, type Json, type Member } from '../support/company.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
let boss: Member
let site: string

beforeAll(async () => {
  database = await createTestDatabase('together')
  boss = await foundCompany(database, await createPerson(database, 'boss@alpha.test'), 'Alpha')
  site = await createSite(boss, 'Lilas')
})
afterAll(() => database.close())

/** Resolves when `count` connections to this database wait for a lock. */
const waiting = (count: number) =>
  expect
    .poll(
      async () =>
        (
          await database.db`
  select count(*)::int from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
        )[0]!.count,
      { timeout: 60_000 },
    )
    .toBe(count)

describe('edits of one site', () => {
  it('at the same moment wait for each other, and all are written', async () => {
    const changes = { city: 'Lyon', architect: 'B', client_name: 'Ville', address: '1 rue', postal_code: '69001' }
    let edits: Promise<Json>[] = []
    await database.db.begin(async (sql) => {
      await sql`select from app.sites where id = ${site} for update`
      edits = Object.entries(changes).map(([key, value]) => boss.run('update_site', { id: site, changes: { [key]: value } }))
      edits.forEach((edit) => edit.catch(() => {}))
      await waiting(5)
    })
    for (const answer of await Promise.all(edits)) expect(answer).toEqual({ status: 'applied' })
    expect(await boss.see('select city, architect, client_name, address, postal_code from app.sites where id = $1', [site])).toEqual([changes])
  })
})

describe('founding a company', () => {
  it('twice at once, as a phone that tries again does, founds one and answers both', async () => {
    const person = await createPerson(database, 'hasty@alpha.test')
    const id = randomUUID()
    const found = () => person.call(null, 'found_company', { id, name: 'Vite', full_name: 'H' })
    for (const answer of await Promise.all([found(), found(), found()])) expect(answer).toBe(id)
  })
})
