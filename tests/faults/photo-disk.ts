// The photos that survive on a device, with a diary of what the person was promised.
import type { PhotoFile, PhotoStore, QueuedPhoto } from '../../app/kernel/photos/store.ts'

export interface Picture {
  id: string
  sha256: string
  bytes: number
  /** The server has once called it verified. */
  verified?: boolean
  /** Why it is no longer kept, when the person or the app had a reason. */
  left?: 'discarded' | 'twin' | 'old'
}

export interface PhotoDisk {
  store: PhotoStore
  /** Every photo ever kept here. */
  diary: Map<string, Picture>
  photos: () => QueuedPhoto[]
  file: (id: string) => Blob | null
  /** Refused photos that the person threw away. */
  dealt: Set<string>
  /** What broke a promise of the queue, in words. */
  wrongs: string[]
}

/** An empty disk; `write` rejects a write for which there is no room. */
export function makePhotoDisk(owner: string, write: () => void): PhotoDisk {
  let photos = new Map<string, QueuedPhoto>()
  let files = new Map<string, PhotoFile>()
  let last: Promise<unknown> = Promise.resolve()

  /** Notes what a transaction did, once it is kept. */
  function note(after: Map<string, QueuedPhoto>, afterFiles: Map<string, PhotoFile>): void {
    for (const [id, { args }] of after) if (!disk.diary.has(id)) disk.diary.set(id, { id, sha256: args.sha256, bytes: args.bytes })
    for (const [id, { state }] of after) if (state === 'verified') disk.diary.get(id)!.verified = true
    for (const [id, photo] of photos) {
      if (files.get(id)?.file && after.has(id) && !afterFiles.get(id)?.file && after.get(id)!.state !== 'verified')
        disk.wrongs.push(`the file of photo ${id} left while ${after.get(id)!.state}`)
      if (after.has(id)) continue
      const picture = disk.diary.get(id)!
      if (photo.state === 'verified') picture.left = 'old'
      else if (photo.state === 'refused' && photo.reason === 'TAKEN') picture.left = 'twin'
      else if (photo.state === 'refused' && (disk.dealt.has(id) || !photo.announced)) picture.left = 'discarded'
      else disk.wrongs.push(`photo ${id} left the queue while ${photo.state} ${photo.reason ?? ''}`)
    }
  }

  const disk: PhotoDisk = {
    diary: new Map(),
    photos: () => [...photos.values()],
    file: (id) => files.get(id)?.file ?? null,
    dealt: new Set(),
    wrongs: [],
    store: {
      owner,
      transact(_mode, work) {
        const run = last.then(async () => {
          const [draft, draftFiles] = [new Map(photos), new Map(files)]
          let wrote = false
          const result = await work({
            list: async () => [...draft.values()],
            get: async (id) => draft.get(id),
            put(photo) {
              wrote = true
              draft.set(photo.id, structuredClone(photo))
            },
            file: async (id) => draftFiles.get(id),
            putFile(file) {
              wrote = true
              draftFiles.set(file.id, file)
            },
            remove(id) {
              wrote = true
              draft.delete(id)
              draftFiles.delete(id)
            },
          })
          if (wrote) write()
          note(draft, draftFiles)
          photos = draft
          files = draftFiles
          return result
        })
        last = run.catch(() => undefined)
        return run
      },
    },
  }
  return disk
}
