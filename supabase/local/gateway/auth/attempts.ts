import { createHash } from 'node:crypto'
import type { Sql } from 'postgres'
import { AuthError } from './errors.ts'

/** Failed passwords that one address may send within the window, whatever the accounts. */
const LIMIT = 50
const WINDOW = 15 * 60_000

/** Slows down guessing from one address. Kept in memory: the account's own lock is in the database. */
export class Attempts {
  private readonly failures = new Map<string, number[]>()

  /** @throws AuthError 429 when the address failed too often */
  check(ip: string): void {
    if (this.recent(ip).length >= LIMIT) throw new AuthError(429, 'over_request_rate_limit', 'Request rate limit reached')
  }

  fail(ip: string): void {
    this.failures.set(ip, [...this.recent(ip), Date.now()])
    if (this.failures.size > 10_000) this.failures.delete(this.failures.keys().next().value!)
  }

  private recent(ip: string): number[] {
    return (this.failures.get(ip) ?? []).filter((time) => time > Date.now() - WINDOW)
  }
}

/**
 * Asks the password verification hook, when the database has one, whether a sign-in may go on.
 * @param userId a user, or the stand-in of an unknown address
 * @returns the hook's refusal, or undefined
 */
export async function askHook(sql: Sql, userId: string, valid: boolean): Promise<{ message: string; signOut: boolean } | undefined> {
  try {
    const [row] = await sql<{ answer: { decision?: string; message?: string; should_logout_user?: boolean } }[]>`
      select app_private.hook_password_verification_attempt(${sql.json({ user_id: userId, valid })}) as answer`
    const { decision, message, should_logout_user: signOut } = row!.answer
    if (decision !== 'reject') return undefined
    return { message: message || 'Invalid login credentials', signOut: signOut === true }
  } catch (error) {
    const { code } = error as { code?: string }
    if (code === '42883' || code === '3F000') return undefined // a database without the hook
    throw error
  }
}

/** An id that an unknown address always gets, so that its lock tells nothing about who has an account. */
export function standIn(email: string): string {
  const hex = createHash('sha256').update(`nobody:${email}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
