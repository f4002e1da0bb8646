import { createHash, randomBytes } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { newId } from '../../app/kernel/ids.ts'
import { remoteOf } from '../../app/kernel/remote.ts'
import type { PushBatch, Remote } from '../../app/kernel/sync/protocol.ts'
import { createWorld, type Client, type World } from '../support/world.ts'
import { makeDevice, type Device } from './device.ts'

let world: World
let admin: Client
let chief: Client
let company: string
const sites = { north: newId(), south: newId() }
const devices: Device[] = []
const open = async (client: Client, wrap?: (remote: Remote) => Remote) => {
  const device = await makeDevice(client, company, wrap)
  devices.push(device)
  return device
}
/** Polls until `check` passes. */
const eventually = (check: () => Promise<void> | void) => vi.waitFor(check, { timeout: 15_000, interval: 25 })
const idle = (device: Device) => eventually(() => expect(device.status()?.phase).toBe('idle'))
const call = (client: Client, name: string, args: Record<string, unknown>) => remoteOf(client).rpc(name, { command_id: newId(), ...args }, company)
const report = (title: string, site = sites.north) => ({ id: newId(), site_id: site, type: 'technical', severity: 'low', title })
const titles = async (device: Device) =>
  (await device.rows<{ title: string }>('select title from app.incidents order by title')).map((row) => row.title)
const onServer = async (title: string) => Number((await world.db`select count(*) as n from app.incidents where title = ${title}`)[0]!['n'])

beforeAll(async () => {
  world = await createWorld('client')
  admin = (await world.signUp('chef@client.test', 'un-bon-secret')).client
  company = await remoteOf(admin).rpc<string>('found_company', { id: newId(), name: 'Les Murs', full_name: 'Anne Chef' })
  for (const [name, id] of Object.entries(sites)) await call(admin, 'create_site', { id, name })
  const token = randomBytes(32).toString('base64url')
  await call(admin, 'invite_person', {
    id: newId(),
    token_hash: createHash('sha256').update(token).digest('hex'),
    roles: ['site_manager'],
    site_ids: Object.values(sites),
  })
  chief = (await world.signUp('chantier@client.test', 'un-bon-secret')).client
  await remoteOf(chief).rpc('accept_invitation', { token, full_name: 'Bruno Chantier' })
})
afterEach(async () => {
  for (const device of devices.splice(0)) await device.close()
})
afterAll(() => world.close())

