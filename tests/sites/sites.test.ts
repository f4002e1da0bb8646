import { randomUUID } from 'node:crypto'
import { PGlite } from '@electric-sql/pglite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { phoneSql } from '../../app/kernel/generated/phone.ts'
import { createPerson, createSite, foundCompany, hire, reportIncident, type Member } from '../support/company.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
let boss: Member

beforeAll(async () => {
  database = await createTestDatabase('sites')
  boss = await foundCompany(database, await createPerson(database, 'boss@alpha.test'), 'Alpha')
})
afterAll(() => database.close())

describe('a site', () => {
  it('gets the next free code of the year unless it brings its own', async () => {
    const year = new Date().getFullYear()
    const [first, second, own] = [await createSite(boss, 'A'), await createSite(boss, 'B'), await createSite(boss, 'C', { code: 'TGV-7' })]
    const codes = await boss.see('select id, code from app.sites')
    const codeOf = (id: string) => codes.find((row) => row.id === id)!.code
    expect([codeOf(first), codeOf(second), codeOf(own)]).toEqual([`CH-${year}-001`, `CH-${year}-002`, 'TGV-7'])
    await expect(createSite(boss, 'D', { code: 'TGV-7' })).rejects.toMatchObject({ code: 'TAKEN' })
  })

  it.each([
    ['ends before it starts', { starts_on: '2026-05-02', ends_on: '2026-05-01' }, 'WRONG'],
    ['lies off the globe', { latitude: 91, longitude: 0 }, 'WRONG'],
    ['has an unknown status', { status: 'lost' }, 'WRONG'],
    ['has a negative budget', { budget: -1 }, 'WRONG'],
    ['names a stranger as manager', { site_manager_id: randomUUID() }, 'GHOST'],
  ])('is refused when it %s', async (_what, more, code) => {
    await expect(createSite(boss, 'X', more)).rejects.toMatchObject({ code })
  })

  it('puts its managers in its team, and a new manager too', async () => {
    const [one, two] = [
      await hire(database, boss, 'one@alpha.test', ['site_manager']),
      await hire(database, boss, 'two@alpha.test', ['site_manager']),
    ]
    const site = await createSite(boss, 'Équipe', { site_manager_id: one.id })
    expect(await one.see('select id from app.sites')).toEqual([{ id: site }])
    expect(await two.see('select id from app.sites')).toEqual([])
    await boss.run('update_site', { id: site, changes: { site_manager_id: two.id }, was: { site_manager_id: one.id } })
    expect(await two.see('select id from app.sites')).toEqual([{ id: site }])
  })

  it('shows its budget to those who may see money alone', async () => {
    const site = await createSite(boss, 'Argent', { budget: 125000.5 })
    const [chief, crew] = [
      await hire(database, boss, 'chief@alpha.test', ['site_manager'], [site]),
      await hire(database, boss, 'crew@alpha.test', ['crew'], [site]),
    ]
    const design = await hire(database, boss, 'be@alpha.test', ['design_office'])
    expect(await chief.see('select amount from app.site_budgets')).toEqual([{ amount: '125000.50' }])
    expect(await crew.see('select amount from app.site_budgets')).toEqual([])
    expect(await design.see('select amount from app.site_budgets')).toEqual([])
  })
})

