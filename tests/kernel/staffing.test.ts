import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPerson, createSite, foundCompany, hire, type Member } from '../support/company.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
let boss: Member

beforeAll(async () => {
  database = await createTestDatabase('staffing')
  boss = await foundCompany(database, await createPerson(database, 'boss@alpha.test'), 'Alpha')
})
afterAll(() => database.close())

describe('a manager who left the team of a site', () => {
  it('does not come back when somebody corrects the address', async () => {
    const chief = await hire(database, boss, 'left@alpha.test', ['site_manager'])
    const site = await createSite(boss, 'Retrait', { site_manager_id: chief.id })
    const [stint] = await boss.see<{ id: string }>('select id from app.site_members where site_id = $1', [site])
    await boss.run('withdraw_site_member', { id: stint!.id })
    await boss.run('update_site', { id: site, changes: { city: 'Lyon' } })
    expect(await chief.see('select id from app.sites')).toEqual([])
  })

  it('does not keep the site from being edited once their last day is past, and can be named again', async () => {
    const chief = await hire(database, boss, 'ended@alpha.test', ['site_manager'])
    const site = await createSite(boss, 'Terminé')
    await boss.run('assign_site_member', { id: randomUUID(), site_id: site, membership_id: chief.id, role: 'site_manager', ends_on: '2020-01-01' })
    expect(await boss.run('update_site', { id: site, changes: { site_manager_id: chief.id } })).toEqual({ status: 'applied' })
    expect(await chief.see('select id from app.sites')).toEqual([{ id: site }])
  })
})

describe('a company that moves to another time zone', () => {
  it('opens its sites on the days of its new place', async () => {
    const [{ today, zone }] = (await database.db`select z.zone, to_char(now() at time zone z.zone, 'YYYY-MM-DD') as today
      from unnest(array['Pacific/Kiritimati', 'Pacific/Pago_Pago']) as z (zone)
      where (now() at time zone z.zone)::date <> (now() at time zone 'Europe/Paris')::date limit 1`) as unknown as [{ today: string; zone: string }]
    const person = await hire(database, boss, 'moved@alpha.test', ['crew'])
    const site = await createSite(boss, 'Ailleurs')
    await boss.run('assign_site_member', {
      id: randomUUID(),
      site_id: site,
      membership_id: person.id,
      role: 'crew',
      starts_on: today,
      ends_on: today,
    })
    expect(await person.see('select id from app.sites')).toEqual([])
    await boss.run('update_company', { changes: { time_zone: zone } })
    expect(await person.see('select id from app.sites')).toEqual([{ id: site }])
  })
})