describe('a phone on a real server', () => {
  it('downloads what its person may see and agrees with the server', async () => {
    const device = await open(chief)
    await idle(device)
    expect((await device.rows<{ name: string }>('select name from app.sites order by name')).map((row) => row.name)).toEqual(['north', 'south'])
    expect(await device.rows('select full_name from app.memberships order by full_name')).toEqual([
      { full_name: 'Anne Chef' },
      { full_name: 'Bruno Chantier' },
    ])
    expect(await device.rows('select * from app.invitations')).toEqual([])
  })

  it('sends a command once and shows it on another phone through a poke', async () => {
    const [one, other] = [await open(chief), await open(admin)]
    await idle(one)
    await idle(other)
    await one.run('report_incident', report('Fuite'))
    expect(await titles(one)).toContain('Fuite')
    await eventually(async () => expect(await titles(other)).toContain('Fuite'))
    await eventually(async () => expect(await one.outbox.pending()).toEqual([]))
    expect(await onServer('Fuite')).toBe(1)
    const where = `select incident_id, kind, scope_ids from app.incident_events order by id`
    expect(await one.rows(where)).toEqual(await other.rows(where))
  })

  it('keeps what was written offline, in order, exactly once, though each push is sent twice and out of order', async () => {
    const seen: PushBatch[] = []
    const device = await open(chief, (remote) => ({
      ...remote,
      push: async (batch) => {
        seen.push(batch)
        const answer = await remote.push(batch)
        // An old batch comes again after a newer one, as a network may do.
        await remote.push(seen[0]!)
        await remote.push(batch)
        return answer
      },
    }))
    await idle(device)
    device.setOnline(false)
    const incident = report('Séquence')
    await device.run('report_incident', incident)
    for (const body of ['Un', 'Deux', 'Trois']) await device.run('answer_incident', { id: incident.id, body })
    expect(await titles(device)).toContain('Séquence')
    device.setOnline(true)
    await eventually(async () => expect((await device.outbox.count()).waiting).toBe(0))
    await eventually(async () => expect(await device.outbox.pending()).toEqual([]))
    const bodies =
      await world.db`select new ->> 'body' as body from audit.log where table_name = 'incident_events' and new ->> 'incident_id' = ${incident.id} order by id`
    expect(bodies.map((row) => row['body'])).toEqual([null, 'Un', 'Deux', 'Trois'])
    expect(await device.rows('select count(*) as n from app.incident_events where incident_id = $1', [incident.id])).toEqual([{ n: 4 }])
  })

  it('refuses one command with its reason, and takes its effect back', async () => {
    const device = await open(chief)
    await idle(device)
    await device.run('set_site_budget', { id: sites.north, amount: 1000 })
    await device.run('report_incident', report('Après le refus'))
    await eventually(async () => expect((await device.outbox.count()).refused).toBe(1))
    expect((await device.outbox.list()).find((command) => command.state === 'refused')).toMatchObject({ name: 'set_site_budget', code: 'RIGHT' })
    await eventually(async () => expect(await onServer('Après le refus')).toBe(1))
    await eventually(async () => expect(await device.outbox.pending()).toEqual([]))
  })

  it('lets the rows of a withdrawn site leave, answers included, and refuses what was written for it meanwhile', async () => {
    await call(admin, 'report_incident', report('Au sud', sites.south))
    const device = await open(chief)
    await idle(device)
    expect(await titles(device)).toContain('Au sud')
    device.setOnline(false)
    await device.run('report_incident', report('Trop tard', sites.south))
    const member = (
      await world.db`select id from app.site_members where company_id = ${company} and site_id = ${sites.south} and membership_id = ${device.card.membership_id}`
    )[0]!
    await call(admin, 'withdraw_site_member', { id: member['id'] })
    device.setOnline(true)
    await eventually(async () => expect(await titles(device)).not.toContain('Au sud'))
    await eventually(async () => expect((await device.outbox.count()).refused).toBe(1))
    await eventually(async () => expect(await titles(device)).not.toContain('Trop tard'))
    expect(
      await device.rows('select * from app.incident_events as e where not exists (select from app.incidents as i where i.id = e.incident_id)'),
    ).toEqual([])
    expect(await device.rows('select name from app.sites')).toEqual([{ name: 'north' }])
    await call(admin, 'assign_site_member', { id: newId(), site_id: sites.south, membership_id: device.card.membership_id, role: 'site_manager' })
    await eventually(async () => expect(await titles(device)).toContain('Au sud'))
  })

  it('offers again what a restored server forgot', async () => {
    const device = await open(chief)
    await idle(device)
    await device.run('report_incident', report('Avant la sauvegarde'))
    await eventually(async () => expect(await device.outbox.pending()).toEqual([]))
    const [client] = await world.db`select last_seq from sync.clients where id = ${await device.outbox.clientId()}`
    const lost = report('Après la sauvegarde')
    await device.run('report_incident', lost)
    await eventually(async () => expect(await device.outbox.pending()).toEqual([]))
    // What a backup from before that command would hold.
    await world.db.begin(async (sql) => {
      await sql`delete from app.incident_events where incident_id = ${lost.id}`
      await sql`delete from app.incidents where id = ${lost.id}`
      await sql`delete from app_private.command_log where company_id = ${company} and id = (
        select id from app_private.command_log where name = 'report_incident' order by at desc limit 1)`
      await sql`update sync.clients set last_seq = ${client!['last_seq']} where id = ${await device.outbox.clientId()}`
      await sql`update sync.state set restore_stamp = gen_random_uuid(), started_at = null`
    })
    device.engine.wake()
    await eventually(async () => expect(await onServer('Après la sauvegarde')).toBe(1))
    await eventually(async () => expect(await titles(device)).toContain('Après la sauvegarde'))
    expect(await onServer('Avant la sauvegarde')).toBe(1)
  })

  it('pauses when the session is over, keeps the work, and goes on after a sign-in', async () => {
    const { client, user } = await world.signUp('fin@client.test', 'un-bon-secret')
    const token = randomBytes(32).toString('base64url')
    await call(admin, 'invite_person', {
      id: newId(),
      token_hash: createHash('sha256').update(token).digest('hex'),
      roles: ['site_manager'],
      site_ids: [sites.north],
    })
    await remoteOf(client).rpc('accept_invitation', { token, full_name: 'Fin' })
    const device = await open(client)
    await idle(device)
    await world.db`delete from auth.sessions where user_id = ${user.id}`
    await device.run('report_incident', report('En pause'))
    await eventually(() => expect(device.status()?.phase).toBe('paused'))
    expect(await titles(device)).toContain('En pause')
    await client.auth.signInWithPassword({ email: 'fin@client.test', password: 'un-bon-secret' })
    device.engine.retryNow()
    await eventually(async () => expect(await onServer('En pause')).toBe(1))
  })
})
