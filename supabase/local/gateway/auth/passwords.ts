import { randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { PASSWORD_LEAST, PASSWORD_MOST, weaknessOf, type Weakness } from '../../../../app/kernel/password.ts'
import { AuthError } from './errors.ts'

/** What is longer than any password only costs time. */
const MAX_LENGTH = 2 * PASSWORD_MOST

/** How many wait at most: new passwords apart from those to compare, so that a crowd that signs up leaves room for who signs in. */
const MAX_WAITING = { making: 50, comparing: 200 }
/** The form of Argon2id with the parameters of `argon2-worker.mjs`. */
const bytes = (count: number) => randomBytes(count).toString('base64').replaceAll('=', '')
const NOBODYS = `$argon2id$v=19$m=19456,t=2,p=1$${bytes(16)}$${bytes(32)}`

/** GoTrue's reason and a sentence for each. */
const WEAKNESSES: Record<Weakness, [reason: string, sentence: string]> = {
  weak_length: ['length', `Password should be at least ${PASSWORD_LEAST} characters.`],
  weak_long: ['length', `Password should be at most ${PASSWORD_MOST} characters.`],
  weak_common: ['pwned', 'Password is known to be weak and easy to guess, please choose a different one.'],
  weak_simple: ['characters', 'Password is too regular: mix more different characters.'],
  weak_personal: ['characters', 'Password should not be made of your name or address.'],
}

interface Job {
  resolve(result: string | boolean): void
  reject(error: Error): void
}

/** Hashes and compares passwords in worker threads, started at the first use. */
export class Passwords {
  /** How many hashes were computed; an unknown address must cost one too. */
  computed = 0
  private readonly workers: { thread: Worker; jobs: Map<number, Job> }[] = []
  private nextId = 0
  private readonly waiting = { making: 0, comparing: 0 }

  /** The PHC string of a password (Argon2id). */
  async hash(password: string): Promise<string> {
    return String(await this.run('making', { password, salt: randomBytes(16) }))
  }

  /** True when the password is the one of the hash. Without a hash it takes the same time and answers false. */
  async verify(password: string, hash: string | null | undefined): Promise<boolean> {
    const equal = await this.run('comparing', { password: password.slice(0, MAX_LENGTH), hash: hash || NOBODYS })
    return Boolean(hash && equal)
  }

  /**
   * Refuses a weak new password.
   * @param about texts that say who the person is
   * @throws AuthError weak_password
   */
  requireStrong(password: string, about: (string | undefined)[] = []): void {
    const weakness = weaknessOf(password, about)
    if (weakness) throw new AuthError(422, 'weak_password', WEAKNESSES[weakness][1], { weak_password: { reasons: [WEAKNESSES[weakness][0]] } })
  }

  /** True when the password is one of these hashes. */
  async isOneOf(password: string, hashes: string[]): Promise<boolean> {
    for (const hash of hashes) if (await this.verify(password, hash)) return true
    return false
  }

  async close(): Promise<void> {
    await Promise.all(this.workers.map(({ thread }) => thread.terminate()))
  }

  private run(room: keyof typeof MAX_WAITING, task: { password: string; hash?: string; salt?: Buffer }): Promise<string | boolean> {
    if (this.waiting[room] >= MAX_WAITING[room]) throw new AuthError(429, 'over_request_rate_limit', 'Request rate limit reached')
    this.computed++
    this.waiting[room]++
    const worker = this.pick()
    const id = this.nextId++
    return new Promise<string | boolean>((resolve, reject) => {
      worker.jobs.set(id, { resolve, reject })
      worker.thread.postMessage({ id, ...task }, [])
    }).finally(() => this.waiting[room]--)
  }

  /** The least busy thread, a new one while there are fewer than cores and none is free. */
  private pick(): { thread: Worker; jobs: Map<number, Job> } {
    const least = this.workers.toSorted((a, b) => a.jobs.size - b.jobs.size)[0]
    if (least && (least.jobs.size === 0 || this.workers.length >= Math.min(4, availableParallelism()))) return least
    const thread = new Worker(new URL('argon2-worker.mjs', import.meta.url), { execArgv: [] })
    const worker = { thread, jobs: new Map<number, Job>() }
    thread.unref()
    thread.on('message', ({ id, result, error }: { id: number; result: string | boolean; error?: string }) => {
      const job = worker.jobs.get(id)
      worker.jobs.delete(id)
      if (error === undefined) job?.resolve(result)
      else job?.reject(new Error(error))
    })
    const lose = () => {
      const at = this.workers.indexOf(worker)
      if (at >= 0) this.workers.splice(at, 1)
      for (const job of worker.jobs.values()) job.reject(new Error('the hashing thread ended'))
    }
    thread.on('error', lose)
    thread.on('exit', lose)
    this.workers.push(worker)
    return worker
  }
}
