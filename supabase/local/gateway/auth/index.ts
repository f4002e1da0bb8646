import type { IncomingMessage, ServerResponse } from 'node:http'
import { clientAddress, readBody, send, sendJson } from '../http.ts'
import { bearer, type Caller, type Tokens } from '../tokens.ts'
import { Account } from './account.ts'
import { Admin } from './admin.ts'
import { Attempts } from './attempts.ts'
import { AuthError, sendAuthError } from './errors.ts'
import { Passwords } from './passwords.ts'
import { Sessions } from './sessions.ts'
import { openStore, type Device } from './store.ts'
import { text, type Fields } from './validate.ts'

const BODY_LIMIT = 64 * 1024
const SWEEP_INTERVAL = 3_600_000

/** GoTrue's routes that this service does not have. */
const ELSEWHERE =
  /^\/(recover|magiclink|otp|verify|resend|reauthenticate|invite|factors|sso|saml|authorize|callback|passkeys|oauth|user\/identities|user\/oauth|admin)(\/|$)/

const SETTINGS = {
  external: { email: true, phone: false, anonymous_users: false },
  disable_signup: false,
  mailer_autoconfirm: true,
  phone_autoconfirm: false,
  sms_provider: '',
  saml_enabled: false,
}

interface AuthOptions {
  databaseUrl: string
  tokens: Tokens
  /** Goes into the tokens as `iss`. */
  issuer: string
}

/** One request, read. */
interface Call {
  url: URL
  body: Fields
  device: Device
  /** Who the API key says. */
  holder: Caller
  /** The token in `Authorization`, when it is not the key itself. */
  token: string | undefined
}

type Answer = { status?: number; body?: unknown; headers?: Record<string, string> }

/** The Auth service: GoTrue's routes and tables for e-mail and password, refresh rotation, sign-out and administration of users. */
export class Auth {
  private readonly sql
  private readonly tokens: Tokens
  private readonly passwords = new Passwords()
  private readonly sessions: Sessions
  private readonly account: Account
  private readonly admin: Admin
  private readonly sweeper: NodeJS.Timeout

  constructor({ databaseUrl, tokens, issuer }: AuthOptions) {
    this.sql = openStore(databaseUrl)
    this.tokens = tokens
    this.sessions = new Sessions(this.sql, tokens, issuer)
    const services = { sql: this.sql, passwords: this.passwords, sessions: this.sessions, attempts: new Attempts() }
    this.account = new Account(services)
    this.admin = new Admin(services)
    // a database that is away is swept next time
    this.sweeper = setInterval(() => void this.sessions.sweep().catch(() => undefined), SWEEP_INTERVAL).unref()
  }

  /** Password hashes computed since the start. */
  get hashesComputed(): number {
    return this.passwords.computed
  }

