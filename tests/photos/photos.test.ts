import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPerson, createSite, foundCompany, hire, reportIncident, type Json, type Member } from '../support/company.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
let boss: Member
let chief: Member
let crew: Member
let design: Member
let buyer: Member
let hse: Member
let site: string
let other: string

beforeAll(async () => {
  database = await createTestDatabase('photos')
  boss = await foundCompany(database, await createPerson(database, 'boss@alpha.test'), 'Alpha')
  site = await createSite(boss, 'Lilas')
  other = await createSite(boss, 'Mûriers')
  chief = await hire(database, boss, 'chief@alpha.test', ['site_manager'], [site])
  crew = await hire(database, boss, 'crew@alpha.test', ['crew'], [site])
  design = await hire(database, boss, 'be@alpha.test', ['design_office'])
  buyer = await hire(database, boss, 'buyer@alpha.test', ['buyer'])
  hse = await hire(database, boss, 'hse@alpha.test', ['hse'])
})
afterAll(() => database.close())

const newHash = () => createHash('sha256').update(randomBytes(16)).digest('hex')

/** Announces a photo and answers its id. */
async function addPhoto(by: Member, where: string, more: Json = {}): Promise<string> {
  const id = randomUUID()
  await by.run('add_photo', { id, site_id: where, sha256: newHash(), bytes: 290_000, width: 1920, height: 1440, ...more })
  return id
}

const seen = async (by: Member, id: string) => (await by.see('select * from app.photos where id = $1', [id]))[0]
/** A worker's answer to the check of a photo, when one is asked for: the hash of what storage holds. */
async function settle(id: string, sha256: string | null): Promise<void> {
  for (const job of await database.db`select id from app_private.jobs where kind = 'verify_photo' and state = 'waiting' and payload ->> 'photo_id' = ${id}`) {
    await database.db`update app_private.jobs set state = 'running', attempts = attempts + 1 where id = ${job.id}`
    const [read] = await database.db`select app.job_payload(${job.id}, 1) as payload`
    if (read!.payload) await database.db`select app.finish_job(${job.id}, 1, ${database.db.json({ sha256 })})`
  }
}
const nameOf = (photo: Json) => `${boss.company}/${photo.site_id}/${photo.sha256}.jpg`

/** What the Storage service is told about a name: its login, and no header. */
async function may(by: Member, what: 'store' | 'read', name: string): Promise<boolean> {
  const rows = await database.sqlAs(
    by.claims,
    {},
    (sql) => sql`select case ${what} when 'store' then app_private.may_store_photo(${name}) else app_private.may_read_photo(${name}) end as may`,
    'supabase_storage_admin',
  )
  return rows[0]!.may as boolean
}
const mayStore = (by: Member, name: string) => may(by, 'store', name)
const mayRead = (by: Member, name: string) => may(by, 'read', name)

