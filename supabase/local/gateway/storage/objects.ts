import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { ConnectionLost } from '../wire.ts'
import type { NewObject, Scope, StoredObject } from './database.ts'
import { accessDenied, invalidRequest, noSuchKey, toStorageError } from './errors.ts'
import type { Files } from './files.ts'
import { requireBucketName, requireName } from './names.ts'
import { limitOf, receive } from './receive.ts'
import { requireAllowed } from './types.ts'
import { tooLarge } from './errors.ts'

type Json = Record<string, unknown>

/** Where an object is, or is to be. */
export interface Place {
  bucket: string
  name: string
}

const SORTABLE = ['name', 'created_at', 'updated_at', 'last_accessed_at']
const DELETE = `delete from storage.objects where bucket_id = $1 and name = any (array(select jsonb_array_elements_text($2::jsonb)))
  returning to_jsonb(objects)::text`
const MOVE = `update storage.objects set bucket_id = $2, name = $3, updated_at = now() where id = $1::uuid returning id`

/** Writes the row of content that is safe on disk; the file goes when the row is refused for good. */
export async function register(scope: Scope, files: Files, object: NewObject, upsert: boolean): Promise<string> {
  try {
    const { id, replaced } = await scope.write(object, upsert)
    await files.remove(replaced)
    return id
  } catch (error) {
    // a lost connection does not say whether the row is there: the next start collects the file if it is not
    if (!(error instanceof ConnectionLost)) await files.remove(object.version)
    throw error
  }
}

/** Takes an upload. @returns the object's id */
export async function upload(scope: Scope, files: Files, request: IncomingMessage, place: Place, owner: string | undefined, upsert: boolean) {
  // a refusal costs the client no upload, and nobody without the right fills the disk
  const bucket = await scope.tryWrite({ ...place, owner, version: randomUUID(), metadata: {} }, upsert)
  const { incoming, metadata, userMetadata } = await receive(request, bucket, files)
  try {
    await files.keep(incoming)
  } catch (error) {
    await incoming.discard()
    throw error
  }
  return register(scope, files, { ...place, owner, version: incoming.version, metadata, userMetadata }, upsert)
}

/** The object, if the caller may read it. @throws NoSuchKey: whether it does not exist or is not theirs is not told */
export async function find(scope: Scope, { bucket, name }: Place): Promise<StoredObject> {
  const object = await scope.find(bucket, name)
  if (!object) throw noSuchKey()
  return object
}

/** Removes the objects that the caller may remove. @returns their rows */
export async function remove(scope: Scope, files: Files, bucket: string, names: unknown): Promise<StoredObject[]> {
  if (!Array.isArray(names) || names.length === 0 || names.length > 1000 || !names.every((name) => typeof name === 'string'))
    throw invalidRequest('body/prefixes must be a list of 1 to 1000 names')
  const gone = await scope.json<StoredObject>(DELETE, bucket, JSON.stringify(names))
  await files.remove(...gone.map(({ version }) => version))
  return gone
}

/** The two places that a move or a copy names. @throws InvalidKey */
function places(body: Json): [source: Place, destination: Place] {
  const bucket = requireBucketName(body.bucketId)
  if (body.sourceVersionId !== undefined) throw invalidRequest('Versions of objects are not kept.')
  return [
    { bucket, name: requireName(body.sourceKey) },
    { bucket: body.destinationBucket === undefined ? bucket : requireBucketName(body.destinationBucket), name: requireName(body.destinationKey) },
  ]
}

/** What a bucket takes holds for what is moved or copied into it too. */
async function requireFit(scope: Scope, source: StoredObject, destination: Place): Promise<void> {
  const bucket = await scope.bucket(destination.bucket)
  if (source.metadata.size > limitOf(bucket)) throw tooLarge()
  requireAllowed(source.metadata.mimetype, bucket.allowed_mime_types)
}

/** Gives an object another name; its content stays where it is. */
export async function move(scope: Scope, body: Json): Promise<Json> {
  const [from, to] = places(body)
  const source = await find(scope, from)
  await requireFit(scope, source, to)
  const moved = await scope.run({ text: MOVE, values: [source.id, to.bucket, to.name] })
  if (moved.length === 0) throw accessDenied('new row violates row-level security policy')
  return { message: 'Successfully moved', Id: source.id, Key: `${to.bucket}/${to.name}` }
}

