import { randomBytes, randomUUID } from 'node:crypto'
import type { Sql, TransactionSql } from 'postgres'
import type { Tokens } from '../tokens.ts'
import { AuthError } from './errors.ts'
import { audit, INSTANCE, showUser, type Db, type Device, type UserRow } from './store.ts'

/** Life of an access token, seconds. */
const ACCESS_TOKEN_LIFE = 3600
/** A session ends after this many seconds without a refresh. */
const INACTIVITY = 8 * 3600

interface RefreshRow {
  id: string
  token: string
  revoked: boolean
  parent: string | null
  session_id: string
  user_id: string
}

/** Begins, prolongs and ends sessions. */
export class Sessions {
  constructor(
    private readonly sql: Sql,
    private readonly tokens: Tokens,
    private readonly issuer: string,
  ) {}

  /** Begins a session of a user who just proved who they are; the answer is GoTrue's token response. */
  async begin(db: TransactionSql, user: UserRow, device: Device, method = 'password'): Promise<Record<string, unknown>> {
    const id = randomUUID()
    await db`
      insert into auth.sessions (id, user_id, created_at, updated_at, aal, user_agent, ip)
      values (${id}, ${user.id}, now(), now(), 'aal1', ${device.userAgent}, ${device.ip || null})`
    await db`
      insert into auth.mfa_amr_claims (session_id, created_at, updated_at, authentication_method, id)
      values (${id}, now(), now(), ${method}, ${randomUUID()})`
    const [signedIn] = await db<UserRow[]>`update auth.users set last_sign_in_at = now(), updated_at = now() where id = ${user.id} returning *`
    const refreshToken = await this.insertToken(db, signedIn!.id, id, null)
    return this.answer(db, signedIn!, id, refreshToken)
  }

  /**
   * Exchanges a refresh token. Each is good for one exchange; the parent of the active one answers the active one again, because the
   * client may never have got it, or another tab asked; any other used token ends the session.
   * @throws AuthError
   */
  async refresh(token: string, device: Device): Promise<Record<string, unknown>> {
    const outcome = await this.sql.begin(async (db) => {
      const row = await this.lock(db, token)
      if (!row) return new AuthError(400, 'refresh_token_not_found', 'Invalid Refresh Token: Refresh Token Not Found')
      const [user] = await db<UserRow[]>`select * from auth.users where id = ${row.user_id}::uuid and deleted_at is null`
      if (!user) return new AuthError(400, 'refresh_token_not_found', 'Invalid Refresh Token: User Not Found')
      if (user.banned_until && user.banned_until > new Date()) return new AuthError(400, 'user_banned', 'Invalid Refresh Token: User Banned')
      const [dead] = await db`
        delete from auth.sessions where id = ${row.session_id}
          and (not_after < now() or coalesce(refreshed_at, created_at at time zone 'utc') < (now() at time zone 'utc') - make_interval(secs => ${INACTIVITY}))
        returning id`
      if (dead) return new AuthError(400, 'session_expired', 'Invalid Refresh Token: Session Expired')
      let next = row.token
      if (row.revoked) {
        const [active] = await db<RefreshRow[]>`
          select * from auth.refresh_tokens where session_id = ${row.session_id} and not revoked order by id desc limit 1`
        if (active?.parent !== row.token) {
          await db`delete from auth.sessions where id = ${row.session_id}`
          await audit(db, 'token_revoked', 'token', user, device.ip, { reason: 'refresh token used again', session_id: row.session_id })
          return new AuthError(400, 'refresh_token_already_used', 'Invalid Refresh Token: Already Used')
        }
        next = active.token
      } else {
        await db`update auth.refresh_tokens set revoked = true, updated_at = now() where id = ${row.id}`
        next = await this.insertToken(db, user.id, row.session_id, row.token)
      }
      await db`
        update auth.sessions set refreshed_at = now() at time zone 'utc', updated_at = now(), user_agent = ${device.userAgent}, ip = ${device.ip || null}
        where id = ${row.session_id}`
      await audit(db, 'token_refreshed', 'token', user, device.ip)
      return this.answer(db, user, row.session_id, next)
    })
    // thrown out here, so that what a refusal wrote stays written
    if (outcome instanceof AuthError) throw outcome
    return outcome as Record<string, unknown>
  }

