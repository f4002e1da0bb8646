import type { Active } from '../active.ts'
import { run } from '../data.ts'
import { type AppError, toAppError } from '../errors.ts'
import { tellPhotos } from './channel.ts'
import { announcementsIn } from './drain.ts'
import type { PhotoQueue } from './queue.ts'
import type { PhotoArgs } from './store.ts'

/** Nothing else puts the commands of photos into the outbox meanwhile, in any tab. */
export const announcing = <T>(owner: string, work: () => Promise<T>): Promise<T> =>
  navigator.locks.request(`aplomb-photos-announce:${owner}`, work) as Promise<T>

/** Puts into the outbox the commands of photos that a crash kept from it. */
export function announce(now: Active, queue: PhotoQueue): Promise<void> {
  return announcing(now.owner, async () => {
    const silent = (await queue.list()).filter((photo) => !photo.announced && photo.state === 'queued')
    if (!silent.length) return
    const known = announcementsIn(await now.outbox.list())
    for (const photo of silent) {
      if (!known.has(photo.id)) {
        const refusal = await sayAdd(photo.args)
        if (refusal) await queue.refuse(photo.id, refusal.code)
      }
      await queue.announced(photo.id)
    }
    tellPhotos(now.owner)
  })
}

/** Runs the command that announces a photo. Answers why it was refused at once, if it was. */
export async function sayAdd(args: PhotoArgs): Promise<AppError | null> {
  try {
    await run('add_photo', args)
    return null
  } catch (error) {
    const refusal = toAppError(error)
    if (refusal.fate !== 'refuse') throw refusal
    return refusal
  }
}
