import { request as httpRequest } from 'node:http'
import { readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startGateway } from '../../supabase/local/gateway/index.ts'
import { raw, until } from '../gateway/support.ts'
import type { World } from '../support/world.ts'
import { createStorageWorld, jpeg, keeper, kept, waiting, type Keeper } from './support.ts'

let world: World
let ana: Keeper

beforeAll(async () => {
  world = await createStorageWorld('storage hostile')
  ana = await keeper(world, 'ana')
})
afterAll(() => world?.close())

/** Sends a path exactly as it is written: fetch would tidy it up. */
function send(
  method: string,
  path: string,
  body: Buffer | string = '',
  headers: Record<string, string> = {},
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(world.url)
    const asked = httpRequest({ hostname, port, method, path, headers: { authorization: `Bearer ${ana.token}`, ...headers } }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      response.on('end', () => resolve({ status: response.statusCode!, text }))
    })
    asked.on('error', reject)
    asked.end(body)
  })
}

describe('names', () => {
  test.each([
    '../../../../etc/cron.d/x',
    '..%2f..%2f..%2fsecrets.json',
    '%2e%2e/%2e%2e/secrets.json',
    'a//b.jpg',
    'a/%00.jpg',
    'a%0d%0aset-cookie:x=1.jpg',
    'a%5c..%5cb.jpg',
    'caf%C3%A9.jpg',
    '%E2%80%AEgpj.exe',
    '%ff%fe.jpg',
    '%',
    '~root/x.jpg',
    `${'n'.repeat(1100)}.jpg`,
    '',
  ])('%j never becomes a path', async (name) => {
    const before = readdirSync(world.storageDir, { recursive: true }).length
    const path = `/storage/v1/object/drawers/${ana.id}/${name}`
    for (const [method, body] of [
      ['POST', jpeg(100)],
      ['PUT', jpeg(100)],
      ['GET', ''],
    ] as const) {
      const { status } = await send(method, path, body, { 'content-type': 'image/jpeg' })
      expect([400, 404]).toContain(status)
    }
    expect(readdirSync(world.storageDir, { recursive: true })).toHaveLength(before)
  })

  test('that cannot be decoded are the client’s fault everywhere', async () => {
    for (const [method, path] of [
      ['GET', 'bucket/%zz'],
      ['POST', 'object/list/%zz'],
      ['POST', 'object/sign/%zz'],
      ['DELETE', 'object/%zz'],
    ] as const) {
      const { status, text } = await send(method, `/storage/v1/${path}`, method === 'POST' ? '{}' : '')
      expect([status, (JSON.parse(text) as { error: string }).error], path).toEqual([400, 'InvalidKey'])
    }
    for (const sortBy of ['null', '1']) expect((await send('POST', '/storage/v1/object/list/drawers', `{"sortBy":${sortBy}}`)).status).toBe(400)
  })

  test('in bodies are held to the same', async () => {
    const drawers = ana.client.storage.from('drawers')
    await drawers.upload(`${ana.id}/real.jpg`, jpeg(100), { contentType: 'image/jpeg' })
    for (const bad of [`${ana.id}/../x.jpg`, `/${ana.id}/x.jpg`, `${ana.id}/é.jpg`, '', `${ana.id}/`]) {
      expect((await drawers.move(`${ana.id}/real.jpg`, bad)).error).toMatchObject({ statusCode: '400' })
      expect((await drawers.copy(`${ana.id}/real.jpg`, bad)).error).toMatchObject({ statusCode: '400' })
    }
    expect((await drawers.list(`${ana.id}/../`)).data).toEqual([])
    expect((await drawers.remove([`${ana.id}/../${ana.id}/real.jpg`, `'; drop table storage.objects --`])).data).toEqual([])
    expect((await drawers.download(`${ana.id}/real.jpg`)).error).toBeNull()
  })

  test('on disk come from the gateway alone', () => {
    expect(kept(world).every((file) => /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/.test(file))).toBe(true)
  })
})

