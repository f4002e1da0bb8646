import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { roles } from '../../app/kernel/generated/rights.ts'
import { commands } from '../../app/kernel/generated/commands.ts'
import { createSite, createPerson, foundCompany, hire, reportIncident, type Json, type Member } from '../support/company.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

/** Who may run which command on what is not theirs: everywhere (`all`) or on the sites whose team they are in (`sites`). */
const matrix = JSON.parse(readFileSync(new URL('../../policies/commands.json', import.meta.url), 'utf8')) as Record<
  string,
  Record<string, 'all' | 'sites'>
>

let database: TestDatabase
let boss: Member
const people = new Map<string, Member>()
const sites = { ours: '', other: '' }

/** What a command is tried on, made anew for each try by the founder. */
const targets: Record<string, (site: string) => Promise<Json>> = {
  update_company: async () => ({ changes: { name: 'Nouveau nom' } }),
  set_security: async () => ({ factor_rules: { admin: 'mandatory' }, factor_grace_days: 7 }),
  add_closure: async () => ({ id: randomUUID(), day: randomDay(), label: 'Pont' }),
  remove_closure: async () => ({ id: await made('add_closure', { day: randomDay(), label: 'Pont' }) }),
  set_routing_rule: async () => ({ id: randomUUID(), incident_type: 'technical', role: 'design_office', delay_minutes: 60 }),
  set_kpi_target: async () => ({ id: randomUUID(), kpi: 'in_time_share', target: 0.95, alert: 0.8 }),
  invite_person: async () => ({ id: randomUUID(), token_hash: randomHash(), roles: ['crew'] }),
  resend_invitation: async () => ({ id: await made('invite_person', { token_hash: randomHash(), roles: ['crew'], email: 'ada@batir.test' }) }),
  revoke_invitation: async () => ({ id: await made('invite_person', { token_hash: randomHash(), roles: ['crew'] }) }),
  update_member: async () => ({ id: boss.id, changes: { job: 'Gérance' } }),
  set_member_roles: async () => ({ id: people.get('client')!.id, roles: ['client'] }),
  set_member_state: async () => ({ id: people.get('client')!.id, state: 'active' }),
  create_team: async () => ({ id: randomUUID(), name: 'Équipe' }),
  rename_team: async () => ({ id: await made('create_team', { name: 'Équipe' }), name: 'Autre' }),
  add_team_member: async () => ({ team_id: await made('create_team', { name: 'Équipe' }), membership_id: boss.id }),
  remove_team_member: async () => ({ team_id: await made('create_team', { name: 'Équipe' }), membership_id: boss.id }),
  create_site: async () => ({ id: randomUUID(), name: 'Neuf' }),
  update_site: async (site) => ({ id: site, changes: { city: 'Brest' } }),
  set_site_budget: async (site) => ({ id: site, amount: 1000 }),
  archive_site: async () => ({ id: await createSite(boss, 'À archiver') }),
  assign_site_member: async (site) => ({
    id: randomUUID(),
    site_id: site,
    membership_id: (await hire(database, boss, `${randomUUID()}@alpha.test`, ['crew'])).id,
    role: 'crew',
  }),
  withdraw_site_member: async (site) => ({
    id: await made('assign_site_member', {
      site_id: site,
      membership_id: (await hire(database, boss, `${randomUUID()}@alpha.test`, ['crew'])).id,
      role: 'crew',
    }),
  }),
  report_incident: async (site) => ({ id: randomUUID(), site_id: site, type: 'technical', severity: 'low', title: 'Essai' }),
  update_incident: async (site) => ({ id: await reportIncident(boss, site), changes: { zone: 'A' } }),
  assign_incident: async (site) => ({ id: await reportIncident(boss, site), assignee_id: boss.id }),
  answer_incident: async (site) => ({ id: await reportIncident(boss, site), body: 'Vu' }),
  ask_incident: async (site) => ({ id: await reportIncident(boss, site), body: 'Où ?' }),
  resolve_incident: async (site) => ({ id: await reportIncident(boss, site) }),
  reopen_incident: async (site) => {
    const id = await reportIncident(boss, site)
    await boss.run('resolve_incident', { id })
    return { id }
  },
  close_incident: async (site) => ({ id: await reportIncident(boss, site) }),
  add_photo: async (site) => photo(site),
  update_photo: async (site) => ({ id: await made('add_photo', photo(site)), changes: { caption: 'Gaine' } }),
  annotate_photo: async (site) => ({
    id: await made('add_photo', photo(site)),
    shapes: [{ kind: 'arrow', colour: 'red', points: [0.1, 0.1, 0.5, 0.5] }],
  }),
  attach_photo: async (site) => ({ id: await made('add_photo', photo(site)), incident_id: await reportIncident(boss, site) }),
  keep_favourite: async () => ({ id: randomUUID(), href: '/sites', label: 'Chantiers' }),
  drop_favourite: async () => ({ href: '/sites' }),
  move_favourite: async () => ({ href: '/sites', place: 1 }),
  arrange_menu: async () => ({ hrefs: ['/sites', '/'] }),
  set_sentences: async () => ({ locale: 'fr', texts: { 'nav.sites': 'Opérations' } }),
  confirm_photo: async (site) => ({ id: await made('add_photo', photo(site)) }),
}

const randomHash = () => (randomUUID() + randomUUID()).replaceAll('-', '')
const photo = (site: string): Json => ({ id: randomUUID(), site_id: site, sha256: randomHash(), bytes: 1000, width: 40, height: 30 })
let days = 0
const randomDay = () => new Date(Date.UTC(2030, 0, ++days)).toISOString().slice(0, 10)
const made = async (command: string, args: Json) => {
  const id = randomUUID()
  await boss.run(command, { ...args, id })
  return id
}

beforeAll(async () => {
  database = await createTestDatabase('command rights')
  boss = await foundCompany(database, await createPerson(database, 'boss@alpha.test'), 'Alpha')
  sites.ours = await createSite(boss, 'Notre chantier')
  sites.other = await createSite(boss, 'Un autre')
  for (const { key } of roles) people.set(key, await hire(database, boss, `${key}@alpha.test`, [key], [sites.ours]))
})
afterAll(() => database.close())

test('every command has its line, and every line its command', () => {
  expect(Object.keys(matrix).toSorted()).toEqual(Object.keys(commands).toSorted())
  expect(Object.keys(targets).toSorted()).toEqual(Object.keys(commands).toSorted())
})

describe.each(Object.keys(matrix))('%s', (command) => {
  test.each(['ours', 'other'] as const)('on %s site answers each role as its line says', async (where) => {
    const answers: Record<string, string> = {}
    const wanted: Record<string, string> = {}
    for (const [role, person] of people) {
      const right = matrix[command]![role]
      wanted[role] = right === 'all' || (right === 'sites' && (where === 'ours' || !needsSite(command))) ? 'applied' : 'RIGHT'
      answers[role] = await person.run(command, await targets[command]!(sites[where])).then(
        (answer) => String(answer.status),
        (error: { code: string }) => error.code,
      )
    }
    expect(answers).toEqual(wanted)
  })
})

const needsSite = (command: string) => /site|incident|photo/.test(command)
