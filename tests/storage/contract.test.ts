import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { raw } from '../gateway/support.ts'
import type { Client, World } from '../support/world.ts'
import { createStorageWorld, jpeg, keeper, kept, waiting, type Keeper } from './support.ts'

let world: World
let ana: Keeper
let bob: Keeper
let service: Client

beforeAll(async () => {
  world = await createStorageWorld('storage contract')
  ana = await keeper(world, 'ana')
  bob = await keeper(world, 'bob')
  service = world.client({ key: world.secretKey })
})
afterAll(() => world?.close())

const drawers = (who: Keeper) => who.client.storage.from('drawers')

describe('a file comes back as it was sent', () => {
  test.each([
    ['bytes', (content: Buffer) => content as Buffer | Blob],
    ['a blob, which travels as a form', (content: Buffer) => new Blob([new Uint8Array(content)], { type: 'image/jpeg' })],
  ])('as %s', async (form, wrap) => {
    const content = jpeg(300_000, form.length)
    const name = `${ana.id}/site/${form.length}.jpg`
    const sent = await drawers(ana).upload(name, wrap(content), { contentType: 'image/jpeg', cacheControl: '60', metadata: { taken: 'mardi' } })
    expect(sent).toMatchObject({
      error: null,
      data: { path: name, fullPath: `drawers/${name}`, id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string },
    })
    const { data } = await drawers(ana).download(name)
    expect(Buffer.from(await data!.arrayBuffer()).equals(content)).toBe(true)
    expect(data!.type).toBe('image/jpeg')
    expect((await drawers(ana).info(name)).data).toMatchObject({
      id: sent.data!.id,
      name,
      size: content.length,
      contentType: 'image/jpeg',
      cacheControl: 'max-age=60',
      metadata: { taken: 'mardi' },
    })
    expect(await drawers(ana).exists(name)).toMatchObject({ data: true })
  })

  test('as a form with several chunks, boundaries in the content and an empty one', async () => {
    const tricky = Buffer.concat([jpeg(70_000), Buffer.from('\r\n--form\r\n\r\n--formdat'), jpeg(70_000, 3), Buffer.from('\r\n--')])
    for (const [name, content] of [
      ['tricky', tricky],
      ['empty', Buffer.alloc(0)],
    ] as const) {
      const { error } = await drawers(ana).upload(`${ana.id}/${name}`, new Blob([new Uint8Array(content)], { type: 'application/x-thing' }))
      expect(error).toBeNull()
      const { data } = await drawers(ana).download(`${ana.id}/${name}`)
      expect(Buffer.from(await data!.arrayBuffer()).equals(content)).toBe(true)
    }
  })

  test('as an endless-looking stream', async () => {
    const pieces = [jpeg(50_000), jpeg(50_000, 2)]
    const stream = new ReadableStream({
      pull: (controller) => (pieces.length ? controller.enqueue(new Uint8Array(pieces.shift()!)) : controller.close()),
    })
    expect((await drawers(ana).upload(`${ana.id}/stream.jpg`, stream, { contentType: 'image/jpeg' })).error).toBeNull()
    expect((await drawers(ana).info(`${ana.id}/stream.jpg`)).data!.size).toBe(100_000)
  })
})