describe('a photo', () => {
  it('keeps its place, its time by the phone’s clock and by ours, its author and its words', async () => {
    const id = await addPhoto(crew, site, {
      taken_at: '2026-11-20T09:30:00Z',
      zone: ' Cage B ',
      caption: 'Gaine bouchée',
      latitude: 45.18,
      longitude: 5.72,
      accuracy_m: 6,
      position_source: 'shutter',
    })
    expect(await seen(chief, id)).toMatchObject({
      author_id: crew.id,
      taken_at: new Date('2026-11-20T09:30:00Z'),
      zone: 'Cage B',
      caption: 'Gaine bouchée',
      latitude: 45.18,
      longitude: 5.72,
      accuracy_m: 6,
      position_source: 'shutter',
      state: 'announced',
    })
  })

  it('is seen by the team of its site, its project manager and direction, not by the crew of another site', async () => {
    const id = await addPhoto(boss, other)
    expect(await seen(boss, id)).toBeDefined()
    expect(await seen(crew, id)).toBeUndefined()
    await expect(addPhoto(crew, other)).rejects.toMatchObject({ code: 'RIGHT' })
    await expect(addPhoto(buyer, site)).rejects.toMatchObject({ code: 'RIGHT' })
  })

  it('refuses what no photo has', async () => {
    const refused: [Json, string][] = [
      [{ sha256: 'x' }, 'WRONG'],
      [{ bytes: 0 }, 'WRONG'],
      [{ bytes: 15_728_641 }, 'WRONG'], // storage would take it from nobody
      [{ width: 0 }, 'WRONG'],
      [{ taken_at: '1850-01-01' }, 'WRONG'],
      [{ latitude: 91, longitude: 0, position_source: 'exif' }, 'WRONG'],
      [{ latitude: 45 }, 'WRONG'],
      [{ latitude: 45, longitude: 5, position_source: 'none' }, 'WRONG'],
      [{ caption: 'x'.repeat(1001) }, 'LIMIT'],
      [{ before_id: randomUUID() }, 'GHOST'],
      [{ incident_id: randomUUID() }, 'GHOST'],
    ]
    for (const [args, code] of refused) await expect(addPhoto(crew, site, args), JSON.stringify(args)).rejects.toMatchObject({ code })
  })

  it('is on a site once: the same file again is refused, in an incident it may stand too', async () => {
    const sha256 = newHash()
    await addPhoto(crew, site, { sha256 })
    await expect(addPhoto(chief, site, { sha256 })).rejects.toMatchObject({ code: 'TAKEN' })
    await addPhoto(crew, site, { sha256, incident_id: await reportIncident(crew, site) })
  })

  it('is edited by its author and those who lead the site, with the old words kept on a clash', async () => {
    const id = await addPhoto(crew, site, { caption: 'Avant' })
    await crew.run('update_photo', { id, changes: { caption: 'Gaine' }, was: { caption: 'Avant' } })
    await chief.run('update_photo', { id, changes: { caption: 'Gaine nord', zone: 'B' }, was: { caption: 'Avant', zone: null } })
    expect(await seen(crew, id)).toMatchObject({ caption: 'Gaine nord', zone: 'B' })
    expect(await crew.see('select lost from app.conflicts where row_id = $1', [id])).toEqual([{ lost: 'Gaine' }])
    await expect(crew.run('update_photo', { id: await addPhoto(chief, site), changes: { caption: 'x' } })).rejects.toMatchObject({ code: 'RIGHT' })
    await expect(crew.run('update_photo', { id, changes: { taken_at: '2020-01-01' } })).rejects.toMatchObject({ code: 'WRONG' })
  })

  it('moved on the map says so, and forgets an accuracy that is no more', async () => {
    const id = await addPhoto(crew, site, { latitude: 45, longitude: 5, accuracy_m: 8, position_source: 'shutter' })
    await crew.run('update_photo', { id, changes: { latitude: 45.001, longitude: 5 } })
    expect(await seen(crew, id)).toMatchObject({ latitude: 45.001, position_source: 'manual', accuracy_m: null })
    await crew.run('update_photo', { id, changes: { latitude: null, longitude: null } })
    expect(await seen(crew, id)).toMatchObject({ latitude: null, position_source: 'none' })
    await expect(crew.run('update_photo', { id, changes: { latitude: 45 } })).rejects.toMatchObject({ code: 'WRONG' })
  })

  it('shows a place after the photo that shows it before, on the same site', async () => {
    const before = await addPhoto(crew, site)
    const after = await addPhoto(crew, site, { before_id: before })
    expect(await seen(crew, after)).toMatchObject({ before_id: before })
    await crew.run('update_photo', { id: after, changes: { before_id: null } })
    for (const [before_id, code] of [
      [after, 'WRONG'],
      [await addPhoto(boss, other), 'GHOST'],
    ]) {
      await expect(crew.run('update_photo', { id: after, changes: { before_id } })).rejects.toMatchObject({ code })
    }
  })
})

describe('a photo of an incident', () => {
  it('of safety is seen by who sees the incident, also when that changes', async () => {
    const incident = await reportIncident(crew, site, { type: 'safety' })
    const id = await addPhoto(crew, site, { incident_id: incident })
    expect(await seen(crew, id)).toBeDefined()
    expect(await seen(hse, id)).toBeDefined()
    expect(await seen(chief, id)).toBeUndefined()
    expect(await seen(design, id)).toBeUndefined()
    await boss.run('assign_incident', { id: incident, assignee_id: design.id })
    expect(await seen(design, id)).toBeDefined()
    await boss.run('assign_incident', { id: incident, assignee_id: chief.id })
    expect(await seen(design, id)).toBeUndefined()
    expect(await seen(chief, id)).toBeDefined()
  })

  it('may be added by its reporter, whatever their role', async () => {
    const incident = await reportIncident(hse, other, { type: 'safety' })
    expect(await seen(hse, await addPhoto(hse, other, { incident_id: incident }))).toBeDefined()
    await expect(addPhoto(hse, other)).rejects.toMatchObject({ code: 'RIGHT' })
    await expect(addPhoto(hse, site, { incident_id: incident })).rejects.toMatchObject({ code: 'RIGHT' })
  })

  it('taken before is put into it, and disappears from those who may not see the incident', async () => {
    const id = await addPhoto(crew, site, { caption: 'Chute' })
    await crew.run('update_photo', { id, changes: { caption: 'Garde-corps' }, was: { caption: 'Autre' } })
    expect(await chief.see('select id from app.conflicts where row_id = $1', [id])).toHaveLength(1)
    const incident = await reportIncident(crew, site, { type: 'safety' })
    await crew.run('attach_photo', { id, incident_id: incident })
    expect(await seen(chief, id)).toBeUndefined()
    expect(await chief.see('select id from app.conflicts where row_id = $1', [id])).toEqual([])
    await expect(crew.run('attach_photo', { id, incident_id: await reportIncident(crew, site) })).rejects.toMatchObject({ code: 'WRONG' })
  })
})

