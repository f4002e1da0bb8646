import { randomUUID } from 'node:crypto'
import { Secret, TOTP } from 'otpauth'
import { renderSVG } from 'uqr'
import type { Claims } from '../tokens.ts'
import type { Account, Services } from './account.ts'
import { askMfaHook } from './attempts.ts'
import { AuthError } from './errors.ts'
import { audit, type Device } from './store.ts'
import { isUuid, text, type Fields } from './validate.ts'

/** A challenge is answered within this many seconds. */
const CHALLENGE_LIFE = 300
const MOST_FACTORS = 10
const PERIOD = 30

interface FactorRow {
  id: string
  user_id: string
  friendly_name: string | null
  factor_type: string
  status: 'unverified' | 'verified'
  secret: string
}

/** Second factors: time-based codes of an authenticator app. */
export class Factors {
  constructor(
    private readonly services: Services,
    private readonly account: Account,
  ) {}

  /** Begins to enrol a factor: it counts once a code of it was verified. */
  async enrol(claims: Claims, body: Fields, device: Device): Promise<Record<string, unknown>> {
    const { sql } = this.services
    const user = await this.account.require(claims)
    const type = text(body, 'factor_type')
    if (type === 'phone' || type === 'webauthn') throw new AuthError(422, `mfa_${type}_enroll_not_enabled`, `MFA enroll is disabled for ${type}`)
    if (type !== 'totp') throw new AuthError(400, 'validation_failed', 'factor_type needs to be totp')
    await this.account.requireProof(claims, user.id, 'AAL2 required to enroll a new factor')
    const name = text(body, 'friendly_name')?.slice(0, 100) ?? ''
    const issuer = text(body, 'issuer')?.slice(0, 100) ?? 'Aplomb'
    const secret = new Secret({ size: 20 })
    const totp = new TOTP({ issuer, label: user.email ?? user.id, secret, period: PERIOD })
    const id = randomUUID()
    await sql
      .begin(async (db) => {
        await db`select from auth.users where id = ${user.id} for no key update`
        await db`delete from auth.mfa_factors where user_id = ${user.id} and status = 'unverified'`
        const [row] = await db<{ count: number }[]>`select count(*)::int from auth.mfa_factors where user_id = ${user.id}`
        if (row!.count >= MOST_FACTORS)
          throw new AuthError(422, 'too_many_enrolled_mfa_factors', 'Maximum number of verified factors reached, unenroll to continue')
        await db`
          insert into auth.mfa_factors (id, user_id, friendly_name, factor_type, status, created_at, updated_at, secret)
          values (${id}, ${user.id}, ${name}, 'totp', 'unverified', now(), now(), ${secret.base32})`
        await audit(db, 'factor_in_progress', 'account', user, device.ip, { factor_id: id })
      })
      .catch((error: { code?: string }) => {
        if (error.code !== '23505') throw error
        throw new AuthError(422, 'mfa_factor_name_conflict', `A factor with the friendly name "${name}" for this user already exists`)
      })
    const uri = totp.toString()
    return { id, type: 'totp', friendly_name: name, totp: { qr_code: renderSVG(uri), secret: secret.base32, uri } }
  }

  /** Asks for a code of a factor. */
  async challenge(claims: Claims, id: string, device: Device): Promise<Record<string, unknown>> {
    const { sql } = this.services
    const user = await this.account.require(claims)
    await this.find(user.id, id)
    const challenge = randomUUID()
    await sql`insert into auth.mfa_challenges (id, factor_id, created_at, ip_address) values (${challenge}, ${id}, now(), ${device.ip || '127.0.0.1'})`
    return { id: challenge, type: 'totp', expires_at: Math.floor(Date.now() / 1000) + CHALLENGE_LIFE }
  }

