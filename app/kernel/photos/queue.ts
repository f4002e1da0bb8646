import { AppError } from '../errors.ts'
import type { PhotoArgs, PhotoFile, PhotoStore, PhotoTx, QueuedPhoto } from './store.ts'

/** A verified photo leaves this device after this long; its row and its file are the server's. */
const SHOWN_MS = 7 * 24 * 3600_000
/** The last verified ones stay however old a broken clock calls them: a server restored from a backup may have lost their files. */
export const KEPT_FILES = 50
/** Pauses after failures: 2 s, doubled, soon again while the server may have a bad moment; a quarter of an hour when it fails on and on. */
const FIRST_PAUSE_MS = 2_000
const SHORT_PAUSE_MS = 20_000
const MANY_ATTEMPTS = 20
const LONGEST_PAUSE_MS = 15 * 60_000
/** A file that the server finds damaged is sent again this often before it is shown as refused. */
export const MOST_RESENDS = 5

/** Whether its pause is over; a longer one than there is was begun by a clock that ran ahead. */
export const pauseIsOver = ({ nextAt }: QueuedPhoto, now: number) => nextAt <= now || nextAt > now + LONGEST_PAUSE_MS

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

  /** The verified photos, the last one first. */
  const verifiedIn = async (tx: PhotoTx) =>
    (await tx.list()).filter(({ state }) => state === 'verified').sort((a, b) => (b.settledAt ?? 0) - (a.settledAt ?? 0))

  /** Photos that the server has verified leave. True when there were some. */
  const makeRoom = () =>
    store.transact('strict', async (tx) => {
      const verified = await verifiedIn(tx)
      for (const { id } of verified) tx.remove(id)
      return verified.length > 0
    })

  /** Keeps a photo and its file; answers the photo that was there already, when it was. */
  const keep = (photo: QueuedPhoto, file: Omit<PhotoFile, 'owner' | 'id' | 'sha256'>) =>
    store.transact('strict', async (tx) => {
      const twin = (await tx.list()).find((each) => each.state !== 'verified' && sameFile(each, photo.args))
      if (twin) return twin
      tx.put(photo)
      tx.putFile({ owner, id: photo.id, sha256: photo.args.sha256, ...file })
      return photo
    })

  return {
    owner,

    /**
     * Keeps a photo durably, before anything else is done with it. The same file in the same place is kept once: answers the photo that
     * was there. Rejects with QUOTA when the device is full.
     */
    async add({ userId, companyId, args, file, thumb }: NewPhoto): Promise<QueuedPhoto> {
      // Read first: a file that cannot be read must not be taken for kept.
      const whole = new Blob([await file.arrayBuffer()], { type: file.type })
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
      for (;;) {
        try {
          return await keep(photo, { file: whole, thumb })
        } catch (error) {
          if ((error as DOMException).name !== 'QuotaExceededError') throw error
          if (!(await makeRoom())) throw new AppError('QUOTA')
        }
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
        const longest = attempts > MANY_ATTEMPTS ? LONGEST_PAUSE_MS : SHORT_PAUSE_MS
        const pause = patient ? 0 : Math.min(longest, FIRST_PAUSE_MS * 2 ** Math.min(attempts - 1, MANY_ATTEMPTS))
        return { state: photo.state === 'stored' ? 'stored' : 'queued', reason, attempts, nextAt: now() + pause }
      }),

    /** Its file is on the server, which has yet to read it. */
    stored: (id: string) => change(id, (photo) => ({ state: 'stored', reason: undefined, sent: photo.args.bytes, uploadUrl: undefined })),

    /** The server has no file, or a damaged one, for it: it is sent again from the beginning, or refused after many times. */
    again: (id: string, reason: string) =>
      change(id, (photo) => {
        // apart from attempts: pauses of a bad network say nothing of the file
        const resends = (photo.resends ?? 0) + 1
        const state = resends > MOST_RESENDS ? 'refused' : 'queued'
        return { state, reason, resends, attempts: 0, sent: 0, uploadUrl: undefined, nextAt: now() + FIRST_PAUSE_MS * resends }
      }),

    /** The server has found the right hash: the file may go, once it is old or its place is needed. */
    verified: (id: string) =>
      change(id, (photo) =>
        photo.state === 'verified' ? {} : { state: 'verified', reason: undefined, sent: photo.args.bytes, uploadUrl: undefined, settledAt: now() },
      ),

    makeRoom,

    /** The server has lost what it had verified: it goes again, when its file is still here. */
    reopen: (id: string) =>
      store.transact('strict', async (tx) => {
        const photo = await tx.get(id)
        if (photo?.state !== 'verified' || !(await tx.file(id))?.file) return // an older app let go of the file at once
        tx.put({ ...photo, state: 'queued', attempts: 0, resends: 0, nextAt: 0, sent: 0, settledAt: undefined })
      }),

    /** The rules say no: it stays, with its file, until it is tried again or thrown away. */
    refuse: (id: string, reason: string) => change(id, () => ({ state: 'refused', reason, settledAt: now() })),

    /** Tries a photo again now; all that wait when no id is given. */
    retry: (id?: string) =>
      store.transact('strict', async (tx) => {
        for (const photo of await tx.list()) {
          if (id ? photo.id !== id : photo.state === 'refused' || photo.state === 'verified') continue
          if (photo.state === 'verified') continue
          const refused = photo.state === 'refused'
          // announced again when its command is gone
          const next = refused ? { state: 'queued' as const, announced: false } : {}
          tx.put({ ...photo, ...next, attempts: 0, resends: 0, nextAt: 0, reason: undefined })
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

    /** Verified photos leave, some days later. */
    prune: () =>
      store.transact('strict', async (tx) => {
        for (const { id, settledAt } of (await verifiedIn(tx)).slice(KEPT_FILES)) if ((settledAt ?? 0) < now() - SHOWN_MS) tx.remove(id)
      }),
  }
}
