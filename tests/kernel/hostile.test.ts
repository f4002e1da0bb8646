import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPerson, createSite, foundCompany, type Member } from '../support/company.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

interface Push {
  results: { seq: number; id: string; status: string; code?: string }[]
  expect: number
}

let database: TestDatabase
let boss: Member
let site: string

beforeAll(async () => {
  database = await createTestDatabase('hostile')
  boss = await foundCompany(database, await createPerson(database, 'boss@alpha.test'), 'Alpha')
  site = await createSite(boss, 'Lilas')
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

describe('a value', () => {
  const answer = async (name: string, args: object) => {
    const { results } = await push([{ seq: 1, id: randomUUID(), name, at: '2026-05-04T06:00:00Z', args: { id: randomUUID(), ...args } }])
    return results[0]!.code ?? results[0]!.status
  }
  const report = (more: object) => answer('report_incident', { site_id: site, type: 'technical', severity: 'low', title: 'X', ...more })

  it.each([
    ['a budget that is no number', { budget: 'NaN' }],
    ['an endless site', { ends_on: 'infinity' }],
    ['a site of the year 300 000', { starts_on: '300000-01-01' }],
    ['a tag that is a book', { tags: ['x'.repeat(100_000)] }],
    ['a tag that is nothing', { tags: [null] }],
  ])('is refused: %s', async (_what, more) => {
    expect(await answer('create_site', { name: 'X', ...more })).toMatch(/^(WRONG|LIMIT)$/)
  })

  it('is refused: a precision that is no distance, a moment that never was, white space for a title', async () => {
    for (const accuracy_m of ['NaN', 'Infinity', -1]) expect(await report({ accuracy_m })).toBe('WRONG')
    expect(await report({ occurred_at: 'infinity' })).toBe('WRONG')
    expect(await report({ title: '\n\t\u00a0' })).toBe('BLANK')
    expect(await report({ occurred_at: '2026-05-04T06:00:00Z', accuracy_m: 12.5 })).toBe('applied')
  })

  it('is refused: a closure that never comes, a week of a thousand days, a stint since ever', async () => {
    expect(await answer('add_closure', { day: 'infinity', label: 'Jamais' })).toBe('WRONG')
    expect((await push([team(1, { name: 'update_company', args: { changes: { working_days: Array(1000).fill(1) } } })])).results[0]!.code).toBe(
      'WRONG',
    )
    expect(await answer('assign_site_member', { site_id: site, membership_id: boss.id, role: 'viewer', starts_on: '-infinity' })).toBe('WRONG')
    expect(await answer('update_site', { id: site, changes: { ends_on: 'infinity' } })).toBe('WRONG')
  })

  it('makes room for the thousandth site of a year', async () => {
    const year = new Date().getFullYear()
    await createSite(boss, 'X', { code: `CH-${year}-999` })
    const id = await createSite(boss, 'Y')
    expect(await boss.see('select code from app.sites where id = $1', [id])).toEqual([{ code: `CH-${year}-1000` }])
  })
})

describe('the automatic codes of sites', () => {
  it('go on where they were beside a number that somebody made up, and step over those in the way', async () => {
    const other = await foundCompany(database, await createPerson(database, 'codes@beta.test'), 'Codes')
    const year = new Date().getFullYear()
    const codeOf = async (id: string) => (await other.see<{ code: string }>('select code from app.sites where id = $1', [id]))[0]!.code
    const next = async () => codeOf(await createSite(other, 'X'))
    for (const number of ['999999', '999998', '1050']) await createSite(other, 'Y', { code: `CH-${year}-${number}` })
    expect([await next(), await next()]).toEqual([`CH-${year}-001`, `CH-${year}-002`])
    await createSite(other, 'Y', { code: `CH-${year}-1049` })
    expect([await next(), await next()]).toEqual([`CH-${year}-1051`, `CH-${year}-1052`])
  })
})

describe('a figure', () => {
  it('over all of time is not counted', async () => {
    for (const [first, last] of [
      ['-infinity', '2026-01-01'],
      ['2026-01-01', 'infinity'],
      ['0001-01-01', '9999-01-01'],
    ]) {
      expect(await boss.see(`select kpi.business_days($1, '${first}', '${last}') as days`, [boss.company])).toEqual([{ days: null }])
    }
  })
})

describe('the clashes of a site', () => {
  it('stay with it when an incident that borrowed its id is assigned', async () => {
    const id = await createSite(boss, 'Sosie', { city: 'Lyon' })
    await boss.run('update_site', { id, changes: { city: 'Brest' }, was: { city: 'Nantes' } })
    const scopes = () => boss.see('select scope_ids from app.conflicts where row_id = $1', [id])
    const before = await scopes()
    await boss.run('report_incident', { id, site_id: site, type: 'safety', severity: 'low', title: 'Même id' })
    const [other] = await database.db`insert into app.memberships (company_id, id, user_id, full_name, email, roles)
      values (${boss.company}, gen_random_uuid(), ${(await createPerson(database, 'x@alpha.test')).userId}, 'X', 'x', '{crew}') returning id`
    await boss.run('assign_incident', { id, assignee_id: other!.id })
    expect(await scopes()).toEqual(before)
  })
})
