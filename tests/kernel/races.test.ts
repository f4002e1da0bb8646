import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { TransactionSql } from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { createPerson, createSite, foundCompany, hire, reportIncident, type Json, type Member, type Person } from '../support/company.ts'

let database: TestDatabase
let boss: Member
let site: string
let otherSite: string

beforeAll(async () => {
  database = await createTestDatabase('races')
  boss = await foundCompany(database, await createPerson(database, 'boss@alpha.test'), 'Alpha')
  ;[site, otherSite] = [await createSite(boss, 'Lilas'), await createSite(boss, 'Gare')]
})
afterAll(() => database.close())

/** A transaction of a person, open until `end`: commands run in it, and are seen by nobody else yet. */
async function open(person: Person, company?: string) {
  let ready: (sql: TransactionSql) => void
  let finish: () => void
  const sql = new Promise<TransactionSql>((resolve) => (ready = resolve))
  const held = new Promise<void>((resolve) => (finish = resolve))
  const done = database.sqlAs(person.claims, company ? { 'x-company': company } : {}, async (transaction) => {
    ready(transaction)
    await held
  })
  const transaction = await sql
  const call = (name: string, args: Json) =>
    transaction
      .unsafe(`select app.${name}(${Object.keys(args).map((key, place) => `${key} => $${place + 1}`)})`, Object.values(args) as never[])
      .then(
        () => 'applied',
        (error: { code: string }) => error.code,
      )
  return {
    call,
    run: (name: string, args: Json) => call(name, { command_id: randomUUID(), ...args }),
    async end() {
      finish()
      await done
    },
  }
}