describe('the team of a site', () => {
  it('gives access from its first day to its last, in the company’s time zone', async () => {
    const site = await createSite(boss, 'Dates')
    const person = await hire(database, boss, 'dates@alpha.test', ['crew'])
    const [{ today }] = (await database.db`select to_char(now() at time zone 'Europe/Paris', 'YYYY-MM-DD') as today`) as unknown as [
      { today: string },
    ]
    const shift = async (days: number) => (await database.db`select to_char(${today}::date + ${days}::int, 'YYYY-MM-DD') as day`)[0]!.day as string
    const assign = async (starts_on: string | null, ends_on: string | null) => {
      const id = randomUUID()
      await boss.run('assign_site_member', { id, site_id: site, membership_id: person.id, role: 'crew', starts_on, ends_on })
      const seen = (await person.see('select id from app.sites')).length === 1
      await boss.run('withdraw_site_member', { id })
      return seen
    }
    expect(await assign(null, null)).toBe(true)
    expect(await assign(today, today)).toBe(true)
    expect(await assign(await shift(1), null)).toBe(false)
    expect(await assign(null, await shift(-1))).toBe(false)
    expect(await person.see('select id from app.sites')).toEqual([])
  })

  it('opens and closes by itself when the day comes', async () => {
    const site = await createSite(boss, 'Demain')
    const person = await hire(database, boss, 'tomorrow@alpha.test', ['crew'])
    const id = randomUUID()
    await boss.run('assign_site_member', { id, site_id: site, membership_id: person.id, role: 'crew', starts_on: '2099-01-01' })
    expect(await person.see('select id from app.sites')).toEqual([])
    // the day comes: the dates move under an access that was computed before, as time does
    await database.db`alter table app.site_members disable trigger user`
    await database.db`update app.site_members set starts_on = now()::date - 1 where id = ${id}`
    await database.db`alter table app.site_members enable trigger user`
    await database.db`update app_private.accesses set recheck_at = now() where membership_id = ${person.id}`
    expect(await person.see('select id from app.sites')).toEqual([{ id: site }])
  })

  it('holds a person once at a time', async () => {
    const site = await createSite(boss, 'Double')
    const assign = (starts_on: string, ends_on: string) =>
      boss.run('assign_site_member', { id: randomUUID(), site_id: site, membership_id: boss.id, role: 'viewer', starts_on, ends_on })
    await assign('2026-01-01', '2026-01-31')
    await expect(assign('2026-01-31', '2026-02-28')).rejects.toMatchObject({ code: 'CLASH' })
    expect(await assign('2026-02-01', '2026-02-28')).toEqual({ status: 'applied' })
  })
})

describe('the figures of sites', () => {
  it('are the same on the server and on the phone', async () => {
    const sites = [await createSite(boss, 'Un'), await createSite(boss, 'Deux')]
    for (let n = 0; n < 24; n++) {
      const id = await reportIncident(boss, sites[n % 2]!, { severity: ['low', 'medium', 'high'][n % 3], description: 'Détail' })
      if (n % 5 === 0) await boss.run('resolve_incident', { id })
    }
    const asOf = '2030-01-01T00:00:00Z'
    const figures = 'select * from kpi.site_incidents($1) order by site_id'
    const onServer = await boss.see(figures, [asOf])
    expect(onServer.length).toBeGreaterThanOrEqual(2)

    const phone = await PGlite.create()
    await phone.exec(phoneSql)
    for (const table of ['companies', 'closures', 'incidents']) {
      const [{ columns }] = (await database.db`select columns from sync.tables where name = ${table}`) as unknown as [{ columns: string[] }]
      const [{ rows }] = (await database.db.unsafe(
        `select coalesce(json_agg(r), '[]')::text as rows from (select ${table === 'companies' ? '' : 'company_id, '}${columns.join(', ')} from app.${table} where company_id = $1) as r`,
        [boss.company],
      )) as unknown as [{ rows: string }]
      const list = `${table === 'companies' ? '' : 'company_id, '}${columns.join(', ')}`
      await phone.query(`insert into app.${table} (${list}) select ${list} from json_populate_recordset(null::app.${table}, $1)`, [rows])
    }
    const text = (rows: object[]) => JSON.parse(JSON.stringify(rows)) as unknown
    expect(text((await phone.query(figures, [asOf])).rows as object[])).toEqual(text(onServer))
    const days = `select kpi.business_days('${boss.company}', '2026-01-01', '2027-12-31') as days, kpi.add_business_days('${boss.company}', '2026-04-30', 20)::text as later`
    expect((await phone.query(days)).rows).toEqual(await boss.see(days))
    await phone.close()
  })
})