describe('content', () => {
  const images = () => ana.client.storage.from('images')

  test.each([
    ['a page called a picture', '<!doctype html><script>alert(1)</script>', 'image/jpeg'],
    ['an SVG called a PNG', '<svg xmlns="http://www.w3.org/2000/svg"/>', 'image/png'],
    ['a PNG called a JPEG', Buffer.from('\x89PNG\r\n\x1a\nrest of it', 'latin1'), 'image/jpeg'],
    ['a picture of no bytes', '', 'image/jpeg'],
    ['a picture of two bytes', Buffer.from([0xff, 0xd8]), 'image/jpeg'],
    ['a page', '<p>', 'text/html'],
    ['an SVG', '<svg/>', 'image/svg+xml'],
    ['a type with a line break', 'x', 'image/jpeg;\tx=é'],
  ])('%s is refused and leaves nothing', async (_, content, contentType) => {
    const before = kept(world)
    const { error } = await images().upload(`${ana.id}/wrong.jpg`, content, { contentType })
    expect(error).not.toBeNull()
    if (content !== 'x') expect(error).toMatchObject({ status: 400, statusCode: '415' })
    expect([kept(world), waiting(world)]).toEqual([before, []])
    expect(await world.db`select from storage.objects where name = ${`${ana.id}/wrong.jpg`}`).toHaveLength(0)
  })

  test('a form may not say another type than its file', async () => {
    const form = new FormData()
    form.append('contentType', 'image/jpeg')
    form.append('', new Blob(['<html>'], { type: 'image/jpeg' }))
    const answer = await raw(world, `/storage/v1/object/images/${ana.id}/form.jpg`, { method: 'POST', token: ana.token, body: form })
    expect(await answer.json()).toMatchObject({ statusCode: '415' })
  })

  test.each([
    ['no boundary', 'multipart/form-data', 'x'],
    ['no beginning', 'multipart/form-data; boundary=b', 'x'.repeat(5000)],
    ['no end', 'multipart/form-data; boundary=b', '--b\r\ncontent-disposition: form-data; name=""; filename="x"\r\n\r\nabc'],
    ['no file', 'multipart/form-data; boundary=b', '--b\r\ncontent-disposition: form-data; name="cacheControl"\r\n\r\n60\r\n--b--\r\n'],
    ['a head without end', 'multipart/form-data; boundary=b', `--b\r\n${'x: y\r\n'.repeat(5000)}`],
    ['a field without end', 'multipart/form-data; boundary=b', `--b\r\ncontent-disposition: form-data; name="a"\r\n\r\n${'x'.repeat(100_000)}`],
  ])('a form with %s is refused', async (_, type, body) => {
    const { status } = await send('POST', `/storage/v1/object/drawers/${ana.id}/form`, body, { 'content-type': type })
    expect(status).toBe(400)
    expect(waiting(world)).toEqual([])
  })
})

