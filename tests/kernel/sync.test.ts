import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Cursor, PullAnswer } from '../../app/kernel/sync/protocol.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { createPerson, createSite, foundCompany, hire, reportIncident, type Member } from '../support/company.ts'

interface Push {
  results: { seq: number; id: string; status: string; code?: string }[]
  expect: number
}

let database: TestDatabase
let boss: Member
let chief: Member
let design: Member
let safety: Member
let site: string
let otherSite: string

const pull = (member: Member, cursor: Cursor | null) => member.call<PullAnswer>(member.company, 'sync_pull', { cursor })
const push = (member: Member, client: string, commands: object[]) => member.call<Push>(member.company, 'sync_push', { batch: { client, commands } })
const start = async (member: Member): Promise<Cursor> => {
  const first = await pull(member, null)
  expect(first.reset).toBe('new')
  return { snap: first.snap, scopes: first.gained!, schema: first.schema!, db: first.db! }
}
const lines = (copy: string | undefined) =>
  (copy ?? '')
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split('\t'))
const bootPage = async (member: Member, scopes: string[], after: object | null, n: number) => {
  const [head, ...copy] = (await member.call<string>(member.company, 'sync_boot', { scopes, after, n })).split('\n')
  const { tables, next, total } = JSON.parse(head!) as { tables: [string, number][]; next: object | null; total?: number }
  return { rows: Object.fromEntries(tables.map(([table, count]) => [table, copy.splice(0, count).join('\n')])), next, total }
}
const boot = async (member: Member, scopes: string[], n = 3) => {
  const seen: Record<string, string[]> = {}
  for (let after: object | null = null, first = true; after || first; first = false) {
    const page: { rows: Record<string, string>; next: object | null } = await bootPage(member, scopes, after, n)
    for (const [table, copy] of Object.entries(page.rows)) seen[table] = [...(seen[table] ?? []), ...lines(copy).map((line) => line[0]!)]
    after = page.next
  }
  return seen
}
const report = (seq: number, more: object = {}) => ({
  seq,
  id: randomUUID(),
  name: 'report_incident',
  at: '2026-05-04T06:00:00Z',
  args: { id: randomUUID(), site_id: site, type: 'technical', severity: 'low', title: `Incident ${seq}`, ...more },
})

beforeAll(async () => {
  database = await createTestDatabase('sync')
  boss = await foundCompany(database, await createPerson(database, 'boss@alpha.test'), 'Alpha')
  site = await createSite(boss, 'Lilas')
  otherSite = await createSite(boss, 'Gare')
  chief = await hire(database, boss, 'chief@alpha.test', ['site_manager'], [site])
  design = await hire(database, boss, 'be@alpha.test', ['design_office'])
  safety = await hire(database, boss, 'hse@alpha.test', ['hse'])
  for (let n = 0; n < 8; n++) await reportIncident(boss, n % 2 ? site : otherSite)
})
afterAll(() => database.close())

describe('a first sync', () => {
  it('boots page by page exactly the rows the person may see', async () => {
    for (const member of [boss, chief, design]) {
      const cursor = await start(member)
      const booted = await boot(member, cursor.scopes)
      for (const table of ['sites', 'incidents', 'incident_events', 'memberships', 'routing_rules', 'site_budgets']) {
        const visible = (await member.see<{ id: string }>(`select id from app.${table} order by id`)).map((row) => row.id)
        expect(booted[table]?.toSorted() ?? [], `${member.email} ${table}`).toEqual(visible)
      }
    }
    expect((await boot(chief, (await start(chief)).scopes)).sites).toEqual([site])
  })

  it('says in the first of several pages how many rows there are', async () => {
    const { scopes } = await start(chief)
    const rows = Object.values(await boot(chief, scopes)).flat().length
    expect((await bootPage(chief, scopes, null, 3)).total).toBe(rows)
    expect((await bootPage(chief, scopes, null, 1000)).total).toBeUndefined()
  })

  it('writes values as COPY does', async () => {
    const text = 'tab\tnew\nline\\ back\r\\N «é»'
    const id = await reportIncident(chief, site, { description: text, details: { note: text } })
    const cursor = await start(boss)
    const page = await bootPage(boss, cursor.scopes, null, 1000)
    const [{ columns }] = (await database.db<{ columns: string[] }[]>`select columns from sync.tables where name = 'incidents'`) as unknown as [
      { columns: string[] },
    ]
    await database.db.begin(async (sql) => {
      await sql`create temporary table received (like app.incidents) on commit drop`
      await sql.unsafe('alter table received alter scope_ids drop not null, alter company_id drop not null')
      const stream = await sql.unsafe(`copy received (${columns.join(', ')}) from stdin`).writable()
      await new Promise<void>((resolve, reject) => stream.on('finish', resolve).on('error', reject).end(`${page.rows.incidents}\n`))
      const [row] =
        await sql`select description, details, occurred_at = (select occurred_at from app.incidents where id = ${id}) as same from received where id = ${id}`
      expect(row).toEqual({ description: text.trim(), details: { note: text }, same: true })
    })
  })
})