  /** Answers a challenge: the session rises to aal2. The first code of a factor makes it count, and ends the sessions that gave none. */
  async verify(claims: Claims, id: string, body: Fields, device: Device): Promise<Record<string, unknown>> {
    const { sql, sessions } = this.services
    const user = await this.account.require(claims)
    const factor = await this.find(user.id, id)
    const valid = await this.check(factor, text(body, 'challenge_id') ?? '', text(body, 'code') ?? '')
    const refusal = await askMfaHook(sql, { user_id: user.id, factor_id: id, factor_type: 'totp', valid })
    if (refusal) {
      await audit(sql, 'verification_attempted', 'account', user, device.ip, { factor_id: id, reason: 'refused' })
      throw new AuthError(403, 'mfa_verification_rejected', refusal.message)
    }
    if (!valid) throw new AuthError(422, 'mfa_verification_failed', 'Invalid TOTP code entered')
    return sql.begin(async (db) => {
      if (factor.status === 'unverified') {
        await db`update auth.mfa_factors set status = 'verified', updated_at = now() where id = ${id}`
        await db`delete from auth.sessions where user_id = ${user.id} and id <> ${claims.session_id!} and aal is distinct from 'aal2'`
      }
      await audit(db, 'verification_attempted', 'account', user, device.ip, { factor_id: id })
      return sessions.raise(db, user, claims.session_id!, id)
    }) as Promise<Record<string, unknown>>
  }

  /** Removes a factor; a verified one only by who gave it. Without any left, sessions fall back to aal1. */
  async remove(claims: Claims, id: string, device: Device): Promise<Record<string, unknown>> {
    const { sql, sessions } = this.services
    const user = await this.account.require(claims)
    const factor = await this.find(user.id, id)
    if (factor.status === 'verified') await this.account.requireProof(claims, user.id, 'AAL2 required to unenroll verified factor')
    await sql.begin(async (db) => {
      await db`delete from auth.mfa_factors where id = ${id}`
      if (factor.status === 'verified') await sessions.lower(db, user.id)
      await audit(db, 'factor_unenrolled', 'account', user, device.ip, { factor_id: id, factor_status: factor.status })
    })
    return { id }
  }

  /** A factor's code is good once, within half a minute of its time; the challenge too. What was right is spent whatever comes after. */
  private async check(factor: FactorRow, challengeId: string, code: string): Promise<boolean> {
    if (!isUuid(challengeId)) throw new AuthError(422, 'mfa_factor_not_found', 'MFA factor with the provided challenge ID not found')
    const now = Date.now()
    const delta = /^\d{6}$/.test(code)
      ? new TOTP({ secret: Secret.fromBase32(factor.secret), period: PERIOD }).validate({ token: code, window: 1, timestamp: now })
      : null
    const step = Math.floor(now / 1000 / PERIOD) + (delta ?? 0)
    const outcome = await this.services.sql.begin(async (db) => {
      await db`select from auth.mfa_factors where id = ${factor.id} for update`
      const [challenge] = await db<{ verified_at: Date | null; age: number }[]>`
        select verified_at, extract(epoch from now() - created_at)::float8 as age from auth.mfa_challenges where id = ${challengeId} and factor_id = ${factor.id}`
      if (!challenge || challenge.verified_at || challenge.age > CHALLENGE_LIFE) return 'expired'
      const [used] = await db<{ step: string | null }[]>`
        select max(otp_code::bigint) as step from auth.mfa_challenges where factor_id = ${factor.id} and verified_at is not null`
      if (delta === null || step <= Number(used?.step ?? 0)) return 'wrong'
      // which step was used stays with the challenge, where GoTrue keeps codes sent by phone
      await db`update auth.mfa_challenges set verified_at = now(), otp_code = ${String(step)} where id = ${challengeId}`
      return 'right'
    })
    if (outcome === 'expired')
      throw new AuthError(422, 'mfa_challenge_expired', 'MFA challenge has expired, verify against another challenge or create a new challenge.')
    return outcome === 'right'
  }

  private async find(userId: string, id: string): Promise<FactorRow> {
    const [factor] = isUuid(id)
      ? await this.services.sql<FactorRow[]>`select * from auth.mfa_factors where id = ${id} and user_id = ${userId} and factor_type = 'totp'`
      : []
    if (!factor) throw new AuthError(404, 'mfa_factor_not_found', 'Factor not found')
    return factor
  }
}
