import { createHash, randomUUID } from 'node:crypto'
import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import WebSocket from 'ws'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { buffersOf } from '../bench/tenants.ts'
import { mint } from '../gateway/support.ts'
import { createPerson, createSite, foundCompany, hire, reportIncident, type Json, type Member } from '../support/company.ts'
import { createWorld, type World } from '../support/world.ts'
import { jpeg, kept, resumable } from './support.ts'

let world: World
let boss: Member
let crew: Member
let chief: Member
let rival: Member
let site: string
let other: string
let rivalSite: string
let seed = 0
let photo: { content: Buffer; sha256: string; name: string }

beforeAll(async () => {
  world = await createWorld('storage photos')
  boss = await foundCompany(world, await createPerson(world, 'boss@alpha.test'), 'Alpha')
  site = await createSite(boss, 'Lilas')
  other = await createSite(boss, 'Mûriers')
  crew = await hire(world, boss, 'crew@alpha.test', ['crew'], [site])
  chief = await hire(world, boss, 'chief@alpha.test', ['site_manager'], [site])
  rival = await foundCompany(world, await createPerson(world, 'boss@beta.test'), 'Beta')
  rivalSite = await createSite(rival, 'Rivale')
})
beforeEach(() => {
  const content = jpeg(50_000, ++seed)
  const sha256 = createHash('sha256').update(content).digest('hex')
  photo = { content, sha256, name: `${boss.company}/${site}/${sha256}.jpg` }
})
afterAll(() => world?.close())

/** A person's photos in storage, as the app reaches them: a token, and no company. */
async function photosOf(who: Member): Promise<ReturnType<SupabaseClient['storage']['from']>> {
  const token = await tokenFor(who)
  const options = { accessToken: () => Promise.resolve(token), realtime: { transport: WebSocket as unknown as typeof globalThis.WebSocket } }
  return createClient(world.url, world.publishableKey, options).storage.from('photos')
}
const tokenFor = (who: Member) => mint(world.jwtSecret, who.claims, 3600)

/** Announces the photo on a site. */
async function announce(by: Member, where = site, more: Json = {}): Promise<string> {
  const id = randomUUID()
  await by.run('add_photo', { id, site_id: where, sha256: photo.sha256, bytes: photo.content.length, width: 800, height: 600, ...more })
  return id
}
const put = async (who: Member, name = photo.name) => (await photosOf(who)).upload(name, photo.content, { contentType: 'image/jpeg' })
const refused = { statusCode: '403', message: 'new row violates row-level security policy' }

describe('a photo', () => {
  test('that was announced is put once by its author, and read by who sees the site', async () => {
    expect((await put(crew)).error).toMatchObject(refused)
    await announce(crew)
    expect((await put(crew)).error).toBeNull()
    expect((await put(crew)).error).toMatchObject({ statusCode: '409', message: 'The resource already exists' })
    for (const reader of [crew, chief, boss]) {
      const { data } = await (await photosOf(reader)).download(photo.name)
      expect(Buffer.from(await data!.arrayBuffer()).equals(photo.content)).toBe(true)
    }
    expect((await (await photosOf(chief)).list(`${boss.company}/${site}`)).data!.map(({ name }) => name)).toContain(`${photo.sha256}.jpg`)
    const { data: signed } = await (await photosOf(boss)).createSignedUrl(photo.name, 60)
    expect((await fetch(signed!.signedUrl)).status).toBe(200)
  })

  test('travels in pieces, too, and the end is an answer when another way was faster', async () => {
    await announce(crew)
    const place = { bucketName: 'photos', objectName: photo.name, contentType: 'image/jpeg' }
    expect(await resumable(world.url, await tokenFor(crew), photo.content, place).outcome).toBeUndefined()
    expect(await resumable(world.url, await tokenFor(crew), photo.content, place).outcome).toMatchObject({ status: 409 })
    const { data } = await (await photosOf(chief)).download(photo.name)
    expect(Buffer.from(await data!.arrayBuffer()).equals(photo.content)).toBe(true)
  })

  test('is never replaced, moved or removed, by its author or by the boss', async () => {
    await announce(crew)
    await put(crew)
    for (const who of [crew, boss]) {
      const photos = await photosOf(who)
      for (const answer of [
        await photos.upload(photo.name, jpeg(100, 99), { contentType: 'image/jpeg', upsert: true }),
        await photos.update(photo.name, jpeg(100, 99), { contentType: 'image/jpeg' }),
        await photos.move(photo.name, `${boss.company}/${site}/${'0'.repeat(64)}.jpg`),
        await photos.copy(photo.name, `${boss.company}/${site}/${'0'.repeat(64)}.jpg`),
      ])
        expect(answer.error).toMatchObject(refused)
      expect((await photos.remove([photo.name])).data).toEqual([])
    }
    const { data } = await (await photosOf(chief)).download(photo.name)
    expect(Buffer.from(await data!.arrayBuffer()).equals(photo.content)).toBe(true)
  })

  test('is not replaced by an address that was signed before it was there', async () => {
    await announce(crew)
    const photos = await photosOf(crew)
    for (const upsert of [true, false]) expect((await photos.createSignedUploadUrl(photo.name, { upsert })).error).toMatchObject(refused)
    expect((await put(crew)).error).toBeNull()
  })

  test('takes only pictures, of 15 MiB at most', async () => {
    await announce(crew)
    const photos = await photosOf(crew)
    expect((await photos.upload(photo.name, '<html>', { contentType: 'image/jpeg' })).error).toMatchObject({ statusCode: '415' })
    expect((await photos.upload(photo.name, '<svg/>', { contentType: 'image/svg+xml' })).error).toMatchObject({ statusCode: '415' })
    expect((await photos.upload(photo.name, jpeg(15 * 1024 * 1024 + 1), { contentType: 'image/jpeg' })).error).toMatchObject({ statusCode: '413' })
    expect((await photos.upload(photo.name, jpeg(15 * 1024 * 1024), { contentType: 'image/jpeg' })).error).toBeNull()
  })

  test('of a confidential incident is read by who sees the incident', async () => {
    const incident = await reportIncident(crew, site, { type: 'safety' })
    await announce(crew, site, { incident_id: incident })
    expect((await put(crew)).error).toBeNull()
    const peer = await hire(world, boss, `peer${seed}@alpha.test`, ['crew'], [site])
    expect((await (await photosOf(peer)).download(photo.name)).error).toMatchObject({ statusCode: '404' })
    expect((await (await photosOf(crew)).download(photo.name)).error).toBeNull()
  })
})

