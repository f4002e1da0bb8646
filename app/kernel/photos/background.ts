// Keeps the photos of one person in one company going, behind the screens of a tab.
import { database, filled, type Active } from '../active.ts'
import { askBackgroundSync } from '../background-sync.ts'
import { deviceClock } from '../clock.ts'
import { toAppError } from '../errors.ts'
import { announce } from './announce.ts'
import { onPhotos } from './channel.ts'
import { reopenLost } from './keep.ts'
import { makePace } from './pace.ts'
import { makePhotoQueue } from './queue.ts'
import type { ServerPhoto } from './server.ts'
import { idbPhotoStore } from './store.ts'
import { setPhotosWaiting } from './waiting.ts'

/** A look at what waits, however quiet the device; and the least time between two looks, ms. */
const EVERY_MS = 30_000
const SOON_MS = 300

/** Drains at the start, when the network or the person comes back, when photos came, and every half minute. Answers the way to stop. */
export function startPhotos(now: Active): () => void {
  const queue = makePhotoQueue(idbPhotoStore(now.owner))
  let stopped = false
  let waited = 0

  async function count(): Promise<{ waiting: number }> {
    const all = await queue.list()
    const of = (...states: string[]) => all.filter((photo) => states.includes(photo.state)).length
    if (!stopped) setPhotosWaiting({ waiting: of('queued', 'sending'), refused: of('refused') })
    return { waiting: of('queued', 'sending', 'stored') }
  }

  /** Where the local rows see photos, once they are whole. */
  async function statesHere(ids: string[]): Promise<Map<string, string>> {
    const db = database()
    if (!db || !filled()) return new Map()
    const rows = (await db.call('query', { sql: 'select id, state from app.photos where id = any ($1)', params: [ids] })) as ServerPhoto[]
    return new Map(rows.map(({ id, state }) => [id, state]))
  }

  async function look(): Promise<void> {
    await reopenLost(queue, statesHere)
    const { waiting } = await count()
    if (waiting > waited) askBackgroundSync('aplomb-photos')
    waited = waiting
    if (waiting && !stopped) {
      await announce(now, queue)
      if (navigator.onLine) await (await import('./drain-photos.ts')).drainPhotos()
    }
  }

  const pace = makePace(deviceClock, EVERY_MS, () => look().catch((error: unknown) => console.warn('photos:', toAppError(error).code)))
  const hurry = () => pace.within(SOON_MS)
  const onVisible = () => document.visibilityState === 'visible' && hurry()
  const stops = [
    now.bus.on((message) => {
      if (message.type === 'changed' && message.tables.includes('photos')) hurry()
      if (message.type === 'wake' && message.retry) hurry()
      // What became of the commands that photos wait for.
      if (message.type === 'outbox' && waited) hurry()
    }),
    onPhotos((owner) => owner === now.owner && void count().then(({ waiting }) => waiting > waited && hurry())),
  ]
  addEventListener('online', hurry)
  document.addEventListener('visibilitychange', onVisible)
  hurry()

  return () => {
    stopped = true
    setPhotosWaiting({ waiting: 0, refused: 0 })
    pace.stop()
    for (const stop of stops) stop()
    removeEventListener('online', hurry)
    document.removeEventListener('visibilitychange', onVisible)
  }
}
