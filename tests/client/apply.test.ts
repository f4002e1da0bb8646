import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { newId } from '../../app/kernel/ids.ts'
import { idsOf, openLocalStore, type PendingCommand } from '../../app/kernel/sync/apply.ts'
import { copyText, openPhone, schema } from './phone.ts'

const company = newId()
const me = newId()
const other = newId()
const siteA = newId()
const siteB = newId()
const AT = '2026-03-01T08:00:00.000Z'
const scope = (kind: string, subject: string) => {
  const hex = createHash('md5').update(`${company} ${kind} ${subject}`).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
const site = (id: string, name: string) => ({
  company_id: company,
  id,
  code: `CH-${name}`,
  name,
  status: 'running',
  tags: [],
  custom: {},
  created_by: other,
  created_at: AT,
  updated_at: AT,
})
const incident = (id: string, site_id: string, title: string) => ({
  company_id: company,
  id,
  site_id,
  type: 'technical',
  severity: 'low',
  title,
  details: {},
  status: 'open',
  routed_role: 'design_office',
  due_minutes: 120,
  reporter_id: other,
  occurred_at: AT,
  reported_at: AT,
  updated_at: AT,
})
const command = (name: string, args: Record<string, unknown>): PendingCommand => ({
  id: newId(),
  name,
  args,
  at: AT,
  companyId: company,
  actorId: me,
})
const report = (title: string, id = newId()) => command('report_incident', { id, site_id: siteA, type: 'technical', severity: 'low', title })

let phone: Awaited<ReturnType<typeof openPhone>>
const titles = async () => (await phone.db.query<{ title: string }>('select title from app.incidents order by title')).map((row) => row.title)
const count = async (table: string) => (await phone.db.query<{ n: number }>(`select count(*) as n from ${table}`))[0]!.n

beforeAll(async () => {
  phone = await openPhone(company)
})
afterAll(() => phone.close())
beforeEach(async () => {
  await phone.store.apply(
    { reset: true, rows: { sites: copyText('sites', [site(siteA, 'A'), site(siteB, 'B')]) }, state: { cursor: null, boot: null } },
    [],
  )
})

describe('a command on the phone', () => {
  it('shows at once, names the tables it touched, and leaves when its row arrives from the server', async () => {
    const sent = report('Fissure')
    expect((await phone.store.run(sent)).sort()).toEqual(['incident_events', 'incidents'])
    expect(await titles()).toEqual(['Fissure'])
    const { tables } = await phone.store.apply(
      { rows: { incidents: copyText('incidents', [incident(String(sent.args['id']), siteA, 'Fissure vue')]) } },
      [],
    )
    expect(tables).toEqual(expect.arrayContaining(['incidents', 'incident_events']))
    expect(await titles()).toEqual(['Fissure vue'])
    expect(await count('local.images')).toBe(0)
  })

  it('never shows twice, whoever applies it again', async () => {
    const sent = report('Une fois')
    await phone.store.apply({}, [sent])
    expect(await phone.store.run(sent)).toEqual([])
    await phone.store.apply({}, [sent])
    expect(await titles()).toEqual(['Une fois'])
    expect(await count('app.incident_events')).toBe(1)
  })

  it('refused at once changes nothing and says why, with its field', async () => {
    await expect(phone.store.run(report(' '))).rejects.toThrow(/^BLANK: title/)
    expect(await count('local.applied')).toBe(0)
    expect(await count('local.touched')).toBe(0)
    await phone.store.run(report('Après'))
    expect(await titles()).toEqual(['Après'])
  })
})

describe('an answer of the server', () => {
  it('puts back an edited row exactly as it was', async () => {
    const id = newId()
    await phone.store.apply({ rows: { incidents: copyText('incidents', [incident(id, siteA, 'Avant')]) } }, [])
    const before = await phone.db.query('select * from app.incidents')
    await phone.store.run(command('update_incident', { id, changes: { title: 'Après', severity: 'medium' }, was: { title: 'Avant' } }))
    expect(await titles()).toEqual(['Après'])
    await phone.store.apply({}, [])
    expect(await phone.db.query('select * from app.incidents')).toEqual(before)
    expect(await count('app.incident_events')).toBe(0)
  })

  it('puts back a deleted row, of a table that computes its ids too', async () => {
    const member = { company_id: company, team_id: newId(), membership_id: newId(), created_at: AT }
    const rows = { team_members: copyText('team_members', [member]) }
    await phone.store.apply({ rows }, [])
    await phone.store.run(command('remove_team_member', { team_id: member.team_id, membership_id: member.membership_id }))
    expect(await count('app.team_members')).toBe(0)
    await phone.store.apply({ rows }, [])
    await phone.store.apply({ rows }, [])
    expect(await count('app.team_members')).toBe(1)
  })

  it('rebases what is pending on the new rows, in order, and records a refused replay without a trace', async () => {
    const id = newId()
    await phone.store.apply({ rows: { incidents: copyText('incidents', [incident(id, siteA, 'Pompe')]) } }, [])
    const resolve = command('resolve_incident', { id })
    const ask = command('ask_incident', { id, body: 'Laquelle ?' })
    const answer = command('answer_incident', { id, body: 'Celle du fond' })
    for (const each of [ask, answer]) await phone.store.run(each)
    const closed = { ...incident(id, siteA, 'Pompe'), status: 'closed', closed_at: AT }
    const applied = await phone.store.apply({ rows: { incidents: copyText('incidents', [closed]) } }, [ask, answer, resolve])
    expect(applied.refused).toEqual([
      { id: ask.id, code: 'STATE', message: 'STATE: closed' },
      { id: resolve.id, code: 'STATE', message: 'STATE: closed' },
    ])
    expect(await phone.db.query('select kind, body from app.incident_events')).toEqual([{ kind: 'answer', body: 'Celle du fond' }])
    expect(await count('local.applied')).toBe(1)
  })

  it('drops the rows of lost scopes only, and rows that are gone', async () => {
    const [a, b] = [newId(), newId()]
    await phone.store.apply({ rows: { incidents: copyText('incidents', [incident(a, siteA, 'A'), incident(b, siteB, 'B')]) } }, [])
    await phone.store.apply({ keepOnly: [scope('site', siteB)] }, [])
    expect(await titles()).toEqual(['B'])
    await phone.store.apply({ gone: { incidents: [b] } }, [])
    expect(await titles()).toEqual([])
  })

  it('commits nothing when a row does not fit', async () => {
    await phone.store.run(report('Reste'))
    await expect(phone.store.apply({ reset: true, rows: { incidents: 'nonsense' } }, [])).rejects.toThrow()
    expect(await titles()).toEqual(['Reste'])
    expect(await count('app.sites')).toBe(2)
  })

  it('keeps awkward text as it was written', async () => {
    const title = 'tab\there \\N back\\slash\nnewline “quotes”'
    await phone.store.apply({ rows: { incidents: copyText('incidents', [incident(newId(), siteA, title)]) } }, [])
    expect(await titles()).toEqual([title])
  })
})

describe('the local database', () => {
  it('remembers where it stands with the rows of the same transaction', async () => {
    const state = {
      cursor: { snap: '1:1:', scopes: [scope('user', me)], schema: 's', db: 'd' },
      boot: { scopes: [siteA], after: { t: 'sites', id: siteA }, done: 2 },
    }
    await phone.store.apply({ state }, [])
    expect(await phone.store.state()).toEqual(state)
  })

  it('stays when the schema is the same and starts empty when it differs', async () => {
    await openLocalStore(phone.db, schema, company)
    expect(await count('app.sites')).toBe(2)
    const renewed = await openLocalStore(phone.db, { ...schema, phoneSql: `${schema.phoneSql}\n-- newer` }, company)
    expect(await count('app.sites')).toBe(0)
    expect(await renewed.state()).toEqual({ cursor: null, boot: null })
  })

  it('gives dates and times as JSON would', async () => {
    expect(await phone.db.query(`select date '2026-03-01' as day, timestamptz '2026-03-01 08:00:00.123456+00' as at, 3::bigint as n`)).toEqual([
      { day: '2026-03-01', at: '2026-03-01T08:00:00.123456+00:00', n: 3 },
    ])
  })
})

it('finds ids in COPY text', () => {
  expect(idsOf('x\tone\ta b\ny\ttwo\t\\N', 1)).toEqual(['one', 'two'])
})