describe('another company', () => {
  test('reads, lists, signs, takes and resumes nothing', async () => {
    await announce(crew)
    await put(crew)
    const photos = await photosOf(rival)
    for (const { error } of [await photos.download(photo.name), await photos.info(photo.name), await photos.createSignedUrl(photo.name, 60)])
      expect(error).toMatchObject({ statusCode: '404', message: 'Object not found' })
    for (const folder of ['', boss.company, `${boss.company}/${site}`]) expect((await photos.list(folder)).data).toEqual([])
    expect((await photos.createSignedUrls([photo.name], 60)).data![0]).toMatchObject({ signedURL: null })
    const before = kept(world)
    // the same picture, announced at home, opens nothing abroad
    await announce(rival, rivalSite)
    const home = `${rival.company}/${rivalSite}/${photo.sha256}.jpg`
    for (const name of [
      photo.name,
      `${rival.company}/${site}/${photo.sha256}.jpg`,
      `${boss.company}/${rivalSite}/${photo.sha256}.jpg`,
      home.toUpperCase(),
    ])
      expect((await put(rival, name)).error).toMatchObject(refused)
    expect((await photos.copy(photo.name, home)).error).toMatchObject({ statusCode: '404' })
    expect((await photos.move(photo.name, home)).error).toMatchObject({ statusCode: '404' })
    expect(kept(world)).toEqual(before)
    expect((await put(rival, home)).error).toBeNull()
    expect((await photos.download(home)).error).toBeNull()
    expect((await photos.download(photo.name)).error).toMatchObject({ statusCode: '404' })
    expect((await photos.move(home, photo.name)).error).toMatchObject(refused)
  })

  test('is named by the object alone: a header names none', async () => {
    await announce(crew)
    await put(crew)
    const headers = { apikey: world.publishableKey, authorization: `Bearer ${await tokenFor(rival)}`, 'x-company': boss.company }
    expect((await fetch(`${world.url}/storage/v1/object/authenticated/photos/${photo.name}`, { headers })).status).toBe(400)
    const mine = { ...headers, authorization: `Bearer ${await tokenFor(crew)}`, 'x-company': rival.company }
    expect((await fetch(`${world.url}/storage/v1/object/authenticated/photos/${photo.name}`, { headers: mine })).status).toBe(200)
  })
})

describe('a member', () => {
  test('of another site reads nothing of this one', async () => {
    await announce(boss, other)
    expect((await put(boss, `${boss.company}/${other}/${photo.sha256}.jpg`)).error).toBeNull()
    expect((await (await photosOf(crew)).download(`${boss.company}/${other}/${photo.sha256}.jpg`)).error).toMatchObject({ statusCode: '404' })
    expect((await put(crew, `${boss.company}/${other}/${photo.sha256}.jpg`)).error).toMatchObject(refused)
  })

  test('who signed out or was suspended is out', async () => {
    const gone = await hire(world, boss, `gone${seed}@alpha.test`, ['site_manager'], [site])
    await announce(gone)
    expect((await put(gone)).error).toBeNull()
    await world.db`delete from auth.sessions where id = ${gone.claims.session_id!}`
    expect((await (await photosOf(gone)).download(photo.name)).error).toMatchObject({ statusCode: '404' })
    expect((await put(gone, photo.name.replace(/.\.jpg$/, '0.jpg'))).error).toMatchObject(refused)
  })
})