describe('sizes', () => {
  test('one byte too many is refused, declared or not', async () => {
    const images = ana.client.storage.from('images')
    const before = kept(world)
    for (const body of [jpeg(1_000_001), new Blob([new Uint8Array(jpeg(1_000_001))], { type: 'image/jpeg' })])
      expect((await images.upload(`${ana.id}/big.jpg`, body, { contentType: 'image/jpeg' })).error).toMatchObject({ statusCode: '413' })
    const stream = new ReadableStream({
      start(controller) {
        for (let i = 0; i < 11; i++) controller.enqueue(new Uint8Array(jpeg(100_000)))
        controller.close()
      },
    })
    expect((await images.upload(`${ana.id}/big.jpg`, stream, { contentType: 'image/jpeg' })).error).toMatchObject({ statusCode: '413' })
    expect([kept(world), waiting(world)]).toEqual([before, []])
    expect((await images.upload(`${ana.id}/fits.jpg`, jpeg(1_000_000), { contentType: 'image/jpeg' })).error).toBeNull()
  })

  test('an endless body is answered, and its line is cut', async () => {
    const { hostname, port } = new URL(world.url)
    const socket = connect(Number(port), hostname)
    let answer = ''
    let closed = false
    socket.on('data', (data: Buffer) => (answer += data.toString())).on('close', () => (closed = true))
    socket.on('error', () => undefined)
    socket.write(
      `POST /storage/v1/object/images/${ana.id}/endless.jpg HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${ana.token}\r\n` +
        'content-type: image/jpeg\r\ntransfer-encoding: chunked\r\n\r\n',
    )
    const piece = Buffer.concat([Buffer.from('10000\r\n'), jpeg(0x10000), Buffer.from('\r\n')])
    const flood = setInterval(() => socket.writable && socket.writableLength < 1_000_000 && socket.write(piece), 1)
    await until(() => answer.includes('"413"'))
    await until(() => closed, 30)
    clearInterval(flood)
    expect(waiting(world)).toEqual([])
  })

  test('a client that goes away in the middle leaves nothing', async () => {
    const { hostname, port } = new URL(world.url)
    const socket = connect(Number(port), hostname)
    socket.write(
      `POST /storage/v1/object/images/${ana.id}/half.jpg HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${ana.token}\r\n` +
        'content-type: image/jpeg\r\ncontent-length: 500000\r\n\r\n',
    )
    socket.write(jpeg(200_000))
    await until(() => waiting(world).length === 1)
    socket.destroy()
    await until(() => waiting(world).length === 0)
    expect(await world.db`select from storage.objects where name = ${`${ana.id}/half.jpg`}`).toHaveLength(0)
  })
})

describe('crashes', () => {
  test('what a dead gateway left behind is collected at the next start, and nothing else', async () => {
    await ana.client.storage.from('drawers').upload(`${ana.id}/stays.jpg`, jpeg(100), { contentType: 'image/jpeg' })
    const before = kept(world)
    const [first] = readdirSync(join(world.storageDir, 'objects'))
    const orphan = `${first}${crypto.randomUUID().slice(2)}`
    writeFileSync(join(world.storageDir, 'objects', first!, orphan), 'nobody names me')
    writeFileSync(join(world.storageDir, 'incoming', crypto.randomUUID()), 'half a photo')
    const upload = crypto.randomUUID()
    writeFileSync(join(world.storageDir, 'uploads', upload), 'a piece')
    writeFileSync(
      join(world.storageDir, 'uploads', `${upload}.json`),
      JSON.stringify({ id: upload, size: 9, offset: 0, creation_date: new Date(Date.now() - 25 * 3_600_000).toISOString() }),
    )
    utimesSync(join(world.storageDir, 'uploads', upload), 0, 0)
    expect(kept(world)).toHaveLength(before.length + 1)
    const again = await startGateway({
      port: 0,
      databaseUrls: {
        authenticator: world.address('authenticator'),
        auth: world.address('supabase_auth_admin'),
        realtime: world.address('supabase_realtime_admin'),
        storage: world.address('supabase_storage_admin'),
        replication: world.address('supabase_admin'),
      },
      jwtSecret: world.jwtSecret,
      publishableKey: world.publishableKey,
      secretKey: world.secretKey,
      storageDir: world.storageDir,
    })
    await again.close()
    expect(kept(world).sort()).toEqual(before.sort())
    expect(waiting(world)).toEqual([])
  })

  test('a database that refuses the row leaves no file', async () => {
    const before = kept(world)
    await world.db.unsafe(`create function public.fixture_refuse() returns trigger language plpgsql as $$ begin
      if new.metadata ->> 'size' is not null and new.name like '%refused%' then raise exception 'no' using errcode = 'P0001'; end if; return new; end $$;
      create trigger fixture_refuse before insert on storage.objects for each row execute function public.fixture_refuse()`)
    const { error } = await ana.client.storage.from('drawers').upload(`${ana.id}/refused.jpg`, jpeg(1000), { contentType: 'image/jpeg' })
    expect(error).toMatchObject({ status: 400, message: 'no' })
    expect([kept(world), waiting(world)]).toEqual([before, []])
  })
})
