// What signing out, and the end of a membership, ask of the photos of this device. A chunk of its own: who signs in does not wait for it.
import { photoCache } from './cache.ts'
import { makePhotoQueue } from './queue.ts'
import { idbPhotoStore } from './store.ts'

/** How many photos of these owners the server has not verified. */
export async function countPhotos(owners: string[]): Promise<number> {
  const counts = await Promise.all(owners.map((owner) => makePhotoQueue(idbPhotoStore(owner)).count()))
  return counts.reduce((sum, { waiting, refused }) => sum + waiting + refused, 0)
}

/** Forgets the photos that this device fetched for these owners; those it took stay. */
export async function forgetFetched(owners: string[]): Promise<void> {
  await Promise.all(owners.map((owner) => caches.delete(photoCache(owner))))
}

/** Forgets the photos of these owners that the server has verified. */
export async function forgetSent(owners: string[]): Promise<void> {
  await Promise.all(owners.map((owner) => makePhotoQueue(idbPhotoStore(owner)).makeRoom()))
}
