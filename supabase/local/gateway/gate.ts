import { HttpError } from './http.ts'

/** Seconds after which a request that found no room should come again; clients spread themselves further. */
const LATER = 2

/** A narrow door before work that comes in crowds, so that what people wait for at a screen keeps its connections. */
export class Gate {
  private inside = 0
  private readonly waiting: (() => void)[] = []

  /**
   * @param size how many work at once
   * @param queue how many may wait; whoever comes then is told to come back
   */
  constructor(
    private readonly size: number,
    private readonly queue: number,
  ) {}

  /** Does the work when there is room. @throws HttpError 429 with `retry-after` */
  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.inside >= this.size) {
      if (this.waiting.length >= this.queue) {
        const body = { code: 'BUSY', details: null, hint: null, message: 'Many devices are sending at once. Try again in a moment.' }
        throw new HttpError(429, body, { 'retry-after': String(LATER) })
      }
      await new Promise<void>((next) => this.waiting.push(next)) // its place is kept by who leaves
    } else this.inside++
    try {
      return await work()
    } finally {
      const next = this.waiting.shift()
      if (next) next()
      else this.inside--
    }
  }
}
