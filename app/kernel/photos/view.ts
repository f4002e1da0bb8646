import { createEffect, createMemo, createRoot, createSignal, on, onCleanup, untrack } from 'solid-js'
import { active } from '../active.ts'
import { AppError } from '../errors.ts'
import { t } from '../i18n/index.ts'
import { newId } from '../ids.ts'
import { outbox } from '../status.ts'
import { announce as sayTo } from '../ui/dialogs.tsx'
import { announcing, sayAdd } from './announce.ts'
import { onPhotos, tellPhotos } from './channel.ts'
import { compress } from './compress.ts'
import { announcementsIn } from './drain.ts'
import { keepPhoto } from './keep.ts'
import { isKnownPhoto } from './known.ts'
import { makePhotoQueue, type PhotoQueue } from './queue.ts'
import { idbPhotoStore, type PhotoArgs, type QueuedPhoto } from './store.ts'

export type { PhotoArgs, PhotoState, QueuedPhoto } from './store.ts'

const queueOf = (owner: string): PhotoQueue => makePhotoQueue(idbPhotoStore(owner))

const [here, setHere] = createSignal<QueuedPhoto[]>([])
createRoot(() => {
  createEffect(
    on(active, (now) => {
      setHere([])
      if (!now) return
      let reading = false
      let again = false
      async function read(): Promise<void> {
        again = true
        if (reading) return
        reading = true
        while (again) {
          again = false
          const all = await queueOf(now!.owner).list()
          if (active() === now) setHere(all)
        }
        reading = false
      }
      onCleanup(onPhotos((owner) => owner === now.owner && void read()))
      void read()
    }),
  )
})

/** The photos of this person in the active company that this device keeps: waiting, refused, and those verified lately. */
export const photosHere = here

/** The photos of this device that are in the same place already, by the server's word: they go as soon as they are looked at. */
export const knownPhotos = createRoot(() =>
  createMemo(
    () =>
      new Set(
        outbox
          .items()
          .filter(isKnownPhoto)
          .map((item) => (item.args as { id: string }).id),
      ),
  ),
)

const [wereKnown, setWereKnown] = createSignal<ReadonlySet<string>>(new Set())
createRoot(() =>
  createEffect(() => {
    const news = [...knownPhotos()].filter((id) => !untrack(wereKnown).has(id))
    if (!news.length) return
    setWereKnown((all) => new Set([...all, ...news]))
    sayTo(t('photo.knownHint'), 'copy')
  }),
)
/** Those that this page has seen to be there already; the phone learns it from the server, and forgets them then. */
export { wereKnown }

/** What is said about a photo when it is added. */
export type PhotoWords = Omit<PhotoArgs, 'id' | 'sha256' | 'bytes' | 'width' | 'height'>

/**
 * Compresses a picture, keeps it durably on this device, and announces it; it is sent in the background. Answers its id.
 * Rejects with IMAGE, QUOTA, TAKEN (the same picture is there already) or what else refuses it; then nothing is kept.
 */
export async function addPhoto(source: Blob | ImageBitmap, words: PhotoWords): Promise<string> {
  const now = active()
  if (!now) throw new AppError('AUTHN')
  const { file, thumb, width, height, sha256 } = await compress(source)
  const args: PhotoArgs = { ...words, id: newId(), sha256, bytes: file.size, width, height }
  const queue = queueOf(now.owner)
  return announcing(now.owner, async () => {
    await keepPhoto({ queue, announce: sayAdd }, { userId: now.user.id, companyId: now.company.company_id, args, file, thumb })
    return args.id
  }).finally(() => tellPhotos(now.owner))
}

/** Tries a refused photo again, its command too; all that wait when no id is given. */
export async function retryPhotos(id?: string): Promise<void> {
  const now = active()!
  const refused = id && announcementsIn(outbox.items() as never[]).get(id)
  if (refused && refused.state === 'refused') await outbox.resend(refused.id)
  await queueOf(now.owner).retry(id)
  tellPhotos(now.owner)
  now.bus.post({ type: 'wake', retry: true })
}

/** Throws a refused photo away for good, with the command that announced it. Screens confirm first. */
export async function discardPhoto(id: string): Promise<void> {
  const now = active()!
  const refused = announcementsIn(outbox.items() as never[]).get(id)
  if (refused && refused.state === 'refused') await outbox.discard(refused.id)
  await queueOf(now.owner).discard(id)
  tellPhotos(now.owner)
}

/** The pixels that this device keeps of a photo, null when it has none. */
export async function pixelsHere(id: string, size: 'thumb' | 'full'): Promise<Blob | null> {
  const now = active()
  const kept = now && (await queueOf(now.owner).file(id))
  if (!kept) return null
  return size === 'thumb' ? (kept.thumb ?? kept.file) : kept.file
}
