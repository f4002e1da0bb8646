// The photos of this device, in a database of their own; no DOM, so page and service worker share it.
import { answer, makeIdb } from '../sync/idb.ts'

/** Where a photo of this device stands. `verified`: the server has read its file again and found the same hash. */
export type PhotoState = 'queued' | 'sending' | 'stored' | 'verified' | 'refused'

/** What the command add_photo says about it. */
export interface PhotoArgs {
  id: string
  site_id: string
  sha256: string
  /** Of the file. */
  bytes: number
  width: number
  height: number
  /** ISO 8601, by the device's clock. */
  taken_at: string
  incident_id?: string | null
  zone?: string | null
  caption?: string | null
  latitude?: number | null
  longitude?: number | null
  accuracy_m?: number | null
  position_source: 'shutter' | 'exif' | 'manual' | 'none'
  before_id?: string | null
}

/** A photo of this device, without its pixels. */
export interface QueuedPhoto {
  /** User and company, see `ownerOf`. */
  owner: string
  id: string
  userId: string
  companyId: string
  args: PhotoArgs
  /** Milliseconds since 1970. */
  createdAt: number
  state: PhotoState
  /** Why it waits or was refused: a code. */
  reason?: string
  attempts: number
  /** Times that the server found it damaged, and it began anew. */
  resends?: number
  /** Not before, ms since 1970. */
  nextAt: number
  /** True once its command is in the outbox. */
  announced: boolean
  /** Where its upload goes on. */
  uploadUrl?: string
  /** Bytes that the server has of it. */
  sent: number
  settledAt?: number
}

/** The pixels of a photo. The file goes once it is verified; the thumbnail stays. */
export interface PhotoFile {
  owner: string
  id: string
  sha256: string
  file: Blob | null
  thumb: Blob | null
}

/** What the queue asks of its store, inside one transaction. */
export interface PhotoTx {
  list: () => Promise<QueuedPhoto[]>
  get: (id: string) => Promise<QueuedPhoto | undefined>
  put: (photo: QueuedPhoto) => void
  file: (id: string) => Promise<PhotoFile | undefined>
  putFile: (file: PhotoFile) => void
  /** Forgets the photo and its pixels. */
  remove: (id: string) => void
}

export interface PhotoStore {
  owner: string
  /** All or nothing. `strict`: resolves only when the data is on the disk. */
  transact: <T>(mode: 'readonly' | 'strict', work: (tx: PhotoTx) => Promise<T>) => Promise<T>
}

const db = makeIdb({
  name: 'aplomb-photos',
  version: 1,
  stores: {
    photos: { keyPath: ['owner', 'id'], indexes: { owner: ['owner'], user: ['userId'] } },
    files: { keyPath: ['owner', 'id'] },
  },
})

/** The photos of `owner` in IndexedDB. */
export function idbPhotoStore(owner: string): PhotoStore {
  return {
    owner,
    transact: (mode, work) =>
      db.transact(['photos', 'files'], mode, (store) => {
        const [photos, files] = [store('photos'), store('files')]
        return work({
          list: () => answer<QueuedPhoto[]>(photos.index('owner').getAll([owner])),
          get: (id) => answer<QueuedPhoto | undefined>(photos.get([owner, id])),
          put: (photo) => void photos.put(photo),
          file: (id) => answer<PhotoFile | undefined>(files.get([owner, id])),
          putFile: (file) => void files.put(file),
          remove(id) {
            photos.delete([owner, id])
            files.delete([owner, id])
          },
        })
      }),
  }
}

/** Whose photos this device keeps for a user: one owner per company. */
export const photoOwners = (userId: string): Promise<string[]> =>
  db.transact(['photos'], 'readonly', async (store) => {
    const all = await answer<QueuedPhoto[]>(store('photos').index('user').getAll([userId]))
    return [...new Set(all.map((photo) => photo.owner))]
  })
