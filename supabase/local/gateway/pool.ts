import { Connection, ConnectionLost, PgError, type Row, type Statement } from './wire.ts'

/** Nobody gave a connection back in time, or too many were waiting already. */
export class PoolTimeout extends Error {}

export interface PoolOptions {
  /** Most connections open at once. */
  size?: number
  /** Most callers waiting for one. */
  queue?: number
  /** Longest wait in milliseconds. */
  patience?: number
  /** Start-up parameters of each connection, e.g. `{ statement_timeout: '10s' }`. */
  parameters?: Record<string, string>
}

interface Waiter {
  resolve(connection: Connection): void
  reject(error: Error): void
  timer: NodeJS.Timeout
}

/** Errors after which the same statements, prepared anew, may work: the schema changed under a prepared statement. */
const STALE = new Set(['26000', '0A000', '42P05'])

/** Connections of one login, opened when needed and replaced when lost. */
export class Pool {
  private readonly idle: Connection[] = []
  private readonly all = new Set<Connection>()
  private readonly waiters: Waiter[] = []
  private opening = 0
  private ended = false
  private readonly size: number
  private readonly queue: number
  private readonly patience: number
  private readonly parameters: Record<string, string>

  constructor(
    private readonly url: string,
    { size = 10, queue = 1000, patience = 10_000, parameters = {} }: PoolOptions = {},
  ) {
    this.size = size
    this.queue = queue
    this.patience = patience
    this.parameters = { application_name: 'gateway', ...parameters }
  }

  /**
   * Runs statements as one transaction in one round trip.
   * @throws PgError, ConnectionLost, PoolTimeout
   */
  async run(statements: readonly Statement[]): Promise<Row[][]> {
    return this.use(async (connection) => {
      try {
        return await connection.run(statements)
      } catch (error) {
        if (!(error instanceof PgError && STALE.has(error.code))) throw error
        if (connection.state !== 'I') await connection.simple('rollback')
        await connection.forget()
        return await connection.run(statements)
      }
    })
  }

  /** Lends a connection to `work`; a transaction it leaves open is rolled back. */
  async use<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = await this.take()
    try {
      return await work(connection)
    } finally {
      if (connection.state !== 'I' && !connection.closed) await connection.simple('rollback').catch(() => connection.close())
      this.give(connection)
    }
  }

  /** Closes every connection; waiting callers are refused. */
  close(): void {
    this.ended = true
    for (const waiter of this.waiters.splice(0)) this.refuse(waiter, new ConnectionLost('the pool was closed'))
    for (const connection of this.all) connection.close()
  }

  private take(): Promise<Connection> {
    const connection = this.idle.pop()
    if (connection) return Promise.resolve(connection)
    if (this.ended) return Promise.reject(new ConnectionLost('the pool was closed'))
    if (this.all.size + this.opening < this.size) return this.open()
    if (this.waiters.length >= this.queue) return Promise.reject(new PoolTimeout('too many requests are waiting'))
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        resolve,
        reject,
        timer: setTimeout(() => {
          this.waiters.splice(this.waiters.indexOf(waiter), 1)
          reject(new PoolTimeout('no connection became free in time'))
        }, this.patience),
      }
      this.waiters.push(waiter)
    })
  }

  private async open(): Promise<Connection> {
    this.opening++
    try {
      const connection = await Connection.open(this.url, this.parameters)
      if (this.ended) {
        connection.close()
        throw new ConnectionLost('the pool was closed')
      }
      this.all.add(connection)
      connection.onClose = () => this.lose(connection)
      return connection
    } catch (error) {
      // those who wait for connections that will not come back learn it now
      if (this.all.size === 0) for (const waiter of this.waiters.splice(0)) this.refuse(waiter, error as Error)
      throw error
    } finally {
      this.opening--
    }
  }

  private give(connection: Connection): void {
    if (connection.closed || connection.state !== 'I') return this.lose(connection)
    const waiter = this.waiters.shift()
    if (!waiter) {
      if (this.ended) connection.close()
      else this.idle.push(connection)
      return
    }
    clearTimeout(waiter.timer)
    waiter.resolve(connection)
  }

  /** A lost connection makes room for a new one, which the longest waiting caller opens. */
  private lose(connection: Connection): void {
    if (!this.all.delete(connection)) return
    connection.close()
    const at = this.idle.indexOf(connection)
    if (at >= 0) this.idle.splice(at, 1)
    const waiter = this.ended ? undefined : this.waiters.shift()
    if (!waiter) return
    clearTimeout(waiter.timer)
    this.open().then(waiter.resolve, waiter.reject)
  }

  private refuse(waiter: Waiter, error: Error): void {
    clearTimeout(waiter.timer)
    waiter.reject(error)
  }
}
