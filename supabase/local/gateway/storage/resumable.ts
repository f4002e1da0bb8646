import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, readdir, stat, unlink } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { FileConfigstore, FileStore } from '@tus/file-store'
import { Metadata as TusMetadata, Server, Upload, type ServerOptions } from '@tus/server'
import type { Caller } from '../tokens.ts'
import type { Bucket, Scope } from './database.ts'
import { invalidRequest, StorageError, tooMany, toStorageError } from './errors.ts'
import type { Files } from './files.ts'
import { requireBucketName, requireName } from './names.ts'
import { isRefusal, register } from './objects.ts'
import { cleanCacheControl, describe, limitOf, readMetadata } from './receive.ts'
import { cleanType, HEAD, requireAllowed, requireContent } from './types.ts'

export const RESUMABLE = '/storage/v1/upload/resumable'
/** Most unfinished uploads of an owner: what they hold on disk is bounded. */
const MOST = 16
/** At that number, those that nothing has come to for so long, in ms, make room. */
const SILENCE = 60 * 60 * 1000
/** An upload that is not finished a day after it began is forgotten. */
const LIFETIME = 24 * 60 * 60 * 1000
const HOURLY = 60 * 60 * 1000
const ID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/

/** What the service notes about an upload; none of it can be set by the client alone. */
type Notes = Record<'bucketName' | 'objectName' | 'contentType' | 'cacheControl' | 'owner' | 'upsert' | 'finished', string | null> & {
  metadata?: string | null
}

/** A request to the protocol's server, with what was already found out about it. */
interface Known {
  id: string
  scope: Scope
  bucket: Bucket
  notes: Notes
}

type TusRequest = Parameters<NonNullable<ServerOptions['onIncomingRequest']>>[0]

/** Uploads in pieces by the tus protocol 1.0.0. The pieces lie in a folder of their own until the last one is there. */
export class Resumable {
  private readonly store: Store
  private readonly server: Server
  private readonly known = new WeakMap<IncomingMessage, Known>()
  private readonly finishing = new Map<string, Promise<void>>()
  private readonly sweeping: NodeJS.Timeout

  constructor(private readonly files: Files) {
    this.store = new Store(files.uploads)
    this.sweeping = setInterval(() => void this.sweep(), HOURLY).unref()
    this.server = new Server({
      path: RESUMABLE,
      datastore: this.store,
      relativeLocation: true,
      allowedOrigins: [],
      disableTerminationForFinishedUploads: true,
      maxSize: (request) => limitOf(this.knownOf(request).bucket),
      namingFunction: (request) => this.knownOf(request).id,
      getFileIdFromRequest: (request) => idOf(request.url),
      onUploadCreate: async (request) => ({ metadata: this.knownOf(request).notes }),
      onUploadFinish: async (request, upload) => {
        await this.finish(this.knownOf(request).scope, upload.id).catch((error: unknown) => {
          throw asTusError(error)
        })
        return { headers: { 'Tus-Complete': '1' } }
      },
    })
  }

  /** Forgets what expired; also right at the start. */
  async sweep(): Promise<void> {
    await this.store.deleteExpired().catch((error: unknown) => console.error('[gateway] storage:', error))
  }

  /** Answers a request of the protocol. `scope` is who asks. */
  async handle(request: IncomingMessage, response: ServerResponse, scope: Scope): Promise<void> {
    const { method } = request
    if (method !== 'POST' && method !== 'PATCH' && method !== 'HEAD' && method !== 'DELETE')
      throw new StorageError(404, 'InvalidRequest', 'Route not found')
    if (method === 'POST') {
      const known = await this.begin(request, scope)
      this.known.set(request, known)
      await this.serve(request, response).finally(() => {
        if (response.statusCode !== 201) this.store.release(known.id)
      })
      return
    } else {
      const id = idOf(request.url ?? '')
      const known = id && (await this.resume(scope, id))
      // of an upload that is somebody else's nobody learns that it exists
      if (!known) return refuse(response, 404, 'The file for this url was not found')
      if (method === 'PATCH' && known.notes.finished === null)
        await known.scope.tryWrite(rowOf(known.notes, id, undefined), known.notes.upsert === 'true')
      // all bytes are there and the row is not: the database was away at the end
      if (method === 'HEAD' && known.complete) await this.finish(scope, id)
      this.known.set(request, known)
    }
    await this.serve(request, response)
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.setTimeout(30_000, () => request.destroy())
    await this.server.handle(request, response)
  }

  close(): void {
    clearInterval(this.sweeping)
  }

