import { randomUUID } from 'node:crypto'
import type { Sql } from 'postgres'
import type { Claims } from '../tokens.ts'
import { askHook, standIn, type Attempts } from './attempts.ts'
import { AuthError } from './errors.ts'
import type { Letters } from './letters.ts'
import { issueToken, spendToken, type TokenKind } from './one-time.ts'
import type { Passwords } from './passwords.ts'
import type { Sessions } from './sessions.ts'
import { audit, findUser, forgetUnproven, insertUser, showUser, type Db, type Device, type UserRow } from './store.ts'
import { bounded, emailAddress, merge, object, text, type Fields } from './validate.ts'

/** An older session proves itself by a code before it changes the password, hours. */
const FRESH_SESSION = 24
/** Where a person without a password chooses one. */
const NEW_PASSWORD = '/new-password'

export interface Services {
  sql: Sql
  passwords: Passwords
  sessions: Sessions
  letters: Letters
  /** Wrong passwords per device address. */
  attempts: Attempts
  /** Links that no token fits, per device address. */
  guesses: Attempts
  /** Requests for mails per device address. */
  requests: Attempts
  /** Sign-ups per device address. */
  signUps: Attempts
  /** Mails per recipient. */
  mails: Attempts
  /** Whether a new address must be confirmed by a link before it is good. */
  confirmEmail: boolean
}

/** What everybody may do with an account of their own. */
export class Account {
  constructor(private readonly services: Services) {}

  /**
   * Registers an address. Without confirmation it is signed in at once and a taken one is told so; with confirmation the answer is a user
   * without a session, the same for every address, and a mail says the rest.
   */
  async signUp(body: Fields, device: Device, redirectTo: string | null): Promise<Record<string, unknown>> {
    const { sql, passwords, sessions, confirmEmail, requests, signUps } = this.services
    const given = text(body, 'email')
    if (!given) {
      if (text(body, 'phone')) throw new AuthError(400, 'phone_provider_disabled', 'Phone signups are disabled')
      throw new AuthError(422, 'anonymous_provider_disabled', 'Anonymous sign-ins are disabled')
    }
    const email = emailAddress(given)
    const password = text(body, 'password')
    if (!password) throw new AuthError(400, 'validation_failed', 'Signup requires a valid password')
    const data = bounded(object(body, 'data'), 'data')
    passwords.requireStrong(password, [email.split('@')[0], String(data.full_name ?? '')])
    signUps.take(device.ip)
    if (confirmEmail) {
      requests.take(device.ip)
      await this.signUpByLink(email, password, data, device, redirectTo)
      return pretend(email)
    }
    const taken = () => new AuthError(422, 'user_already_exists', 'User already registered')
    if (await findUser(sql, { email })) throw taken()
    const passwordHash = await passwords.hash(password)
    return sql
      .begin(async (db) => {
        const user = await insertUser(db, { email, passwordHash, userMetadata: data, confirmed: true })
        await audit(db, 'user_signedup', 'team', user, device.ip, { provider: 'email' })
        await audit(db, 'login', 'account', user, device.ip, { provider: 'email' })
        return sessions.begin(db, user, device)
      })
      .catch((error: { code?: string }) => {
        throw error.code === '23505' ? taken() : error
      }) as Promise<Record<string, unknown>>
  }