/** Makes a second object of the same content. */
export async function copy(scope: Scope, files: Files, body: Json, upsert: boolean): Promise<Json> {
  const [from, to] = places(body)
  const source = await find(scope, from)
  await requireFit(scope, source, to)
  const version = randomUUID()
  const userMetadata = body.copyMetadata === false ? undefined : (source.user_metadata ?? undefined)
  const object: NewObject = { ...to, owner: scope.owner, version, metadata: source.metadata, userMetadata }
  await scope.tryWrite(object, upsert)
  await files.adopt(files.path(source.version), version).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? noSuchKey() : error
  })
  const id = await register(scope, files, object, upsert)
  return { Id: id, Key: `${to.bucket}/${to.name}` }
}

/** What lies in a folder, of what the caller may read: its folders first, without ids, then its objects. */
export async function list(scope: Scope, bucket: string, body: Json): Promise<Json[]> {
  const { limit = 100, offset = 0, search = '', sortBy = {}, prefix = '' } = body
  if (typeof sortBy !== 'object' || sortBy === null) throw invalidRequest('body/sortBy must be object')
  const { column = 'name', order = 'asc' } = sortBy as Json
  if (typeof prefix !== 'string' || typeof search !== 'string') throw invalidRequest('body/prefix must be string')
  if (!SORTABLE.includes(column as string) || !['asc', 'desc'].includes(order as string)) throw invalidRequest('body/sortBy is not one that is known')
  if (!isCount(limit, 1) || !isCount(offset, 0)) throw invalidRequest('body/limit and body/offset must be integers')
  const trimmed = prefix.replace(/^\/+|(?<!\/)\/+$/g, '')
  const folder = trimmed === '' ? '' : `${trimmed}/`
  // the bounds are what an index can follow under row-level security; '0' comes right after '/'
  const within = folder === '' ? '' : `and o.name ~>=~ $2 and o.name ~<~ (left($2, -1) || '0')`
  const start = search.replace(/[\\%_]/g, '\\$&')
  return scope.json<Json>(
    `with seen as (
      select substr(o.name, length($2) + 1) as rest, o.* from storage.objects as o where o.bucket_id = $1 ${within}
    ), entries as (
      select rest as name, id, updated_at, created_at, last_accessed_at, metadata from seen where position('/' in rest) = 0
      union all
      select distinct split_part(rest, '/', 1), null::uuid, null::timestamptz, null::timestamptz, null::timestamptz, null::jsonb
      from seen where position('/' in rest) > 0
    )
    select to_jsonb(e)::text from entries as e where name ilike $3 order by id is not null, ${column as string} ${order as string}, name
    limit $4::int offset $5::int`,
    bucket,
    folder,
    `${start}%`,
    String(Math.min(limit, 1000)),
    String(offset),
  )
}

/** Which of these names the caller may read, each with what stands in the way. */
export async function readable(scope: Scope, bucket: string, names: string[]): Promise<Set<string>> {
  const rows = await scope.run({
    text: 'select name from storage.objects where bucket_id = $1 and name = any (array(select jsonb_array_elements_text($2::jsonb)))',
    values: [bucket, JSON.stringify(names)],
  })
  return new Set(rows.map(([name]) => name!.toString()))
}

/** What the hosted service tells of an object. */
export function info({ id, name, version, bucket_id, metadata, user_metadata, created_at, updated_at }: StoredObject): Json {
  return {
    id,
    name,
    version,
    bucket_id,
    size: metadata.size,
    content_type: metadata.mimetype,
    cache_control: metadata.cacheControl,
    etag: metadata.eTag,
    metadata: user_metadata ?? {},
    last_modified: updated_at,
    created_at,
  }
}

const isCount = (value: unknown, from: number): value is number => Number.isInteger(value) && (value as number) >= from && (value as number) < 1e9

/** Which of the given versions a row names. */
export async function namedVersions(scope: Scope, versions: string[]): Promise<Set<string>> {
  const rows = await scope.asService().run({
    text: 'select version from storage.objects where version = any (array(select jsonb_array_elements_text($1::jsonb)))',
    values: [JSON.stringify(versions)],
  })
  return new Set(rows.map(([version]) => version!.toString()))
}

/** Whether an error means no for good: trying again would not help. */
export const isRefusal = (error: unknown) => toStorageError(error).status < 500