describe('names are taken once', () => {
  test('a second upload is answered 409 Duplicate, and changes nothing', async () => {
    const name = `${ana.id}/once.jpg`
    await drawers(ana).upload(name, jpeg(1000), { contentType: 'image/jpeg' })
    const before = kept(world)
    const { error } = await drawers(ana).upload(name, jpeg(1000, 9), { contentType: 'image/jpeg' })
    expect(error).toMatchObject({ status: 400, statusCode: '409', message: 'The resource already exists' })
    expect(kept(world)).toEqual(before)
    const { data } = await drawers(ana).download(name)
    expect(Buffer.from(await data!.arrayBuffer()).equals(jpeg(1000))).toBe(true)
  })

  test('of many uploads at once one wins', async () => {
    const name = `${ana.id}/race.jpg`
    const before = kept(world).length
    const results = await Promise.all(Array.from({ length: 8 }, (_, i) => drawers(ana).upload(name, jpeg(20_000, i), { contentType: 'image/jpeg' })))
    expect(results.filter(({ error }) => !error)).toHaveLength(1)
    expect(results.flatMap(({ error }) => (error ? [(error as { statusCode?: string }).statusCode] : []))).toEqual(Array(7).fill('409'))
    expect(kept(world)).toHaveLength(before + 1)
    expect(waiting(world)).toEqual([])
  })

  test('upsert and update replace the content, and leave one file', async () => {
    const name = `${ana.id}/again.jpg`
    const before = kept(world).length
    const first = await drawers(ana).upload(name, jpeg(1000), { contentType: 'image/jpeg' })
    const second = await drawers(ana).upload(name, jpeg(1000, 2), { contentType: 'image/jpeg', upsert: true })
    expect(second.data?.id).toBe(first.data?.id)
    expect((await drawers(ana).update(name, jpeg(1000, 3), { contentType: 'image/jpeg' })).error).toBeNull()
    await Promise.all(Array.from({ length: 5 }, (_, i) => drawers(ana).upload(name, jpeg(1000, 10 + i), { contentType: 'image/jpeg', upsert: true })))
    expect(kept(world)).toHaveLength(before + 1)
    const { data } = await drawers(ana).download(name)
    expect(data!.size).toBe(1000)
  })
})

describe('who may not is refused', () => {
  test('and learns nothing', async () => {
    const name = `${ana.id}/secret.jpg`
    await drawers(ana).upload(name, jpeg(1000), { contentType: 'image/jpeg' })
    const before = kept(world)
    const missing = await drawers(bob).download(`${ana.id}/nothing.jpg`)
    expect(missing.error).toMatchObject({ status: 400, statusCode: '404', message: 'Object not found' })
    for (const { error } of [await drawers(bob).download(name), await drawers(bob).info(name), await drawers(bob).createSignedUrl(name, 60)])
      expect(error).toMatchObject({ status: 400, statusCode: '404', message: 'Object not found' })
    expect((await drawers(bob).list(ana.id)).data).toEqual([])
    expect((await drawers(bob).remove([name])).data).toEqual([])
    for (const { error } of [
      await drawers(bob).upload(name, jpeg(1000), { contentType: 'image/jpeg' }),
      await drawers(bob).upload(name, jpeg(1000), { contentType: 'image/jpeg', upsert: true }),
      await drawers(bob).update(name, jpeg(1000), { contentType: 'image/jpeg' }),
      await drawers(bob).createSignedUploadUrl(name),
      await drawers(bob).upload(`${ana.id}/new.jpg`, new Blob(['x']), { contentType: 'image/jpeg' }),
      await world.client().storage.from('drawers').upload(`${ana.id}/new.jpg`, jpeg(1000)),
    ])
      expect(error).toMatchObject({ status: 400, statusCode: '403', message: 'new row violates row-level security policy' })
    expect((await drawers(bob).move(name, `${bob.id}/mine.jpg`)).error).toMatchObject({ statusCode: '404' })
    expect((await drawers(bob).copy(name, `${bob.id}/mine.jpg`)).error).toMatchObject({ statusCode: '404' })
    await drawers(bob).upload(`${bob.id}/own.jpg`, jpeg(1000), { contentType: 'image/jpeg' })
    expect((await drawers(bob).move(`${bob.id}/own.jpg`, `${ana.id}/own.jpg`)).error).toMatchObject({ statusCode: '403' })
    expect((await drawers(bob).copy(`${bob.id}/own.jpg`, `${ana.id}/own.jpg`)).error).toMatchObject({ statusCode: '403' })
    expect(kept(world)).toHaveLength(before.length + 1)
    expect(waiting(world)).toEqual([])
  })

  test('without a key, with a wrong one, and with an old token', async () => {
    const path = `/storage/v1/object/drawers/${ana.id}/secret.jpg`
    expect((await fetch(world.url + path)).status).toBe(400)
    expect(await (await raw(world, path, { key: 'sb_publishable_wrong' })).json()).toMatchObject({ statusCode: '403', error: 'Unauthorized' })
    expect(await (await raw(world, path, { token: `${ana.token}x` })).json()).toMatchObject({ statusCode: '403', error: 'Unauthorized' })
    expect((await fetch(world.url + path, { headers: { authorization: `Bearer ${ana.token}` } })).status).toBe(200)
  })

  test('who may only put puts, once', async () => {
    const dropbox = ana.client.storage.from('dropbox')
    expect((await dropbox.upload(`${ana.id}/note.txt`, 'a note', { contentType: 'text/plain' })).error).toBeNull()
    expect((await dropbox.upload(`${ana.id}/note.txt`, 'a note', { contentType: 'text/plain' })).error).toMatchObject({ statusCode: '409' })
    expect((await dropbox.upload(`${ana.id}/note.txt`, 'a note', { upsert: true })).error).toMatchObject({ statusCode: '403' })
    expect((await dropbox.download(`${ana.id}/note.txt`)).error).toMatchObject({ statusCode: '404' })
  })
})

