import { createHash } from 'node:crypto'
import { readFile, realpath, stat } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { acceptedEncoding } from './http.ts'

const brotli = promisify(brotliCompress)
const deflate = promisify(gzip)

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.data': 'application/octet-stream',
  '.txt': 'text/plain; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.xml': 'application/xml; charset=utf-8',
  '.pdf': 'application/pdf',
}
/** Pages and workers live by the policy that came with them; other files live by the page's, and need not carry it. */
const DOCUMENT = /\.html$|worker[^/]*\.m?js$/
/** What every file gets. */
const ALWAYS = { 'x-content-type-options': 'nosniff' }
const COMPRESSED_ALREADY = new Set(['.png', '.jpg', '.webp', '.woff2', '.ico', '.pdf'])
/** Vite writes a hash of the content into these names. */
const HASHED = /^\/assets\/.+[-.][A-Za-z0-9_-]{8,}\.[a-z0-9]+$/

interface Asset {
  stamp: string
  raw: Buffer
  etag: string
  type: string
  br?: Promise<Buffer>
  gzip?: Promise<Buffer>
}

/** Serves the built app: compressed once and kept in memory, immutable where the name says so, index.html for navigations. */
export class Static {
  private readonly assets = new Map<string, Promise<Asset>>()
  private root: string | undefined

  constructor(private readonly dir: string) {}

  /** Answers a GET or HEAD of a file of the app. */
  async handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(request, response, 405, 'Method not allowed')
    const path = decodePath(url.pathname)
    if (path === undefined) return refuse(request, response, 400, 'Bad path')
    let served = path === '/' ? '/index.html' : path
    let file = await this.find(served)
    if (!file && isNavigation(request, path)) file = await this.find((served = '/index.html'))
    if (!file) return refuse(request, response, 404, 'Not found')
    await this.sendFile(request, response, served, file)
  }

  private async sendFile(request: IncomingMessage, response: ServerResponse, path: string, file: { name: string; stamp: string }): Promise<void> {
    const asset = await this.load(file)
    const headers: OutgoingHttpHeaders = {
      ...(DOCUMENT.test(path) ? securityHeaders(request) : ALWAYS),
      'content-type': asset.type,
      'cache-control': HASHED.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache',
      etag: asset.etag,
      vary: 'accept-encoding',
    }
    if (path === '/service-worker.js' || path === '/sw.js') headers['service-worker-allowed'] = '/'
    if (request.headers['if-none-match'] === asset.etag) {
      response.writeHead(304, headers).end()
      return
    }
    let body = asset.raw
    const encoding = COMPRESSED_ALREADY.has(extname(path)) || body.length < 512 ? undefined : acceptedEncoding(request)
    if (encoding) {
      body = await (asset[encoding] ??= compress(file.name, asset.raw, encoding))
      headers['content-encoding'] = encoding
    }
    headers['content-length'] = body.length
    response.writeHead(200, headers).end(request.method === 'HEAD' ? undefined : body)
  }

  /** The file behind a path, if it is one and lies in the folder, links followed. */
  private async find(path: string): Promise<{ name: string; stamp: string } | undefined> {
    if (path.split('/').some((part) => part.startsWith('.') && part !== '.well-known')) return undefined
    try {
      this.root ??= await realpath(this.dir)
      const name = await realpath(join(this.root, path))
      if (!name.startsWith(this.root + sep)) return undefined
      const info = await stat(name)
      return info.isFile() ? { name, stamp: `${info.mtimeMs}-${info.size}` } : undefined
    } catch {
      return undefined
    }
  }

  private async load({ name, stamp }: { name: string; stamp: string }): Promise<Asset> {
    const known = await this.assets.get(name)?.catch(() => undefined)
    if (known?.stamp === stamp) return known
    const loading = readFile(name).then((raw) => ({
      stamp,
      raw,
      etag: `"${createHash('sha256').update(raw).digest('base64url').slice(0, 22)}"`,
      type: TYPES[extname(name)] ?? 'application/octet-stream',
    }))
    this.assets.set(name, loading)
    return loading
  }
}

/** A compressed file beside the original is preferred; else it is made once, the harder the smaller the file. */
async function compress(name: string, raw: Buffer, encoding: 'br' | 'gzip'): Promise<Buffer> {
  try {
    return await readFile(`${name}.${encoding === 'br' ? 'br' : 'gz'}`)
  } catch {
    if (encoding === 'gzip') return deflate(raw, { level: 9 })
    const quality = raw.length < 500_000 ? 11 : raw.length < 2_000_000 ? 9 : 5
    return brotli(raw, { params: { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_SIZE_HINT]: raw.length } })
  }
}

/** Decodes a URL path; undefined for one that no file can have. */
function decodePath(pathname: string): string | undefined {
  try {
    const path = decodeURIComponent(pathname)
    return /[\0\\]/.test(path) || path.split('/').includes('..') ? undefined : path
  } catch {
    return undefined
  }
}

function isNavigation(request: IncomingMessage, path: string): boolean {
  if (request.headers['sec-fetch-mode'] === 'navigate') return true
  return (request.headers.accept ?? '').includes('text/html') && extname(path) === ''
}

/** What every page and worker of the app gets. Inline scripts are never allowed; style attributes are, for they come from templates. */
function securityHeaders(request: IncomingMessage): OutgoingHttpHeaders {
  const host = /^[A-Za-z0-9.:[\]-]+$/.exec(request.headers.host ?? '')?.[0]
  const sockets = host ? ` ws://${host} wss://${host}` : ''
  return {
    'content-security-policy': [
      "default-src 'self'",
      "script-src 'self' 'wasm-unsafe-eval'",
      `connect-src 'self'${sockets}`,
      "img-src 'self' blob: data:",
      "style-src 'self'",
      "style-src-attr 'unsafe-inline'",
      "worker-src 'self' blob:",
      "object-src 'none'",
      "base-uri 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      'trusted-types default',
    ].join('; '),
    ...ALWAYS,
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'camera=(self), geolocation=(self), microphone=(self), payment=(), usb=()',
  }
}

function refuse(request: IncomingMessage, response: ServerResponse, status: number, sentence: string): void {
  const headers = { ...securityHeaders(request), 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' }
  response.writeHead(status, headers).end(request.method === 'HEAD' ? undefined : sentence)
}
