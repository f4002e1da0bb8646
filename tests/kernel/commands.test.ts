import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { createPerson, createSite, foundCompany, hire, reportIncident, type Member } from '../support/company.ts'

let database: TestDatabase
let boss: Member
let chief: Member
let site: string

beforeAll(async () => {
  database = await createTestDatabase('commands')
  boss = await foundCompany(database, await createPerson(database, 'boss@alpha.test'), 'Alpha')
  site = await createSite(boss, 'Résidence des Lilas')
  chief = await hire(database, boss, 'chief@alpha.test', ['site_manager'], [site])
})
afterAll(() => database.close())

describe('a command', () => {
  it('runs once however often it is sent', async () => {
    const id = randomUUID()
    const args = { id, site_id: site, type: 'technical', severity: 'low', title: 'Fuite' }
    const command = randomUUID()
    expect(await chief.run('report_incident', args, command)).toEqual({ status: 'applied' })
    expect(await chief.run('report_incident', args, command)).toEqual({ status: 'applied' })
    expect(await database.db`select count(*)::int from app.incidents where id = ${id}`).toMatchObject([{ count: 1 }])
    expect(await database.db`select count(*)::int from app.incident_events where incident_id = ${id}`).toMatchObject([{ count: 1 }])
  })

  it('is set aside when the same id comes with other content, or from somebody else', async () => {
    const command = randomUUID()
    const args = { id: randomUUID(), site_id: site, type: 'technical', severity: 'low', title: 'Fuite' }
    await chief.run('report_incident', args, command)
    await expect(chief.run('report_incident', { ...args, title: 'Autre' }, command)).rejects.toMatchObject({ code: 'TWICE' })
    await expect(boss.run('report_incident', args, command)).rejects.toMatchObject({ code: 'TWICE' })
  })

  it('keeps a null inside an edit, and leaves what is not given to its default', async () => {
    const other = await createSite(boss, 'École', { architect: 'Atelier B' })
    await boss.run('update_site', { id: other, changes: { architect: null }, was: { architect: 'Atelier B' } })
    expect(await boss.see('select architect, status from app.sites where id = $1', [other])).toEqual([{ architect: null, status: 'planned' }])
  })

  it('refuses first for the right, then for existence, then for the data', async () => {
    const design = await hire(database, boss, 'be@alpha.test', ['design_office'])
    const nowhere = { id: randomUUID(), site_id: randomUUID(), type: 'technical', severity: 'low', title: '' }
    await expect(design.run('report_incident', nowhere)).rejects.toMatchObject({ code: 'RIGHT' })
    await expect(boss.run('report_incident', nowhere)).rejects.toMatchObject({ code: 'GHOST' })
    await expect(boss.run('report_incident', { ...nowhere, site_id: site })).rejects.toMatchObject({ code: 'BLANK', detail: 'title' })
  })

  it('names the field that is missing, by type and severity', async () => {
    const report = (more: object) =>
      chief.run('report_incident', { id: randomUUID(), site_id: site, type: 'safety', severity: 'critical', title: 'Chute', ...more })
    await expect(report({})).rejects.toMatchObject({ code: 'BLANK', detail: 'description' })
    await expect(report({ description: 'De l’échelle' })).rejects.toMatchObject({ code: 'BLANK', detail: 'injured' })
    await expect(report({ description: 'De l’échelle', details: { injured: '1' } })).rejects.toMatchObject({ code: 'BLANK', detail: 'measures' })
    expect(await report({ description: 'De l’échelle', details: { injured: '1', measures: 'Secours appelés' } })).toEqual({ status: 'applied' })
  })

  it('never lets an API role write a table', async () => {
    for (const [table, set] of [
      ['incidents', 'title'],
      ['sites', 'name'],
      ['memberships', 'full_name'],
    ]) {
      await expect(boss.see(`update app.${table} set ${set} = 'x'`)).rejects.toMatchObject({ code: '42501' })
      await expect(boss.see(`delete from app.${table}`)).rejects.toMatchObject({ code: '42501' })
    }
    await expect(
      boss.see('insert into app.closures (company_id, id, day, label) values ($1, $1, now(), $2)', [boss.company, 'x']),
    ).rejects.toMatchObject({ code: '42501' })
    await expect(boss.see('select app_private.run_command($1, $2, $3)', [randomUUID(), 'archive_site', { id: site }])).rejects.toMatchObject({
      code: '42501',
    })
    await expect(boss.see('select effects.archive_site(null, $1)', [site])).rejects.toMatchObject({ code: '42501' })
  })

  it('writes who, what, when and before/after to the audit, with both clocks', async () => {
    const at = '2026-03-01T08:00:00.000Z'
    const id = randomUUID()
    await chief.call(chief.company, 'sync_push', {
      batch: {
        client: randomUUID(),
        commands: [
          { seq: 1, id: randomUUID(), name: 'report_incident', at, args: { id, site_id: site, type: 'technical', severity: 'low', title: 'Prise' } },
        ],
      },
    })
    const [entry] = await boss.see(`select * from app.audit_entries($1) where table_name = 'incidents'`, [id])
    expect(entry).toMatchObject({ actor_id: chief.id, command: 'report_incident', op: 'I', old: null, device_at: new Date(at) })
    expect((entry!.new as { title: string }).title).toBe('Prise')
    await expect(chief.see('select * from app.audit_entries()')).rejects.toMatchObject({ code: 'RIGHT' })
  })

  it('freezes everything on an archived site', async () => {
    const old = await createSite(boss, 'Ancien')
    const incident = await reportIncident(boss, old)
    await boss.run('archive_site', { id: old })
    await expect(boss.run('update_site', { id: old, changes: { name: 'Neuf' } })).rejects.toMatchObject({ code: 'FROZE' })
    await expect(boss.run('answer_incident', { id: incident, body: 'ok' })).rejects.toMatchObject({ code: 'FROZE' })
    await expect(reportIncident(boss, old)).rejects.toMatchObject({ code: 'FROZE' })
    expect(await boss.see('select count(*)::int from app.incidents where site_id = $1', [old])).toEqual([{ count: 1 }])
  })
})

describe('two edits of one site', () => {
  it('merge by column; on a clash the later wins and the losing value is kept', async () => {
    const id = await createSite(boss, 'Halle', { city: 'Lyon', client_name: 'Ville' })
    await boss.run('update_site', { id, changes: { city: 'Nantes' }, was: { city: 'Lyon' } })
    await boss.run('update_site', { id, changes: { city: 'Brest', client_name: 'Région' }, was: { city: 'Lyon', client_name: 'Ville' } })
    expect(await boss.see('select city, client_name from app.sites where id = $1', [id])).toEqual([{ city: 'Brest', client_name: 'Région' }])
    expect(await boss.see('select column_name, kept, lost from app.conflicts where row_id = $1', [id])).toEqual([
      { column_name: 'city', kept: 'Brest', lost: 'Nantes' },
    ])
  })

  it('cannot reach a column that is not for editing', async () => {
    await expect(boss.run('update_site', { id: site, changes: { company_id: randomUUID() } })).rejects.toMatchObject({ code: 'WRONG' })
    await expect(boss.run('update_site', { id: site, changes: { archived_at: '2020-01-01' } })).rejects.toMatchObject({ code: 'WRONG' })
  })
})