describe('signed addresses', () => {
  test('work without a key until they expire, for one object', async () => {
    const name = `${ana.id}/with spaces & (signs).jpg`
    await drawers(ana).upload(name, jpeg(5000), { contentType: 'image/jpeg' })
    const { data } = await drawers(ana).createSignedUrl(name, 60)
    const answer = await fetch(data!.signedUrl)
    expect(answer.status).toBe(200)
    expect(Buffer.from(await answer.arrayBuffer()).equals(jpeg(5000))).toBe(true)
    const saved = await fetch((await drawers(ana).createSignedUrl(name, 60, { download: 'photo 1.jpg' })).data!.signedUrl)
    expect(saved.headers.get('content-disposition')).toContain(`filename*=UTF-8''photo%201.jpg`)
    const other = data!.signedUrl.replace(/with.*jpg/, 'secret.jpg')
    expect(await (await fetch(other)).json()).toMatchObject({ statusCode: '400', error: 'InvalidSignature' })
    expect((await drawers(ana).createSignedUrl(name, 3600)).error).toBeNull()
    for (const seconds of [7 * 86_400 + 1, 1e9, 2 ** 40]) {
      expect((await drawers(ana).createSignedUrl(name, seconds)).error).toMatchObject({ message: 'body/expiresIn must be <= 3600' })
      expect((await drawers(ana).createSignedUrls([name], seconds)).error).toMatchObject({ message: 'body/expiresIn must be <= 3600' })
    }
    const { data: brief } = await drawers(ana).createSignedUrl(name, 1)
    await expect.poll(async () => (await fetch(brief!.signedUrl)).status, { timeout: 5000 }).toBe(400)
    // neither a token of a person nor one of an upload opens an object
    const { data: put } = await drawers(ana).createSignedUploadUrl(`${ana.id}/later.jpg`)
    for (const token of [ana.token, put!.token])
      expect((await fetch(`${world.url}/storage/v1/object/sign/drawers/${ana.id}/secret.jpg?token=${token}`)).status).toBe(400)
    expect(
      (await raw(world, '/rest/v1/rpc/my_companies', { method: 'POST', token: new URL(data!.signedUrl).searchParams.get('token')! })).status,
    ).toBe(401)
  })

  test('several at once', async () => {
    const { data } = await drawers(ana).createSignedUrls([`${ana.id}/secret.jpg`, `${bob.id}/own.jpg`], 60)
    expect(data).toEqual([
      { error: null, path: `${ana.id}/secret.jpg`, signedURL: expect.any(String) as string, signedUrl: expect.any(String) as string },
      { error: 'Either the object does not exist or you do not have access to it', path: `${bob.id}/own.jpg`, signedURL: null, signedUrl: null },
    ])
    expect((await fetch(data![0]!.signedUrl!)).status).toBe(200)
  })

  test('of an upload take that upload', async () => {
    const name = `${ana.id}/invited.jpg`
    const { data } = await drawers(ana).createSignedUploadUrl(name)
    const stranger = world.client().storage.from('drawers')
    expect((await stranger.uploadToSignedUrl(`${ana.id}/other.jpg`, data!.token, jpeg(1000), { contentType: 'image/jpeg' })).error).toMatchObject({
      status: 400,
    })
    expect((await stranger.uploadToSignedUrl(name, data!.token, jpeg(1000), { contentType: 'image/jpeg' })).data).toMatchObject({ path: name })
    expect((await stranger.uploadToSignedUrl(name, data!.token, jpeg(1000), { contentType: 'image/jpeg' })).error).toMatchObject({
      statusCode: '409',
    })
    const [row] = await world.db`select owner_id from storage.objects where name = ${name}`
    expect(row).toEqual({ owner_id: ana.id })
  })
})

