// The photos of a device: the app's own queue, drain and client of Storage, on a disk and a line that can all fail.
import { createHash } from 'node:crypto'
import type { Door } from '../../app/kernel/photos/door.ts'
import { announcementsIn, drain } from '../../app/kernel/photos/drain.ts'
import { announceSilent, keepPhoto, reopenLost } from '../../app/kernel/photos/keep.ts'
import { makePhotoQueue, type PhotoQueue } from '../../app/kernel/photos/queue.ts'
import { makePhotoServer } from '../../app/kernel/photos/server.ts'
import type { PhotoArgs } from '../../app/kernel/photos/store.ts'
import { AppError, toAppError } from '../../app/kernel/errors.ts'
import type { Outbox } from '../../app/kernel/sync/outbox.ts'
import { readJson, type Line } from './network.ts'
import type { PhotoDisk } from './photo-disk.ts'
import type { Timeline } from './timeline.ts'
import type { CompanyServer, Person } from './world.ts'

/** As the app's (background.ts): a look at what waits, however quiet the device. */
const EVERY_MS = 30_000
const SOON_MS = 300

export interface CameraDeps {
  person: Person
  server: CompanyServer
  line: Line
  disk: PhotoDisk
  timeline: Timeline
  outbox: Outbox
  now: () => number
  alive: () => boolean
  /** A step of the tab: it may die before or after it. */
  step: <T>(work: () => Promise<T>) => Promise<T>
  /** Nothing else announces photos meanwhile. */
  announcing: <T>(work: () => Promise<T>) => Promise<T>
  /** One drain at a time; nothing happens when there is one. */
  draining: (work: () => Promise<void>) => Promise<void>
  /** Runs a command as the app does. Rejects with AppError. */
  run: (name: string, args: Record<string, unknown>) => Promise<unknown>
  /** What Storage really keeps of a file. */
  arriving: (bytes: Buffer) => Buffer
  /** The server may have a photo to check. */
  onConfirm: (poked: string[]) => void
  /** A planted bug: what stands in the place of the queue. */
  mutant: ((queue: PhotoQueue) => PhotoQueue) | undefined
  /** Where the local rows see these photos; empty while they are no complete download. */
  statesHere: (ids: string[]) => Promise<Map<string, string>>
}

/** What a person says about a photo, and the picture itself. */
export type Shot = Omit<PhotoArgs, 'sha256' | 'bytes'> & { content: Buffer }

/** The hash of these bytes, as 64 hex digits. */
export const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** Pixels that need no time to be read. */
class QuickBlob extends Blob {
  constructor(private readonly content: Buffer) {
    super([new Uint8Array(content)], { type: 'image/jpeg' })
  }
  override arrayBuffer = async () => new Uint8Array(this.content).buffer
}

/** Storage's answer to a failure, as its HTTP API words it. */
function answerOf(error: unknown): Response {
  const { code, message } = toAppError(error)
  if (code === 'NETWORK' || code === 'TIMEOUT') throw new TypeError(code)
  if (code === 'AUTHN') return Response.json({ statusCode: '401', message: 'jwt expired' }, { status: 400 })
  if (/row-level security/.test(message)) return Response.json({ statusCode: '403', message }, { status: 400 })
  if (code === '23505') return Response.json({ statusCode: '409', message: 'The resource already exists' }, { status: 400 })
  return Response.json({}, { status: /^\d{3}$/.test(code) ? Number(code) : 500 })
}

/** The photos of one tab. They are looked after from `start` on, until the tab dies. */
export function makeCamera({ person, server, line, disk, timeline, outbox, now, alive, step, ...deps }: CameraDeps) {
  const sound = makePhotoQueue({ owner: disk.store.owner, transact: (mode, work) => step(() => disk.store.transact(mode, work)) }, now)
  const queue = deps.mutant?.(sound) ?? sound
  const door: Door = {
    async address(_company, stale) {
      if (stale) throw new AppError('AUTHN')
      return { url: 'http://storage', headers: { authorization: 'Bearer one' } }
    },
    rpc: (_name, args) =>
      step(() =>
        line.call(async () => {
          const answer = await server.confirm(person, args)
          deps.onConfirm(answer.poked)
          return answer.body
        }, readJson),
      ),
    rowsById: <T>(_relation: string, _columns: string, ids: string[]) => step(() => line.call(() => server.photoStates(person, ids), readJson<T[]>)),
  }
  const remote = makePhotoServer(door, {
    async call(input, init) {
      const name = String(input).split('/photos/')[1]!
      const bytes = Buffer.from(await timeline.outside((init!.body as Blob).arrayBuffer()))
      return step(() =>
        line.call(
          () => server.store(person, name, deps.arriving(bytes)),
          (body) => new Response(body),
        ),
      ).catch(answerOf)
    },
  })
  const announcements = async () => announcementsIn(await outbox.list())
  const announce = (args: PhotoArgs) => deps.run('add_photo', { ...args })

  async function look(): Promise<void> {
    const kept = await queue.list()
    if (!kept.length) return
    await deps.announcing(async () => void (await announceSilent({ queue, announce }, announcements)))
    await reopenLost(queue, deps.statesHere)
    if (!line.online || kept.every(({ state }) => state === 'refused')) return
    await deps.draining(
      async () => void (await drain({ queue, server: remote, announcements, dismiss: (id) => outbox.discard(id), onChanged: () => undefined, now })),
    )
  }

  let cancel: (() => void) | undefined
  function soon(ms: number): void {
    if (cancel || !alive()) return
    cancel = timeline.after(ms, () => {
      cancel = undefined
      if (alive())
        void look()
          .catch(() => undefined)
          .finally(() => soon(EVERY_MS))
    })
  }

  return {
    start: () => soon(SOON_MS),
    /** Looks at once. */
    hurry() {
      cancel?.()
      cancel = undefined
      soon(SOON_MS)
    },
    /** Presses the shutter. Rejects with AppError when the photo is not kept. */
    shoot: ({ content, ...words }: Shot) =>
      deps.announcing(() =>
        keepPhoto(
          { queue, announce },
          {
            userId: person.membershipId,
            companyId: server.id,
            args: { ...words, sha256: sha256(content), bytes: content.length },
            file: new QuickBlob(content),
            thumb: null,
          },
        ),
      ),
    forgetSent: queue.makeRoom,
    /** Throws away a refused photo, or tries all again. */
    async deal(again: boolean) {
      if (again) return queue.retry()
      const refused = (await queue.list()).find(({ state }) => state === 'refused')
      if (!refused) return
      disk.dealt.add(refused.id)
      await queue.discard(refused.id)
    },
  }
}
