/** The few things that sync asks of the phone's Postgres. */
export interface LocalDb {
  query: <T = Record<string, unknown>>(sql: string, params?: unknown[]) => Promise<T[]>
  /** Runs several statements without values. */
  exec: (sql: string) => Promise<void>
  /** `copy … from '/dev/blob'` with this text. */
  copyIn: (sql: string, text: string) => Promise<void>
  /** All or nothing; nothing else runs meanwhile. */
  transaction: <T>(work: (tx: LocalDb) => Promise<T>) => Promise<T>
  /** Resolves when all that was done outlives a kill; slow, and queries wait meanwhile. */
  flush: () => Promise<void>
}
