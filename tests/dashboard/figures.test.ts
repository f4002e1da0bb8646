import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { figures as lists, incidentsBehind, type Figure } from '../../app/features/incidents/data.ts'
import { createPerson, createSite, foundCompany, hire, reportIncident, type Json, type Member } from '../support/company.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { copyToPhone, texts } from '../support/phone-copy.ts'

/** A Wednesday noon in Paris; the week has a Monday and a Tuesday worked. */
const NOW = '2026-03-18T12:00:00+01:00'

let database: TestDatabase
let boss: Member
let crew: Member
let office: Member
let site: string

/** An incident of the crew with its steps, at moments of the test's choosing. */
async function story(reported: string, more: Json, ...steps: [by: Member, step: 'answer' | 'ask' | 'resolve' | 'close', at: string][]) {
  const id = await reportIncident(crew, site, more)
  const moments: [command: string, at: string][] = []
  for (const [by, step, at] of steps) {
    const command = randomUUID()
    await by.run(`${step}_incident`, { id, ...(step === 'answer' || step === 'ask' ? { body: 'Vu.' } : {}) }, command)
    moments.push([command, at])
  }
  await database.db`update app.incident_events set at = ${reported} where incident_id = ${id} and kind = 'report'`
  for (const [command, at] of moments) await database.db`update app.incident_events set at = ${at} where id = effects.derived_id(${command}, 'event')`
  await database.db`update app.incidents as i set reported_at = ${reported}, updated_at = ${reported},
      resolved_at = (select min(e.at) from app.incident_events as e where e.incident_id = i.id and e.to_status in ('resolved', 'closed')),
      closed_at = (select max(e.at) from app.incident_events as e where e.incident_id = i.id and e.to_status = 'closed')
    where i.id = ${id}`
  return id
}

const clockOf = async (id: string, asOf = NOW) =>
  (await boss.see('select minutes, in_time, ended_at is not null as ended from kpi.incident_clock($1) where incident_id = $2', [asOf, id]))[0]

beforeAll(async () => {
  database = await createTestDatabase('figures')
  boss = await foundCompany(database, await createPerson(database, 'boss@alpha.test'), 'Alpha')
  site = await createSite(boss, 'Lilas', { status: 'running', starts_on: '2026-03-16', ends_on: '2026-03-20', budget: 1234.56 })
  crew = await hire(database, boss, 'crew@alpha.test', ['crew'], [site])
  office = await hire(database, boss, 'office@alpha.test', ['design_office'])
})
afterAll(() => database.close())

describe('the clock of an incident', () => {
  it('counts working time over the night, the lunch and the week-end', async () => {
    // Friday 16:30 to Monday 9:15: half an hour, then an hour and a quarter
    const id = await story('2026-03-13T16:30:00+01:00', {}, [office, 'answer', '2026-03-16T09:15:00+01:00'])
    expect(await clockOf(id)).toEqual({ minutes: 105, in_time: true, ended: false })
  })

  it('leaves out a closure and a public holiday of the company', async () => {
    const id = randomUUID()
    await boss.run('add_closure', { id, day: '2026-03-16', label: 'Pont' })
    const incident = await story('2026-03-13T16:30:00+01:00', {}, [office, 'answer', '2026-03-17T10:30:00+01:00'])
    expect(await clockOf(incident)).toMatchObject({ minutes: 180, in_time: false })
    await boss.run('remove_closure', { id })
    expect(await clockOf(incident)).toMatchObject({ minutes: 660 })
    // 11 November, a Wednesday
    const armistice = await story('2026-11-10T16:00:00+01:00', {}, [office, 'answer', '2026-11-12T08:10:00+01:00'])
    expect(await clockOf(armistice, '2026-11-12T12:00:00+01:00')).toMatchObject({ minutes: 70, in_time: true })
    await database.db`delete from app.incident_events where incident_id = ${armistice}`
    await database.db`delete from app.incidents where id = ${armistice}`
  })

  it('runs day and night for safety, where at once means within a quarter of an hour', async () => {
    const safety = { type: 'safety', severity: 'low' }
    const slow = await story('2026-03-14T23:00:00+01:00', safety, [boss, 'answer', '2026-03-15T00:30:00+01:00'])
    const quick = await story('2026-03-14T23:00:00+01:00', safety, [boss, 'answer', '2026-03-14T23:14:00+01:00'])
    expect([await clockOf(slow), await clockOf(quick)]).toMatchObject([
      { minutes: 90, in_time: false },
      { minutes: 14, in_time: true },
    ])
  })

  it('goes on until somebody other than the reporter answers, and says nothing when the reporter ends it alone', async () => {
    const own = await story('2026-03-18T08:00:00+01:00', {}, [crew, 'answer', '2026-03-18T08:05:00+01:00'])
    expect(await clockOf(own)).toEqual({ minutes: 240, in_time: false, ended: false })
    expect(await clockOf(own, '2026-03-18T09:00:00+01:00')).toEqual({ minutes: 60, in_time: null, ended: false })
    const alone = await story('2026-03-18T08:00:00+01:00', {}, [crew, 'close', '2026-03-18T08:05:00+01:00'])
    expect(await clockOf(alone)).toEqual({ minutes: null, in_time: null, ended: true })
  })
})

