import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { tmpdir } from 'node:os'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startGatewayProcess } from '../bench/gateway-process.ts'
import { tokenOf, until } from '../gateway/support.ts'
import type { World } from '../support/world.ts'
import { createStorageWorld, jpeg, keeper, kept, resumable, waiting, type Keeper } from './support.ts'

let world: World
let ana: Keeper
let bob: Keeper
let count = 0
let name: string

beforeAll(async () => {
  world = await createStorageWorld('storage resumable')
  ana = await keeper(world, 'ana')
  bob = await keeper(world, 'bob')
})
beforeEach(() => {
  name = `${ana.id}/${++count}.jpg`
})
afterAll(() => world?.close())

const photo = (objectName = name, more = {}) => ({ bucketName: 'images', objectName, contentType: 'image/jpeg', cacheControl: '3600', ...more })
const sent = async (who: Keeper, at = name) => Buffer.from(await (await who.client.storage.from('images').download(at)).data!.arrayBuffer())

/** A request of the protocol by hand. */
const ask = (url: string, method: string, token: string, headers: Record<string, string> = {}, body?: BodyInit | null) =>
  fetch(new URL(url, world.url), {
    method,
    headers: { authorization: `Bearer ${token}`, 'tus-resumable': '1.0.0', ...headers },
    body,
    duplex: 'half',
  } as RequestInit)

