import type { FileHandle } from 'node:fs/promises'
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { StoredObject } from './database.ts'
import { bareType, mayShow } from './types.ts'

export interface ServeOptions {
  /** Query parameter `download`: the name to save under, '' for the object's own. */
  download?: string | null
  /** Anybody may have it, so any cache may keep it. */
  open?: boolean
  /** A signed address stops working then. */
  expires?: Date
}

/** A part of a file, both ends included. */
interface Range {
  from: number
  to: number
}

/** Sends an object, or the part of it that the request names. Closes the file. */
export async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  object: StoredObject,
  file: FileHandle,
  options: ServeOptions,
): Promise<void> {
  try {
    const size = (await file.stat()).size
    const headers = headersOf(object, options)
    if (unchanged(request, object)) {
      response.writeHead(304, headers).end()
      return
    }
    const range = rangeOf(request, object, size)
    if (range === 'unsatisfiable') {
      response.writeHead(416, { ...headers, 'content-range': `bytes */${size}`, 'content-length': 0 }).end()
      return
    }
    const { from, to } = range ?? { from: 0, to: size - 1 }
    headers['content-length'] = to - from + 1
    if (range) headers['content-range'] = `bytes ${from}-${to}/${size}`
    response.writeHead(range ? 206 : 200, headers)
    if (request.method === 'HEAD' || size === 0) {
      response.end()
      return
    }
    await pipeline(file.createReadStream({ autoClose: false, start: from, end: to }), response).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error // the client went away
    })
  } finally {
    await file.close()
  }
}

function headersOf({ name, metadata, updated_at }: StoredObject, { download, open, expires }: ServeOptions): OutgoingHttpHeaders {
  const shown = mayShow(metadata.mimetype) && (download === null || download === undefined)
  const saved = download || name.slice(name.lastIndexOf('/') + 1)
  const type = bareType(metadata.mimetype)
  return {
    // as in the hosted service a page is never sent as one
    'content-type': type.includes('html') || type.includes('xml') ? 'text/plain; charset=utf-8' : metadata.mimetype,
    'accept-ranges': 'bytes',
    etag: metadata.eTag,
    'last-modified': new Date(updated_at).toUTCString(),
    'cache-control': open ? metadata.cacheControl : `private, ${metadata.cacheControl}`,
    // two people may share a browser: what one may read is not kept for the other
    ...(open || expires ? {} : { vary: 'authorization' }),
    ...(expires ? { expires: expires.toUTCString() } : {}),
    ...(shown ? {} : { 'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(saved.slice(0, 200))}` }),
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
  }
}

/** Whether the client already has this content. */
function unchanged(request: IncomingMessage, { metadata, updated_at }: StoredObject): boolean {
  const match = request.headers['if-none-match']
  if (match !== undefined) return match.split(',').some((tag) => tag.trim().replace(/^W\//, '') === metadata.eTag || tag.trim() === '*')
  const since = Date.parse(request.headers['if-modified-since'] ?? '')
  return Math.floor(Date.parse(updated_at) / 1000) * 1000 <= since
}

/** The one range that a request names; several are answered with the whole, as the standard allows. */
function rangeOf(request: IncomingMessage, { metadata }: StoredObject, size: number): Range | 'unsatisfiable' | undefined {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(request.headers.range ?? '') ?? []
  if ((first ?? '') === '' && (last ?? '') === '') return undefined
  const condition = request.headers['if-range']
  if (condition !== undefined && condition !== metadata.eTag) return undefined
  const from = first === '' ? Math.max(size - Number(last), 0) : Number(first)
  const to = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1)
  return from > to ? 'unsatisfiable' : { from, to }
}
