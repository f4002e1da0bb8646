import { PGlite } from '@electric-sql/pglite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { commandCall, commands, type CommandName, type Commands } from '../../app/kernel/generated/commands.ts'
import { phoneSql, schemaHash } from '../../app/kernel/generated/phone.ts'
import { tables } from '../../app/kernel/generated/tables.ts'

const company = '01900000-0000-7000-8000-000000000001'
const me = '01900000-0000-7000-8000-000000000002'
const site = '01900000-0000-7000-8000-000000000003'
const incident = '01900000-0000-7000-8000-000000000004'

let db: PGlite
let commandNumber = 0

function run<N extends CommandName>(name: N, args: Commands[N]) {
  const command = `01900000-0000-7000-9000-${String(++commandNumber).padStart(12, '0')}`
  const context = `(${company},${me},${command},2026-11-21T08:00:00Z,2026-11-21T07:59:00Z)`
  return db.query(commandCall(name, args), [context, JSON.stringify(args)])
}

beforeAll(async () => {
  db = await PGlite.create()
  await db.exec(phoneSql)
  await db.query('insert into app.companies (id, name) values ($1, $2)', [company, 'Bâti & fils'])
}, 60_000)
afterAll(() => db?.close())

describe('the phone’s database', () => {
  test('holds every synced table with the columns that the server sends', async () => {
    for (const [table, { columns }] of Object.entries(tables)) {
      await db.query(`copy app.${table} (${columns.join(', ')}) from '/dev/blob'`, [], { blob: new Blob(['']) })
    }
  })

  test('has no constraint that a server’s row could break', async () => {
    const { rows } = await db.query(
      `select conrelid::regclass::text, conname from pg_constraint where connamespace = 'app'::regnamespace and contype not in ('p', 'n')`,
    )
    expect(rows).toEqual([])
  })

  test('knows an effect for every command', async () => {
    const { rows } = await db.query<{ name: string }>(`select proname as name from pg_proc where pronamespace = 'effects'::regnamespace`)
    const effects = new Set(rows.map((row) => row.name))
    expect(Object.keys(commands).filter((name) => !effects.has(name))).toEqual([])
  })

  test('runs effects: a site, its budget and an incident, with arguments left to their defaults', async () => {
    await run('create_site', { id: site, name: 'École Jean-Moulin', budget: '1250000.50', tags: ['école', 'béton'], site_manager_id: me })
    await run('report_incident', { id: incident, site_id: site, type: 'question', severity: 'low', title: ' Quelle « porte » ? ' })
    const { rows } = await db.query(
      `
      select s.code, s.tags, b.amount::text, i.title, i.routed_role, i.details, m.role,
             i.scope_ids = array[effects.scope_id($1, 'sites', $1), effects.scope_id($1, 'site', s.id)] as shared,
             (select count(*)::int from app.incident_events) as events
      from app.sites as s join app.site_budgets as b using (company_id, id) join app.incidents as i on i.site_id = s.id
      join app.site_members as m on m.site_id = s.id`,
      [company],
    )
    expect(rows).toEqual([
      {
        code: 'CH-2026-001',
        tags: ['école', 'béton'],
        amount: '1250000.50',
        title: 'Quelle « porte » ?',
        routed_role: 'project_manager',
        details: {},
        role: 'site_manager',
        shared: true,
        events: 1,
      },
    ])
  })

  test('keeps what the server alone may know out of the rows that arrive, and lets effects write it', async () => {
    expect(tables.invitations.columns).not.toContain('token_hash')
    await run('invite_person', { id: incident, token_hash: 'a'.repeat(64), roles: ['crew'] })
    const { rows } = await db.query('select roles, site_ids from app.invitations')
    expect(rows).toEqual([{ roles: ['crew'], site_ids: [] }])
  })

  test('refuses with a code and a field', async () => {
    await expect(run('rename_team', { id: site, name: ' ' })).resolves.toBeDefined() // no such team on this phone: nothing to refuse
    await expect(run('create_team', { id: site, name: ' ' })).rejects.toThrow('BLANK: name')
  })

  test('is known to the server by a hash', () => {
    expect(schemaHash).toMatch(/^[0-9a-f]{16,64}$/)
  })
})
