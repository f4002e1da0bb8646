import { active } from '../active.ts'
import { AppError } from '../errors.ts'
import { photoCache } from './cache.ts'
import type { Address } from './door.ts'
import { BUCKET, mayBeThere, objectName } from './names.ts'
import { pixelsHere } from './view.ts'

/** What names the pixels of a photo. */
export interface PhotoName {
  id: string
  site_id: string
  sha256: string
  state: string
}

/** The pixels that this device has of a photo, taken or fetched before: null when it has none. Asks no network. */
export async function pixelsHeld(photo: PhotoName, size: 'thumb' | 'full'): Promise<Blob | null> {
  const now = active()
  if (!now) return null
  const own = await pixelsHere(photo.id, size)
  if (own) return own
  const kept = await (await caches.open(photoCache(now.owner))).match(keyOf(photo))
  return kept ? kept.blob() : null
}

const listeners = new Set<(sha256: string) => void>()

/** Calls back when this page has fetched a photo. Answers the way to stop. */
export function onFetched(listener: (sha256: string) => void): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

/** Under what a fetched photo is kept. */
const keyOf = (photo: PhotoName) => `/photos/${photo.site_id}/${photo.sha256}`

/**
 * The pixels of a photo: those that this device took, those it fetched before, else the server's, which it then keeps for the next time
 * without a network. A thumbnail does when it is all there is. Rejects with NETWORK, RIGHT or ABSENT.
 */
export async function pixelsOf(photo: PhotoName, size: 'thumb' | 'full'): Promise<Blob> {
  const now = active()
  if (!now) throw new AppError('AUTHN')
  const held = await pixelsHeld(photo, size)
  if (held) return held
  // Opened before the question: rights that go meanwhile take this cache away, and one opened after would come back with a picture in it.
  const cache = await caches.open(photoCache(now.owner))
  try {
    const response = await fetchPhoto(now.company.company_id, photo)
    await cache.put(keyOf(photo), response.clone()).then(
      () => listeners.forEach((tell) => tell(photo.sha256)),
      () => undefined,
    )
    return await response.blob()
  } catch (error) {
    const small = size === 'full' && (await pixelsHere(photo.id, 'thumb'))
    if (small) return small
    throw error
  }
}

async function fetchPhoto(companyId: string, photo: PhotoName): Promise<Response> {
  if (!mayBeThere(photo.state)) throw new AppError('ABSENT')
  const { deviceDoor } = await import('./door.ts')
  const get = ({ url, headers }: Address) =>
    fetch(`${url}/storage/v1/object/authenticated/${BUCKET}/${objectName(companyId, photo.site_id, photo.sha256)}`, { headers })
  let response: Response
  try {
    const address = await deviceDoor.address(companyId)
    response = await get(address)
    // 400 says both: no such file for you, or a stale token.
    if (response.status === 401 || (response.status === 400 && !/not.?found/i.test(await response.clone().text()))) {
      response = await get(await deviceDoor.address(companyId, address.headers))
    }
  } catch (error) {
    throw error instanceof AppError ? error : new AppError('NETWORK', undefined, String(error))
  }
  if (!response.ok) throw new AppError(response.status >= 500 ? String(response.status) : 'ABSENT')
  return response
}