describe('the file of a photo', () => {
  it('is taken from its author alone, once announced, and read by who sees the photo', async () => {
    const photo = (await seen(crew, await addPhoto(crew, site)))!
    const name = nameOf(photo)
    expect(await mayStore(crew, name)).toBe(true)
    expect(await mayStore(chief, name)).toBe(false)
    expect(await mayStore(crew, nameOf({ ...photo, sha256: newHash() }))).toBe(false)
    expect(await mayStore(crew, nameOf({ ...photo, site_id: other }))).toBe(false)
    expect(await mayRead(chief, name)).toBe(true)
    const elsewhere = await seen(boss, await addPhoto(boss, other))
    expect(await mayRead(crew, nameOf(elsewhere!))).toBe(false)
  })

  it('is verified only when the server has found the announced hash in it', async () => {
    const id = await addPhoto(crew, site)
    const { sha256 } = (await seen(crew, id)) as { sha256: string }
    await settle(id, sha256)
    expect(await seen(crew, id)).toMatchObject({ state: 'announced' })

    await crew.run('confirm_photo', { id })
    expect(await seen(crew, id)).toMatchObject({ state: 'stored' })
    await settle(id, newHash())
    expect(await seen(crew, id)).toMatchObject({ state: 'refused', refusal: 'hash', verified_at: null })

    await crew.run('confirm_photo', { id })
    await settle(id, null)
    expect(await seen(crew, id)).toMatchObject({ state: 'refused', refusal: 'missing' })

    await crew.run('confirm_photo', { id })
    await settle(id, sha256)
    await crew.run('confirm_photo', { id })
    await settle(id, newHash())
    expect(await seen(chief, id)).toMatchObject({ state: 'verified', refusal: null, verified_at: expect.any(Date) })
    expect(await mayStore(crew, nameOf((await seen(crew, id))!))).toBe(false)
  })

  it('that nobody could read for hours is confirmed and checked again', async () => {
    const id = await addPhoto(crew, site)
    await crew.run('confirm_photo', { id })
    const [job] = await database.db`update app_private.jobs set state = 'running', attempts = 12 where payload ->> 'photo_id' = ${id} returning id`
    await database.db`select app.fail_job(${job!.id}, 12, 'storage is away')`
    expect(await seen(crew, id)).toMatchObject({ state: 'refused', refusal: 'unread' })
    await crew.run('confirm_photo', { id })
    await settle(id, ((await seen(crew, id)) as { sha256: string }).sha256)
    expect(await seen(crew, id)).toMatchObject({ state: 'verified' })
  })

  it('can be sent and confirmed by its author when the confidential incident has gone to others', async () => {
    const incident = await reportIncident(boss, site, { type: 'safety' })
    await boss.run('assign_incident', { id: incident, assignee_id: crew.id })
    const id = await addPhoto(crew, site, { incident_id: incident })
    const name = nameOf((await seen(crew, id))!)
    await boss.run('assign_incident', { id: incident, assignee_id: chief.id })
    expect(await seen(crew, id)).toBeUndefined()
    expect(await mayStore(crew, name)).toBe(true)
    expect(await mayRead(crew, name)).toBe(false)
    expect(await crew.run('confirm_photo', { id })).toEqual({ status: 'applied' })
  })
})

describe('evidence', () => {
  it('cannot be deleted while the site lives, nor for ten years after', async () => {
    const place = await createSite(boss, 'À archiver')
    const id = await addPhoto(boss, place)
    await expect(boss.see('delete from app.photos where id = $1', [id])).rejects.toMatchObject({ code: '42501' })
    const remove = () => database.db`delete from app.photos where id = ${id}`
    await expect(remove()).rejects.toMatchObject({ code: 'KEEPS' })
    await boss.run('archive_site', { id: place })
    await expect(remove()).rejects.toMatchObject({ code: 'KEEPS' })
    await database.db`update app.sites set archived_at = now() - interval '9 years 364 days' where id = ${place}`
    await expect(remove()).rejects.toMatchObject({ code: 'KEEPS' })
    await database.db`update app.sites set archived_at = now() - interval '10 years 1 day' where id = ${place}`
    await remove()
    expect(await seen(boss, id)).toBeUndefined()
  })

  it('of an archived site changes no more, but a file on its way is still confirmed', async () => {
    const place = await createSite(boss, 'Fini')
    const id = await addPhoto(boss, place)
    await boss.run('archive_site', { id: place })
    await expect(addPhoto(boss, place)).rejects.toMatchObject({ code: 'FROZE' })
    await expect(boss.run('update_photo', { id, changes: { caption: 'x' } })).rejects.toMatchObject({ code: 'FROZE' })
    expect(await boss.run('confirm_photo', { id })).toEqual({ status: 'applied' })
  })
})