describe('folders', () => {
  test('list their folders, then their files', async () => {
    for (const name of ['b.txt', 'a.txt', 'deep/x.txt', 'deep/er/y.txt', 'z/1.txt']) await drawers(bob).upload(`${bob.id}/list/${name}`, name)
    const list = async (path: string, options = {}) => (await drawers(bob).list(path, options)).data!.map(({ name, id }) => (id ? name : `${name}/`))
    expect(await list(`${bob.id}/list`)).toEqual(['deep/', 'z/', 'a.txt', 'b.txt'])
    expect(await list(`${bob.id}/list/`, { sortBy: { column: 'name', order: 'desc' }, limit: 2, offset: 1 })).toEqual(['deep/', 'b.txt'])
    expect(await list(`${bob.id}/list`, { search: 'A' })).toEqual(['a.txt'])
    expect(await list(`${bob.id}/list`, { search: '%' })).toEqual([])
    expect(await list(`${bob.id}/list/deep`)).toEqual(['er/', 'x.txt'])
    expect(await list('')).toEqual([`${bob.id}/`])
    expect((await drawers(bob).list(`${bob.id}/list/deep`)).data![1]!.metadata).toMatchObject({ mimetype: 'text/plain;charset=UTF-8', size: 10 })
  })

  test('move, copy and remove', async () => {
    const [from, to] = [`${bob.id}/move/from.jpg`, `${bob.id}/move/to.jpg`]
    await drawers(bob).upload(from, jpeg(1000), { contentType: 'image/jpeg' })
    const before = kept(world).length
    expect((await drawers(bob).move(from, to)).data).toMatchObject({ message: 'Successfully moved' })
    expect(await drawers(bob).exists(from)).toMatchObject({ data: false })
    expect((await drawers(bob).copy(to, from)).data).toEqual({ path: `drawers/${from}` })
    expect((await drawers(bob).copy(to, from)).error).toMatchObject({ statusCode: '409' })
    expect((await drawers(bob).move(to, from)).error).toMatchObject({ statusCode: '409' })
    expect(kept(world)).toHaveLength(before + 1)
    expect((await drawers(bob).remove([to, `${bob.id}/none`])).data).toMatchObject([{ name: to }])
    const { data } = await drawers(bob).download(from)
    expect(Buffer.from(await data!.arrayBuffer()).equals(jpeg(1000))).toBe(true)
    expect(kept(world)).toHaveLength(before)
  })

  test('what a bucket does not take is not moved or copied into it', async () => {
    await drawers(bob).upload(`${bob.id}/text.txt`, 'text')
    expect((await drawers(bob).copy(`${bob.id}/text.txt`, `${bob.id}/text.jpg`, { destinationBucket: 'images' })).error).toMatchObject({
      statusCode: '415',
    })
    expect((await drawers(bob).move(`${bob.id}/text.txt`, `${bob.id}/text.jpg`, { destinationBucket: 'images' })).error).toMatchObject({
      statusCode: '415',
    })
  })
})

