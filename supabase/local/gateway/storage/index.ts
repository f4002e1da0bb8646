import type { IncomingMessage, ServerResponse } from 'node:http'
import { HttpError, readBody, sendJson } from '../http.ts'
import { Pool } from '../pool.ts'
import { bearer, type Caller, type Tokens } from '../tokens.ts'
import { bucketRoute } from './buckets.ts'
import { Scope, SERVICE, type StoredObject } from './database.ts'
import { invalidRequest, notServed, noSuchBucket, StorageError, toStorageError } from './errors.ts'
import { Files } from './files.ts'
import { decodeName, decodeSegment, requireBucketName } from './names.ts'
import * as objects from './objects.ts'
import { runOut } from './receive.ts'
import { Resumable, RESUMABLE } from './resumable.ts'
import { serve, type ServeOptions } from './serve.ts'
import { Signer } from './signer.ts'

export interface StorageOptions {
  /** Folder of the objects' contents; this gateway alone writes to it. */
  dir: string
  databaseUrl: string
  tokens: Tokens
  jwtSecret: string
  poolSize?: number
}

type Json = Record<string, unknown>

const BODY_LIMIT = 1024 * 1024
/** How long a signed address takes an upload, in seconds: as the hosted service. */
const UPLOAD_PERMIT = 2 * 60 * 60
/** How long an address may be signed for reading at most, in seconds: whoever has it reads, member or not, and it cannot be called back. */
const READ_PERMIT = 60 * 60
const OTHER_PROTOCOLS: Record<string, string> = {
  s3: 'The S3 protocol',
  render: 'Image transformation',
  vector: 'Vectors',
  iceberg: 'Analytics',
  cdn: 'The CDN',
}

/** A request under way. */
interface Exchange {
  request: IncomingMessage
  response: ServerResponse
  url: URL
}

/** The storage service: buckets and objects as `@supabase/storage-js` speaks of them; row-level security of storage.objects decides. */
export class Storage {
  private readonly pool: Pool
  private readonly files: Files
  private readonly signer: Signer
  private readonly resumable: Resumable
  private readonly tokens: Tokens

  constructor({ dir, databaseUrl, tokens, jwtSecret, poolSize = 5 }: StorageOptions) {
    this.pool = new Pool(databaseUrl, { size: poolSize, parameters: { statement_timeout: '10s', lock_timeout: '5s' } })
    this.files = new Files(dir)
    this.signer = new Signer(jwtSecret)
    this.resumable = new Resumable(this.files)
    this.tokens = tokens
  }

  /** Removes what an earlier run left behind; while the database is away, nothing. */
  async start(): Promise<void> {
    try {
      const scope = new Scope(this.pool, { headers: {}, method: 'GET', url: '/' } as IncomingMessage, SERVICE, 'storage.collect')
      // a database that names nothing is more likely not the one of these files
      const [any] = await scope.run({ text: 'select from storage.objects limit 1' })
      await this.files.collect((versions) => (any ? objects.namedVersions(scope, versions) : Promise.resolve(new Set(versions))))
      await this.resumable.sweep()
    } catch (error) {
      if (toStorageError(error).status !== 503) throw error
    }
  }

  close(): void {
    this.resumable.close()
    this.pool.close()
  }

