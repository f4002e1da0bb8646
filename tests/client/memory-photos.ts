import type { PhotoFile, PhotoStore, QueuedPhoto } from '../../app/kernel/photos/store.ts'

/** A photo store in memory; transactions run one after the other and a failed one changes nothing. */
export function memoryPhotoStore(owner: string): PhotoStore {
  let photos = new Map<string, QueuedPhoto>()
  let files = new Map<string, PhotoFile>()
  let last: Promise<unknown> = Promise.resolve()
  return {
    owner,
    transact(_mode, work) {
      const run = last.then(async () => {
        const [draft, draftFiles] = [new Map(photos), new Map(files)]
        const result = await work({
          list: async () => [...draft.values()],
          get: async (id) => draft.get(id),
          put: (photo) => void draft.set(photo.id, structuredClone(photo)),
          file: async (id) => draftFiles.get(id),
          putFile: (file) => void draftFiles.set(file.id, file),
          remove(id) {
            draft.delete(id)
            draftFiles.delete(id)
          },
        })
        photos = draft
        files = draftFiles
        return result
      })
      last = run.catch(() => undefined)
      return run
    },
  }
}