describe('a later pull', () => {
  it('says nothing when nothing changed', async () => {
    const answer = await pull(boss, await start(boss))
    expect(Object.keys(answer)).toEqual(['snap'])
  })

  it('brings a change once, and only to the scopes that hold it', async () => {
    const [a, b] = [await start(chief), await start(design)]
    const id = await reportIncident(boss, otherSite)
    expect(await pull(chief, a)).toEqual({ snap: expect.any(String) })
    const seen = await pull(design, b)
    expect(lines(seen.rows!.incidents).map((line) => line[0])).toEqual([id])
    expect(await pull(design, { ...b, snap: seen.snap })).toEqual({ snap: expect.any(String) })
  })

  it('never shows a safety incident, not even its key, to who may not see it; it reaches whom it is given to', async () => {
    const cursors = new Map(await Promise.all([boss, chief, design, safety].map(async (member) => [member, await start(member)] as const)))
    const id = await reportIncident(chief, site, { type: 'safety', severity: 'medium' })
    for (const member of [boss, chief, safety])
      expect(
        lines((await pull(member, cursors.get(member)!)).rows?.incidents).map((line) => line[0]),
        member.email,
      ).toEqual([id])
    expect(JSON.stringify(await pull(design, cursors.get(design)!))).not.toContain(id)
    await safety.run('assign_incident', { id, assignee_id: design.id })
    const given = await pull(design, cursors.get(design)!)
    expect(lines(given.rows!.incidents).map((line) => line[0])).toEqual([id])
    expect(lines(given.rows!.incident_events)).toHaveLength(2)
    const held = { ...cursors.get(design)!, snap: given.snap }
    await safety.run('assign_incident', { id, assignee_id: safety.id })
    expect(await pull(design, held)).toMatchObject({ gone: { incidents: [id], incident_events: expect.arrayContaining([expect.any(String)]) } })
    expect(await pull(design, held)).not.toHaveProperty('rows')
  })

  it('withdraws a site in one short word, and gives one back by its scope', async () => {
    const guest = await hire(database, boss, 'guest@alpha.test', ['site_manager'], [site])
    const cursor = await start(guest)
    const [stint] = await boss.see<{ id: string }>('select id from app.site_members where membership_id = $1', [guest.id])
    await boss.run('withdraw_site_member', { id: stint!.id })
    const gone = await pull(guest, cursor)
    expect(gone.lost).toHaveLength(2)
    expect(gone).not.toHaveProperty('rows')
    expect(JSON.stringify(gone).length).toBeLessThanOrEqual(100)
    await boss.run('assign_site_member', { id: randomUUID(), site_id: otherSite, membership_id: guest.id, role: 'site_manager' })
    const gained = (
      await pull(guest, { ...cursor, snap: gone.snap, scopes: cursor.scopes.filter((scope) => !gone.lost!.includes(cursor.scopes.indexOf(scope))) })
    ).gained!
    expect(gained).toHaveLength(2)
    expect((await boot(guest, gained)).sites).toEqual([otherSite])
  })

  it('starts again after a restore, a schema change, a cursor too old, or too many changes', async () => {
    const cursor = await start(boss)
    expect(await pull(boss, { ...cursor, schema: 'old' })).toMatchObject({ reset: 'schema', gained: expect.any(Array) })
    expect(await pull(boss, { ...cursor, snap: '99999999:99999999:' })).toMatchObject({ reset: 'db' })
    await database.db`update sync.state set restore_stamp = gen_random_uuid(), started_at = null`
    expect(await pull(boss, cursor)).toMatchObject({ reset: 'db' })
    const later = await start(boss)
    await database.db`select pg_current_xact_id()` // a transaction between the cursor and the mark
    await database.db`insert into sync.marks (at, xid) values (now() - interval '91 days', pg_current_xact_id())`
    expect(await database.db`select sync.prune() as removed`).not.toEqual([{ removed: '0' }])
    expect(await pull(boss, later)).toMatchObject({ reset: 'retention' })
    await database.db`update sync.state set pruned_before = '0'`
    const full = await start(boss)
    await database.db`insert into sync.log (scope_id, table_number, row_id, op) select ${full.scopes[0]!}, 11, gen_random_uuid(), 'P' from generate_series(1, 20001)`
    expect(await pull(boss, full)).toMatchObject({ reset: 'volume' })
  })

  it('ends for who is suspended, and for who signed out', async () => {
    const guest = await hire(database, boss, 'leaver@alpha.test', ['crew'], [site])
    const cursor = await start(guest)
    await boss.run('set_member_state', { id: guest.id, state: 'suspended' })
    await expect(pull(guest, cursor)).rejects.toMatchObject({ code: 'OUTER' })
    await database.db`delete from auth.sessions where user_id = ${guest.userId}`
    await expect(pull(guest, cursor)).rejects.toMatchObject({ code: 'AUTHN' })
  })
})