const encode = (metadata: Record<string, string>) =>
  Object.entries(metadata)
    .map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`)
    .join(',')

/** Begins an upload and answers its address. */
async function begin(
  who: Keeper,
  length: number,
  metadata = photo(`${who.id}/${++count}.jpg`),
  headers: Record<string, string> = {},
): Promise<Response> {
  return ask('/storage/v1/upload/resumable', 'POST', who.token, { 'upload-length': String(length), 'upload-metadata': encode(metadata), ...headers })
}

const patch = (url: string, who: Keeper, offset: number, content: Buffer | string | ReadableStream) =>
  ask(url, 'PATCH', who.token, { 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' }, content as BodyInit)

describe('an upload in pieces', () => {
  test('arrives whole, with its notes', async () => {
    const content = jpeg(300_000, 1)
    const { outcome } = resumable(world.url, ana.token, content, photo(name, { metadata: '{"taken":"mardi"}' }))
    expect(await outcome).toBeUndefined()
    expect((await sent(ana)).equals(content)).toBe(true)
    expect((await ana.client.storage.from('images').info(name)).data).toMatchObject({
      size: 300_000,
      contentType: 'image/jpeg',
      cacheControl: 'max-age=3600',
      metadata: { taken: 'mardi' },
    })
    const [row] = await world.db`select owner_id, metadata ->> 'eTag' as etag from storage.objects where name = ${name}`
    expect(row).toMatchObject({ owner_id: ana.id, etag: expect.stringMatching(/^"[0-9a-f]{32}"$/) as string })
    expect(kept(world)).toHaveLength(1)
  })

  test('goes on after it was interrupted', async () => {
    const content = jpeg(400_000, 2)
    let first!: ReturnType<typeof resumable>
    const halted = new Promise<void>((resolve) => {
      first = resumable(world.url, ana.token, content, photo(), {
        onChunkComplete: (_, accepted) => {
          if (accepted >= 128 * 1024) void first.upload.abort().then(resolve)
        },
      })
    })
    await halted
    const offsets: number[] = []
    const second = resumable(world.url, ana.token, content, photo(), {
      uploadUrl: first.upload.url!,
      onChunkComplete: (_, accepted) => void offsets.push(accepted),
    })
    expect(await second.outcome).toBeUndefined()
    expect(offsets[0]).toBeGreaterThan(128 * 1024)
    expect((await sent(ana)).equals(content)).toBe(true)
  })

  test('is answered again to who missed the answer', async () => {
    const content = jpeg(100_000, 3)
    const first = resumable(world.url, ana.token, content, photo())
    expect(await first.outcome).toBeUndefined()
    const again = resumable(world.url, ana.token, content, photo(), { uploadUrl: first.upload.url! })
    expect(await again.outcome).toBeUndefined()
    expect((await ask(first.upload.url!, 'DELETE', ana.token)).status).toBe(400)
    expect((await sent(ana)).equals(content)).toBe(true)
    expect((await patch(first.upload.url!, ana, 100_000, 'more')).status).toBeGreaterThanOrEqual(400)
    expect((await sent(ana)).equals(content)).toBe(true)
  })

  test('of a name that is taken is refused at once, and at the end when it was taken meanwhile', async () => {
    const slow = await begin(ana, 1000, photo())
    const url = slow.headers.get('location')!
    expect((await ana.client.storage.from('images').upload(name, jpeg(1000), { contentType: 'image/jpeg' })).error).toBeNull()
    const late = await patch(url, ana, 0, jpeg(1000, 5))
    expect([late.status, await late.text()]).toEqual([409, expect.stringContaining('The resource already exists')])
    const { outcome } = resumable(world.url, ana.token, jpeg(1000, 6), photo())
    expect(await outcome).toEqual({ status: 409, text: expect.stringContaining('The resource already exists') as string })
    expect((await sent(ana)).equals(jpeg(1000))).toBe(true)
  })

  test('can be given up', async () => {
    const url = (await begin(ana, 1000)).headers.get('location')!
    await patch(url, ana, 0, jpeg(500))
    expect((await ask(url, 'DELETE', ana.token)).status).toBe(204)
    expect((await ask(url, 'HEAD', ana.token)).status).toBe(404)
    expect(waiting(world).filter((file) => url.includes(file))).toEqual([])
  })
})

describe('an upload is its owner’s', () => {
  test('nobody else goes on with it, ends it, or learns that it exists', async () => {
    const url = (await begin(ana, 1000)).headers.get('location')!
    await patch(url, ana, 0, jpeg(500))
    const nothing = url.replace(/[^/]+$/, crypto.randomUUID())
    for (const token of [bob.token, world.publishableKey, world.secretKey]) {
      for (const method of ['HEAD', 'PATCH', 'DELETE']) {
        const headers: Record<string, string> =
          method === 'PATCH' ? { 'upload-offset': '500', 'content-type': 'application/offset+octet-stream' } : {}
        const [theirs, none] = await Promise.all([url, nothing].map((one) => ask(one, method, token, headers, method === 'PATCH' ? 'x' : null)))
        expect([theirs!.status, await theirs!.text()]).toEqual([404, await none!.text()])
        expect(none!.status).toBe(404)
      }
    }
    expect((await ask(url, 'HEAD', ana.token)).headers.get('upload-offset')).toBe('500')
    const { outcome } = resumable(world.url, bob.token, jpeg(1000), photo(), { uploadUrl: new URL(url, world.url).href, endpoint: null })
    expect(await outcome).toMatchObject({ status: 404 })
  })

  test('and nobody begins one where they may not put', async () => {
    const refused = await begin(bob, 1000, photo(`${ana.id}/bobs.jpg`))
    expect([refused.status, await refused.json()]).toMatchObject([403, { message: 'new row violates row-level security policy' }])
    expect((await begin(bob, 1000, photo(`${ana.id}/1.jpg`), { 'x-upsert': 'true' })).status).toBe(403)
    expect((await begin({ ...bob, token: world.publishableKey }, 1000)).status).toBe(403)
    expect((await begin({ ...bob, token: `${bob.token}x` }, 1000)).status).toBe(403)
  })

  test('a right that ends in the middle ends the upload', async () => {
    const cleo = await keeper(world, 'cleo')
    const url = (await begin(cleo, 1000)).headers.get('location')!
    expect((await patch(url, cleo, 0, jpeg(500))).status).toBe(204)
    await world.db`alter policy fixture_insert on storage.objects with check (bucket_id in ('drawers', 'images', 'dropbox')
      and (storage.foldername(name))[1] = (select auth.uid())::text and auth.uid() <> ${world.db.unsafe(`'${cleo.id}'`)})`
    expect((await patch(url, cleo, 500, jpeg(500))).status).toBe(403)
    expect((await world.db`select from storage.objects where name like ${`${cleo.id}%`}`).length).toBe(0)
  })
})

describe('limits hold, whatever is declared', () => {
  test('a length beyond the bucket’s is refused', async () => {
    expect((await begin(ana, 1_000_001)).status).toBe(413)
    expect((await begin(ana, -5)).status).toBe(400)
    expect((await begin(ana, 1e21)).status).toBeGreaterThanOrEqual(400)
  })

  test('more bytes than declared are not taken, in one body or in chunks', async () => {
    const url = (await begin(ana, 1000)).headers.get('location')!
    expect((await patch(url, ana, 0, jpeg(5000))).status).toBe(413)
    const chunks = new ReadableStream({
      start: (controller) => {
        for (let i = 0; i < 50; i++) controller.enqueue(new Uint8Array(jpeg(1000)))
        controller.close()
      },
    })
    const answer = await patch(url, ana, 0, chunks).catch(() => undefined)
    expect(answer?.ok ?? false).toBe(false)
    expect(Number((await ask(url, 'HEAD', ana.token)).headers.get('upload-offset'))).toBeLessThanOrEqual(1000)
  })

  test('a deferred length does not open the way', async () => {
    const answer = await ask('/storage/v1/upload/resumable', 'POST', ana.token, { 'upload-defer-length': '1', 'upload-metadata': encode(photo()) })
    expect(answer.status).toBe(201)
    const url = answer.headers.get('location')!
    const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(100_000)) })
    await patch(url, ana, 0, endless).catch(() => undefined)
    expect(Number((await ask(url, 'HEAD', ana.token)).headers.get('upload-offset'))).toBeLessThanOrEqual(1_000_000)
    await ask(url, 'DELETE', ana.token)
  })

  test('content of another type than declared leaves nothing', async () => {
    const before = kept(world).length
    const { outcome } = resumable(world.url, ana.token, Buffer.from('<html><script>alert(1)</script></html>'), photo())
    expect(await outcome).toMatchObject({ status: 415 })
    expect((await begin(ana, 100, photo(name, { contentType: 'text/html' }))).status).toBe(415)
    expect(kept(world)).toHaveLength(before)
    expect((await world.db`select from storage.objects where name = ${name}`).length).toBe(0)
  })

  test.each(['../../etc/passwd', `a/../../b`, 'é/é.jpg', '/x.jpg', 'a//b', 'a\0b', `${'x'.repeat(2000)}`, ''])(
    'the name %j is refused',
    async (bad) => {
      const answer = await begin(ana, 10, photo(bad))
      expect(answer.status).toBe(400)
    },
  )

  test('addresses that are none are refused', async () => {
    for (const id of ['..%2f..%2fsecrets', 'x.json', `${crypto.randomUUID()}.json`, '%00', '.'])
      expect((await ask(`/storage/v1/upload/resumable/${id}`, 'HEAD', ana.token)).status).toBeGreaterThanOrEqual(400)
  })
})

describe('unfinished uploads', () => {
  const remaining = (who: Keeper) =>
    readdirSync(join(world.storageDir, 'uploads')).filter(
      (file) => file.endsWith('.json') && readFileSync(join(world.storageDir, 'uploads', file), 'utf8').includes(who.id),
    )
  const age = (who: Keeper, seconds: number) => {
    const then = new Date(Date.now() - seconds * 1000)
    for (const file of remaining(who)) utimesSync(join(world.storageDir, 'uploads', file.replace('.json', '')), then, then)
  }

  test('are sixteen per person, however many begin at once; the next is told when to come', async () => {
    const dora = await keeper(world, 'dora')
    const answers = await Promise.all(Array.from({ length: 40 }, () => begin(dora, 1000)))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(16)
    const refused = answers.find(({ status }) => status !== 201)!
    expect([refused.status, await refused.json()]).toMatchObject([429, { message: expect.stringContaining('16 unfinished uploads') as string }])
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3500)
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(3600)
    expect(remaining(dora)).toHaveLength(16)
    expect((await begin(bob, 1000)).status).toBe(201)
    // one that is finished, or given up, makes room
    const urls = answers.flatMap(({ headers }) => headers.get('location') ?? [])
    expect((await patch(urls[0]!, dora, 0, jpeg(1000))).status).toBe(204)
    expect((await ask(urls[1]!, 'DELETE', dora.token)).status).toBe(204)
    const more = await Promise.all(Array.from({ length: 5 }, () => begin(dora, 1000)))
    expect(more.filter(({ status }) => status === 201)).toHaveLength(2)
  })

  test('that nobody goes on with for an hour make room for new ones', async () => {
    const edgar = await keeper(world, 'edgar')
    const urls: string[] = []
    for (let n = 0; n < 16; n++) urls.push((await begin(edgar, 1000)).headers.get('location')!)
    age(edgar, 3500)
    expect((await begin(edgar, 1000)).status).toBe(429)
    age(edgar, 3700)
    await patch(urls[5]!, edgar, 0, jpeg(500)) // this one goes on
    expect((await begin(edgar, 1000)).status).toBe(201)
    expect(remaining(edgar)).toHaveLength(2)
    expect((await ask(urls[5]!, 'HEAD', edgar.token)).headers.get('upload-offset')).toBe('500')
    expect((await ask(urls[0]!, 'HEAD', edgar.token)).status).toBe(404)
  })

  test('count after a restart too, and a refused beginning counts for nothing', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'aplomb-storage-'))
    const settings = { storageDir: dir, jwtSecret: world.jwtSecret, publishableKey: world.publishableKey }
    const flora = await keeper(world, 'flora')
    const start = async (url: string, headers: Record<string, string> = {}, metadata = photo(`${flora.id}/${++count}.jpg`)) =>
      (
        await ask(`${url}/storage/v1/upload/resumable`, 'POST', flora.token, {
          'upload-length': '9',
          'upload-metadata': encode(metadata),
          ...headers,
        })
      ).status
    const first = await startGatewayProcess((login) => world.address(login), settings)
    for (let n = 0; n < 20; n++) expect(await start(first.url, { 'upload-length': '1000001' })).toBe(413)
    for (let n = 0; n < 10; n++) expect(await start(first.url)).toBe(201)
    await first.kill()
    const second = await startGatewayProcess((login) => world.address(login), settings)
    try {
      for (let n = 0; n < 6; n++) expect(await start(second.url)).toBe(201)
      expect(await start(second.url)).toBe(429)
    } finally {
      await second.stop()
      rmSync(dir, { recursive: true })
    }
  })
})

test('what has arrived survives the death of the gateway', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'aplomb-storage-'))
  const settings = { storageDir: dir, jwtSecret: world.jwtSecret, publishableKey: world.publishableKey }
  const first = await startGatewayProcess((login) => world.address(login), settings)
  const content = jpeg(500_000, 9)
  const token = await tokenOf(ana.client)
  const begun = resumable(first.url, token, content, photo())
  await until(() => (begun.upload.url ?? '') !== '')
  const id = begun.upload.url!.split('/').at(-1)!
  const head = (url: string) =>
    fetch(`${url}/storage/v1/upload/resumable/${id}`, { method: 'HEAD', headers: { authorization: `Bearer ${token}`, 'tus-resumable': '1.0.0' } })
  await begun.upload.abort()
  const before = Number((await head(first.url)).headers.get('upload-offset'))
  await first.kill()

  const second = await startGatewayProcess((login) => world.address(login), settings)
  try {
    expect(Number((await head(second.url)).headers.get('upload-offset'))).toBeGreaterThanOrEqual(before)
    const { outcome } = resumable(second.url, token, content, photo(), { uploadUrl: `${second.url}/storage/v1/upload/resumable/${id}` })
    expect(await outcome).toBeUndefined()
    const got = await fetch(`${second.url}/storage/v1/object/authenticated/images/${name}`, { headers: { authorization: `Bearer ${token}` } })
    expect(Buffer.from(await got.arrayBuffer()).equals(content)).toBe(true)
  } finally {
    await second.stop()
    rmSync(dir, { recursive: true })
  }
})