  /** Looks at an upload that is to begin. @throws what refuses it */
  private async begin(request: IncomingMessage, scope: Scope): Promise<Known> {
    const length = request.headers['upload-length']
    if (length !== undefined && !/^\d{1,15}$/.test(String(length))) throw invalidRequest('Invalid upload-length')
    const header = request.headers['upload-metadata']
    let wanted: Record<string, string | null>
    try {
      wanted = TusMetadata.parse(typeof header === 'string' ? header : undefined)
    } catch {
      throw invalidRequest('Metadata header is required')
    }
    const bucket = await scope.bucket(requireBucketName(wanted.bucketName))
    const contentType = cleanType(wanted.contentType ?? undefined)
    requireAllowed(contentType, bucket.allowed_mime_types)
    readMetadata(wanted.metadata ?? undefined)
    const notes: Notes = {
      bucketName: bucket.id,
      objectName: requireName(wanted.objectName),
      contentType,
      cacheControl: cleanCacheControl(/^\d{1,9}$/.test(wanted.cacheControl ?? '') ? `max-age=${wanted.cacheControl}` : undefined),
      metadata: wanted.metadata ?? null,
      owner: ownerOf(scope.caller),
      upsert: String(request.headers['x-upsert'] === 'true'),
      finished: null,
    }
    const id = randomUUID()
    await scope.tryWrite(rowOf(notes, id, undefined), notes.upsert === 'true')
    await this.store.reserve(id, notes.owner!)
    return { id, scope, bucket, notes }
  }

  /** An upload that began, if it is this caller's. */
  private async resume(scope: Scope, id: string): Promise<(Known & { complete: boolean }) | undefined> {
    const upload = await this.store.getUpload(id).catch(() => undefined)
    const notes = upload?.metadata as Notes | undefined
    if (!upload || !notes || notes.owner !== ownerOf(scope.caller)) return undefined
    const complete = upload.offset === upload.size && notes.finished === null
    return { id, scope, bucket: await scope.bucket(notes.bucketName!), notes, complete }
  }

  /** Makes an object of an upload that is whole, once, whoever asks first. */
  private finish(scope: Scope, id: string): Promise<void> {
    let work = this.finishing.get(id)
    if (!work) {
      work = this.makeObject(scope, id).finally(() => this.finishing.delete(id))
      this.finishing.set(id, work)
    }
    return work
  }

  private async makeObject(scope: Scope, id: string): Promise<void> {
    const upload = await this.store.getUpload(id)
    const notes = upload.metadata as Notes
    if (notes.finished !== null) return
    try {
      const bucket = await scope.bucket(notes.bucketName!)
      const path = this.store.path(id)
      const size = (await stat(path)).size
      requireContent(notes.contentType!, await firstBytes(path), bucket.allowed_mime_types)
      const metadata = describe(size, await hashOf(path), notes.contentType!, notes.cacheControl!)
      // after a crash the object may be there already
      if (!(await this.exists(scope, notes, id))) {
        await this.files.adopt(path, id).catch((error: NodeJS.ErrnoException) => {
          if (error.code !== 'EEXIST') throw error
        })
        await register(scope, this.files, rowOf(notes, id, metadata), notes.upsert === 'true')
      }
    } catch (error) {
      if (isRefusal(error)) await this.store.remove(id)
      throw error
    }
    await this.store.finished(upload)
  }

  private async exists(scope: Scope, notes: Notes, id: string): Promise<boolean> {
    return (await scope.asService().find(notes.bucketName!, notes.objectName!))?.version === id
  }

  private knownOf(request: TusRequest): Known {
    return this.known.get(request.runtime!.node!.req as IncomingMessage)!
  }
}

/** The unfinished uploads on disk; of a finished one the note stays until it expires, so that whoever missed the answer can ask again. */
class Store extends FileStore {
  private readonly notes: FileConfigstore
  /** Unfinished uploads by owner, those about to begin among them; this gateway alone writes to the folder. */
  private readonly unfinished = new Map<string, Set<string>>()
  private counted: Promise<void> | undefined

  constructor(directory: string) {
    const notes = new FileConfigstore(directory)
    super({ directory, configstore: notes, expirationPeriodInMilliseconds: LIFETIME })
    this.notes = notes
  }

  path(id: string): string {
    return join(this.directory, id)
  }

  override async getUpload(id: string): Promise<Upload> {
    const upload = await this.notes.get(id)
    if (upload?.metadata?.finished) return new Upload({ ...upload, id, offset: upload.size! })
    return super.getUpload(id)
  }

