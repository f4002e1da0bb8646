import type { IncomingMessage, ServerResponse } from 'node:http'
import type { MailSettings } from '../../../../edge-functions/_shared/mail/send.ts'
import { clientAddress, readBody, send, sendJson } from '../http.ts'
import { bearer, type Caller, type Tokens } from '../tokens.ts'
import { Account } from './account.ts'
import { Admin } from './admin.ts'
import { Attempts } from './attempts.ts'
import { AuthError, sendAuthError } from './errors.ts'
import { Factors } from './factors.ts'
import { Letters } from './letters.ts'
import { Links } from './links.ts'
import { Passwords } from './passwords.ts'
import { Sessions } from './sessions.ts'
import { openStore, type Device } from './store.ts'
import { text, type Fields } from './validate.ts'

const BODY_LIMIT = 64 * 1024
const SWEEP_INTERVAL = 3_600_000
const WINDOW = 15 * 60_000
/** More requests at once are told to come again. */
const MOST_AT_ONCE = 300

/** GoTrue's routes that this service does not have. */
const ELSEWHERE = /^\/(sso|saml|authorize|callback|passkeys|oauth|user\/identities|user\/oauth|factors\/recovery-codes|admin)(\/|$)/
/** Signing in through another house's account. */
const SINGLE_SIGN_ON = /^\/(sso|saml|authorize|callback)(\/|$)/

const SETTINGS = {
  external: { email: true, phone: false, anonymous_users: false },
  disable_signup: false,
  phone_autoconfirm: false,
  sms_provider: '',
  saml_enabled: false,
}

interface AuthOptions {
  databaseUrl: string
  tokens: Tokens
  /** The address under which people reach the app: links in mails lead there, and tokens name it as their issuer. */
  siteUrl: string
  /** Where mails go; without it none is sent. */
  mail?: MailSettings
  /** Whether a new address must be confirmed by a link. */
  confirmEmail?: boolean
  /** Seconds between two mails to one address. */
  mailInterval?: number
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
  private readonly links: Links
  private readonly factors: Factors
  private readonly letters: Letters
  private readonly confirmEmail: boolean
  private readonly sweeper: NodeJS.Timeout
  private underWay = 0

  constructor({ databaseUrl, tokens, siteUrl, mail, confirmEmail = false, mailInterval = 60 }: AuthOptions) {
    this.sql = openStore(databaseUrl)
    this.tokens = tokens
    this.confirmEmail = confirmEmail
    this.sessions = new Sessions(this.sql, tokens, `${siteUrl}/auth/v1`)
    this.letters = new Letters(mail, siteUrl)
    const services = {
      sql: this.sql,
      passwords: this.passwords,
      sessions: this.sessions,
      letters: this.letters,
      attempts: new Attempts(50, WINDOW),
      guesses: new Attempts(30, WINDOW),
      requests: new Attempts(60, WINDOW),
      signUps: new Attempts(200, WINDOW),
      mails: new Attempts(1, mailInterval * 1000, 'over_email_send_rate_limit'),
      confirmEmail,
    }
    this.account = new Account(services)
    this.admin = new Admin(services)
    this.links = new Links(services, this.account)
    this.factors = new Factors(services, this.account)
    // a database that is away is swept next time
    this.sweeper = setInterval(() => void this.sessions.sweep().catch(() => undefined), SWEEP_INTERVAL).unref()
  }

  /** Password hashes computed since the start. */
  get hashesComputed(): number {
    return this.passwords.computed
  }

