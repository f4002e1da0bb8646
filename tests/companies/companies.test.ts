import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPerson, foundCompany, hire, type Member, type Person } from '../support/company.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
let founder: Person
let boss: Member

beforeAll(async () => {
  database = await createTestDatabase('companies')
  founder = await createPerson(database, 'boss@alpha.test')
  boss = await foundCompany(database, founder, 'Alpha')
})
afterAll(() => database.close())

const found = (args: object) => founder.call<string>(null, 'found_company', { id: randomUUID(), name: 'Bâti', full_name: 'Ada', ...args })

describe('founding a company', () => {
  it('makes its founder administrator, executive and project manager, and gives it routing rules', async () => {
    const company = await found({ siren: '732 829 320' })
    expect(await founder.rows(null, 'select company_name, roles from app.my_companies() where company_id = $1', [company])).toEqual([
      { company_name: 'Bâti', roles: ['admin', 'executive', 'project_manager'] },
    ])
    expect(await founder.rows(company, 'select siren from app.companies')).toEqual([{ siren: '732829320' }])
    expect(await founder.rows(company, 'select incident_type, role, delay_minutes from app.routing_rules order by incident_type')).toEqual([
      { incident_type: 'material', role: 'buyer', delay_minutes: 240 },
      { incident_type: 'question', role: 'project_manager', delay_minutes: 480 },
      { incident_type: 'safety', role: 'executive', delay_minutes: 0 },
      { incident_type: 'technical', role: 'design_office', delay_minutes: 120 },
    ])
  })

  it('sent twice founds it once', async () => {
    const id = randomUUID()
    expect([await found({ id }), await found({ id })]).toEqual([id, id])
    expect(await database.db`select count(*)::int from app.memberships where company_id = ${id}`).toEqual([{ count: 1 }])
  })

  it.each([
    ['a SIREN that fails the Luhn check', { siren: '732829321' }, 'SIREN'],
    ['a SIREN of eight digits', { siren: '73282932' }, 'SIREN'],
    ['a SIRET of another SIREN', { siren: '732829320', siret: '55208131766522' }, 'SIRET'],
    ['a SIRET that fails the Luhn check', { siret: '73282932000075' }, 'SIRET'],
    ['an empty name', { name: '  ' }, 'BLANK'],
    ['a name of 200 letters', { name: 'a'.repeat(200) }, 'LIMIT'],
    ['an unknown time zone', { time_zone: 'Mars/Base' }, 'WRONG'],
    ['an unknown language', { locale: 'xx' }, 'WRONG'],
  ])('refuses %s', async (_what, args, code) => {
    await expect(found(args)).rejects.toMatchObject({ code })
  })

  it('takes a SIRET alone, and La Poste’s, which sum to a multiple of five', async () => {
    const [own, post] = [await found({ siret: '732 829 320 00074' }), await found({ siret: '35600000000048' })]
    expect(await founder.rows(own, 'select siren, siret from app.companies')).toEqual([{ siren: '732829320', siret: '73282932000074' }])
    expect(post).toBeTruthy()
    expect(await found({ siret: '35600000049837' })).toBeTruthy()
  })
})

describe('settings', () => {
  it('change by column, and refuse what cannot be', async () => {
    await boss.run('update_company', { changes: { locale: 'en', working_days: [1, 2, 3, 4] }, was: { locale: 'fr' } })
    expect(await boss.see('select locale, working_days from app.companies')).toEqual([{ locale: 'en', working_days: [1, 2, 3, 4] }])
    for (const changes of [{ currency: 'euro' }, { working_days: [8] }, { working_days: [] }, { time_zone: 'x' }, { siren: '123456789' }]) {
      await expect(boss.run('update_company', { changes })).rejects.toMatchObject({ code: expect.stringMatching(/WRONG|SIREN/) })
    }
    await boss.run('update_company', { changes: { locale: 'fr', working_days: [1, 2, 3, 4, 5] } })
  })
})

describe('the business-day calendar', () => {
  const ask = async (expression: string) => (await boss.see(`select ${expression} as answer`))[0]!.answer

  it('knows Easter and the French holidays of 2027', async () => {
    expect(await ask(`array(select to_char(kpi.easter(y), 'MM-DD') from unnest('{1999,2000,2024,2026,2027,2038}'::int[]) as y)`)).toEqual([
      '04-04',
      '04-23',
      '03-31',
      '04-05',
      '03-28',
      '04-25',
    ])
    expect(await ask(`array(select to_char(day, 'MM-DD') from kpi.holidays(2027))`)).toEqual([
      '01-01',
      '03-29',
      '05-01',
      '05-06',
      '05-08',
      '05-17',
      '07-14',
      '08-15',
      '11-01',
      '11-11',
      '12-25',
    ])
    expect(await ask(`array(select to_char(day, 'MM-DD') from kpi.holidays(2027, 'FR-ALSACE-MOSELLE'))`)).toEqual([
      '01-01',
      '03-26',
      '03-29',
      '05-01',
      '05-06',
      '05-08',
      '05-17',
      '07-14',
      '08-15',
      '11-01',
      '11-11',
      '12-25',
      '12-26',
    ])
    expect(await ask(`(select count(*)::int from kpi.holidays(2027, 'NONE'))`)).toBe(0)
  })

  it('counts and adds business days around weekends, holidays and closures', async () => {
    const company = `'${boss.company}'`
    // Monday 10 to Friday 14 May 2027, then Whit Monday the 17th
    expect(await ask(`kpi.business_days(${company}, '2027-05-10', '2027-05-18')`)).toBe(6)
    expect(await ask(`kpi.business_days(${company}, '2027-05-18', '2027-05-10')`)).toBe(0)
    expect(await ask(`to_char(kpi.add_business_days(${company}, '2027-05-14', 1), 'YYYY-MM-DD')`)).toBe('2027-05-18')
    expect(await ask(`to_char(kpi.add_business_days(${company}, '2027-05-18', -1), 'YYYY-MM-DD')`)).toBe('2027-05-14')
    expect(await ask(`to_char(kpi.add_business_days(${company}, '2027-05-16', 0), 'YYYY-MM-DD')`)).toBe('2027-05-16')
    const closure = randomUUID()
    await boss.run('add_closure', { id: closure, day: '2027-05-18', label: 'Pont' })
    expect(await ask(`to_char(kpi.add_business_days(${company}, '2027-05-14', 1), 'YYYY-MM-DD')`)).toBe('2027-05-19')
    await expect(boss.run('add_closure', { id: randomUUID(), day: '2027-05-18', label: 'Encore' })).rejects.toMatchObject({ code: 'TAKEN' })
    await boss.run('remove_closure', { id: closure })
    expect(await ask(`kpi.is_business_day(${company}, '2027-05-18')`)).toBe(true)
  })
})

describe('a person’s companies', () => {
  it('are listed while they are an active member, and no longer', async () => {
    const leaver = await hire(database, boss, 'leaver@alpha.test', ['crew'])
    expect(await leaver.rows(null, 'select company_id from app.my_companies()')).toEqual([{ company_id: boss.company }])
    await boss.run('set_member_state', { id: leaver.id, state: 'archived' })
    expect(await leaver.rows(null, 'select company_id from app.my_companies()')).toEqual([])
  })
})
