import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { MailSettings } from '../../../edge-functions/_shared/mail/send.ts'
import type { Mailbox } from '../mailbox/index.ts'
import { showMail } from '../mailbox/page.ts'
import { Auth } from './auth/index.ts'
import { Functions } from './functions/index.ts'
import type { Limits } from './functions/process.ts'
import { defaultHeaders, isEncrypted, refuseUpgrade, releaseBody, sendJson } from './http.ts'
import { Pool } from './pool.ts'
import { Realtime } from './realtime/index.ts'
import { Rest } from './rest.ts'
import { SchemaCache } from './schema-cache.ts'
import { Static } from './static.ts'
import { Storage } from './storage/index.ts'
import { Tokens } from './tokens.ts'

export interface GatewayOptions {
  /** 0 takes a free port. */
  port: number
  /** Loopback unless told otherwise. */
  host?: string
  /** A connection address per service, each with that service's own login; `replication` may read the write-ahead log. */
  databaseUrls: { authenticator: string; auth: string; realtime: string; storage: string; replication: string }
  /** HS256 key of the access tokens, 32 bytes or more. */
  jwtSecret: string
  /** API key of browsers (role `anon` until somebody signs in). */
  publishableKey: string
  /** API key of trusted workers (role `service_role`). */
  secretKey: string
  /** Folder of the built app. */
  staticDir?: string
  /** Edge Functions: their folder, what else they may read from the environment, other limits. Without it they answer 501. */
  functions?: { dir: string; env?: Record<string, string | undefined>; limits?: Partial<Limits> }
  /** Folder of stored files, of this gateway alone; without one Storage answers 501. */
  storageDir?: string
  /** Address under which people reach the app: links in mails lead there, and it names the issuer of the tokens. */
  siteUrl?: string
  /** Where mails go. */
  mail?: MailSettings
  /** Whether a new e-mail address must be confirmed by a link before it opens an account. */
  confirmEmail?: boolean
  /** Seconds between two mails to one address. */
  mailInterval?: number
  /** The catcher whose mails `/mail` shows on this machine. */
  mailbox?: Mailbox
  /** Connections of the REST service. */
  poolSize?: number
  /** How often a joined channel's permission is checked again, in milliseconds; one that is not confirmed for twice as long is closed. */
  recheckInterval?: number
  /** Most connections at once; half of them may be WebSockets. */
  maxConnections?: number
  /** An answer of which nothing was read for so many milliseconds is given up. */
  unreadTimeout?: number
}

export interface Gateway {
  url: string
  port: number
  /** Figures since the start: password hashes computed, open WebSockets, joined channels. */
  stats(): { passwordHashes: number; sockets: number; channels: number }
  /** The functions' processes. */
  functions?: Functions
  /** Stops listening and closes every connection. */
  close(): Promise<void>
}

/** Schemas that the REST service exposes; the first is the default. */
const EXPOSED = ['app', 'kpi']
const MAX_HEADERS = 32 * 1024
const MAX_CONNECTIONS = 16_384
const UNREAD_TIMEOUT = 120_000
/** A request must have arrived whole after this time: a photo over a bad line takes minutes. */
const REQUEST_TIMEOUT = 15 * 60_000