  /** Lifts a session to aal2 after a second factor was given; its tokens are replaced. The answer is a token response. */
  async raise(db: TransactionSql, user: UserRow, sessionId: string, factorId: string): Promise<Record<string, unknown>> {
    const [session] =
      await db`update auth.sessions set aal = 'aal2', factor_id = ${factorId}, updated_at = now() where id = ${sessionId} returning id`
    if (!session) throw new AuthError(403, 'session_not_found', 'Session from session_id claim in JWT does not exist')
    await db`
      insert into auth.mfa_amr_claims (session_id, created_at, updated_at, authentication_method, id)
      values (${sessionId}, now(), now(), 'totp', ${randomUUID()})
      on conflict (session_id, authentication_method) do update set created_at = now(), updated_at = now()`
    const [active] = await db<{ token: string }[]>`
      update auth.refresh_tokens set revoked = true, updated_at = now() where session_id = ${sessionId} and not revoked returning token`
    return this.answer(db, user, sessionId, await this.insertToken(db, user.id, sessionId, active?.token ?? null))
  }

  /** Lets a user's sessions fall back to aal1 when no verified factor is left. */
  async lower(db: Db, userId: string): Promise<void> {
    await db`
      with lowered as (
        update auth.sessions set aal = 'aal1', factor_id = null, updated_at = now()
        where user_id = ${userId} and aal <> 'aal1' and not exists (select from auth.mfa_factors where user_id = ${userId} and status = 'verified')
        returning id)
      delete from auth.mfa_amr_claims where authentication_method = 'totp' and session_id in (select id from lowered)`
  }

  /** Ends sessions of a user: the current one, the others, or all. */
  async end(db: Db, userId: string, scope: string, sessionId: string | undefined): Promise<void> {
    if (scope === 'local') await db`delete from auth.sessions where user_id = ${userId} and id = ${sessionId ?? null}`
    else if (scope === 'others') await db`delete from auth.sessions where user_id = ${userId} and id <> ${sessionId ?? INSTANCE}`
    else await db`delete from auth.sessions where user_id = ${userId}`
  }

  /** Deletes sessions whose time has passed, at most 1,000 at once, and what else is no longer good. */
  async sweep(): Promise<void> {
    await this.sql`delete from auth.mfa_challenges where created_at < now() - interval '1 day'`
    await this.sql`delete from auth.one_time_tokens where created_at < (now() at time zone 'utc') - interval '2 days'`
    await this.sql`
      delete from auth.sessions where id in (
        select id from auth.sessions
        where not_after < now() or coalesce(refreshed_at, created_at at time zone 'utc') < (now() at time zone 'utc') - make_interval(secs => ${INACTIVITY})
        limit 1000)`
  }

  /** The token's row with its session locked, so that exchanges of one session come one after the other. */
  private async lock(db: TransactionSql, token: string): Promise<RefreshRow | undefined> {
    await db`select 1 from auth.sessions where id = (select session_id from auth.refresh_tokens where token = ${token}) for update`
    const [row] = await db<RefreshRow[]>`
      select t.* from auth.refresh_tokens t join auth.sessions s on s.id = t.session_id where t.token = ${token}`
    return row
  }

  private async insertToken(db: Db, userId: string, sessionId: string, parent: string | null): Promise<string> {
    const token = randomBytes(24).toString('base64url')
    await db`
      insert into auth.refresh_tokens (instance_id, token, user_id, revoked, created_at, updated_at, parent, session_id)
      values (${INSTANCE}, ${token}, ${userId}, false, now(), now(), ${parent}, ${sessionId})`
    return token
  }

  private async answer(db: Db, user: UserRow, sessionId: string, refreshToken: string): Promise<Record<string, unknown>> {
    const [session] = await db<{ aal: string; amr: { method: string; timestamp: number }[] }[]>`
      select s.aal, coalesce(json_agg(json_build_object('method', c.authentication_method, 'timestamp', extract(epoch from c.created_at)::bigint)
        order by c.created_at desc) filter (where c.id is not null), '[]') as amr
      from auth.sessions s left join auth.mfa_amr_claims c on c.session_id = s.id where s.id = ${sessionId} group by s.id`
    const now = Math.floor(Date.now() / 1000)
    const accessToken = await this.tokens.sign({
      iss: this.issuer,
      sub: user.id,
      aud: user.aud,
      exp: now + ACCESS_TOKEN_LIFE,
      iat: now,
      email: user.email ?? '',
      phone: user.phone ?? '',
      app_metadata: user.raw_app_meta_data ?? {},
      user_metadata: user.raw_user_meta_data ?? {},
      role: user.role,
      aal: session!.aal,
      amr: session!.amr,
      session_id: sessionId,
      is_anonymous: user.is_anonymous,
    })
    return {
      access_token: accessToken,
      token_type: 'bearer',
      expires_in: ACCESS_TOKEN_LIFE,
      expires_at: now + ACCESS_TOKEN_LIFE,
      refresh_token: refreshToken,
      user: await showUser(db, user),
    }
  }
}