  /**
   * Takes one of an owner's places for an upload that is to begin.
   * @throws TooManyRequests with the time until the next place is free at the latest
   */
  async reserve(id: string, owner: string): Promise<void> {
    await (this.counted ??= this.count())
    let wait = SILENCE
    if (this.placesOf(owner).size >= MOST) wait = await this.makeRoom(owner)
    const places = this.placesOf(owner)
    if (places.size >= MOST) throw tooMany(`There are ${MOST} unfinished uploads already: finish them, or try again later.`, Math.ceil(wait / 1000))
    places.add(id)
    this.unfinished.set(owner, places)
  }

  /** Gives a place back: the upload is finished, given up, or did not begin. */
  release(id: string): void {
    for (const [owner, places] of this.unfinished) if (places.delete(id) && places.size === 0) this.unfinished.delete(owner)
  }

  private placesOf(owner: string): Set<string> {
    return this.unfinished.get(owner) ?? new Set()
  }

  /** Forgets what nothing has come to for long. @returns in how many ms the next one will have been silent for long */
  private async makeRoom(owner: string): Promise<number> {
    const left = await Promise.all(
      [...this.placesOf(owner)].map(async (id) => {
        const touched = await stat(this.path(id)).then(
          ({ mtimeMs }) => mtimeMs,
          () => Date.now(), // it is just beginning
        )
        const rest = touched + SILENCE - Date.now()
        if (rest <= 0) await this.remove(id)
        return Math.max(rest, 0)
      }),
    )
    return Math.min(...left)
  }

  /** Counts what an earlier run left. */
  private async count(): Promise<void> {
    for (const id of await this.ids()) {
      const { owner, finished } = ((await this.notes.get(id).catch(() => undefined))?.metadata ?? {}) as Partial<Notes>
      if (owner && !finished) this.unfinished.set(owner, this.placesOf(owner).add(id))
    }
  }

  /** Keeps the note alone. */
  async finished({ id, size, metadata, creation_date }: Upload): Promise<void> {
    await this.notes.set(id, new Upload({ id, size, offset: size!, creation_date, metadata: { ...metadata, finished: new Date().toISOString() } }))
    await unlink(this.path(id)).catch(() => undefined)
    this.release(id)
  }

  override async remove(id: string): Promise<void> {
    this.release(id)
    await unlink(this.path(id)).catch(() => undefined)
    await this.notes.delete(id).catch(() => undefined)
  }

  /** Forgets what began too long ago, finished or not. @returns how many */
  override async deleteExpired(): Promise<number> {
    const old = await Promise.all((await this.ids()).map(async (id) => ((await this.age(id)) > LIFETIME ? [id] : [])))
    await Promise.all(old.flat().map((id) => this.remove(id)))
    return old.flat().length
  }

  private async ids(): Promise<string[]> {
    const ids = (await readdir(this.directory)).map((file) => file.replace(/\.json$/, '')).filter((id) => ID.test(id))
    return [...new Set(ids)]
  }

  private async age(id: string): Promise<number> {
    const upload = await this.notes.get(id).catch(() => undefined)
    return upload?.creation_date ? Date.now() - Date.parse(upload.creation_date) : Infinity
  }
}

const idOf = (url: string) => {
  const id = /\/([^/?]+)\/?(?:\?.*)?$/.exec(url)?.[1] ?? ''
  return ID.test(id) ? id : undefined
}

/** Uploads belong to a user; those without one to the role, and to who knows their id. */
const ownerOf = ({ claims, role }: Caller) => claims.sub ?? `role ${role}`

function rowOf(notes: Notes, version: string, metadata: ReturnType<typeof describe> | undefined) {
  const owner = notes.owner?.startsWith('role ') ? undefined : (notes.owner ?? undefined)
  return {
    bucket: notes.bucketName!,
    name: notes.objectName!,
    owner,
    version,
    metadata: metadata ?? {},
    userMetadata: readMetadata(notes.metadata ?? undefined),
  }
}

async function firstBytes(path: string): Promise<Buffer> {
  const file = await open(path, 'r')
  const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD), 0, HEAD, 0).finally(() => file.close())
  return buffer.subarray(0, bytesRead)
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) hash.update(chunk)
  return hash.digest('hex')
}

/** The form in which the protocol's server takes refusals. */
function asTusError(error: unknown): { status_code: number; body: string } {
  const { status, message } = toStorageError(error)
  return { status_code: status, body: message }
}

function refuse(response: ServerResponse, status: number, sentence: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'tus-resumable': '1.0.0', 'x-content-type-options': 'nosniff' })
  response.end(sentence)
}
