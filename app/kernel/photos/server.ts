// What the queue asks of the server: where photos stand, their files, and the confirmation.
// the browser's build by name: it takes Blobs wherever it runs, in tests too
import { DetailedError, Upload } from 'tus-js-client/lib.esm/browser/index.js'
import { AppError } from '../errors.ts'
import { newId } from '../ids.ts'
import type { Address, Door } from './door.ts'
import { makeFetchStack } from './fetch-stack.ts'
import { BUCKET, objectName } from './names.ts'
import type { QueuedPhoto } from './store.ts'

/** What hosted Storage takes at a time; a smaller file is one piece, whose received part counts all the same. */
const CHUNK_BYTES = 6 * 1024 * 1024
/** Below, a file goes in one plain request: going on where it stopped would cost more than starting again. */
const PLAIN_BYTES = 96 * 1024
/** A call without an answer for this long has failed; a bad network still moves 6 MB in it. */
const STALL_MS = 180_000

/** The place where an upload goes on has moved meanwhile. */
const MOVED = 'MOVED'

/** The server's time to write down what arrived before a break. */
const SETTLE_MS = 300

/** Where a photo stands on the server. */
export interface ServerPhoto {
  id: string
  state: 'announced' | 'stored' | 'verified' | 'refused'
  refusal: string | null
}

export interface UploadPorts {
  /** The upload has this address from now on: where it goes on after a break. */
  onUrl: (uploadUrl: string) => Promise<void>
  /** The server has this many bytes. */
  onSent: (bytes: number) => void
}

export interface PhotoServer {
  /** Where these photos stand; those that the caller does not see are missing. Rejects with AppError. */
  states: (companyId: string, ids: string[]) => Promise<ServerPhoto[]>
  /** Brings the file to the server. Resolves also when it was there already. Rejects with AppError. */
  upload: (photo: QueuedPhoto, file: Blob, ports: UploadPorts) => Promise<void>
  /** Says that the file has arrived. Rejects with AppError. */
  confirm: (companyId: string, id: string) => Promise<void>
}

/** The failure that a status of Storage stands for; null when the file is there already. */
function storageError(status: number, message: string, goingOn = false): AppError | null {
  // Going on, 409 says that the server has more, or fewer, bytes than it said (423: that it still writes them): nothing is there yet.
  if (goingOn && (status === 409 || status === 423) && !/Duplicate|already exists/i.test(message)) return new AppError(MOVED, undefined, message)
  if (status === 409 || /Duplicate|already exists/i.test(message)) return null
  if (/row-level security/i.test(message)) return new AppError('RIGHT', undefined, message)
  // A stale token has no status of its own: 400, 401 or 403 with various words.
  if (status === 401 || status === 403 || /jwt|jws|token/i.test(message)) return new AppError('AUTHN', undefined, message)
  if (status === 413) return new AppError('LIMIT', 'bytes', message)
  if (status === 0) return new AppError('NETWORK', undefined, message)
  return new AppError(String(status), undefined, message)
}

/**
 * The server as the queue sees it.
 * @param chunkBytes size of a piece of a resumable upload
 * @param call for tests that break the network
 */
export function makePhotoServer(door: Door, { chunkBytes = CHUNK_BYTES, plainBytes = PLAIN_BYTES, call = fetch } = {}): PhotoServer {
  const limited: typeof fetch = (input, init) => {
    const limit = AbortSignal.timeout(STALL_MS)
    return call(input, { ...init, signal: init?.signal ? AbortSignal.any([init.signal, limit]) : limit })
  }

  /** Where uploads of this drain go on, before the queue has heard of it. */
  const known = new Map<string, string>()

  async function plain(photo: QueuedPhoto, file: Blob, name: string, { url, headers }: Address): Promise<AppError | null> {
    let response: Response
    try {
      response = await limited(`${url}/storage/v1/object/${BUCKET}/${name}`, {
        method: 'POST',
        headers: { ...headers, 'content-type': file.type, 'x-upsert': 'false', 'cache-control': 'max-age=31536000' },
        body: file,
      })
    } catch (error) {
      return new AppError('NETWORK', undefined, String(error))
    }
    if (response.ok) return null
    const { statusCode, message = '' } = (await response.json().catch(() => ({}))) as { statusCode?: string; message?: string }
    return storageError(Number(statusCode ?? response.status), message)
  }

  function resumable(photo: QueuedPhoto, file: Blob, name: string, { url, headers }: Address, ports: UploadPorts): Promise<AppError | null> {
    return new Promise((resolve) => {
      const goOn = (uploadUrl: string) => {
        known.set(photo.id, uploadUrl)
        void ports.onUrl(uploadUrl).catch(() => undefined)
      }
      const upload: Upload = new Upload(file, {
        endpoint: `${url}/storage/v1/upload/resumable`,
        uploadUrl: known.get(photo.id) ?? photo.uploadUrl ?? null,
        headers: { ...headers, 'x-upsert': 'false' },
        metadata: { bucketName: BUCKET, objectName: name, contentType: file.type, cacheControl: '31536000' },
        chunkSize: chunkBytes,
        // The queue has its own pauses, and knows when the network is back.
        retryDelays: null,
        storeFingerprintForResuming: false,
        httpStack: makeFetchStack(limited),
        onUploadUrlAvailable: () => upload.url && goOn(upload.url),
        onChunkComplete: (_size, accepted) => ports.onSent(accepted),
        onSuccess: () => resolve(null),
        onError: (error) => {
          if (!(error instanceof DetailedError)) return resolve(new AppError('FAULT', undefined, error.message))
          const answer = error.originalResponse
          resolve(storageError(answer?.getStatus() ?? 0, answer?.getBody() || error.message, error.originalRequest?.getMethod() !== 'POST'))
        },
      })
      upload.start()
    })
  }

  return {
    states: (companyId, ids) => door.rowsById<ServerPhoto>('photos', 'id,state,refusal', ids, companyId),

    async upload(photo, file, ports) {
      const name = objectName(photo.companyId, photo.args.site_id, photo.args.sha256)
      const send = (address: Address) =>
        file.size <= plainBytes && !photo.uploadUrl ? plain(photo, file, name, address) : resumable(photo, file, name, address, ports)
      const address = await door.address(photo.companyId)
      // What was on its way when the cable broke reaches the disk first: then nothing of it is sent again.
      if (photo.uploadUrl) await new Promise((resolve) => setTimeout(resolve, SETTLE_MS))
      let failure = await send(address)
      // A stale token is renewed once, by the session that page and service worker share.
      if (failure?.code === 'AUTHN') failure = await send(await door.address(photo.companyId, address.headers))
      // What arrived before a break may still be on its way to the disk: ask again how much there is.
      for (let turn = 0; failure?.code === MOVED && turn < 5; turn++) {
        await new Promise((resolve) => setTimeout(resolve, 100 * 2 ** turn))
        failure = await send(await door.address(photo.companyId))
      }
      if (failure) throw failure.code === MOVED ? new AppError('503', undefined, failure.message) : failure
    },

    async confirm(companyId, id) {
      await door.rpc('confirm_photo', { command_id: newId(), id }, companyId)
    },
  }
}
