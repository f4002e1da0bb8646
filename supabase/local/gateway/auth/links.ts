import type { Claims } from '../tokens.ts'
import { randomInt } from 'node:crypto'
import { isWrong, type Account, type Services } from './account.ts'
import { AuthError } from './errors.ts'
import { issueToken, spendToken, type TokenKind } from './one-time.ts'
import { audit, findUser, forgetUnproven, insertUser, showUser, type Device, type UserRow } from './store.ts'
import { bounded, emailAddress, object, text, type Fields } from './validate.ts'

/** Which tokens a link of a type may spend. */
const KINDS: Record<string, TokenKind[]> = {
  signup: ['confirmation_token'],
  invite: ['confirmation_token'],
  magiclink: ['recovery_token', 'confirmation_token'],
  email: ['recovery_token', 'confirmation_token'],
  recovery: ['recovery_token'],
  email_change: ['email_change_token_new', 'email_change_token_current'],
}

/** Everything that goes by a link in a mail. No answer tells whether an address has an account. */
export class Links {
  private readonly underWay = new Set<Promise<void>>()

  constructor(
    private readonly services: Services,
    private readonly account: Account,
  ) {}

  /** Sends a sign-in link; makes the account first when `create_user` is not false. */
  magicLink(body: Fields, device: Device, redirectTo: string | null): void {
    const { sql, letters } = this.services
    const email = this.admit(body, device)
    const data = bounded(object(body, 'data'), 'data')
    this.afterwards(async () => {
      const known = await findUser(sql, { email })
      if (!known && body.create_user === false) return
      const user = known
        ? await forgetUnproven(sql, known)
        : await sql.begin((db) => insertUser(db, { email, passwordHash: null, userMetadata: data, confirmed: false }))
      const token = await issueToken(sql, user.id, user.confirmed_at ? 'recovery_token' : 'confirmation_token', email)
      await sql`update auth.users set recovery_sent_at = now() where id = ${user.id}`
      await audit(sql, 'user_recovery_requested', 'user', user, device.ip, { by: 'magiclink' })
      letters.post('magic_link', user, device, { url: letters.link('magiclink', token, redirectTo) })
    })
  }

  /** Sends a link to a new password: good for an hour, once. */
  recover(body: Fields, device: Device, redirectTo: string | null): void {
    const { sql, letters } = this.services
    const email = this.admit(body, device)
    this.afterwards(async () => {
      const user = await findUser(sql, { email })
      if (!user) return
      await forgetUnproven(sql, user)
      const token = await issueToken(sql, user.id, 'recovery_token', email)
      await sql`update auth.users set recovery_sent_at = now() where id = ${user.id}`
      await audit(sql, 'user_recovery_requested', 'user', user, device.ip, { by: 'recovery' })
      letters.post('recovery', user, device, { url: letters.link('recovery', token, redirectTo) })
    })
  }

  /** Sends a confirmation once more: `signup` or `email_change`. */
  resend(body: Fields, device: Device, redirectTo: string | null): void {
    const { sql } = this.services
    const type = text(body, 'type')
    if (type !== 'signup' && type !== 'email_change')
      throw new AuthError(400, 'validation_failed', 'Missing one of these types: signup, email_change')
    const email = this.admit(body, device)
    this.afterwards(async () => {
      const user = await findUser(sql, { email })
      if (!user) return
      if (type === 'signup' && !user.confirmed_at) await this.account.askConfirmation(sql, user, device, redirectTo)
      if (type === 'email_change' && user.email_change) await this.account.askEmailChange(sql, user, user.email_change, device, redirectTo)
    })
  }

  /** Makes an account for an address and sends it a link; for the holder of the secret key. */
  async invite(body: Fields, device: Device, redirectTo: string | null): Promise<Record<string, unknown>> {
    const { sql, letters } = this.services
    const email = emailAddress(text(body, 'email') ?? '')
    const data = bounded(object(body, 'data'), 'data')
    const known = await findUser(sql, { email })
    if (known?.confirmed_at) throw new AuthError(422, 'email_exists', 'A user with this email address has already been registered')
    return sql.begin(async (db) => {
      const user = known
        ? await forgetUnproven(db, known, data)
        : await insertUser(db, { email, passwordHash: null, userMetadata: data, confirmed: false })
      await db`update auth.users set invited_at = now() where id = ${user.id}`
      const token = await issueToken(db, user.id, 'confirmation_token', email)
      await audit(db, 'user_invited', 'team', { email: 'service_role' }, device.ip, { user_id: user.id, user_email: email })
      letters.post('invite', user, device, { url: letters.link('invite', token, redirectTo) })
      return showUser(db, (await findUser(db, { id: user.id }))!)
    }) as Promise<Record<string, unknown>>
  }