/** Starts the server that answers for app, REST, Auth, Realtime, Storage and Edge Functions on one origin. It starts even while the database is away. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { databaseUrls, port, host = '127.0.0.1', publishableKey } = options
  const tokens = new Tokens(options)
  const pool = new Pool(databaseUrls.authenticator, { size: options.poolSize ?? 10 })
  const cache = new SchemaCache(databaseUrls.authenticator, EXPOSED)
  const rest = new Rest(pool, cache, tokens, EXPOSED)
  const files = options.staticDir ? new Static(options.staticDir) : undefined
  const server = createServer({ maxHeaderSize: MAX_HEADERS, requestTimeout: REQUEST_TIMEOUT, headersTimeout: 15_000, keepAliveTimeout: 65_000 })
  server.maxConnections = options.maxConnections ?? MAX_CONNECTIONS
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve))
  const bound = (server.address() as AddressInfo).port
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${bound}`
  const siteUrl = (options.siteUrl ?? url).replace(/(?<!\/)\/+$/, '')
  const auth = new Auth({ ...options, databaseUrl: databaseUrls.auth, tokens, siteUrl })
  const realtime = new Realtime({
    databaseUrl: databaseUrls.realtime,
    replicationUrl: databaseUrls.replication,
    tokens,
    recheckInterval: options.recheckInterval ?? 30_000,
    maxSockets: Math.ceil(server.maxConnections / 2),
  })
  const functions = options.functions && startFunctions(options, options.functions, tokens, url)

  const storage = options.storageDir
    ? new Storage({ dir: options.storageDir, databaseUrl: databaseUrls.storage, tokens, jwtSecret: options.jwtSecret })
    : undefined

  const route = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const target = URL.canParse(request.url ?? '', url) ? new URL(request.url!, url) : undefined
    if (!target) return sendJson(request, response, 400, { message: 'Bad address' })
    const { pathname } = target
    const under = (prefix: string) => pathname === prefix || pathname.startsWith(`${prefix}/`)
    if (under('/rest/v1')) return rest.handle(request, response, target)
    if (under('/auth/v1')) return auth.handle(request, response, target)
    if (under('/realtime/v1')) return realtime.handle(request, response, target)
    if (under('/storage/v1')) {
      if (storage) return storage.handle(request, response, target)
      return sendJson(request, response, 501, {
        statusCode: '501',
        error: 'not_implemented',
        message: 'This gateway was started without a folder for files.',
      })
    }
    if (under('/functions/v1')) {
      if (functions) return functions.handle(request, response, target)
      return sendJson(request, response, 501, { code: 'not_implemented', message: 'This gateway was started without Edge Functions.' })
    }
    if (options.mailbox && under('/mail')) return showMail(request, response, target, options.mailbox)
    if (pathname === '/config.json')
      return sendJson(
        request,
        response,
        200,
        { supabaseUrl: origin(request, url), publishableKey, origin: options.siteUrl, mailsKept: options.mailbox ? true : undefined },
        { 'cache-control': 'no-store' },
      )
    if (pathname === '/health') {
      const database = await pool.run([{ text: 'select 1' }]).then(
        () => true,
        () => false,
      )
      return sendJson(request, response, database ? 200 : 503, { status: database ? 'ok' : 'degraded', database }, { 'cache-control': 'no-store' })
    }
    if (files) return files.handle(request, response, target)
    return sendJson(request, response, 404, { message: 'Not found' })
  }

  server.on('request', (request, response) => {
    response.on('error', () => undefined) // the client went away
    const { socket } = request
    // a response that waits behind another one on a line that breaks is never closed
    const free = () => {
      socket.off('close', free)
      releaseBody(request)
    }
    socket.once('close', free)
    response.once('close', free)
    // whatever was sent waits: the client does not read; otherwise we are at work ourselves
    response.setTimeout(options.unreadTimeout ?? UNREAD_TIMEOUT, () => socket.writableLength > 0 && socket.destroy())
    for (const [name, value] of Object.entries(defaultHeaders(request))) response.setHeader(name, value!)
    route(request, response).catch((error: unknown) => {
      if (!response.headersSent && !response.destroyed) void sendJson(request, response, 500, { message: 'Something went wrong in the gateway.' })
      if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET') console.error('[gateway]', error)
    })
  })
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => undefined)
    if (!request.url?.startsWith('/realtime/v1/websocket')) refuseUpgrade(socket, '404 Not Found')
    else if (!isOurs(request, siteUrl)) refuseUpgrade(socket, '403 Forbidden')
    else realtime.upgrade(request, socket as Socket, head)
  })

  await cache.start()
  await realtime.start()
  await storage?.start()
  return {
    url,
    port: bound,
    functions,
    stats: () => ({ passwordHashes: auth.hashesComputed, ...realtime.stats() }),
    async close() {
      realtime.close()
      await drain(server)
      functions?.close()
      cache.close()
      pool.close()
      storage?.close()
      await auth.close()
    },
  }
}

/** The functions know the API by the names that hosted projects use. */
function startFunctions(
  options: GatewayOptions,
  { dir, env, limits }: NonNullable<GatewayOptions['functions']>,
  tokens: Tokens,
  url: string,
): Functions {
  const { publishableKey, secretKey, siteUrl = url, mail } = options
  const known = {
    SITE_URL: siteUrl,
    SUPABASE_URL: url,
    SUPABASE_ANON_KEY: publishableKey,
    SUPABASE_SERVICE_ROLE_KEY: secretKey,
    ...(mail && { SMTP_URL: mail.smtpUrl, MAIL_FROM: mail.from }),
  }
  return new Functions({ dir, tokens, limits, env: { ...env, ...known } })
}

/** Stops listening; answers that are under way may finish within two seconds. */
async function drain(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  const idle = setInterval(() => server.closeIdleConnections(), 50)
  const late = setTimeout(() => server.closeAllConnections(), 2_000)
  await closed
  clearInterval(idle)
  clearTimeout(late)
}

/** Whether a page of the app asks, or no page at all: browsers name the origin of every page that opens a socket. */
function isOurs(request: IncomingMessage, siteUrl: string): boolean {
  const { origin, host } = request.headers
  if (origin === undefined) return true
  if (!URL.canParse(origin)) return false // the opaque one, `null`
  return new URL(origin).host === host || new URL(origin).origin === new URL(siteUrl).origin
}

/** The origin that the request was sent to, as the browser named it. */
function origin(request: IncomingMessage, fallback: string): string {
  const host = /^[A-Za-z0-9.:[\]-]+$/.exec(request.headers.host ?? '')?.[0]
  const proto = isEncrypted(request) ? 'https' : 'http'
  return host ? `${proto}://${host}` : fallback
}