describe('a company that demands a second factor', () => {
  test('gives, lists, signs and takes no photo before it was given', async () => {
    const strict = await foundCompany(world, await createPerson(world, `strict${seed}@gamma.test`), 'Gamma')
    const place = await createSite(strict, 'Coffre')
    const kept = `${strict.company}/${place}/${photo.sha256}.jpg`
    await announce(strict, place)
    expect((await put(strict, kept)).error).toBeNull()
    photo = { ...photo, content: jpeg(20_000, 900), sha256: createHash('sha256').update(jpeg(20_000, 900)).digest('hex') }
    const next = `${strict.company}/${place}/${photo.sha256}.jpg`
    await announce(strict, place)
    await strict.run('set_security', { factor_rules: { admin: 'mandatory' }, factor_grace_days: 0 })

    const half = await photosOf(strict)
    expect((await half.download(kept)).error).toMatchObject({ statusCode: '404' })
    expect((await half.createSignedUrl(kept, 60)).error).toMatchObject({ statusCode: '404' })
    for (const folder of ['', strict.company, `${strict.company}/${place}`]) expect((await half.list(folder)).data).toEqual([])
    expect((await put(strict, next)).error).toMatchObject(refused)
    const pieces = { bucketName: 'photos', objectName: next, contentType: 'image/jpeg' }
    expect(await resumable(world.url, await tokenFor(strict), photo.content, pieces).outcome).toMatchObject({ status: 403 })

    // the session's row alone, or the token alone, says nothing
    await world.db`update auth.sessions set aal = 'aal2' where id = ${strict.claims.session_id!}`
    expect((await (await photosOf(strict)).download(kept)).error).toMatchObject({ statusCode: '404' })
    const proven = { ...strict, claims: { ...strict.claims, aal: 'aal2' } }
    expect((await (await photosOf(proven)).list('')).data!.map(({ name }) => name)).toEqual([strict.company])
    expect((await (await photosOf(proven)).download(kept)).error).toBeNull()
    expect((await put(proven, next)).error).toBeNull()
  })
})

describe('listing whole buckets', () => {
  /** Buffers that the list of everything costs somebody. */
  const cost = (who: Member) => world.sqlAs(who.claims, {}, (sql) => buffersOf(sql, 'select name from storage.objects'), 'supabase_storage_admin')
  const fill = async (companies: number, files: number) => {
    await world.db`insert into storage.objects (bucket_id, name, version)
      select bucket, concat(md5('company ' || c)::uuid, '/', md5('site ' || c)::uuid, '/', encode(sha256(convert_to(c || ' ' || f, 'UTF8')), 'hex'), '.jpg'), '1'
      from generate_series(1, ${companies}) as c, generate_series(1, ${files}) as f, unnest('{photos,pictures}'::text[]) as bucket
      on conflict do nothing`
    await world.db`analyze storage.objects`
  }

  test('costs no more among 20,000 files of 100 other companies than among 200, for members of one company or of several', async () => {
    const [one, six] = [await createPerson(world, 'one@list.test'), await createPerson(world, 'six@list.test')]
    const alone = await foundCompany(world, one, 'Seule')
    const many: Member[] = []
    for (let n = 1; n <= 3; n++) many.push(await foundCompany(world, six, `Liste ${n}`))
    await fill(100, 1)
    const few = [await cost(alone), await cost(many[0]!)]
    await fill(100, 100)
    const lots = [await cost(alone), await cost(many[0]!)]
    for (const place of [0, 1]) expect(lots[place]! - few[place]!).toBeLessThanOrEqual(20)
    const home = await createSite(alone, 'Maison')
    await announce(alone, home)
    const name = `${alone.company}/${home}/${photo.sha256}.jpg`
    expect((await put(alone, name)).error).toBeNull()
    expect((await (await photosOf(alone)).list('')).data!.map((entry) => entry.name)).toEqual([alone.company])
    // a member of more companies than have a range of their own sees the files of each
    for (let n = 4; n <= 6; n++) many.push(await foundCompany(world, six, `Liste ${n}`))
    for (const member of many) {
      const there = await createSite(member, 'Chantier')
      await announce(member, there)
      expect((await put(member, `${member.company}/${there}/${photo.sha256}.jpg`)).error).toBeNull()
    }
    expect((await (await photosOf(many[0]!)).list('')).data!.map((entry) => entry.name)).toEqual(many.map(({ company }) => company).toSorted())
    await world.db`delete from storage.objects where version = '1'`
  })
})

test('only Storage’s own login names a company by an object', async () => {
  await announce(crew)
  const ask = (login: 'authenticator' | 'supabase_storage_admin', headers: Record<string, string> = {}) =>
    world.sqlAs(
      crew.claims,
      headers,
      (sql) => sql`select app_private.object_company(${photo.name}) as company, app_private.may_read_photo(${photo.name}) as may`,
      login,
    )
  expect([...(await ask('supabase_storage_admin'))]).toEqual([{ company: boss.company, may: true }])
  expect([...(await ask('authenticator', { 'x-company': boss.company }))]).toEqual([{ company: null, may: false }])
})