/** Resolves when some connection of this database waits for a lock. */
async function untilOneWaits() {
  for (const end = Date.now() + 10_000; Date.now() < end; await new Promise((next) => setTimeout(next, 10))) {
    const [row] =
      await database.db`select count(*)::int as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    if (row!.waiting > 0) return
  }
  throw new Error('nobody waits')
}

const assign = (person: Member, at: string) =>
  ['assign_site_member', { id: randomUUID(), site_id: at, membership_id: person.id, role: 'crew' }] as const

describe('what a person may see', () => {
  it('ends with a suspension, also when somebody puts them on a site at that very moment', async () => {
    const leaver = await hire(database, boss, 'leaver@alpha.test', ['crew'], [site])
    const [suspending, assigning] = [await open(boss, boss.company), await open(boss, boss.company)]
    expect(await suspending.run('set_member_state', { id: leaver.id, state: 'suspended' })).toBe('applied')
    const assigned = assigning.run(...assign(leaver, otherSite))
    await untilOneWaits()
    await suspending.end()
    await assigned
    await assigning.end()
    expect(await leaver.see('select id from app.sites')).toEqual([])
    await expect(leaver.call(leaver.company, 'sync_pull', { cursor: null })).rejects.toMatchObject({ code: 'OUTER' })
  })

  it('holds both sites that two colleagues give at once', async () => {
    const worker = await hire(database, boss, 'worker@alpha.test', ['crew'])
    const [one, two] = [await open(boss, boss.company), await open(boss, boss.company)]
    expect(await one.run(...assign(worker, site))).toBe('applied')
    const second = two.run(...assign(worker, otherSite))
    await untilOneWaits()
    await one.end()
    expect(await second).toBe('applied')
    await two.end()
    expect((await worker.see<{ id: string }>('select id from app.sites')).map((row) => row.id).sort()).toEqual([site, otherSite].sort())
  })
})

const report = (at: string) => ['report_incident', { id: randomUUID(), site_id: at, type: 'technical', severity: 'low', title: 'Fuite' }] as const

describe('two phones that each send a report, then an edit', () => {
  it.each<[string, () => [name: string, args: Json]]>([
    ['the same site', () => ['update_site', { id: site, changes: { city: randomUUID() } }]],
    ['the company', () => ['update_company', { changes: { name: randomUUID() } }]],
    ['one person’s card', () => ['update_member', { id: boss.id, changes: { job: randomUUID() } }]],
  ])('of %s wait for each other and both succeed', async (_, edit) => {
    const [one, two] = [await open(boss, boss.company), await open(boss, boss.company)]
    expect(await one.run(...report(site))).toBe('applied')
    expect(await two.run(...report(site))).toBe('applied')
    const first = one.run(...edit())
    expect(await Promise.race([first, untilOneWaits().then(() => 'it waits')])).toBe('applied')
    const second = two.run(...edit())
    await untilOneWaits()
    await one.end()
    expect(await second).toBe('applied')
    await two.end()
  })
})

describe('archiving a site', () => {
  it('waits for what is being written on it, and what comes later is refused', async () => {
    const old = await createSite(boss, 'Ancien')
    const incident = await reportIncident(boss, old)
    const [reporting, archiving, late, answering] = [
      await open(boss, boss.company),
      await open(boss, boss.company),
      await open(boss, boss.company),
      await open(boss, boss.company),
    ]
    expect(await reporting.run(...report(old))).toBe('applied')
    const archived = archiving.run('archive_site', { id: old })
    await untilOneWaits()
    await reporting.end()
    expect(await archived).toBe('applied')
    const refused = [late.run(...report(old)), answering.run('answer_incident', { id: incident, body: 'Vu' })]
    await untilOneWaits()
    await archiving.end()
    expect(await Promise.all(refused)).toEqual(['FROZE', 'FROZE'])
    await Promise.allSettled([late.end(), answering.end()])
  })
})

describe('a photo put into a safety incident while it goes to somebody else', () => {
  it('is seen by the new one alone, whichever comes first', async () => {
    const [before, after] = [
      await hire(database, boss, 'before@alpha.test', ['design_office']),
      await hire(database, boss, 'after@alpha.test', ['design_office']),
    ]
    const photo = (incident: string) => {
      const args = { id: randomUUID(), site_id: site, incident_id: incident, sha256: randomBytes(32).toString('hex'), bytes: 9, width: 3, height: 3 }
      return ['add_photo', args] as const
    }
    for (const photoFirst of [true, false]) {
      const incident = await reportIncident(boss, site, { type: 'safety' })
      await boss.run('assign_incident', { id: incident, assignee_id: before.id })
      const [adding, assigning] = [await open(boss, boss.company), await open(boss, boss.company)]
      const [add, assign] = [() => adding.run(...photo(incident)), () => assigning.run('assign_incident', { id: incident, assignee_id: after.id })]
      const [first, second] = photoFirst ? [adding, assigning] : [assigning, adding]
      expect(await (photoFirst ? add : assign)()).toBe('applied')
      const later = (photoFirst ? assign : add)()
      await Promise.race([later, untilOneWaits()])
      await first.end()
      expect(await later).toBe('applied')
      await second.end()
      const photos = (member: Member) => member.see('select id from app.photos where incident_id = $1', [incident])
      expect(await photos(before), `photo first: ${photoFirst}`).toEqual([])
      expect(await photos(after), `photo first: ${photoFirst}`).toHaveLength(1)
    }
  })
})

describe('the last administrator', () => {
  it('stays one when the role comes and goes between two colleagues at once', async () => {
    const heir = await hire(database, boss, 'heir@alpha.test', ['crew'])
    const [handing, taking] = [await open(boss, boss.company), await open(boss, boss.company)]
    expect(await handing.run('set_member_roles', { id: heir.id, roles: ['admin'] })).toBe('applied')
    expect(await handing.run('set_member_roles', { id: boss.id, roles: ['executive', 'project_manager'] })).toBe('applied')
    const taken = taking.run('set_member_roles', { id: heir.id, roles: ['crew'] })
    await untilOneWaits()
    await handing.end()
    expect(await taken).toBe('OWNER')
    await taking.end().catch(() => undefined)
    await heir.run('set_member_roles', { id: boss.id, roles: ['admin', 'executive', 'project_manager'] })
  })
})

describe('two invitations accepted at once by one newcomer', () => {
  it('make one member with the roles and sites of both', async () => {
    const newcomer = await createPerson(database, 'newcomer@alpha.test')
    const invite = async (roles: string[], at: string) => {
      const token = randomUUID()
      await boss.run('invite_person', { id: randomUUID(), token_hash: createHash('sha256').update(token).digest('hex'), roles, site_ids: [at] })
      return { token, full_name: 'Nouvelle' }
    }
    const [first, second] = [await invite(['crew'], site), await invite(['design_office'], otherSite)]
    const [one, two] = [await open(newcomer), await open(newcomer)]
    expect(await one.call('accept_invitation', first)).toBe('applied')
    const later = two.call('accept_invitation', second)
    await untilOneWaits()
    await one.end()
    expect(await later).toBe('applied')
    await two.end()
    const members = await database.db`select roles from app.memberships where user_id = ${newcomer.userId}`
    expect(members.map(({ roles }) => [...(roles as string[])].sort())).toEqual([['crew', 'design_office']])
    const sites = await database.db`
      select s.site_id from app.site_members as s join app.memberships as m on m.company_id = s.company_id and m.id = s.membership_id
      where m.user_id = ${newcomer.userId}`
    expect(sites.map((row) => row.site_id as string).sort()).toEqual([site, otherSite].sort())
  })
})
