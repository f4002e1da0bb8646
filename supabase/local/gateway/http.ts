import type { Duplex } from 'node:stream'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { Caller } from './tokens.ts'

const brotli = promisify(brotliCompress)
const deflate = promisify(gzip)

/** Below this many bytes a compressed answer is not worth its time. */
const COMPRESS_FROM = 1024

/** A refusal with its HTTP status and JSON body, thrown anywhere below a handler. */
export class HttpError extends Error {
  constructor(
    readonly status: number,
    readonly body: unknown,
    readonly headers: OutgoingHttpHeaders = {},
  ) {
    super(`HTTP ${status}`)
  }
}

/** A body that is read whole must have come after this time. */
const BODY_TIMEOUT = 60_000

/** Bytes of a body that nobody has signed. */
export const ANONYMOUS_BODY = 64 * 1024

/** All bodies that are being read or worked on, in bytes: what they hold, and what they may. */
export const bodies = { held: 0, limit: 256 * 1024 * 1024 }
const holding = new WeakMap<IncomingMessage, number>()

/** Forgets the body of a request that has been answered. */
export function releaseBody(request: IncomingMessage): void {
  bodies.held -= holding.get(request) ?? 0
  holding.delete(request)
}

/** The bytes that a caller may send where `limit` is open to those who signed in. */
export const bodyLimit = ({ role }: Caller, limit: number) => (role === 'anon' ? Math.min(limit, ANONYMOUS_BODY) : limit)

/** Reads a request's body whole; answers 413 beyond `limit` bytes, and 503 when the bodies of all requests take too much memory. */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const tooLarge = () => new HttpError(413, { message: `The request is larger than ${limit} bytes.` }, { connection: 'close' })
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge()
  const chunks: Buffer[] = []
  let size = 0
  const late = setTimeout(() => request.destroy(), BODY_TIMEOUT)
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > limit) throw tooLarge()
      if (bodies.held + chunk.length > bodies.limit)
        throw new HttpError(503, { message: 'Too much is being sent at once. Try again in a moment.' }, { connection: 'close', 'retry-after': '2' })
      bodies.held += chunk.length
      holding.set(request, size)
      chunks.push(chunk)
    }
  } finally {
    clearTimeout(late)
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
}

/** Answers a request for a WebSocket that is not opened, and lets go of its line. */
export function refuseUpgrade(socket: Duplex, status: string): void {
  socket.once('finish', () => socket.destroy())
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
}

/** The compression a request accepts: brotli before gzip. */
export function acceptedEncoding(request: IncomingMessage): 'br' | 'gzip' | undefined {
  const accepted = request.headers['accept-encoding']
  if (typeof accepted !== 'string') return undefined
  const names = accepted
    .split(',')
    .filter((part) => !/;\s*q=0(\.0*)?\s*$/.test(part))
    .map((part) => part.split(';')[0]!.trim())
  return names.includes('br') ? 'br' : names.includes('gzip') ? 'gzip' : undefined
}

/** Sends a body already serialised, compressed when it pays; a HEAD request gets the headers alone. */
export async function send(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  body: Buffer | string,
  headers: OutgoingHttpHeaders = {},
): Promise<void> {
  let payload = typeof body === 'string' ? Buffer.from(body) : body
  const fields: OutgoingHttpHeaders = { 'content-type': 'application/json; charset=utf-8', 'x-content-type-options': 'nosniff', ...headers }
  if (payload.length >= COMPRESS_FROM) {
    fields.vary = 'accept-encoding'
    const encoding = acceptedEncoding(request)
    if (encoding) {
      fields['content-encoding'] = encoding
      payload =
        encoding === 'br'
          ? await brotli(payload, { params: { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_SIZE_HINT]: payload.length } })
          : await deflate(payload, { level: 4 })
    }
  }
  if (status === 204 || status === 304) delete fields['content-type']
  else fields['content-length'] = payload.length
  response.writeHead(status, fields)
  response.end(request.method === 'HEAD' || status === 204 || status === 304 ? undefined : payload)
}

/** Sends a value as JSON. */
export function sendJson(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: OutgoingHttpHeaders = {},
): Promise<void> {
  return send(request, response, status, JSON.stringify(value), headers)
}

const peerOf = (request: IncomingMessage) => (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '')
/** A proxy on this machine is believed; what others say of themselves is not. */
const isTrusted = (peer: string) => peer === '127.0.0.1' || peer === '::1'

/** The client's address: the last hop of `x-forwarded-for` when a proxy on this machine passed the request on, else the peer's. */
export function clientAddress(request: IncomingMessage): string {
  const peer = peerOf(request)
  const forwarded = request.headers['x-forwarded-for']
  if (isTrusted(peer) && typeof forwarded === 'string') {
    const last = forwarded.split(',').at(-1)!.trim()
    if (/^[0-9a-fA-F.:]{2,45}$/.test(last)) return last
  }
  return peer
}

/** Whether the client's line is encrypted: a proxy on this machine says so. */
export function isEncrypted(request: IncomingMessage): boolean {
  return isTrusted(peerOf(request)) && request.headers['x-forwarded-proto'] === 'https'
}

/**
 * What every answer carries unless its handler knows better: nothing of it is a page, runs, is shown in a frame or kept; and once a browser has
 * come over TLS it comes over nothing else.
 */
export function defaultHeaders(request: IncomingMessage): OutgoingHttpHeaders {
  return {
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; base-uri 'none'; object-src 'none'; form-action 'none'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    ...(isEncrypted(request) && { 'strict-transport-security': 'max-age=31536000; includeSubDomains' }),
  }
}
