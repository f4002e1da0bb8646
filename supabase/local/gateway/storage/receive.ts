import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Bucket, Metadata } from './database.ts'
import { invalidRequest, tooLarge } from './errors.ts'
import type { Files, Incoming } from './files.ts'
import { readForm } from './multipart.ts'
import { cleanType, HEAD, requireAllowed, requireContent } from './types.ts'

/** No object is larger, whatever its bucket allows: what DOC-1 promises for documents. */
export const LARGEST = 100 * 1024 * 1024
/** What a form adds around its file. */
const FORM_SLACK = 2 * 1024 * 1024
/** A client that sends nothing for so long is gone. */
const SILENCE = 30_000

/** Content that arrived, in a file that is not yet kept. */
export interface Received {
  incoming: Incoming
  metadata: Metadata
  userMetadata?: Record<string, unknown>
}

/** The most bytes an object of this bucket may have. */
export const limitOf = (bucket: Bucket) => Math.min(bucket.file_size_limit ?? LARGEST, LARGEST)

/** A caching rule that may become a header; `no-cache` instead of anything else. */
export const cleanCacheControl = (text: string | undefined) =>
  text && /^(?:no-cache|no-store|max-age=\d{1,9}(?:, ?immutable)?)$/.test(text) ? text : 'no-cache'

/** Describes content as the hosted service does. */
export function describe(size: number, hash: string, mimetype: string, cacheControl: string): Metadata {
  return {
    eTag: `"${hash.slice(0, 32)}"`,
    size,
    mimetype,
    cacheControl,
    lastModified: new Date().toISOString(),
    contentLength: size,
    httpStatusCode: 200,
  }
}

/**
 * Takes the content of an upload, as a body or as a form, into a file; nothing stays of one that is refused.
 * @throws EntityTooLarge as soon as one byte too many came, InvalidMimeType once the first bytes tell
 */
export async function receive(request: IncomingMessage, bucket: Bucket, files: Files): Promise<Received> {
  const contentType = request.headers['content-type'] ?? ''
  const form = /^multipart\/form-data\b/i.test(contentType)
  const limit = limitOf(bucket)
  if (Number(request.headers['content-length'] ?? 0) > limit + (form ? FORM_SLACK : 0)) throw tooLarge()
  request.setTimeout(SILENCE, () => request.destroy())
  // a refusal must reach the client: the request is not destroyed with the reading of it
  const body = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>
  const parsed = form ? await readForm(body, contentType) : undefined
  const type = cleanType(parsed ? (parsed.fields.get('contentType') ?? parsed.type) : contentType)
  requireAllowed(type, bucket.allowed_mime_types)
  const cacheTime = parsed?.fields.get('cacheControl')
  const cacheControl = cleanCacheControl(parsed ? cacheTime && `max-age=${cacheTime}` : request.headers['cache-control'])
  const userMetadata = readMetadata(parsed ? parsed.fields.get('metadata') : fromBase64(request.headers['x-metadata']))

  const incoming = await files.begin()
  try {
    const hash = createHash('sha256')
    let head: Buffer = Buffer.alloc(0)
    let size = 0
    for await (const chunk of parsed?.content ?? body) {
      size += chunk.length
      if (size > limit) throw tooLarge()
      if (head.length < HEAD) {
        head = Buffer.concat([head, chunk.subarray(0, HEAD)])
        if (head.length >= HEAD) requireContent(type, head, bucket.allowed_mime_types)
      }
      hash.update(chunk)
      await incoming.write(chunk)
    }
    if (head.length < HEAD) requireContent(type, head, bucket.allowed_mime_types)
    return { incoming, metadata: describe(size, hash.digest('hex'), type, cacheControl), userMetadata }
  } catch (error) {
    await incoming.discard()
    throw error
  }
}

/** Lets the rest of a refused upload run out, within reason, so that the client reads the refusal instead of a broken line. */
export function runOut(request: IncomingMessage, response: ServerResponse): void {
  if (request.complete || request.destroyed) return
  let left = 4 * LARGEST
  const late = setTimeout(() => request.destroy(), 10_000).unref()
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length
    if (left < 0) request.destroy()
  })
  const ended = () => clearTimeout(late)
  request.once('end', ended).once('close', ended)
  response.once('close', ended)
  request.resume()
}

const fromBase64 = (text: string | string[] | undefined) => (typeof text === 'string' ? Buffer.from(text, 'base64').toString() : undefined)

/** The client's own notes on an object: one JSON object, or nothing. @throws InvalidRequest */
export function readMetadata(text: string | undefined): Record<string, unknown> | undefined {
  if (!text) return undefined
  if (text.length > 16_384) throw invalidRequest('The metadata of an object must not exceed 16 kB.')
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    // no-one reads it, as in the hosted service
  }
  return undefined
}
