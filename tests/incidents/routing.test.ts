import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPerson, createSite, foundCompany, hire, reportIncident, type Member } from '../support/company.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
let boss: Member
let manager: Member
let chief: Member
let site: string

beforeAll(async () => {
  database = await createTestDatabase('routing')
  boss = await foundCompany(database, await createPerson(database, 'boss@alpha.test'), 'Alpha')
  manager = await hire(database, boss, 'pm@alpha.test', ['project_manager'])
  site = await createSite(boss, 'Lilas', { project_manager_id: manager.id })
  chief = await hire(database, boss, 'chief@alpha.test', ['site_manager'], [site])
})
afterAll(() => database.close())

const assigneeOf = async (id: string) => {
  const [row] = await database.db`select assignee_id from app.incidents where id = ${id}`
  return row!.assignee_id as string | null
}

describe('where a role sees incidents', () => {
  it('is the same in the effect, which a phone runs, as in the scopes that the policies use', async () => {
    const rows = await database.db`
      select r.key, t.type, effects.role_reach(r.key, t.type) as reach,
        (select case when bool_or(s.kind = case when t.type = 'safety' then 'sites:safety' else 'sites' end) then 'company'
                     when bool_or(s.kind = case when t.type = 'safety' then 'site:safety' else 'site' end) then 'site' end
         from app_private.role_scopes as s where s.role = r.key) as scopes
      from app.roles as r, unnest('{safety,technical,material,question}'::text[]) as t (type)`
    expect(rows.length).toBeGreaterThan(50)
    for (const row of rows) expect(row.reach, `${row.key} ${row.type}`).toBe(row.scopes)
  })
})

describe('an incident for a role that nobody holds', () => {
  it('waits for the project manager of its site, still open and not taken', async () => {
    const id = await reportIncident(chief, site, { type: 'technical' })
    expect(await chief.see('select status, assignee_id, routed_role from app.incidents where id = $1', [id])).toEqual([
      { status: 'open', assignee_id: manager.id, routed_role: 'design_office' },
    ])
  })

  it('waits for an executive where the site has no project manager', async () => {
    const bare = await createSite(boss, 'Sans chef')
    expect(await assigneeOf(await reportIncident(boss, bare, { type: 'technical' }))).toBe(boss.id)
  })

  it('waits for the role again as soon as somebody holds it', async () => {
    const engineer = await hire(database, boss, 'be@alpha.test', ['design_office'])
    const id = await reportIncident(chief, site, { type: 'technical' })
    expect(await assigneeOf(id)).toBeNull()
    await boss.run('set_member_state', { id: engineer.id, state: 'suspended' })
    expect(await assigneeOf(id)).toBe(manager.id)
    expect(await boss.see(`select kind, assignee_id from app.incident_events where incident_id = $1 and kind <> 'report'`, [id])).toEqual([
      { kind: 'assign', assignee_id: manager.id },
    ])
  })

  it('counts as held only by who sees the incident: another site’s manager does not, nor an office for a safety incident', async () => {
    await boss.run('set_routing_rule', { id: randomUUID(), incident_type: 'question', role: 'site_manager', delay_minutes: 30 })
    const other = await createSite(boss, 'Gare', { project_manager_id: manager.id })
    expect(await assigneeOf(await reportIncident(manager, site, { type: 'question' }))).toBeNull()
    expect(await assigneeOf(await reportIncident(manager, other, { type: 'question' }))).toBe(manager.id)
    await boss.run('set_routing_rule', { id: randomUUID(), incident_type: 'safety', role: 'buyer', delay_minutes: 0, working_time: false })
    await hire(database, boss, 'buyer@alpha.test', ['buyer'])
    const id = await reportIncident(chief, site, { type: 'safety' })
    expect(await assigneeOf(id)).toBe(manager.id)
    expect(await manager.see('select id from app.incidents where id = $1', [id])).toEqual([{ id }])
  })
})

describe('an incident whose assignee leaves', () => {
  it('goes to the project manager of its site', async () => {
    const leaver = await hire(database, boss, 'leaver@alpha.test', ['hse'])
    const id = await reportIncident(chief, site, { type: 'safety' })
    await boss.run('assign_incident', { id, assignee_id: leaver.id })
    await boss.run('set_member_state', { id: leaver.id, state: 'archived' })
    expect(await assigneeOf(id)).toBe(manager.id)
  })

  it('of a closed case changes nothing', async () => {
    const leaver = await hire(database, boss, 'leaver2@alpha.test', ['hse'])
    const id = await reportIncident(chief, site, { type: 'safety' })
    await boss.run('assign_incident', { id, assignee_id: leaver.id })
    await boss.run('close_incident', { id })
    await boss.run('set_member_state', { id: leaver.id, state: 'archived' })
    expect(await assigneeOf(id)).toBe(leaver.id)
  })
})