describe('the tiles', () => {
  const tiles = (who: Member, asOf = NOW) =>
    who.see<{ kpi: string; value: string | null; standing: string | null }>('select * from kpi.tiles($1)', [asOf])
  const tile = async (who: Member, kpi: string, asOf?: string) => (await tiles(who, asOf)).find((row) => row.kpi === kpi)

  it('speak of what each role may see', async () => {
    const names = (rows: { kpi: string }[]) => rows.map((row) => row.kpi)
    expect(names(await tiles(boss))).toContain('budget')
    expect(names(await tiles(crew))).not.toContain('budget')
    expect(await tile(boss, 'budget')).toMatchObject({ value: '1234.56' })
    const [seenByBoss, seenByOffice] = [await tile(boss, 'open_incidents'), await tile(office, 'open_incidents')]
    expect(Number(seenByBoss!.value) - Number(seenByOffice!.value)).toBe(2) // the two of safety
    const stranger = await foundCompany(database, await createPerson(database, 'boss@beta.test'), 'Beta')
    expect(await tile(stranger, 'open_incidents')).toMatchObject({ value: '0' })
  })

  it('give means and shares by hand: what was answered, and what was due', async () => {
    // answered: 105, 660, 90 and 14 minutes; late: 660, 90, and the one of 240 that waits
    expect(await tile(boss, 'response_minutes')).toMatchObject({ value: '217.3', standing: 'watch' })
    expect(await tile(boss, 'in_time_share')).toMatchObject({ value: '0.4000', standing: 'alert' })
    expect(await tile(boss, 'overdue_incidents')).toMatchObject({ value: '1', standing: 'watch' })
  })

  it('say nothing of a mean without a case, never zero', async () => {
    expect(await tile(boss, 'response_minutes', '2026-01-05T12:00:00+01:00')).toMatchObject({ value: null, standing: null })
  })

  it('stand by the company’s own targets', async () => {
    const aim = (target: number, alert: number, kpi = 'response_minutes') => boss.run('set_kpi_target', { id: randomUUID(), kpi, target, alert })
    await aim(60, 120)
    expect(await tile(boss, 'response_minutes')).toMatchObject({ target: '60', alert: '120', standing: 'alert' })
    await aim(300, 600)
    expect(await tile(boss, 'response_minutes')).toMatchObject({ standing: 'good' })
    await expect(aim(300, 200)).rejects.toMatchObject({ code: 'WRONG' })
    await expect(aim(1.2, 0.5, 'in_time_share')).rejects.toMatchObject({ code: 'WRONG' })
    await expect(aim(1, 2, 'weather')).rejects.toMatchObject({ code: 'WRONG' })
    await expect(crew.run('set_kpi_target', { id: randomUUID(), kpi: 'response_minutes', target: 1, alert: 2 })).rejects.toMatchObject({
      code: 'RIGHT',
    })
  })
})

