import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPerson, createSite, foundCompany, hire, reportIncident, type Json, type Member } from '../support/company.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
let boss: Member
let chief: Member
let design: Member
let engineer: Member
let site: string

beforeAll(async () => {
  database = await createTestDatabase('incidents')
  boss = await foundCompany(database, await createPerson(database, 'boss@alpha.test'), 'Alpha')
  site = await createSite(boss, 'Lilas')
  chief = await hire(database, boss, 'chief@alpha.test', ['site_manager'], [site])
  design = await hire(database, boss, 'be@alpha.test', ['design_office'])
  engineer = await hire(database, boss, 'be2@alpha.test', ['design_office'])
})
afterAll(() => database.close())

const statusOf = async (id: string) => (await boss.see<{ status: string }>('select status from app.incidents where id = $1', [id]))[0]?.status

describe('an incident', () => {
  it('goes by its type to the role and delay of the company’s routing table', async () => {
    const routed = async (type: string, more: Json = {}) => {
      const id = await reportIncident(chief, site, { type, ...more })
      return (await chief.see('select routed_role, due_minutes from app.incidents where id = $1', [id]))[0]
    }
    expect(await routed('technical')).toEqual({ routed_role: 'design_office', due_minutes: 120 })
    expect(await routed('safety')).toEqual({ routed_role: 'executive', due_minutes: 0 })
    expect(await routed('question')).toEqual({ routed_role: 'project_manager', due_minutes: 480 })
    expect(await routed('material', { details: { item: 'Vis', quantity: '100' } })).toEqual({ routed_role: 'buyer', due_minutes: 240 })
    await boss.run('set_routing_rule', { id: randomUUID(), incident_type: 'question', role: 'design_office', delay_minutes: 30 })
    expect(await routed('question')).toEqual({ routed_role: 'design_office', due_minutes: 30 })
    await expect(
      boss.run('set_routing_rule', { id: randomUUID(), incident_type: 'question', role: 'client', delay_minutes: 30 }),
    ).rejects.toMatchObject({ code: 'WRONG' })
  })

  it('lives from report to closure, each step timed and traced', async () => {
    const id = await reportIncident(chief, site)
    await design.run('assign_incident', { id, assignee_id: design.id })
    await design.run('assign_incident', { id, assignee_id: engineer.id, body: 'À toi' })
    await engineer.run('ask_incident', { id, body: 'Quelle gaine ?' })
    expect(await statusOf(id)).toBe('waiting')
    await chief.run('answer_incident', { id, body: 'La gaine nord' })
    expect(await statusOf(id)).toBe('assigned')
    await engineer.run('answer_incident', { id, body: 'Percer ici' })
    expect(await statusOf(id)).toBe('answered')
    await engineer.run('resolve_incident', { id })
    await chief.run('reopen_incident', { id, body: 'Toujours bouchée' })
    expect(await statusOf(id)).toBe('open')
    await engineer.run('resolve_incident', { id })
    await chief.run('close_incident', { id })
    const ledger = await boss.see('select kind, from_status, to_status, actor_id from app.incident_events where incident_id = $1 order by at', [id])
    expect(ledger.map((step) => `${step.kind} ${step.from_status}→${step.to_status}`)).toEqual([
      'report null→open',
      'assign open→assigned',
      'assign assigned→assigned',
      'ask assigned→waiting',
      'answer waiting→assigned',
      'answer assigned→answered',
      'resolve answered→resolved',
      'reopen resolved→open',
      'resolve open→resolved',
      'close resolved→closed',
    ])
    expect(ledger[4]!.actor_id).toBe(chief.id)
    const [times] = await boss.see('select resolved_at is not null as resolved, closed_at is not null as closed from app.incidents where id = $1', [
      id,
    ])
    expect(times).toEqual({ resolved: true, closed: true })
  })

  it('refuses a step its status does not allow, but never an answer', async () => {
    const id = await reportIncident(chief, site)
    await chief.run('close_incident', { id })
    await expect(design.run('resolve_incident', { id })).rejects.toMatchObject({ code: 'STATE' })
    await expect(design.run('assign_incident', { id, assignee_id: design.id })).rejects.toMatchObject({ code: 'STATE' })
    await design.run('answer_incident', { id, body: 'Écrit hors ligne' })
    expect(await statusOf(id)).toBe('closed')
  })

  it('is closed by its reporter, and not by another site manager', async () => {
    const id = await reportIncident(boss, site)
    await expect(chief.run('close_incident', { id })).rejects.toMatchObject({ code: 'RIGHT' })
    const own = await reportIncident(chief, site)
    expect(await chief.run('close_incident', { id: own })).toEqual({ status: 'applied' })
  })

  it('of safety can be handled by nobody who does not see it, not even to learn that it exists', async () => {
    const id = await reportIncident(chief, site, { type: 'safety' })
    for (const command of ['resolve_incident', 'reopen_incident']) {
      const unseen = await design.run(command, { id }).catch((error: { code: string; message: string }) => [error.code, error.message])
      const unknown = await design.run(command, { id: randomUUID() }).catch((error: { code: string; message: string }) => [error.code, error.message])
      expect(unseen).toEqual(unknown)
    }
    expect(await design.see('select id from app.incident_events where incident_id = $1', [id])).toEqual([])
    await boss.run('assign_incident', { id, assignee_id: design.id })
    expect(await design.see('select kind from app.incident_events where incident_id = $1 order by at', [id])).toEqual([
      { kind: 'report' },
      { kind: 'assign' },
    ])
    await design.run('resolve_incident', { id })
  })

  it('keeps both versions when two people edit the same words', async () => {
    const id = await reportIncident(chief, site, { title: 'Fuite' })
    await design.run('update_incident', { id, changes: { title: 'Fuite d’eau', zone: 'A' }, was: { title: 'Fuite', zone: null } })
    await chief.run('update_incident', { id, changes: { title: 'Fuite au 3e', severity: 'medium' }, was: { title: 'Fuite', severity: 'low' } })
    expect(await boss.see('select title, zone, severity from app.incidents where id = $1', [id])).toEqual([
      { title: 'Fuite au 3e', zone: 'A', severity: 'medium' },
    ])
    expect(await boss.see('select column_name, lost from app.conflicts where row_id = $1', [id])).toEqual([
      { column_name: 'title', lost: 'Fuite d’eau' },
    ])
  })

  it('cannot be edited into a report that its gravity does not allow', async () => {
    const id = await reportIncident(chief, site, { type: 'safety' })
    const edit = (changes: Json) => chief.run('update_incident', { id, changes })
    await expect(edit({ severity: 'high' })).rejects.toMatchObject({ code: 'BLANK', message: 'BLANK: description' })
    await expect(edit({ severity: 'critical', description: 'Chute', details: { injured: 'none' } })).rejects.toMatchObject({
      message: 'BLANK: measures',
    })
    await edit({ severity: 'high', description: 'Chute', details: { injured: 'none' } })
    await expect(edit({ description: ' ' })).rejects.toMatchObject({ message: 'BLANK: description' })
    await edit({ description: 'Chute de hauteur' })
  })

  it('refuses a position off the globe, details that are no object, and texts beyond measure', async () => {
    await expect(reportIncident(chief, site, { latitude: 123 })).rejects.toMatchObject({ code: 'WRONG' })
    await expect(reportIncident(chief, site, { details: [1] })).rejects.toMatchObject({ code: 'WRONG' })
    const measures = reportIncident(chief, site, { details: { measures: 'x'.repeat(4001) } })
    await expect(measures).rejects.toMatchObject({ code: 'LIMIT', message: 'LIMIT: measures' })
    await expect(reportIncident(chief, site, { title: 'x'.repeat(161) })).rejects.toMatchObject({ code: 'LIMIT' })
    await expect(reportIncident(chief, site, { description: 'x'.repeat(10_001) })).rejects.toMatchObject({ code: 'LIMIT' })
  })
})
