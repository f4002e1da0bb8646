import type { Active } from '../active.ts'
import { run } from '../data.ts'
import { tellPhotos } from './channel.ts'
import { announcementsIn } from './drain.ts'
import { announceSilent } from './keep.ts'
import type { PhotoQueue } from './queue.ts'
import type { PhotoArgs } from './store.ts'

/** Nothing else puts the commands of photos into the outbox meanwhile, in any tab. */
export const announcing = <T>(owner: string, work: () => Promise<T>): Promise<T> =>
  navigator.locks.request(`aplomb-photos-announce:${owner}`, work) as Promise<T>

/** Runs the command that announces a photo. Rejects with AppError. */
export const sayAdd = (args: PhotoArgs) => run('add_photo', args)

/** Puts into the outbox the commands of photos that a crash kept from it. */
export function announce(now: Active, queue: PhotoQueue): Promise<void> {
  return announcing(now.owner, async () => {
    if (await announceSilent({ queue, announce: sayAdd }, async () => announcementsIn(await now.outbox.list()))) tellPhotos(now.owner)
  })
}