describe('files are served with care', () => {
  const get = (name: string, headers: Record<string, string> = {}, method = 'GET') =>
    raw(world, `/storage/v1/object/authenticated/drawers/${name}`, { token: ana.token, headers, method })

  test('in parts, and not twice', async () => {
    const name = `${ana.id}/parts.jpg`
    const content = jpeg(10_000)
    await drawers(ana).upload(name, content, { contentType: 'image/jpeg', cacheControl: '3600' })
    const whole = await get(name)
    expect(Object.fromEntries(whole.headers)).toMatchObject({
      'accept-ranges': 'bytes',
      'cache-control': 'private, max-age=3600',
      'content-length': '10000',
      'content-security-policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
      'content-type': 'image/jpeg',
      vary: 'authorization',
      'x-content-type-options': 'nosniff',
    })
    const etag = whole.headers.get('etag')!
    for (const [range, from, to] of [
      ['bytes=0-99', 0, 100],
      ['bytes=9990-', 9990, 10_000],
      ['bytes=-5', 9995, 10_000],
      ['bytes=100-99999', 100, 10_000],
    ] as const) {
      const part = await get(name, { range })
      expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes ${from}-${to - 1}/10000`])
      expect(Buffer.from(await part.arrayBuffer()).equals(content.subarray(from, to))).toBe(true)
    }
    expect((await get(name, { range: 'bytes=10000-' })).status).toBe(416)
    expect((await get(name, { range: 'bytes=5-1' })).status).toBe(416)
    expect((await get(name, { range: 'bytes=0-1', 'if-range': '"other"' })).status).toBe(200)
    expect((await get(name, { 'if-none-match': etag })).status).toBe(304)
    expect((await get(name, { 'if-modified-since': whole.headers.get('last-modified')! })).status).toBe(304)
    const head = await get(name, {}, 'HEAD')
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '10000', ''])
  })

  test.each(['text/html', 'image/svg+xml', 'application/xhtml+xml', 'application/pdf', 'text/javascript'])('%s is a download', async (type) => {
    const name = `${ana.id}/${type.replace('/', '-')}`
    const content = type === 'application/pdf' ? '%PDF-1.7 …' : '<svg xmlns="x" onload="alert(1)"><script>alert(1)</script></svg>'
    expect((await drawers(ana).upload(name, content, { contentType: type })).error).toBeNull()
    const answer = await get(name)
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment; /)
    expect(answer.headers.get('content-security-policy')).toContain('sandbox')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect(answer.headers.get('content-type')).not.toMatch(/html|svg|xml/)
  })

  test('public buckets open to everybody, to be read', async () => {
    await service.storage.from('open').upload('logo.png', Buffer.from('\x89PNG\r\n\x1a\nrest', 'latin1'), { contentType: 'image/png' })
    const address = world.client().storage.from('open').getPublicUrl('logo.png').data.publicUrl
    const answer = await fetch(address)
    expect([answer.status, answer.headers.get('cache-control'), answer.headers.get('content-disposition')]).toEqual([200, 'max-age=3600', null])
    expect((await fetch(address.replace('/public/open/', `/public/drawers/`))).status).toBe(400)
    expect((await ana.client.storage.from('open').upload('x.png', 'x')).error).toMatchObject({ statusCode: '403' })
    expect((await world.client().storage.from('open').list()).data).toEqual([])
  })
})

describe('buckets', () => {
  test('are made, changed, emptied and removed by the service role alone', async () => {
    expect((await ana.client.storage.createBucket('mine')).error).toMatchObject({ statusCode: '403' })
    expect((await ana.client.storage.listBuckets()).data).toEqual([])
    expect((await ana.client.storage.getBucket('drawers')).error).toMatchObject({ statusCode: '404', message: 'Bucket not found' })
    expect((await ana.client.storage.emptyBucket('drawers')).error).toBeNull()
    expect((await ana.client.storage.deleteBucket('drawers')).error).toMatchObject({ status: 400 })
    expect((await service.storage.createBucket('mine', { public: false, fileSizeLimit: '1KB', allowedMimeTypes: ['text/*'] })).data).toMatchObject({
      name: 'mine',
    })
    expect((await service.storage.createBucket('mine')).error).toMatchObject({ statusCode: '409' })
    expect((await service.storage.createBucket('../x')).error).toMatchObject({ statusCode: '400' })
    expect((await service.storage.getBucket('mine')).data).toMatchObject({
      id: 'mine',
      public: false,
      file_size_limit: 1000,
      allowed_mime_types: ['text/*'],
    })
    const mine = service.storage.from('mine')
    expect((await mine.upload('a.txt', 'x'.repeat(1001))).error).toMatchObject({ statusCode: '413' })
    expect((await mine.upload('a.txt', 'x'.repeat(1000))).error).toBeNull()
    expect((await mine.upload('a.json', '{}', { contentType: 'application/json' })).error).toMatchObject({ statusCode: '415' })
    expect((await service.storage.deleteBucket('mine')).error).toMatchObject({ statusCode: '409' })
    expect((await service.storage.updateBucket('mine', { public: true })).error).toBeNull()
    expect((await service.storage.emptyBucket('mine')).error).toBeNull()
    expect((await service.storage.deleteBucket('mine')).error).toBeNull()
    expect((await mine.upload('a.txt', 'x')).error).toMatchObject({ statusCode: '404', message: 'Bucket not found' })
  })
})

test('what is not served says so', async () => {
  for (const path of ['/storage/v1/s3/drawers', '/storage/v1/render/image/public/open/logo.png'])
    expect([(await raw(world, path)).status, await (await raw(world, path)).json()]).toMatchObject([501, { error: 'not_implemented' }])
})
