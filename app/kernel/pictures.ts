// Logos and portraits: small files named by their content, in the bucket `pictures`. Loaded by the parts that show them.
import { active } from './active.ts'
import { AppError } from './errors.ts'
import { limitedFetch } from './http.ts'
import { photoCache } from './photos/cache.ts'
import type { Address } from './photos/door.ts'

/** A picture is drawn at most this large, in px. */
const EDGE = 300
/** What the bucket takes, in bytes. */
const MOST = 256 * 1024

export type PictureKind = 'logo' | 'people'
const kinds = { logo: { type: 'image/png', ending: 'png' }, people: { type: 'image/jpeg', ending: 'jpg' } } as const

const nameOf = (companyId: string, kind: PictureKind, sha256: string) => `${companyId}/${kind}/${sha256}.${kinds[kind].ending}`
const keyOf = (kind: PictureKind, sha256: string) => `/pictures/${kind}/${sha256}`

/** Asks Storage, and once more with a renewed token when it calls the first one stale. */
async function ask(companyId: string, call: (address: Address) => Promise<Response>): Promise<Response> {
  const { deviceDoor } = await import('./photos/door.ts')
  try {
    const address = await deviceDoor.address(companyId)
    const response = await call(address)
    if (response.ok || !/jwt|jws|token|expired/i.test(await response.clone().text())) return response
    return await call(await deviceDoor.address(companyId, address.headers))
  } catch (error) {
    throw error instanceof AppError ? error : new AppError('NETWORK', undefined, String(error))
  }
}

const hex = (bytes: ArrayBuffer) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('')

/** Draws a picture as it is kept: a logo whole, a portrait as the square in its middle. Rejects with IMAGE. */
async function draw(kind: PictureKind, source: Blob, edge: number): Promise<Blob> {
  const url = URL.createObjectURL(source)
  try {
    // An image element reads SVG too, and the turn that a camera noted.
    const image = new Image()
    image.src = url
    await image.decode().catch(() => {
      throw new AppError('IMAGE')
    })
    const { naturalWidth: width, naturalHeight: height } = image
    const side = Math.min(width, height)
    const scale = Math.min(1, edge / (kind === 'logo' ? Math.max(width, height) : side))
    const canvas = document.createElement('canvas')
    canvas.width = Math.max(1, Math.round((kind === 'logo' ? width : side) * scale))
    canvas.height = Math.max(1, Math.round((kind === 'logo' ? height : side) * scale))
    const pen = canvas.getContext('2d')!
    if (kind === 'logo') pen.drawImage(image, 0, 0, canvas.width, canvas.height)
    else pen.drawImage(image, (width - side) / 2, (height - side) / 2, side, side, 0, 0, canvas.width, canvas.height)
    const drawn = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, kinds[kind].type, 0.85))
    if (!drawn) throw new AppError('IMAGE')
    return drawn
  } finally {
    URL.revokeObjectURL(url)
  }
}

/**
 * Brings a picture to the server and answers the hash that names it; a command then says that it counts. Needs the network.
 * Rejects with IMAGE, NETWORK or RIGHT.
 */
export async function storePicture(kind: PictureKind, source: Blob): Promise<string> {
  const now = active()
  if (!now) throw new AppError('AUTHN')
  let file = await draw(kind, source, EDGE)
  for (let edge = EDGE / 2; file.size > MOST; edge /= 2) file = await draw(kind, source, edge)
  const sha256 = hex(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()))
  const companyId = now.company.company_id
  const response = await ask(companyId, ({ url, headers }) =>
    fetch(`${url}/storage/v1/object/pictures/${nameOf(companyId, kind, sha256)}`, {
      method: 'POST',
      headers: { ...headers, 'content-type': file.type, 'x-upsert': 'false', 'cache-control': 'max-age=31536000' },
      body: file,
    }),
  )
  const { message = '', statusCode = String(response.status) } = response.ok
    ? {}
    : ((await response.json().catch(() => ({}))) as { message?: string; statusCode?: string })
  // The same name is the same picture: it is there.
  if (!response.ok && !/Duplicate|already exists/i.test(message))
    throw new AppError(/row-level/.test(message) ? 'RIGHT' : statusCode, undefined, message)
  const cache = await caches.open(photoCache(now.owner))
  await cache.put(keyOf(kind, sha256), new Response(file, { headers: { 'content-type': file.type } })).catch(() => undefined)
  return sha256
}

const shown = new Map<string, Promise<string>>()

/** The address of a picture for this page: kept on this device, else fetched. Rejects with NETWORK or ABSENT. */
export function pictureUrl(kind: PictureKind, sha256: string): Promise<string> {
  const now = active()
  if (!now) return Promise.reject(new AppError('AUTHN'))
  const name = `${now.owner} ${kind} ${sha256}`
  const found = shown.get(name) ?? pictureFile(kind, sha256).then((file) => URL.createObjectURL(file))
  shown.set(name, found)
  found.catch(() => shown.delete(name))
  return found
}

/** A picture's file as this device keeps it; undefined when it does not. */
export async function pictureHeld(kind: PictureKind, sha256: string): Promise<Blob | undefined> {
  const now = active()
  return now ? (await (await caches.open(photoCache(now.owner))).match(keyOf(kind, sha256)))?.blob() : undefined
}

/** A picture's file: kept on this device, else fetched. Rejects with AUTHN, NETWORK or ABSENT. */
async function pictureFile(kind: PictureKind, sha256: string): Promise<Blob> {
  const held = await pictureHeld(kind, sha256)
  if (held) return held
  const now = active()
  if (!now) throw new AppError('AUTHN')
  // Opened before the question: rights that go meanwhile take this cache away, and one opened after would come back with a picture in it.
  const cache = await caches.open(photoCache(now.owner))
  const response = await ask(now.company.company_id, ({ url, headers }) =>
    limitedFetch(`${url}/storage/v1/object/authenticated/pictures/${nameOf(now.company.company_id, kind, sha256)}`, { headers }),
  )
  if (!response.ok) throw new AppError('ABSENT')
  await cache.put(keyOf(kind, sha256), response.clone()).catch(() => undefined)
  return response.blob()
}