  /**
   * Registers an address that a link must confirm, at the cost of one hash whoever has it. Nobody knows yet whose it is: a second password
   * for it leaves none of the two, and the link leads to where one is chosen.
   * @param placed whether a mail may go out, when its place was asked for already
   */
  private async signUpByLink(
    email: string,
    password: string,
    data: Fields,
    device: Device,
    redirectTo: string | null,
    placed?: boolean,
  ): Promise<void> {
    const { sql, passwords, mails } = this.services
    const known = await findUser(sql, { email })
    if (known) {
      const same = await passwords.verify(password, known.confirmed_at ? null : known.encrypted_password)
      const mailing = placed ?? mails.takes(email)
      if (known.confirmed_at) return
      return void (await sql.begin(async (db) => {
        const user = same ? known : await forgetUnproven(db, known)
        if (mailing) await this.askConfirmation(db, user, device, redirectTo)
      }))
    }
    const passwordHash = await passwords.hash(password)
    const mailing = placed ?? mails.takes(email)
    try {
      await sql.begin(async (db) => {
        const user = await insertUser(db, { email, passwordHash, userMetadata: data, confirmed: false })
        await audit(db, 'user_signedup', 'team', user, device.ip, { provider: 'email' })
        if (mailing) await this.askConfirmation(db, user, device, redirectTo)
      })
    } catch (error) {
      if ((error as { code?: string }).code !== '23505') throw error
      await this.signUpByLink(email, password, data, device, redirectTo, mailing) // another one was first
    }
  }

  /** Signs in by password. A wrong password and an unknown address cost the same and answer the same. */
  async signIn(body: Fields, device: Device): Promise<Record<string, unknown>> {
    const { sql, passwords, sessions, attempts, letters } = this.services
    if (text(body, 'phone')) throw new AuthError(400, 'phone_provider_disabled', 'Phone logins are disabled')
    const email = text(body, 'email')?.trim().toLowerCase()
    const password = text(body, 'password')
    if (!email || !password) throw new AuthError(400, 'validation_failed', 'missing email or password')
    const user = await attempts.unless(device.ip, isWrong, async () => {
      const user = await findUser(sql, { email })
      const valid = await passwords.verify(password, user?.encrypted_password)
      const { refusal, locking } = await askHook(sql, user?.id ?? standIn(email), valid)
      if (locking && user) letters.post('locked', user, device)
      if (!refusal && valid) return user!
      await audit(sql, 'login_failed', 'account', { id: user?.id, email }, device.ip, { provider: 'email', reason: refusal ? 'refused' : 'password' })
      if (refusal?.signOut && user) await sessions.end(sql, user.id, 'global', undefined)
      throw new AuthError(400, 'invalid_credentials', refusal?.message ?? 'Invalid login credentials')
    })
    if (user.banned_until && user.banned_until > new Date()) throw new AuthError(400, 'user_banned', 'User is banned')
    if (!user.confirmed_at) throw new AuthError(400, 'email_not_confirmed', 'Email not confirmed')
    return sql.begin(async (db) => {
      await audit(db, 'login', 'account', user, device.ip, { provider: 'email' })
      const [seen] = await db<{ elsewhere: boolean; here: boolean }[]>`
        select count(*) > 0 as elsewhere, coalesce(bool_or(user_agent = ${device.userAgent}), false) as here from auth.sessions where user_id = ${user.id}`
      if (seen!.elsewhere && !seen!.here) letters.post('new_sign_in', user, device, { device: device.userAgent.slice(0, 120) || '?' })
      return sessions.begin(db, user, device)
    }) as Promise<Record<string, unknown>>
  }

  /** The user of a token, whose session must still exist. */
  async require(claims: Claims): Promise<UserRow> {
    const { sql } = this.services
    if (!claims.sub || !claims.session_id) throw new AuthError(403, 'bad_jwt', 'invalid claim: missing sub claim')
    const user = await findUser(sql, { id: claims.sub })
    if (!user) throw new AuthError(403, 'user_not_found', 'User from sub claim in JWT does not exist')
    const [session] = await sql`
      select id from auth.sessions where id = ${claims.session_id} and user_id = ${user.id} and (not_after is null or not_after > now())`
    if (!session) throw new AuthError(403, 'session_not_found', 'Session from session_id claim in JWT does not exist')
    return user
  }

  async show(claims: Claims): Promise<Record<string, unknown>> {
    return showUser(this.services.sql, await this.require(claims))
  }

