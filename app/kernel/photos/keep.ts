// From the shutter to the outbox, and again after a crash or a restored server; without a screen, so that tests can kill it anywhere.
import { AppError, toAppError } from '../errors.ts'
import type { StoredCommand } from '../sync/outbox.ts'
import type { NewPhoto, PhotoQueue } from './queue.ts'
import type { PhotoArgs } from './store.ts'

export interface KeepPorts {
  queue: PhotoQueue
  /** Runs the command that announces a photo. Rejects with AppError. */
  announce: (args: PhotoArgs) => Promise<unknown>
}

/** Runs the command that announces a photo. Answers why it was refused at once, if it was. */
async function refusalOfAnnouncing(announce: KeepPorts['announce'], args: PhotoArgs): Promise<AppError | null> {
  try {
    await announce(args)
    return null
  } catch (error) {
    const refusal = toAppError(error)
    if (refusal.fate !== 'refuse') throw refusal
    return refusal
  }
}

/**
 * Keeps a photo durably and puts its command into the outbox. To be called while nothing else announces photos. Rejects with QUOTA, TAKEN
 * (the same picture waits already) or what else refuses it; then nothing is kept.
 */
export async function keepPhoto({ queue, announce }: KeepPorts, photo: NewPhoto): Promise<void> {
  const { id } = photo.args
  const kept = await queue.add(photo)
  if (kept.id !== id) throw new AppError('TAKEN', 'photo')
  const refusal = await refusalOfAnnouncing(announce, photo.args)
  if (refusal) {
    await queue.refuse(id, refusal.code)
    await queue.discard(id)
    throw refusal
  }
  await queue.announced(id)
}

/** Puts into the outbox the commands of photos that a crash kept from it. To be called while nothing else announces photos. True when there were some. */
export async function announceSilent({ queue, announce }: KeepPorts, announcements: () => Promise<Map<string, StoredCommand>>): Promise<boolean> {
  const silent = (await queue.list()).filter((photo) => !photo.announced && photo.state === 'queued')
  if (!silent.length) return false
  const known = await announcements()
  for (const photo of silent) {
    if (!known.has(photo.id)) {
      const refusal = await refusalOfAnnouncing(announce, photo.args)
      if (refusal) await queue.refuse(photo.id, refusal.code)
    }
    await queue.announced(photo.id)
  }
  return true
}

/**
 * A server restored from a backup may have lost files that it had verified: those that this device still has go again.
 * @param statesHere where the local rows see these photos; empty while they are no complete download
 */
export async function reopenLost(queue: PhotoQueue, statesHere: (ids: string[]) => Promise<Map<string, string>>): Promise<void> {
  const settled = (await queue.list()).filter(({ state }) => state === 'verified')
  if (!settled.length) return
  const states = await statesHere(settled.map(({ id }) => id))
  for (const { id } of settled) {
    const state = states.get(id)
    if (state === 'announced' || state === 'refused') await queue.reopen(id)
  }
}
