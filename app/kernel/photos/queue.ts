import { AppError } from '../errors.ts'
import type { PhotoArgs, PhotoStore, PhotoTx, QueuedPhoto } from './store.ts'

/** A verified photo leaves the list of this device after this long; its row and its file are the server's. */
const SHOWN_MS = 7 * 24 * 3600_000
/** Pauses after failures: 2 s, doubled, a quarter of an hour at most. */
const FIRST_PAUSE_MS = 2_000
const LONGEST_PAUSE_MS = 15 * 60_000
/** A file that the server finds damaged is sent again this often before it is shown as refused. */
export const MOST_RESENDS = 5

export interface NewPhoto {
  userId: string
  companyId: string
  args: PhotoArgs
  file: Blob
  thumb: Blob | null
}

export type PhotoQueue = ReturnType<typeof makePhotoQueue>

/**
 * The photos of one person in one company: queued → sending → stored → verified, or refused with its reason. A file leaves the device
 * only once the server has verified it, or when its author throws a refused one away.
 */
export function makePhotoQueue(store: PhotoStore, now: () => number = Date.now) {
  const { owner } = store

  /** Changes a photo, when it is still there. */
  const change = (id: string, next: (photo: QueuedPhoto) => Partial<QueuedPhoto>) =>
    store.transact('strict', async (tx) => {
      const photo = await tx.get(id)
      if (photo) tx.put({ ...photo, ...next(photo) })
    })

  const sameFile = (photo: QueuedPhoto, args: PhotoArgs) =>
    photo.args.sha256 === args.sha256 && photo.args.site_id === args.site_id && (photo.args.incident_id ?? null) === (args.incident_id ?? null)

  async function forgetFile(tx: PhotoTx, id: string): Promise<void> {
    const kept = await tx.file(id)
    if (kept) tx.putFile({ ...kept, file: null })
  }

  return {
    owner,

    /**
     * Keeps a photo durably, before anything else is done with it. The same file in the same place is kept once: answers the photo that
     * was there. Rejects with QUOTA when the device is full.
     */
    async add({ userId, companyId, args, file, thumb }: NewPhoto): Promise<QueuedPhoto> {
      // Read first: a file that cannot be read must not be taken for kept.
      const whole = new Blob([await file.arrayBuffer()], { type: file.type })
      try {
        return await store.transact('strict', async (tx) => {
          const twin = (await tx.list()).find((photo) => photo.state !== 'verified' && sameFile(photo, args))
          if (twin) return twin
          const photo: QueuedPhoto = {
            owner,
            id: args.id,
            userId,
            companyId,
            args,
            createdAt: now(),
            state: 'queued',
            attempts: 0,
            nextAt: 0,
            announced: false,
            sent: 0,
          }
          tx.put(photo)
          tx.putFile({ owner, id: args.id, sha256: args.sha256, file: whole, thumb })
          return photo
        })
      } catch (error) {
        if ((error as DOMException).name === 'QuotaExceededError') throw new AppError('QUOTA')
        throw error
      }
    },

    /** Everything kept, oldest first. */
    list: () => store.transact('readonly', async (tx) => (await tx.list()).sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1))),

    /** The pixels of a photo. */
    file: (id: string) => store.transact('readonly', (tx) => tx.file(id)),

    /** Its command is in the outbox. */
    announced: (id: string) => change(id, () => ({ announced: true })),

    /** Its upload is under way, at this address once there is one. */
    sending: (id: string, { uploadUrl, sent }: { uploadUrl?: string; sent?: number } = {}) =>
      change(id, (photo) => ({ state: 'sending', reason: undefined, uploadUrl: uploadUrl ?? photo.uploadUrl, sent: sent ?? photo.sent })),

    /** It waits, for this reason, and is tried again after a pause; at once when `patient`: it is not its own fault. */
    wait: (id: string, reason: string, patient = false) =>
      change(id, (photo) => {
        const attempts = patient ? photo.attempts : photo.attempts + 1
        const pause = patient ? 0 : Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(attempts, 12))
        return { state: photo.state === 'stored' ? 'stored' : 'queued', reason, attempts, nextAt: now() + pause }
      }),

    /** Its file is on the server, which has yet to read it. */
    stored: (id: string) => change(id, (photo) => ({ state: 'stored', reason: undefined, sent: photo.args.bytes, uploadUrl: undefined })),

    /** The server has no file, or a damaged one, for it: it is sent again from the beginning, or refused after many times. */
    again: (id: string, reason: string) =>
      change(id, (photo) => {
        const attempts = photo.attempts + 1
        const state = attempts > MOST_RESENDS ? 'refused' : 'queued'
        return { state, reason, attempts, sent: 0, uploadUrl: undefined, nextAt: now() + FIRST_PAUSE_MS * attempts }
      }),

    /** The server has found the right hash: the file may go. */
    verified: (id: string) =>
      store.transact('strict', async (tx) => {
        const photo = await tx.get(id)
        if (!photo || photo.state === 'verified') return
        tx.put({ ...photo, state: 'verified', reason: undefined, sent: photo.args.bytes, uploadUrl: undefined, settledAt: now() })
        await forgetFile(tx, id)
      }),

    /** The rules say no: it stays, with its file, until it is tried again or thrown away. */
    refuse: (id: string, reason: string) => change(id, () => ({ state: 'refused', reason, settledAt: now() })),

    /** Tries a photo again now; all that wait when no id is given. */
    retry: (id?: string) =>
      store.transact('strict', async (tx) => {
        for (const photo of await tx.list()) {
          if (id ? photo.id !== id : photo.state === 'refused' || photo.state === 'verified') continue
          if (photo.state === 'verified') continue
          tx.put({ ...photo, state: photo.state === 'refused' ? 'queued' : photo.state, attempts: 0, nextAt: 0, reason: undefined })
        }
      }),

    /** Throws a refused photo away, pixels and all. Screens confirm first. */
    discard: (id: string) =>
      store.transact('strict', async (tx) => {
        if ((await tx.get(id))?.state === 'refused') tx.remove(id)
      }),

    /** How many photos the server has not verified: waiting, and refused; and the bytes they take. */
    count: () =>
      store.transact('readonly', async (tx) => {
        const unsafe = (await tx.list()).filter((photo) => photo.state !== 'verified')
        const refused = unsafe.filter((photo) => photo.state === 'refused').length
        return { waiting: unsafe.length - refused, refused, bytes: unsafe.reduce((sum, photo) => sum + photo.args.bytes, 0) }
      }),

    /** Takes verified photos off the list, some days later. */
    prune: () =>
      store.transact('strict', async (tx) => {
        for (const photo of await tx.list()) {
          if (photo.state === 'verified' && (photo.settledAt ?? 0) < now() - SHOWN_MS) tx.remove(photo.id)
        }
      }),
  }
}