describe('figures', () => {
  const queries = [
    'select * from kpi.tiles($1) order by kpi',
    'select * from kpi.incident_weeks($1)',
    'select * from kpi.adoption_weeks($1)',
    'select * from kpi.open_incidents($1)',
    'select * from kpi.incident_clock($1) order by incident_id',
    'select * from kpi.site_incidents($1) order by site_id',
    'select * from kpi.site_pace($1) order by site_id',
  ]

  it('of a week say what came, what went and what stayed', async () => {
    const weeks = await boss.see('select week::text, reported, ended, open from kpi.incident_weeks($1, 3)', [NOW])
    expect(weeks).toEqual([
      { week: '2026-03-02', reported: 0, ended: 0, open: 0 },
      { week: '2026-03-09', reported: 4, ended: 0, open: 4 },
      { week: '2026-03-16', reported: 2, ended: 1, open: 5 },
    ])
    expect(await boss.see('select elapsed_share from kpi.site_pace($1)', [NOW])).toEqual([{ elapsed_share: '0.4000' }])
  })

  it('are the same on the phone of each role as on the server, to the last digit, summer time or not', async () => {
    await story('2026-03-27T16:00:00+01:00', {}, [office, 'resolve', '2026-03-30T09:00:00+02:00'])
    await story('2026-03-28T10:00:00+01:00', { type: 'safety', severity: 'low' }, [boss, 'ask', '2026-03-29T10:00:00+02:00'])
    for (const member of [boss, crew, office]) {
      const phone = await copyToPhone(database, member)
      await phone.exec(`set time zone 'Pacific/Auckland'`)
      for (const asOf of [NOW, '2026-03-29T23:30:00Z', '2026-06-01T00:00:00Z']) {
        for (const query of queries)
          expect([query, texts((await phone.query(query, [asOf])).rows as object[])]).toEqual([query, texts(await member.see(query, [asOf]))])
      }
      await phone.close()
    }
  })

  it('of the tiles open the list of exactly what they count, for each role', async () => {
    await story('2026-03-16T09:00:00+01:00', {}, [office, 'answer', '2026-03-16T09:30:00+01:00'], [office, 'resolve', '2026-03-16T15:00:00+01:00'])
    await story('2026-03-16T10:00:00+01:00', {}, [boss, 'close', '2026-03-18T09:00:00+01:00'])
    await story('2026-03-18T11:55:00+01:00', {})
    await story('2026-01-12T10:00:00+01:00', {}, [office, 'resolve', '2026-03-02T10:00:00+01:00'])
    for (const who of [boss, crew, office]) {
      const [moment] = await who.see<{ at: string }>('select greatest($1::timestamptz, max(at))::text as at from app.incident_events', [NOW])
      const { at } = moment!
      const tiles = await who.see<{ kpi: string; value: string | null }>('select kpi, value from kpi.tiles($1)', [at])
      const value = (kpi: string) => Number(tiles.find((row) => row.kpi === kpi)?.value)
      const listed = Object.fromEntries(
        await Promise.all(
          lists.map(async (figure) => {
            const { sql, params } = incidentsBehind(figure, NOW)
            return [figure, (await who.see<{ id: string }>(sql, params)).map((row) => row.id)] as const
          }),
        ),
      ) as Record<Figure, string[]>
      const over = async (figure: Figure, expression: string) => {
        const [row] = await who.see<{ mean: string }>(
          `select round(avg(${expression}), 4) as mean from kpi.incident_clock($1) where incident_id = any ($2::uuid[])`,
          [at, `{${listed[figure].join()}}`],
        )
        return Number(row!.mean)
      }
      expect(listed.late).toHaveLength(value('overdue_incidents'))
      expect(listed.ended).toHaveLength(value('ended_incidents'))
      expect(Math.round((await over('answered', 'minutes')) * 10) / 10).toBe(value('response_minutes'))
      expect(await over('due', 'in_time::integer')).toBe(value('in_time_share'))
      expect(await over('day', `(coalesce(ended_at, 'infinity') <= reported_at + interval '24 hours')::integer`)).toBe(value('treated_day_share'))
      for (const figure of lists) expect(new Set(listed[figure]).size, figure).toBe(listed[figure].length)
    }
  })
})

describe('a figure asked over a span that nobody needs', () => {
  it.each([
    ['weeks since the pyramids', `select * from kpi.incident_weeks('${NOW}', 200000)`],
    ['people of as many weeks', `select * from kpi.adoption_weeks('${NOW}', 2147483647)`],
    ['a calendar of ages', `select * from kpi.calendar('0001-01-01', '9999-12-31')`],
    ['incidents in the far future', `select * from kpi.incident_clock('290000-01-01')`],
    ['tiles of then', `select * from kpi.tiles('290000-01-01')`],
  ])('is refused at once: %s', async (_, query) => {
    await reportIncident(crew, site)
    await expect(
      database.sqlAs(boss.claims, { 'x-company': boss.company }, async (sql) => {
        await sql`set local statement_timeout = '2s'`
        return sql.unsafe(query)
      }),
    ).rejects.toMatchObject({ code: 'LIMIT' })
  })

  it.each([
    ['from the end of time', `select kpi.add_business_days('COMPANY', 'infinity', 3) as day`],
    ['to the end of time', `select kpi.business_days('COMPANY', '2026-01-01', 'infinity') as day`],
    ['over two billion days', `select kpi.add_business_days('COMPANY', '2026-01-01', 2147483647) as day`],
  ])('or has no answer: business days %s', async (_, query) => {
    const rows = await database.sqlAs(boss.claims, { 'x-company': boss.company }, async (sql) => {
      await sql`set local statement_timeout = '4s'`
      return sql.unsafe(query.replace('COMPANY', boss.company))
    })
    expect([...rows]).toEqual([{ day: null }])
  })
})