  /** Changes password, e-mail address or metadata. A new password ends the user's other sessions. */
  async update(claims: Claims, body: Fields, device: Device, redirectTo: string | null): Promise<Record<string, unknown>> {
    const { sql, sessions, letters, confirmEmail, mails } = this.services
    const user = await this.require(claims)
    const password = text(body, 'password')
    const wanted = text(body, 'email')
    const email = wanted === undefined || emailAddress(wanted) === user.email ? undefined : emailAddress(wanted)
    if (password !== undefined || email)
      await this.requireProof(claims, user.id, 'AAL2 session is required to update email or password when MFA is enabled.')
    const passwordHash = password === undefined ? undefined : await this.newPassword(claims, user, password, text(body, 'nonce'))
    if (email && confirmEmail) mails.take(email)
    return sql.begin(async (db) => {
      if (passwordHash) {
        await db`update auth.users set encrypted_password = ${passwordHash}, updated_at = now() where id = ${user.id}`
        await db`delete from auth.one_time_tokens where user_id = ${user.id} and token_type = 'recovery_token'`
        await sessions.end(db, user.id, 'others', claims.session_id)
        await audit(db, 'user_updated_password', 'user', user, device.ip)
        letters.post('password_changed', user, device)
      }
      if (email && confirmEmail) await this.askEmailChange(db, user, email, device, redirectTo)
      else if (email) await changeEmail(db, user.id, email)
      if (body.data !== undefined) {
        await db`update auth.users set raw_user_meta_data = ${db.json(bounded(merge(user.raw_user_meta_data, object(body, 'data')), 'data') as never)}, updated_at = now()
          where id = ${user.id}`
      }
      await audit(db, 'user_modified', 'user', user, device.ip)
      return showUser(db, (await findUser(db, { id: user.id }))!)
    }) as Promise<Record<string, unknown>>
  }

  /** Sends the link that confirms a new account; without a password it leads to where one is chosen. */
  async askConfirmation(db: Db, user: UserRow, device: Device, redirectTo: string | null): Promise<void> {
    const { letters } = this.services
    const token = await issueToken(db, user.id, 'confirmation_token', user.email!)
    await db`update auth.users set confirmation_sent_at = now() where id = ${user.id}`
    letters.post('confirmation', user, device, { url: letters.link('signup', token, user.encrypted_password ? redirectTo : NEW_PASSWORD) })
  }

  /** Sends a link to the old address and to the new one: the change is made once both agree. A taken address gets none. */
  async askEmailChange(db: Db, user: UserRow, email: string, device: Device, redirectTo: string | null): Promise<void> {
    const { letters } = this.services
    await db`update auth.users set email_change = ${email}, email_change_sent_at = now(), email_change_confirm_status = 0 where id = ${user.id}`
    const current = await issueToken(db, user.id, 'email_change_token_current', user.email!)
    letters.post('email_change', user, device, { email, url: letters.link('email_change', current, redirectTo) })
    if (await findUser(db, { email })) return
    const next = await issueToken(db, user.id, 'email_change_token_new', email)
    letters.post('email_change', user, device, { email, url: letters.link('email_change', next, redirectTo) }, email)
  }

  /** Counts one address's agreement; true when it was the second and the change is made. */
  async confirmEmailChange(db: Db, user: UserRow, kind: TokenKind, relatesTo: string, device: Device): Promise<boolean> {
    const gone = new AuthError(403, 'otp_expired', 'Email link is invalid or has expired')
    const asked = kind === 'email_change_token_current' ? user.email : user.email_change
    if (!user.email_change || asked !== relatesTo) throw gone
    const [row] = await db<{ status: number }[]>`
      update auth.users set email_change_confirm_status = email_change_confirm_status + 1 where id = ${user.id}
      returning email_change_confirm_status as status`
    if (row!.status < 2) return false
    await changeEmail(db, user.id, user.email_change)
    await db`update auth.users set email_change = '', email_change_confirm_status = 0 where id = ${user.id}`
    await audit(db, 'user_modified', 'user', user, device.ip, { email: user.email_change })
    return true
  }