  /** Answers `/auth/v1/…`; never throws. */
  async handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    try {
      const route = `${request.method === 'HEAD' ? 'GET' : request.method} ${url.pathname.slice('/auth/v1'.length)}`
      const open = this.openRoute(route)
      if (open) return await sendJson(request, response, 200, open)
      const call = await this.read(request, url)
      const { status = 200, body, headers } = await this.dispatch(route, call)
      if (status === 204) return await send(request, response, 204, '', headers)
      await sendJson(request, response, status, body, { 'cache-control': 'no-store', ...headers })
    } catch (error) {
      await sendAuthError(request, response, error)
    }
  }

  async close(): Promise<void> {
    clearInterval(this.sweeper)
    await Promise.all([this.sql.end({ timeout: 2 }), this.passwords.close()])
  }

  /** What needs no API key. */
  private openRoute(route: string): unknown {
    if (route === 'GET /health') return { version: 'embedded', name: 'GoTrue', description: 'The embedded Auth service, in GoTrue’s dialect' }
    if (route === 'GET /.well-known/jwks.json') return { keys: [] } // an HS256 key is nobody's to know
    return undefined
  }

  private async dispatch(route: string, call: Call): Promise<Answer> {
    switch (route) {
      case 'GET /settings':
        return { body: SETTINGS }
      case 'POST /signup':
        return { body: await this.account.signUp(call.body, call.device) }
      case 'POST /token':
        return { body: await this.grant(call) }
      case 'GET /user':
        return { body: await this.account.show(await this.user(call)) }
      case 'PUT /user':
        return { body: await this.account.update(await this.user(call), call.body, call.device) }
      case 'POST /logout':
        await this.account.signOut(await this.user(call), call.url.searchParams.get('scope') ?? 'global', call.device)
        return { status: 204 }
    }
    const admin = /^([A-Z]+) \/admin\/users(?:\/([^/]+))?$/.exec(route)
    if (admin) return this.administrate(admin[1]!, admin[2], call)
    const path = route.slice(route.indexOf(' ') + 1)
    if (ELSEWHERE.test(path)) throw new AuthError(501, 'not_implemented', `The embedded stack does not serve ${path}: hosted Supabase does.`)
    throw new AuthError(404, 'not_found', 'Not Found')
  }

  private async grant(call: Call): Promise<unknown> {
    const type = call.url.searchParams.get('grant_type')
    if (type === 'password') return this.account.signIn(call.body, call.device)
    if (type === 'refresh_token') {
      const token = text(call.body, 'refresh_token')
      if (!token) throw new AuthError(400, 'validation_failed', 'refresh_token required')
      return this.sessions.refresh(token, call.device)
    }
    if (['pkce', 'id_token', 'web3'].includes(type ?? ''))
      throw new AuthError(501, 'not_implemented', `The embedded stack does not serve grant_type=${type}.`)
    throw new AuthError(400, 'validation_failed', 'unsupported_grant_type')
  }

  private async administrate(method: string, id: string | undefined, call: Call): Promise<Answer> {
    const caller = call.token === undefined ? call.holder : await this.verify(call.token)
    if (caller.role !== 'service_role') throw new AuthError(403, 'not_admin', 'User not allowed')
    if (id === undefined) {
      if (method === 'POST') return { body: await this.admin.create(call.body, call.device) }
      if (method === 'GET') return this.admin.list(call.url.searchParams)
    } else {
      if (method === 'GET') return { body: await this.admin.get(id) }
      if (method === 'PUT') return { body: await this.admin.update(id, call.body, call.device) }
      if (method === 'DELETE') {
        await this.admin.remove(id, call.body, call.device)
        return { body: {} }
      }
    }
    throw new AuthError(405, 'not_found', 'Method not allowed')
  }

  private async user({ token }: Call): Promise<Caller['claims']> {
    if (token === undefined) throw new AuthError(401, 'no_authorization', 'This endpoint requires a valid Bearer token')
    return (await this.verify(token)).claims
  }

  private async verify(token: string): Promise<Caller> {
    try {
      return await this.tokens.verify(token)
    } catch (error) {
      throw new AuthError(403, 'bad_jwt', `invalid JWT: unable to parse or verify signature, ${(error as Error).message}`)
    }
  }

  private async read(request: IncomingMessage, url: URL): Promise<Call> {
    const apikey = (request.headers.apikey as string | undefined) ?? url.searchParams.get('apikey')
    const holder = await this.tokens.caller(apikey, undefined)
    const token = bearer(request.headers.authorization)
    const device = { ip: clientAddress(request), userAgent: (request.headers['user-agent'] ?? '').slice(0, 500) }
    const raw = request.method === 'GET' || request.method === 'HEAD' ? '' : (await readBody(request, BODY_LIMIT)).toString('utf8')
    let body: unknown = {}
    try {
      if (raw !== '') body = JSON.parse(raw)
    } catch {
      throw new AuthError(400, 'bad_json', 'Could not parse request body as JSON')
    }
    if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new AuthError(400, 'bad_json', 'The body must be a JSON object')
    return { url, body: body as Fields, device, holder, token: token === apikey ? undefined : token }
  }
}