  /** Answers `/auth/v1/…`; never throws. A link of a mail may lead to `GET /verify`, which needs no key. */
  async handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    let counted = false
    try {
      const path = url.pathname.slice('/auth/v1'.length)
      const looking = request.method === 'HEAD'
      const open = this.openRoute(`${looking ? 'GET' : request.method} ${path}`)
      if (open) return await sendJson(request, response, 200, open)
      // who looks before they go must not spend what a visit spends
      if (looking) throw new AuthError(405, 'not_found', 'Method not allowed')
      const count = () => {
        if (this.underWay >= MOST_AT_ONCE) throw new AuthError(503, 'unexpected_failure', 'Too many requests wait. Try again.')
        this.underWay++
        counted = true
      }
      const route = `${request.method} ${path}`
      if (route === 'GET /verify') {
        count()
        const location = await this.links.follow(url.searchParams, deviceOf(request))
        return await send(request, response, 303, '', { location, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
      }
      const call = await this.read(request, url)
      count() // not before: who sends slowly keeps nobody's place
      const { status = 200, body, headers } = await this.dispatch(route, call)
      if (status === 204) return await send(request, response, 204, '', headers)
      await sendJson(request, response, status, body, { 'cache-control': 'no-store', ...headers })
    } catch (error) {
      await sendAuthError(request, response, error)
    } finally {
      if (counted) this.underWay--
    }
  }

  async close(): Promise<void> {
    clearInterval(this.sweeper)
    await this.links.settled()
    await this.letters.close()
    await Promise.all([this.sql.end({ timeout: 2 }), this.passwords.close()])
  }

  /** What needs no API key. */
  private openRoute(route: string): unknown {
    if (route === 'GET /health') return { version: 'embedded', name: 'GoTrue', description: 'The embedded Auth service, in GoTrue’s dialect' }
    if (route === 'GET /.well-known/jwks.json') return { keys: [] } // an HS256 key is nobody's to know
    return undefined
  }

  private async dispatch(route: string, call: Call): Promise<Answer> {
    const redirectTo = call.url.searchParams.get('redirect_to')
    switch (route) {
      case 'GET /settings':
        return { body: { ...SETTINGS, mailer_autoconfirm: !this.confirmEmail } }
      case 'POST /signup':
        return { body: await this.account.signUp(call.body, call.device, redirectTo) }
      case 'POST /token':
        return { body: await this.grant(call) }
      case 'GET /user':
        return { body: await this.account.show(await this.user(call)) }
      case 'PUT /user':
        return { body: await this.account.update(await this.user(call), call.body, call.device, redirectTo) }
      case 'POST /logout':
        await this.account.signOut(await this.user(call), call.url.searchParams.get('scope') ?? 'global', call.device)
        return { status: 204 }
      case 'POST /otp':
      case 'POST /magiclink':
        this.links.magicLink(call.body, call.device, redirectTo)
        return { body: {} }
      case 'POST /recover':
        this.links.recover(call.body, call.device, redirectTo)
        return { body: {} }
      case 'POST /resend':
        this.links.resend(call.body, call.device, redirectTo)
        return { body: {} }
      case 'POST /verify':
        return { body: await this.links.verify(call.body, call.device) }
      case 'GET /reauthenticate':
        await this.links.reauthenticate(await this.user(call), call.device)
        return { body: {} }
      case 'POST /invite':
        await this.requireSecret(call)
        return { body: await this.links.invite(call.body, call.device, redirectTo) }
      case 'POST /factors':
        return { body: await this.factors.enrol(await this.user(call), call.body, call.device) }
    }
    const factor = /^(POST|DELETE) \/factors\/([0-9a-f-]{36})(?:\/(challenge|verify))?$/.exec(route)
    if (factor) {
      const [, method, id, step] = factor
      if (method === 'DELETE' && !step) return { body: await this.factors.remove(await this.user(call), id!, call.device) }
      if (method === 'POST' && step === 'challenge') return { body: await this.factors.challenge(await this.user(call), id!, call.device) }
      if (method === 'POST' && step === 'verify') return { body: await this.factors.verify(await this.user(call), id!, call.body, call.device) }
    }
    const admin = /^([A-Z]+) \/admin\/users(?:\/([^/]+))?$/.exec(route)
    if (admin) return this.administrate(admin[1]!, admin[2], call)
    const path = route.slice(route.indexOf(' ') + 1)
    if (SINGLE_SIGN_ON.test(path))
      throw new AuthError(
        501,
        'not_implemented',
        'Single sign-on (OIDC, SAML) is the hosted Auth service’s: the embedded stack signs in by password or link.',
      )
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
    await this.requireSecret(call)
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

  private async requireSecret(call: Call): Promise<void> {
    const caller = call.token === undefined ? call.holder : await this.verify(call.token)
    if (caller.role !== 'service_role') throw new AuthError(403, 'not_admin', 'User not allowed')
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
    const device = deviceOf(request)
    const raw = request.method === 'GET' ? '' : (await readBody(request, BODY_LIMIT)).toString('utf8')
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

function deviceOf(request: IncomingMessage): Device {
  const { 'user-agent': userAgent = '', 'accept-language': language = '' } = request.headers
  return { ip: clientAddress(request), userAgent: userAgent.slice(0, 500), language: language.slice(0, 100) }
}
