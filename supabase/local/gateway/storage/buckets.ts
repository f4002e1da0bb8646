import type { Bucket, Scope, StoredObject } from './database.ts'
import { invalidRequest, noSuchBucket, StorageError } from './errors.ts'
import type { Files } from './files.ts'
import { requireBucketName } from './names.ts'

type Json = Record<string, unknown>

const COLUMNS = `jsonb_build_object('id', id, 'name', name, 'owner', coalesce(owner_id, ''), 'public', public, 'type', type,
  'file_size_limit', file_size_limit, 'allowed_mime_types', allowed_mime_types, 'created_at', created_at, 'updated_at', updated_at)::text`
const INSERT = `insert into storage.buckets (id, name, owner_id, public, file_size_limit, allowed_mime_types)
  values ($1, $1, $2, $3::boolean, $4::bigint, (select array_agg(t) from jsonb_array_elements_text($5::jsonb) as t))`
const UPDATE = `update storage.buckets set public = coalesce($2::boolean, public), file_size_limit = $3::bigint,
  allowed_mime_types = (select array_agg(t) from jsonb_array_elements_text($4::jsonb) as t), updated_at = now() where id = $1 returning id`

/** Answers `/bucket/…`; policies of storage.buckets decide, so in practice it is for the service role. */
export async function bucketRoute(scope: Scope, files: Files, method: string, path: string[], body: Json): Promise<unknown> {
  const [id, verb] = path
  if (id === undefined) {
    if (method === 'GET') return scope.json<Bucket>(`select ${COLUMNS} from storage.buckets order by name`)
    if (method === 'POST') return create(scope, body)
  } else if (verb === undefined) {
    if (method === 'GET') {
      const [bucket] = await scope.json<Bucket>(`select ${COLUMNS} from storage.buckets where id = $1`, id)
      if (!bucket) throw noSuchBucket()
      return bucket
    }
    if (method === 'PUT') return update(scope, id, body)
    if (method === 'DELETE') return drop(scope, id)
  } else if (verb === 'empty' && method === 'POST' && path.length === 2) {
    const gone = await scope.json<StoredObject>('delete from storage.objects where bucket_id = $1 returning to_jsonb(objects)::text', id)
    await files.remove(...gone.map(({ version }) => version))
    return { message: 'Successfully emptied' }
  }
  throw new StorageError(404, 'InvalidRequest', 'Route not found')
}

async function create(scope: Scope, body: Json): Promise<Json> {
  const name = requireBucketName(body.id ?? body.name)
  if (body.type !== undefined && body.type !== 'STANDARD') throw invalidRequest('Only buckets of the type STANDARD are served.')
  await scope.run({ text: INSERT, values: [name, scope.owner ?? null, String(body.public === true), sizeOf(body), typesOf(body)] })
  return { name }
}

async function update(scope: Scope, id: string, body: Json): Promise<Json> {
  const isPublic = typeof body.public === 'boolean' ? String(body.public) : null
  const changed = await scope.run({ text: UPDATE, values: [id, isPublic, sizeOf(body), typesOf(body)] })
  if (changed.length === 0) throw noSuchBucket()
  return { message: 'Successfully updated' }
}

async function drop(scope: Scope, id: string): Promise<Json> {
  const [object] = await scope.asService().run({ text: 'select from storage.objects where bucket_id = $1 limit 1', values: [id] })
  if (object) throw new StorageError(409, 'ResourceNotEmpty', 'The bucket you tried to delete is not empty')
  const gone = await scope.run({ text: 'delete from storage.buckets where id = $1 returning id', values: [id] })
  if (gone.length === 0) throw noSuchBucket()
  return { message: 'Successfully deleted' }
}

/** `file_size_limit` in bytes, or as 15MB, 30KB, 1GB of a thousand each, as the hosted service reads them. */
function sizeOf({ file_size_limit: limit }: Json): string | null {
  if (limit === undefined || limit === null) return null
  if (Number.isSafeInteger(limit) && (limit as number) >= 0) return String(limit)
  const [, amount, unit] = /^(\d{1,9}(?:\.\d+)?)(gb|mb|kb|b)$/i.exec(String(limit)) ?? []
  if (!amount || !unit) throw invalidRequest('Invalid file size format, hint: use 20GB / 20MB / 30KB / 3B')
  return String(Math.round(Number(amount) * { gb: 1e9, mb: 1e6, kb: 1e3, b: 1 }[unit.toLowerCase() as 'gb' | 'mb' | 'kb' | 'b']))
}

function typesOf({ allowed_mime_types: types }: Json): string | null {
  if (types === undefined || types === null) return null
  if (!Array.isArray(types) || !types.every((type) => typeof type === 'string' && /^[\w.+-]+\/(?:[\w.+-]+|\*)$/.test(type)))
    throw invalidRequest('body/allowed_mime_types must be a list of types')
  return JSON.stringify(types)
}