  /** The hash of a password that is strong, not one of the last five, and asked for by who may. */
  private async newPassword(claims: Claims, user: UserRow, password: string, nonce: string | undefined): Promise<string> {
    const { sql, passwords } = this.services
    const [session] = await sql<{ old: boolean }[]>`
      select created_at < now() - make_interval(hours => ${FRESH_SESSION}) as old from auth.sessions where id = ${claims.session_id!}`
    if (session?.old) {
      if (!nonce) throw new AuthError(400, 'reauthentication_needed', 'Password update requires reauthentication')
      await this.services.guesses
        .unless(user.id, isWrong, () => spendToken(sql, `${user.id}${nonce.trim()}`, ['reauthentication_token'], user.id))
        .catch((error: unknown) => {
          throw isWrong(error) ? new AuthError(422, 'reauthentication_not_valid', 'Nonce has expired or is invalid') : error
        })
    }
    passwords.requireStrong(password, [user.email?.split('@')[0], String(user.raw_user_meta_data?.full_name ?? '')])
    const last = await sql<{ hash: string }[]>`select hash from app_private.last_password_hashes(${user.id}) as hash`.catch(
      (error: { code?: string }) => {
        if (error.code !== '42883' && error.code !== '3F000') throw error
        return [] // a database without our schema
      },
    )
    // without one now, what came before was nobody's: it was given before the address was confirmed
    const hashes = user.encrypted_password ? [...new Set([user.encrypted_password, ...last.map(({ hash }) => hash)])] : []
    if (await passwords.isOneOf(password, hashes))
      throw new AuthError(422, 'same_password', 'New password should be different from the last five passwords.')
    return passwords.hash(password)
  }

  /** @throws AuthError insufficient_aal when the person has a verified factor and session and token do not both say it was given */
  async requireProof(claims: Claims, userId: string, message: string): Promise<void> {
    const [row] = await this.services.sql<{ has: boolean; given: boolean }[]>`
      select exists (select from auth.mfa_factors where user_id = ${userId} and status = 'verified') as has,
        exists (select from auth.sessions where id = ${claims.session_id!} and aal >= 'aal2') as given`
    if (row!.has && !(row!.given && claims.aal === 'aal2')) throw new AuthError(403, 'insufficient_aal', message)
  }

  /** Ends sessions: `global` (all), `local` (this one) or `others`. */
  async signOut(claims: Claims, scope: string, device: Device): Promise<void> {
    if (!['global', 'local', 'others'].includes(scope)) throw new AuthError(400, 'validation_failed', `Unsupported logout scope "${scope}"`)
    const user = await this.require(claims)
    await this.services.sql.begin(async (db) => {
      await this.services.sessions.end(db, user.id, scope, claims.session_id)
      await audit(db, 'logout', 'account', user, device.ip, { scope })
    })
  }
}

/** Whether a secret was wrong, and nothing else in the way. */
export const isWrong = (error: unknown): boolean =>
  error instanceof AuthError && (error.code === 'invalid_credentials' || error.code === 'otp_expired')

/** Gives a user another address, in the identity too. */
export async function changeEmail(db: Parameters<typeof audit>[0], id: string, email: string): Promise<void> {
  try {
    await db`update auth.users set email = ${email}, email_confirmed_at = now(), updated_at = now() where id = ${id}`
  } catch (error) {
    if ((error as { code?: string }).code !== '23505') throw error
    throw new AuthError(422, 'email_exists', 'A user with this email address has already been registered')
  }
  await db`
    update auth.identities set identity_data = identity_data || jsonb_build_object('email', ${email}::text, 'email_verified', true), updated_at = now()
    where user_id = ${id} and provider = 'email'`
}

/** The answer to a sign-up whose address must be confirmed, taken or new: a user that looks new. */
function pretend(email: string): Record<string, unknown> {
  const now = new Date()
  return {
    id: randomUUID(),
    aud: 'authenticated',
    role: '',
    email,
    phone: '',
    app_metadata: { provider: 'email', providers: ['email'] },
    user_metadata: {},
    identities: [],
    created_at: now,
    updated_at: now,
    confirmation_sent_at: now,
    is_anonymous: false,
  }
}
