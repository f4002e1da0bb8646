import { createHash } from 'node:crypto'
import { isIPv6 } from 'node:net'
import type { Sql } from 'postgres'
import { AuthError } from './errors.ts'

const MOST_KEYS = 10_000

/** Counts what one address, or one mailbox, may do within a while. Kept in memory: an account's own lock is in the database. */
export class Attempts {
  private readonly times = new Map<string, number[]>()

  /**
   * @param limit how many within the window
   * @param window milliseconds
   * @param code GoTrue's code of the refusal
   */
  constructor(
    private readonly limit: number,
    private readonly window: number,
    private readonly code = 'over_request_rate_limit',
  ) {}

  private check(key: string): void {
    const recent = this.recent(key)
    if (recent.length < this.limit) return
    const seconds = Math.max(1, Math.ceil((recent[0]! + this.window - Date.now()) / 1000))
    throw new AuthError(429, this.code, `For security purposes, you can only request this after ${seconds} seconds.`)
  }

  /** Counts one. */
  private count(key: string): void {
    const times = [...this.recent(key), Date.now()]
    this.times.delete(networkOf(key)) // the latest go to the end: the oldest are forgotten first
    this.times.set(networkOf(key), times)
    if (this.times.size > MOST_KEYS) this.times.delete(this.times.keys().next().value!)
  }

  /**
   * Checks and counts.
   * @throws AuthError 429 when there were too many
   */
  take(key: string): void {
    this.check(key)
    this.count(key)
  }

  /** Counts one where there is room, and says whether there was. */
  takes(key: string): boolean {
    const room = this.recent(key).length < this.limit
    if (room) this.count(key)
    return room
  }

  /**
   * Does what is only counted when it fails in a certain way: it takes a place first, so that many at once are no more than one by one, and
   * gives it back afterwards.
   * @throws AuthError 429 when there were too many, and whatever `work` throws
   */
  async unless<T>(key: string, counts: (error: unknown) => boolean, work: () => Promise<T>): Promise<T> {
    this.take(key)
    let counted = false
    try {
      return await work()
    } catch (error) {
      counted = counts(error)
      throw error
    } finally {
      if (!counted) this.times.get(networkOf(key))?.pop()
    }
  }

  private recent(key: string): number[] {
    return (this.times.get(networkOf(key)) ?? []).filter((time) => time > Date.now() - this.window)
  }
}

/** What an address counts as: of IPv6 the network, since one customer has all of its addresses. */
function networkOf(key: string): string {
  const [plain] = key.split('%')
  if (!isIPv6(plain!)) return key
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(plain!)
  if (mapped) return mapped[1]!
  const [head, tail] = plain!.split('::').map((half) => half.split(':').filter(Boolean)) as [string[], string[]?]
  const groups = tail ? [...head, ...Array<string>(Math.max(0, 8 - head.length - tail.length)).fill('0'), ...tail] : head
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}

/** What a hook of the database said: nothing, or a refusal; `locking` when this attempt locked the account. */
export interface HookAnswer {
  refusal?: { message: string; signOut: boolean }
  locking: boolean
}

/**
 * Asks the password verification hook, when the database has one, whether a sign-in may go on.
 * @param userId a user, or the stand-in of an unknown address
 */
export function askHook(sql: Sql, userId: string, valid: boolean): Promise<HookAnswer> {
  return ask(() => sql`select app_private.hook_password_verification_attempt(${sql.json({ user_id: userId, valid })}) as answer`)
}

/** Asks the hook of second factors; answers its refusal, or undefined. */
export async function askMfaHook(
  sql: Sql,
  event: { user_id: string; factor_id: string; factor_type: string; valid: boolean },
): Promise<HookAnswer['refusal']> {
  return (await ask(() => sql`select app_private.hook_mfa_verification_attempt(${sql.json(event)}) as answer`)).refusal
}

async function ask(call: () => PromiseLike<readonly Record<string, unknown>[]>): Promise<HookAnswer> {
  try {
    const [row] = await call()
    const { decision, message, should_logout_user: signOut, locking } = row!.answer as Record<string, unknown>
    const refusal = decision === 'reject' ? { message: String(message || 'Invalid login credentials'), signOut: signOut === true } : undefined
    return { refusal, locking: locking === true }
  } catch (error) {
    const { code } = error as { code?: string }
    if (code === '42883' || code === '3F000') return { locking: false } // a database without the hook
    throw error
  }
}

/** An id that an unknown address always gets, so that its lock tells nothing about who has an account. */
export function standIn(email: string): string {
  const hex = createHash('sha256').update(`nobody:${email}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
