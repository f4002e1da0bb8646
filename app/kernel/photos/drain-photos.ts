// Drains the photos of whoever is signed in on this device. Runs in the page and in the service worker: no DOM. A chunk of its own.
import { idbOutboxStore } from '../sync/outbox-store.ts'
import { makeOutbox } from '../sync/outbox.ts'
import { readSession } from '../token.ts'
import { tellPhotos } from './channel.ts'
import { deviceDoor } from './door.ts'
import { announcementsIn, drain } from './drain.ts'
import { makePhotoQueue } from './queue.ts'
import { makePhotoServer } from './server.ts'
import { idbPhotoStore, photoOwners } from './store.ts'

/** One drain at a time on this device, in whatever tab or worker. */
const LOCK = 'aplomb-photos'

/**
 * Sends the waiting photos of the signed-in person, in all their companies. Answers how many still wait: a background sync whose drain
 * leaves some should fail, to be called again. Their commands must have been sent before (the outbox); those whose were not, wait.
 * Does nothing while another tab or the service worker drains.
 */
export function drainPhotos(): Promise<number> {
  return navigator.locks.request(LOCK, { ifAvailable: true }, async (lock) => {
    if (!lock) return 0
    const userId = (await readSession())?.user.id
    if (!userId) return 0
    let left = 0
    for (const owner of await photoOwners(userId)) {
      const outbox = makeOutbox(idbOutboxStore(owner))
      const result = await drain({
        queue: makePhotoQueue(idbPhotoStore(owner)),
        server: makePhotoServer(deviceDoor),
        announcements: async () => announcementsIn(await outbox.list()),
        dismiss: (id) => outbox.discard(id),
        onChanged: () => tellPhotos(owner),
      })
      left += result.left
      if (result.stopped) break
    }
    return left
  }) as Promise<number>
}
