import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { drain, type Drained } from '../../app/kernel/photos/drain.ts'
import { announceSilent, reopenLost } from '../../app/kernel/photos/keep.ts'
import { KEPT_FILES, makePhotoQueue, MOST_RESENDS, type PhotoQueue } from '../../app/kernel/photos/queue.ts'
import { makePhotoServer } from '../../app/kernel/photos/server.ts'
import type { PhotoArgs } from '../../app/kernel/photos/store.ts'
import type { Door } from '../../app/kernel/photos/door.ts'
import { remoteError } from '../../app/kernel/http.ts'
import { remoteOf, type RemoteClient } from '../../app/kernel/remote.ts'
import type { StoredCommand } from '../../app/kernel/sync/outbox.ts'
import { createProxy, type Proxy } from '../support/proxy.ts'
import { openClient } from '../support/client.ts'
import { verifyPhotos } from '../support/worker.ts'
import { createWorld, type World } from '../support/world.ts'
import { memoryPhotoStore } from './memory-photos.ts'

const EMAIL = 'marc@photos.test'
const PASSWORD = 'un-bon-secret'
let world: World
let network: Proxy
let remote: RemoteClient
let client: ReturnType<typeof openClient>
let company: string
let site: string
let now = 1_000_000
let queue: PhotoQueue
let commands: Map<string, StoredCommand>
let dismissed: string[]

beforeAll(async () => {
  world = await createWorld('photo queue')
  network = await createProxy(world.url)
  await world.signUp(EMAIL, PASSWORD)
  client = openClient(network.url, world.publishableKey)
  await client.auth.signInWithPassword({ email: EMAIL, password: PASSWORD })
  remote = remoteOf(client)
  company = await remote.rpc<string>('found_company', { id: randomUUID(), name: 'Les Murs', full_name: 'Marc' })
  site = randomUUID()
  await remote.rpc('create_site', { command_id: randomUUID(), id: site, name: 'Nord' }, company)
})
afterAll(async () => {
  await network?.close()
  await world?.close()
})
beforeEach(() => {
  network.mend()
  network.slow(Infinity)
  now += 3600_000
  commands = new Map()
  dismissed = []
  queue = makePhotoQueue(memoryPhotoStore(`user:${company}`), () => now)
})

/** The door of a client of this test. */
const doorOf = (by: typeof client): Door => ({
  async address(companyId, stale) {
    if (stale) await by.auth.refreshSession()
    const token = (await by.auth.getSession()).data.session?.access_token ?? 'none'
    return { url: network.url, headers: { apikey: world.publishableKey, authorization: `Bearer ${token}`, 'x-company': companyId } }
  },
  rpc: (name, args, companyId) => remoteOf(by).rpc(name, args, companyId),
  async rowsById<T>(relation: string, columns: string, ids: string[], companyId: string) {
    const { data, error, status } = await by.from(relation).select(columns).in('id', ids).setHeader('x-company', companyId)
    if (error) throw remoteError({ ...error, status })
    return data as T[]
  },
})

/** A JPEG as far as its first bytes say; the rest is chance. */
const pixels = (bytes: number) => Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]), Buffer.from('JFIF\0'), randomBytes(bytes)])

/** Takes a photo: in the queue, and announced unless told. */
async function take(bytes = 3_000, { announced = true, content = pixels(bytes), more = {} as Partial<PhotoArgs> } = {}): Promise<PhotoArgs> {
  const args: PhotoArgs = {
    id: randomUUID(),
    site_id: site,
    sha256: createHash('sha256').update(content).digest('hex'),
    bytes: content.length,
    width: 40,
    height: 30,
    taken_at: '2026-11-20T09:30:00.000Z',
    position_source: 'none',
    ...more,
  }
  await queue.add({ userId: 'user', companyId: company, args, file: new Blob([new Uint8Array(content)], { type: 'image/jpeg' }), thumb: null })
  if (announced) await remote.rpc('add_photo', { command_id: randomUUID(), ...args }, company)
  return args
}

const run = (settings: Parameters<typeof makePhotoServer>[1] = {}): Promise<Drained> =>
  drain({
    queue,
    server: makePhotoServer(doorOf(client), settings),
    announcements: async () => commands,
    dismiss: async (id) => void dismissed.push(id),
    onChanged: () => undefined,
    now: () => now,
  })
const states = async () => (await queue.list()).map(({ state, reason }) => (reason ? `${state} ${reason}` : state))
const stored = async () => world.db`select name, metadata ->> 'size' as size from storage.objects where bucket_id = 'photos' order by created_at`
const rowOf = async (id: string) => (await world.db`select state, refusal from app.photos where id = ${id}`)[0]
const later = () => (now += 3600_000)