  /** Answers `/storage/v1/…`; never throws. */
  async handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    try {
      await this.route({ request, response, url })
    } catch (error) {
      if (response.headersSent) return void response.destroy()
      if (error instanceof HttpError)
        return await sendJson(request, response, error.status, { statusCode: String(error.status), ...(error.body as Json) })
      const refusal = toStorageError(error)
      const resumable = url.pathname.startsWith(RESUMABLE)
      // the protocol of resumable uploads speaks by the status itself
      const status = resumable ? refusal.status : refusal.httpStatus
      if (response.destroyed) return
      await sendJson(request, response, status, refusal.body, {
        'cache-control': 'no-store',
        ...(resumable ? { 'tus-resumable': '1.0.0' } : {}),
        ...(refusal.retryAfter ? { 'retry-after': String(refusal.retryAfter) } : {}),
      })
      runOut(request, response)
    }
  }

  private async route(exchange: Exchange): Promise<void> {
    const { request, response, url } = exchange
    const path = url.pathname.slice('/storage/v1/'.length)
    const [kind = '', ...rest] = path.split('/')
    const other = OTHER_PROTOCOLS[kind]
    if (other) throw notServed(other)
    if (path === 'upload/resumable' || path.startsWith('upload/resumable/')) {
      if (rest[1] === 'sign') throw notServed('A resumable upload to a signed address')
      return this.resumable.handle(request, response, await this.scope(exchange, 'storage.tus.upload'))
    }
    if (kind === 'bucket') {
      const scope = await this.scope(exchange, 'storage.bucket')
      const body = request.method === 'GET' ? {} : await readJson(request)
      return sendJson(request, response, 200, await bucketRoute(scope, this.files, request.method!, rest.map(decodeSegment), body))
    }
    if (kind === 'object') return this.objectRoute(exchange, rest)
    throw new StorageError(404, 'InvalidRequest', 'Route not found')
  }

  private async objectRoute(exchange: Exchange, path: string[]): Promise<void> {
    const { request, response } = exchange
    const tail = (from: number) => path.slice(from).join('/')
    const answer = (value: unknown) => sendJson(request, response, 200, value, { 'cache-control': 'no-store' })
    switch (request.method) {
      case 'GET':
      case 'HEAD':
        if (path[0] === 'info')
          return this.info(exchange, path[1] === 'public' || path[1] === 'authenticated' ? tail(2) : tail(1), path[1] === 'public')
        if (path[0] === 'public') return this.download(exchange, tail(1), true)
        if (path[0] === 'sign') return this.downloadSigned(exchange, tail(1))
        return this.download(exchange, path[0] === 'authenticated' ? tail(1) : tail(0), false)
      case 'POST':
        if (path[0] === 'list' && path.length === 2)
          return answer(await objects.list(await this.scope(exchange, 'storage.object.list'), decodeSegment(path[1]!), await readJson(request)))
        if (path[0] === 'list-v2') throw notServed('The second form of lists')
        if (path[0] === 'move' && path.length === 1)
          return answer(await objects.move(await this.scope(exchange, 'storage.object.move'), await readJson(request)))
        if (path[0] === 'copy' && path.length === 1)
          return answer(await objects.copy(await this.scope(exchange, 'storage.object.copy'), this.files, await readJson(request), upsertOf(request)))
        if (path[0] === 'sign' && path.length === 2) return answer(await this.signMany(exchange, decodeSegment(path[1]!)))
        if (path[0] === 'sign') return answer(await this.sign(exchange, tail(1)))
        if (path[0] === 'upload' && path[1] === 'sign') return answer(await this.signUpload(exchange, tail(2)))
        return answer(await this.upload(exchange, tail(0), upsertOf(request)))
      case 'PUT':
        if (path[0] === 'upload' && path[1] === 'sign') return answer(await this.uploadSigned(exchange, tail(2)))
        return answer(await this.upload(exchange, tail(0), true))
      case 'DELETE': {
        const scope = await this.scope(exchange, 'storage.object.delete_many')
        if (path.length === 1)
          return answer(await objects.remove(scope, this.files, requireBucketName(decodeSegment(path[0]!)), (await readJson(request)).prefixes))
        const { bucket, name } = decodeName(tail(0))
        const [gone] = await objects.remove(scope, this.files, bucket, [name])
        if (!gone) throw new StorageError(404, 'NoSuchKey', 'Object not found', 'not_found')
        return answer({ message: 'Successfully deleted' })
      }
    }
    throw new StorageError(404, 'InvalidRequest', 'Route not found')
  }

  /** Who asks: the bearer's token, or the API key alone. tus-js-client sends no key, so a token suffices. */
  private async scope({ request }: Exchange, operation: string): Promise<Scope> {
    const apikey = request.headers.apikey as string | undefined
    const token = bearer(request.headers.authorization)
    if (!apikey && !token) throw new StorageError(400, 'InvalidRequest', "headers must have required property 'authorization'", 'Error')
    let caller: Caller | undefined
    if (apikey) caller = await this.tokens.caller(apikey, request.headers.authorization)
    else caller = this.tokens.keyHolder(token!) ?? (await this.tokens.verify(token!))
    return new Scope(this.pool, request, caller, operation)
  }

  private service({ request }: Exchange, operation: string): Scope {
    return new Scope(this.pool, request, SERVICE, operation)
  }

  private async upload(exchange: Exchange, path: string, upsert: boolean): Promise<Json> {
    const place = decodeName(path)
    const scope = await this.scope(exchange, 'storage.object.upload')
    const id = await objects.upload(scope, this.files, exchange.request, place, scope.owner, upsert)
    return { Id: id, Key: `${place.bucket}/${place.name}` }
  }

  private async uploadSigned(exchange: Exchange, path: string): Promise<Json> {
    const place = decodeName(path)
    const key = `${place.bucket}/${place.name}`
    const { owner, upsert = false } = await this.signer.verify(exchange.url.searchParams.get('token'), 'write', key)
    await objects.upload(this.service(exchange, 'storage.object.upload_signed'), this.files, exchange.request, place, owner, upsert)
    return { Key: key }
  }

  private async signUpload(exchange: Exchange, path: string): Promise<Json> {
    const place = decodeName(path)
    const scope = await this.scope(exchange, 'storage.object.sign_upload_url')
    const upsert = upsertOf(exchange.request)
    await scope.tryWrite({ ...place, owner: scope.owner, version: crypto.randomUUID(), metadata: {} }, upsert)
    const url = `${place.bucket}/${place.name}`
    const token = await this.signer.sign({ url, use: 'write', owner: scope.owner, upsert }, UPLOAD_PERMIT)
    return { url: `/object/upload/sign/${url}?token=${token}`, token }
  }

  private async sign(exchange: Exchange, path: string): Promise<Json> {
    const place = decodeName(path)
    const scope = await this.scope(exchange, 'storage.object.sign')
    const { expiresIn, transform } = await readJson(exchange.request)
    if (transform !== undefined) throw notServed('Image transformation')
    await objects.find(scope, place)
    return { signedURL: await this.address(place.bucket, place.name, secondsOf(expiresIn)) }
  }

  private async signMany(exchange: Exchange, bucket: string): Promise<Json[]> {
    const scope = await this.scope(exchange, 'storage.object.sign_urls')
    const { expiresIn, paths } = await readJson(exchange.request)
    const seconds = secondsOf(expiresIn)
    if (!Array.isArray(paths) || paths.length === 0 || paths.length > 1000 || !paths.every((path) => typeof path === 'string'))
      throw invalidRequest('body/paths must be a list of 1 to 1000 names')
    const names = paths as string[]
    const readable = await objects.readable(scope, bucket, names)
    return Promise.all(
      names.map(async (path) =>
        readable.has(path)
          ? { error: null, path, signedURL: await this.address(bucket, path, seconds) }
          : { error: 'Either the object does not exist or you do not have access to it', path, signedURL: null },
      ),
    )
  }

  private async address(bucket: string, name: string, seconds: number): Promise<string> {
    const url = `${bucket}/${name}`
    return `/object/sign/${url}?token=${await this.signer.sign({ url, use: 'read' }, seconds)}`
  }

  private async download(exchange: Exchange, path: string, isPublic: boolean): Promise<void> {
    const place = decodeName(path)
    const scope = isPublic ? this.service(exchange, 'storage.object.get_public') : await this.scope(exchange, 'storage.object.get_authenticated')
    const bucket = await scope.bucket(place.bucket)
    if (isPublic && !bucket.public) throw noSuchBucket()
    const reader = bucket.public ? scope.asService() : scope
    await this.send(exchange, () => objects.find(reader, place), { open: bucket.public })
  }

  private async downloadSigned(exchange: Exchange, path: string): Promise<void> {
    const place = decodeName(path)
    const { exp } = await this.signer.verify(exchange.url.searchParams.get('token'), 'read', `${place.bucket}/${place.name}`)
    const scope = this.service(exchange, 'storage.object.get_signed')
    await this.send(exchange, () => objects.find(scope, place), { expires: new Date(exp * 1000) })
  }

  private async info(exchange: Exchange, path: string, isPublic: boolean): Promise<void> {
    const place = decodeName(path)
    const scope = isPublic ? this.service(exchange, 'storage.object.info_public') : await this.scope(exchange, 'storage.object.info')
    const bucket = await scope.bucket(place.bucket)
    if (isPublic && !bucket.public) throw noSuchBucket()
    const object = await objects.find(bucket.public ? scope.asService() : scope, place)
    await sendJson(exchange.request, exchange.response, 200, objects.info(object), { 'cache-control': 'no-store' })
  }

  private async send({ request, response, url }: Exchange, find: () => Promise<StoredObject>, options: ServeOptions): Promise<void> {
    let object = await find()
    let file = await this.files.open(object.version)
    if (!file) {
      // replaced between the two looks
      object = await find()
      file = await this.files.open(object.version)
    }
    if (!file) throw new StorageError(404, 'NoSuchKey', 'The resource was not found', 'Not found')
    await serve(request, response, object, file, { ...options, download: url.searchParams.get('download') })
  }
}

const upsertOf = (request: IncomingMessage) => request.headers['x-upsert'] === 'true'

function secondsOf(value: unknown): number {
  if (!Number.isInteger(value) || (value as number) < 1) throw invalidRequest('body/expiresIn must be >= 1')
  if ((value as number) > READ_PERMIT) throw invalidRequest(`body/expiresIn must be <= ${READ_PERMIT}`)
  return value as number
}

async function readJson(request: IncomingMessage): Promise<Json> {
  const text = (await readBody(request, BODY_LIMIT)).toString()
  if (text === '') return {}
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json
  } catch {
    // answered below
  }
  throw invalidRequest('The body must be a JSON object.')
}
