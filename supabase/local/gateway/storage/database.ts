import type { IncomingMessage } from 'node:http'
import type { Pool } from '../pool.ts'
import type { Caller } from '../tokens.ts'
import type { Row, Statement } from '../wire.ts'
import { noSuchBucket } from './errors.ts'

/** A row of storage.buckets. */
export interface Bucket {
  id: string
  name: string
  public: boolean
  file_size_limit: number | null
  allowed_mime_types: string[] | null
}

/** What the service keeps about an object's content. */
export interface Metadata {
  eTag: string
  size: number
  mimetype: string
  cacheControl: string
  lastModified: string
  contentLength: number
  httpStatusCode: number
}

/** A row of storage.objects. */
export interface StoredObject {
  id: string
  bucket_id: string
  name: string
  /** Names the file on disk. */
  version: string
  owner_id: string | null
  metadata: Metadata
  user_metadata: Record<string, unknown> | null
  created_at: string
  updated_at: string
  last_accessed_at: string
}

/** What the row of a new object is made of. */
export interface NewObject {
  bucket: string
  name: string
  owner: string | undefined
  version: string
  metadata: Partial<Metadata>
  userMetadata?: Record<string, unknown>
}

/** The role that stands above the policies, for what the service itself must know. */
export const SERVICE: Caller = { role: 'service_role', claims: { role: 'service_role' }, json: '{"role":"service_role"}' }

const BEGIN: Statement = { text: 'begin' }
const ROLLBACK: Statement = { text: 'rollback' }
const BECOME = `select length(concat(set_config('role', $1, true), set_config('request.jwt.claim.role', $1, true),
  set_config('request.jwt.claim.sub', $2, true), set_config('request.jwt.claims', $3, true), set_config('request.headers', $4, true),
  set_config('request.method', $5, true), set_config('request.path', $6, true), set_config('storage.operation', $7, true)))`
const BUCKET = `select jsonb_build_object('id', id, 'name', name, 'public', public, 'file_size_limit', file_size_limit,
  'allowed_mime_types', allowed_mime_types)::text from storage.buckets where id = $1`
const FIND = `select to_jsonb(o)::text from storage.objects as o where bucket_id = $1 and name = $2`
const LOCK = `select pg_advisory_xact_lock(hashtextextended('storage.objects/' || $1 || '/' || $2, 0))`
const CURRENT = `select id, version from storage.objects where bucket_id = $1 and name = $2`
const INSERT = `insert into storage.objects (id, bucket_id, name, owner, owner_id, version, metadata, user_metadata)
  values ($1::uuid, $2, $3, case when $4 ~ '^[0-9a-f-]{36}$' then $4::uuid end, $4, $5, $6::jsonb, $7::jsonb)`
const UPSERT = `${INSERT} on conflict (bucket_id, name) do update set owner = excluded.owner, owner_id = excluded.owner_id,
  version = excluded.version, metadata = excluded.metadata, user_metadata = excluded.user_metadata, updated_at = now()`

/** A request to the storage service, as its transactions tell it to the policies. */
export class Scope {
  constructor(
    private readonly pool: Pool,
    readonly request: IncomingMessage,
    readonly caller: Caller,
    private readonly operation: string,
  ) {}

  /** The user of the token. */
  get owner(): string | undefined {
    return this.caller.claims.sub
  }

  /** The same request with the rights of the service itself. */
  asService(): Scope {
    return new Scope(this.pool, this.request, SERVICE, this.operation)
  }

  /** Runs statements in one transaction as this caller; answers the rows of the last. */
  async run(...statements: Statement[]): Promise<Row[]> {
    return (await this.pool.run([this.become(), ...statements])).at(-1)!
  }

  /** Runs one query whose rows are a single column of JSON. */
  async json<T>(text: string, ...values: (string | null)[]): Promise<T[]> {
    return (await this.run({ text, values })).map(([cell]) => JSON.parse(cell!.toString()) as T)
  }

  /** The bucket, whoever asks: its limits hold for all. @throws NoSuchBucket */
  async bucket(id: string): Promise<Bucket> {
    const [bucket] = await this.asService().json<Bucket>(BUCKET, id)
    if (!bucket) throw noSuchBucket()
    return bucket
  }

  /** The object, if the caller may read it. */
  async find(bucket: string, name: string): Promise<StoredObject | undefined> {
    return (await this.json<StoredObject>(FIND, bucket, name))[0]
  }

  /**
   * Asks the policies whether the caller may write this row, by writing it in a transaction that is undone.
   * @returns the bucket
   * @throws what refuses it, NoSuchBucket
   */
  async tryWrite(object: NewObject, upsert: boolean): Promise<Bucket> {
    const look = [this.asService().become(), { text: BUCKET, values: [object.bucket] }]
    try {
      const results = await this.pool.run([BEGIN, ...look, this.become(), write(object, upsert), ROLLBACK])
      return JSON.parse(results[2]![0]![0]!.toString()) as Bucket
    } catch (error) {
      await this.bucket(object.bucket) // that there is none is said first
      throw error
    }
  }

  /**
   * Writes the row of a new object as the caller.
   * @returns its id, and the version it replaced
   */
  async write(object: NewObject, upsert: boolean): Promise<{ id: string; replaced?: string }> {
    const values = [object.bucket, object.name]
    if (!upsert) {
      await this.run(write(object, false))
      return { id: object.version }
    }
    // whoever replaces an object must learn which file it leaves behind: one at a time
    const results = await this.pool.run([
      this.asService().become(),
      { text: LOCK, values },
      { text: CURRENT, values },
      this.become(),
      write(object, true),
    ])
    const [id, version] = results[2]![0] ?? []
    return id ? { id: id.toString(), replaced: version?.toString() } : { id: object.version }
  }

  private become(): Statement {
    const { request, caller, operation } = this
    const path = (request.url ?? '').replace(/^\/storage\/v1/, '')
    const { role, json, claims } = caller
    return { text: BECOME, values: [role, claims.sub ?? '', json, JSON.stringify(request.headers), request.method!, path, operation] }
  }
}

/** A new object has its version for an id: both are made up at the same moment. */
function write({ bucket, name, owner, version, metadata, userMetadata }: NewObject, upsert: boolean): Statement {
  const values = [version, bucket, name, owner ?? null, version, JSON.stringify(metadata), userMetadata ? JSON.stringify(userMetadata) : null]
  return { text: upsert ? UPSERT : INSERT, values }
}