describe('a photo in the queue', () => {
  it('goes up, is confirmed, verified by the server, and only then may leave the phone', async () => {
    const args = await take()
    expect(await run()).toEqual({ left: 1, stopped: undefined })
    expect(await states()).toEqual(['stored'])
    expect((await queue.file(args.id))?.file?.size).toBe(args.bytes)
    expect(await rowOf(args.id)).toEqual({ state: 'stored', refusal: null })
    expect(await verifyPhotos(world)).toBe(1)
    expect(await run()).toEqual({ left: 0, stopped: undefined })
    expect(await states()).toEqual(['verified'])
    await queue.makeRoom()
    expect(await states()).toEqual([])
    expect(await rowOf(args.id)).toEqual({ state: 'verified', refusal: null })
  })

  it('waits for its command, and is refused with it', async () => {
    const args = await take(3_000, { announced: false })
    await run()
    expect(await states()).toEqual(['queued WAITS'])
    commands.set(args.id, { state: 'refused', code: 'FROZE' } as StoredCommand)
    await run()
    expect(await states()).toEqual(['refused FROZE'])
    expect((await queue.file(args.id))?.file?.size).toBe(args.bytes)
  })

  it('that is on the site already goes quietly, with its command', async () => {
    const args = await take(3_000, { announced: false })
    commands.set(args.id, { id: 'the command', name: 'add_photo', state: 'refused', code: 'TAKEN' } as StoredCommand)
    await run()
    expect(await states()).toEqual([])
    expect(dismissed).toEqual(['the command'])
  })

  it('stays through a dead network, and goes when it is back', async () => {
    await take()
    await take(600_000)
    network.cut()
    expect(await run()).toMatchObject({ left: 2, stopped: 'NETWORK' })
    expect(await states()).toEqual(['queued NETWORK', 'queued NETWORK'])
    network.mend()
    await run()
    await verifyPhotos(world)
    await run()
    expect(await states()).toEqual(['verified', 'verified'])
  })

  // several times: what was on its way when the cable broke may land before or after the next question
  it.each([1, 2, 3, 4, 5])('cut in the middle of its upload goes on where it stopped, time %s', async () => {
    const args = await take(4_000_000)
    const before = network.sent()
    const cut = network.cutAfter(2_500_000)
    const first = run({ chunkBytes: 1_000_000 })
    await cut
    expect(await first).toMatchObject({ stopped: 'NETWORK' })
    expect((await queue.list())[0]).toMatchObject({ state: 'queued', uploadUrl: expect.stringContaining('/upload/resumable/') })
    network.mend()
    await run({ chunkBytes: 1_000_000 })
    expect(await rowOf(args.id)).toMatchObject({ state: 'stored' })
    // the piece under way is sent again, and at worst a part of one that came while the first was still being written
    expect(network.sent() - before - args.bytes, 'sent again').toBeLessThan(2_000_000)
    await verifyPhotos(world)
    expect(await rowOf(args.id)).toEqual({ state: 'verified', refusal: null })
  })

  it('whose answer was lost is stored once: the duplicate is an answer', async () => {
    const args = await take()
    const name = `${company}/${site}/${args.sha256}.jpg`
    const lost: typeof fetch = async (input, init) => {
      const response = await fetch(input, init)
      if (String(input).includes('/storage/')) throw new TypeError('connection lost')
      return response
    }
    expect(await run({ call: lost })).toMatchObject({ stopped: 'NETWORK' })
    expect((await stored()).filter((each) => each.name === name)).toHaveLength(1)
    await run()
    expect(await states()).toEqual(['stored'])
    expect((await stored()).filter((each) => each.name === name)).toHaveLength(1)
  })

  it('with a token that the server calls stale renews it once, and is not dropped', async () => {
    await take()
    await take(200_000)
    let stale = 2
    const call: typeof fetch = (input, init) => {
      if (!String(input).includes('/storage/') || stale-- <= 0) return fetch(input, init)
      return fetch(input, { ...init, headers: { ...(init?.headers as Record<string, string>), authorization: 'Bearer stale.stale.stale' } })
    }
    await run({ call })
    expect(await states()).toEqual(['stored', 'stored'])
  })

  it('waits for a sign-in when the session is over', async () => {
    await take()
    const other = openClient(network.url, world.publishableKey)
    const result = await drain({
      queue,
      server: makePhotoServer(doorOf(other)),
      announcements: async () => commands,
      dismiss: async (id) => void dismissed.push(id),
      onChanged: () => undefined,
      now: () => now,
    })
    expect(result.stopped).toBeDefined()
    expect((await states())[0]).toMatch(/^queued/)
  })

  it('damaged on the server is taken away there, sent again, and verified', async () => {
    const args = await take()
    await run()
    const [object] = await world.db`select id, version from storage.objects where name = ${`${company}/${site}/${args.sha256}.jpg`}`
    const service = world.client({ key: world.secretKey })
    await service.storage
      .from('photos')
      .update(`${company}/${site}/${args.sha256}.jpg`, new Blob([new Uint8Array(pixels(500))], { type: 'image/jpeg' }))
    expect(object).toBeDefined()
    await verifyPhotos(world)
    expect(await rowOf(args.id)).toEqual({ state: 'refused', refusal: 'hash' })
    await run()
    expect(await states()).toEqual(['queued hash'])
    later()
    await run()
    await verifyPhotos(world)
    await run()
    expect(await states()).toEqual(['verified'])
  })

  it('that is never found whole is refused in the end, with its file kept', async () => {
    const args = await take()
    for (let time = 0; time <= MOST_RESENDS; time++) await queue.again(args.id, 'hash')
    expect(await states()).toEqual(['refused hash'])
    expect((await queue.file(args.id))?.file?.size).toBe(args.bytes)
    await queue.retry(args.id)
    await run()
    expect(await states()).toEqual(['stored'])
  })

  it('picked twice for the same place is kept once', async () => {
    const content = pixels(2_000)
    const first = await take(0, { content })
    await take(0, { content, announced: false })
    expect((await queue.list()).map((photo) => photo.id)).toEqual([first.id])
  })

  it('whose command its author threw away is shown as refused, and announced anew when tried again', async () => {
    const args = await take(2_000, { announced: false })
    await queue.announced(args.id)
    await run()
    expect(await states()).toEqual(['refused THROWN'])
    await queue.retry(args.id)
    const announced: string[] = []
    await announceSilent({ queue, announce: async ({ id }) => announced.push(id) }, async () => commands)
    expect(announced).toEqual([args.id])
    expect(await states()).toEqual(['queued'])
  })

  it('paused by a clock that ran ten years ahead goes when the clock is right again', async () => {
    const args = await take()
    now += 10 * 365 * 24 * 3600_000
    await queue.wait(args.id, '503')
    now -= 10 * 365 * 24 * 3600_000
    await run()
    expect(await states()).toEqual(['stored'])
  })

  it('that a restored server has lost goes again', async () => {
    const args = await take()
    await run()
    await verifyPhotos(world)
    await run()
    expect(await states()).toEqual(['verified'])
    const reopen = () => reopenLost(queue, async () => new Map([[args.id, String((rows as { state: string }[])[0]!.state)]]))
    let rows: unknown = [{ state: 'verified' }]
    await reopen()
    expect(await states()).toEqual(['verified'])
    // as a backup from before the file came has it
    await world
      .client({ key: world.secretKey })
      .storage.from('photos')
      .remove([`${company}/${site}/${args.sha256}.jpg`])
    rows = await world.db`update app.photos set state = 'announced', stored_at = null, verified_at = null where id = ${args.id} returning state`
    await reopen()
    expect(await states()).toEqual(['queued'])
    await run()
    await verifyPhotos(world)
    await run()
    expect(await states()).toEqual(['verified'])
    expect(await stored()).toContainEqual({ name: `${company}/${site}/${args.sha256}.jpg`, size: String(args.bytes) })
  })

  it('that is verified leaves to make room for another one, or when it is old and not among the last', async () => {
    const first = await take(1_000, { announced: false })
    await queue.verified(first.id)
    const store = memoryPhotoStore('full')
    let full = false
    const tight = makePhotoQueue(
      {
        owner: 'full',
        transact: (mode, work) =>
          store.transact(mode, async (tx) => {
            const result = await work(tx)
            if (full && (await tx.list()).length > 1) throw new DOMException('no room', 'QuotaExceededError')
            return result
          }),
      },
      () => now,
    )
    const add = (id: string, at = tight) =>
      at.add({ userId: 'user', companyId: company, args: { ...first, id, sha256: id }, file: new Blob([id]), thumb: null })
    await add('a')
    full = true
    await expect(add('b')).rejects.toMatchObject({ code: 'QUOTA' })
    await tight.verified('a')
    await add('b')
    expect((await tight.list()).map(({ id }) => id)).toEqual(['b'])
    for (let place = 0; place < KEPT_FILES; place++) {
      await add(`p${place}`, queue)
      now += 1000
      await queue.verified(`p${place}`)
    }
    await queue.prune()
    expect(await queue.file(first.id)).toBeDefined()
    now += 8 * 24 * 3600_000
    await queue.prune()
    expect(await queue.file(first.id)).toBeUndefined()
    expect(await queue.list()).toHaveLength(KEPT_FILES)
  })

  it('is thrown away by its author alone, when it was refused', async () => {
    const args = await take(2_000, { announced: false })
    await queue.discard(args.id)
    expect(await states()).toEqual(['queued'])
    await queue.refuse(args.id, 'FROZE')
    await queue.discard(args.id)
    expect(await states()).toEqual([])
  })
})

it('a drain killed at any request loses and doubles nothing', async () => {
  const all: PhotoArgs[] = []
  for (let place = 0; place < 6; place++) all.push(await take(place % 2 ? 150_000 : 2_000))
  for (let kill = 1; kill <= 12; kill++) {
    let left = kill
    const call: typeof fetch = (input, init) => {
      if (String(input).includes('/storage/') && left-- <= 0) return Promise.reject(new TypeError('killed'))
      return fetch(input, init)
    }
    await run({ call })
    later()
  }
  await run()
  await verifyPhotos(world)
  await run()
  expect(await states()).toEqual(all.map(() => 'verified'))
  for (const args of all) {
    const name = `${company}/${site}/${args.sha256}.jpg`
    expect(await stored()).toContainEqual({ name, size: String(args.bytes) })
    expect((await stored()).filter((each) => each.name === name)).toHaveLength(1)
  }
})