  /** Spends the token of a link: begins a session, or answers a message when an e-mail change waits for the other address. */
  async verify(body: Fields, device: Device): Promise<Record<string, unknown>> {
    const { sql, sessions, guesses } = this.services
    const type = text(body, 'type') ?? ''
    const secret = text(body, 'token_hash')
    const kinds = Object.hasOwn(KINDS, type) ? KINDS[type] : undefined
    if (!kinds) throw new AuthError(400, 'validation_failed', `Verify requires a verification type, not "${type}"`)
    if (!secret) throw new AuthError(400, 'validation_failed', 'Verify requires the token_hash of the link')
    return guesses.unless(device.ip, isWrong, () =>
      sql.begin(async (db) => {
        const { user, kind, relatesTo } = await spendToken(db, secret, kinds)
        if (user.banned_until && user.banned_until > new Date()) throw new AuthError(403, 'user_banned', 'User is banned')
        if (type === 'email_change') {
          const changed = await this.account.confirmEmailChange(db, user, kind, relatesTo, device)
          if (!changed) return { msg: 'Confirmation link accepted. Please proceed to confirm link sent to the other email', code: 200 }
        } else if (!user.confirmed_at) {
          await confirm(db, user)
        }
        await audit(db, 'login', 'account', user, device.ip, { provider: 'email', by: type })
        return sessions.begin(db, (await findUser(db, { id: user.id }))!, device, 'otp')
      }),
    ) as Promise<Record<string, unknown>>
  }

  /** The same for a link that leads here: answers the address to go on to, with the session or the refusal in its fragment. */
  async follow(params: URLSearchParams, device: Device): Promise<string> {
    const landing = this.services.letters.landing(params.get('redirect_to'))
    const type = params.get('type') ?? ''
    const outcome = await this.verify({ type, token_hash: params.get('token') ?? params.get('token_hash') ?? '' }, device).catch((error: unknown) => {
      if (!(error instanceof AuthError)) throw error
      return { error: 'access_denied', error_code: error.code, error_description: error.message }
    })
    const { user: _user, ...facts } = outcome as Record<string, unknown>
    const fragment = new URLSearchParams(Object.entries({ ...facts, type }).map(([name, value]) => [name, String(value)]))
    return `${landing}#${fragment.toString()}`
  }

  /** Sends the signed-in person a code that lets an older session change the password. */
  async reauthenticate(claims: Claims, device: Device): Promise<void> {
    const { sql, letters, mails } = this.services
    const user = await this.account.require(claims)
    mails.take(`reauthenticate ${user.id}`)
    const code = String(randomInt(10 ** 8)).padStart(8, '0')
    await issueToken(sql, user.id, 'reauthentication_token', user.email ?? '', `${user.id}${code}`)
    await sql`update auth.users set reauthentication_sent_at = now() where id = ${user.id}`
    letters.post('reauthentication', user, device, { code })
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    await Promise.all(this.underWay)
  }

  /** Does it behind the answer: how long it takes would tell whether the address has an account. */
  private afterwards(work: () => Promise<void>): void {
    const done = work()
      .catch((error: Error) => console.error(`[gateway] auth: a mail was not written: ${error.message}`))
      .finally(() => this.underWay.delete(done))
    this.underWay.add(done)
  }

  /** The address of a request for a mail, within the limits of address and device. */
  private admit(body: Fields, device: Device): string {
    if (!text(body, 'email') && text(body, 'phone')) throw new AuthError(400, 'phone_provider_disabled', 'Phone logins are disabled')
    const email = emailAddress(text(body, 'email') ?? '')
    this.services.requests.take(device.ip)
    this.services.mails.take(email)
    return email
  }
}

/** Marks the address as the person's. */
async function confirm(db: Parameters<typeof audit>[0], user: UserRow): Promise<void> {
  await db`update auth.users set email_confirmed_at = now(), updated_at = now() where id = ${user.id}`
  await db`update auth.identities set identity_data = identity_data || '{"email_verified": true}', updated_at = now() where user_id = ${user.id} and provider = 'email'`
}
