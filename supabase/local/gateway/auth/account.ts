import type { Sql } from 'postgres'
import type { Claims } from '../tokens.ts'
import { askHook, standIn, type Attempts } from './attempts.ts'
import { AuthError } from './errors.ts'
import type { Passwords } from './passwords.ts'
import type { Sessions } from './sessions.ts'
import { audit, findUser, insertUser, showUser, type Device, type UserRow } from './store.ts'
import { emailAddress, merge, object, text, type Fields } from './validate.ts'

export interface Services {
  sql: Sql
  passwords: Passwords
  sessions: Sessions
  attempts: Attempts
}

/** What everybody may do with an account of their own. */
export class Account {
  constructor(private readonly services: Services) {}

  /** Registers an address and signs it in at once: nothing here can send a confirmation mail. */
  async signUp(body: Fields, device: Device): Promise<Record<string, unknown>> {
    const { sql, passwords, sessions } = this.services
    const given = text(body, 'email')
    if (!given) {
      if (text(body, 'phone')) throw new AuthError(400, 'phone_provider_disabled', 'Phone signups are disabled')
      throw new AuthError(422, 'anonymous_provider_disabled', 'Anonymous sign-ins are disabled')
    }
    const email = emailAddress(given)
    const password = text(body, 'password')
    if (!password) throw new AuthError(400, 'validation_failed', 'Signup requires a valid password')
    passwords.requireStrong(password)
    const taken = () => new AuthError(422, 'user_already_exists', 'User already registered')
    const passwordHash = await passwords.hash(password)
    if (await findUser(sql, { email })) throw taken()
    return sql
      .begin(async (db) => {
        const user = await insertUser(db, { email, passwordHash, userMetadata: object(body, 'data'), confirmed: true })
        await audit(db, 'user_signedup', 'team', user, device.ip, { provider: 'email' })
        await audit(db, 'login', 'account', user, device.ip, { provider: 'email' })
        return sessions.begin(db, user, device)
      })
      .catch((error: { code?: string }) => {
        throw error.code === '23505' ? taken() : error
      }) as Promise<Record<string, unknown>>
  }

  /** Signs in by password. A wrong password and an unknown address cost the same and answer the same. */
  async signIn(body: Fields, device: Device): Promise<Record<string, unknown>> {
    const { sql, passwords, sessions, attempts } = this.services
    if (text(body, 'phone')) throw new AuthError(400, 'phone_provider_disabled', 'Phone logins are disabled')
    const email = text(body, 'email')?.trim().toLowerCase()
    const password = text(body, 'password')
    if (!email || !password) throw new AuthError(400, 'validation_failed', 'missing email or password')
    attempts.check(device.ip)
    const user = await findUser(sql, { email })
    const valid = await passwords.verify(password, user?.encrypted_password)
    const refusal = await askHook(sql, user?.id ?? standIn(email), valid)
    if (refusal || !valid) {
      attempts.fail(device.ip)
      await audit(sql, 'login_failed', 'account', { id: user?.id, email }, device.ip, { provider: 'email', reason: refusal ? 'refused' : 'password' })
      if (refusal?.signOut && user) await sessions.end(sql, user.id, 'global', undefined)
      throw new AuthError(400, 'invalid_credentials', refusal?.message ?? 'Invalid login credentials')
    }
    if (user!.banned_until && user!.banned_until > new Date()) throw new AuthError(400, 'user_banned', 'User is banned')
    if (!user!.confirmed_at) throw new AuthError(400, 'email_not_confirmed', 'Email not confirmed')
    return sql.begin(async (db) => {
      await audit(db, 'login', 'account', user!, device.ip, { provider: 'email' })
      return sessions.begin(db, user!, device)
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
  async update(claims: Claims, body: Fields, device: Device): Promise<Record<string, unknown>> {
    const { sql, passwords, sessions } = this.services
    const user = await this.require(claims)
    const password = text(body, 'password')
    const wanted = text(body, 'email')
    const email = wanted === undefined ? undefined : emailAddress(wanted)
    let passwordHash: string | undefined
    if (password !== undefined) {
      passwords.requireStrong(password)
      if (user.encrypted_password && (await passwords.verify(password, user.encrypted_password))) {
        throw new AuthError(422, 'same_password', 'New password should be different from the old password.')
      }
      passwordHash = await passwords.hash(password)
    }
    return sql.begin(async (db) => {
      if (passwordHash) {
        await db`update auth.users set encrypted_password = ${passwordHash}, updated_at = now() where id = ${user.id}`
        await sessions.end(db, user.id, 'others', claims.session_id)
        await audit(db, 'user_updated_password', 'user', user, device.ip)
      }
      if (email && email !== user.email) await changeEmail(db, user.id, email)
      if (body.data !== undefined) {
        await db`update auth.users set raw_user_meta_data = ${db.json(merge(user.raw_user_meta_data, object(body, 'data')) as never)}, updated_at = now()
          where id = ${user.id}`
      }
      await audit(db, 'user_modified', 'user', user, device.ip)
      return showUser(db, (await findUser(db, { id: user.id }))!)
    }) as Promise<Record<string, unknown>>
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