describe('a push', () => {
  it('twice changes nothing the second time, and answers the same', async () => {
    const client = randomUUID()
    const batch = [report(1), report(2), report(3, { title: '' })]
    const first = await push(chief, client, batch)
    expect(first.results.map((result) => [result.seq, result.status, result.code])).toEqual([
      [1, 'applied', undefined],
      [2, 'applied', undefined],
      [3, 'refused', 'BLANK'],
    ])
    expect(await push(chief, client, batch)).toEqual(first)
    const ids = batch.map((command) => command.args.id)
    expect(await database.db`select count(*)::int from app.incident_events where incident_id = any (${ids})`).toEqual([{ count: 2 }])
  })

  it('out of order runs nothing and says where to go on', async () => {
    const client = randomUUID()
    const [one, two] = [report(1), report(2)]
    expect(await push(chief, client, [two])).toEqual({ results: [], expect: 1 })
    expect(await push(chief, client, [two, one])).toMatchObject({
      results: [
        { seq: 1, status: 'applied' },
        { seq: 2, status: 'applied' },
      ],
      expect: 3,
    })
  })

  it('refuses one command without holding up the others, and leaves no trace of it', async () => {
    const client = randomUUID()
    const batch = [
      report(1, { site_id: otherSite }),
      report(2),
      { ...report(3), name: 'drop_everything' },
      { ...report(4), args: { id: 'no uuid', site_id: site, type: 'technical', severity: 'low', title: 'x' } },
    ]
    const answer = await push(chief, client, batch)
    expect(answer.results.map((result) => result.code ?? result.status)).toEqual(['RIGHT', 'applied', 'WRONG', 'WRONG'])
    expect(await database.db`select count(*)::int from app.incidents where id = ${batch[0]!.args.id}`).toEqual([{ count: 0 }])
  })

  it('keeps its counter to its owner', async () => {
    const client = randomUUID()
    await push(chief, client, [report(1)])
    await expect(push(boss, client, [report(2)])).rejects.toMatchObject({ code: 'RIGHT' })
  })

  it('from several phones at once gives each its effect once', async () => {
    const batches = Array.from({ length: 6 }, () => ({ client: randomUUID(), commands: [report(1), report(2), report(3)] }))
    await Promise.all([...batches, ...batches].map((batch) => push(chief, batch.client, batch.commands)))
    const ids = batches.flatMap((batch) => batch.commands.map((command) => command.args.id))
    expect(await database.db`select count(*)::int from app.incident_events where incident_id = any (${ids})`).toEqual([{ count: 18 }])
  })

  it('gives two sites created at once two codes', async () => {
    const codes = Array.from({ length: 5 }, () => randomUUID())
    await Promise.all(codes.map((id) => boss.run('create_site', { id, name: 'Simultané' })))
    const rows = await database.db`select code from app.sites where id = any (${codes})`
    expect(new Set(rows.map((row) => row.code)).size).toBe(5)
  })
})
