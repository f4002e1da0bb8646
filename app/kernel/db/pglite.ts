import { PGlite, type PGliteOptions, type Transaction } from '@electric-sql/pglite'
import type { LocalDb } from '../sync/local-db.ts'

const asText = (value: string) => value
const isoTime = (value: string) => value.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00')

/** Opens a PGlite as every database of ours: dates stay text as in JSON, big counts are numbers, memory stays small. */
export function openPGlite(options: PGliteOptions = {}): Promise<PGlite> {
  return PGlite.create({
    parsers: { 20: Number, 1082: asText, 1114: isoTime, 1184: isoTime },
    startParams: [...PGlite.defaultStartParams, '-c', 'shared_buffers=16MB', '-c', 'timezone=UTC'],
    relaxedDurability: true,
    ...options,
  })
}

/** A PGlite as the LocalDb that sync works with. */
export function localDbOf(pg: PGlite): LocalDb {
  const over = (runner: Pick<Transaction, 'query' | 'exec'>, transaction: LocalDb['transaction']): LocalDb => ({
    query: async <T>(sql: string, params?: unknown[]) => (await runner.query<T>(sql, params)).rows,
    exec: async (sql) => void (await runner.exec(sql)),
    copyIn: async (sql, text) => void (await runner.query(sql, [], { blob: new Blob([text]) })),
    transaction,
    // Not pg.syncToFs(): with relaxed durability that one only begins.
    flush: () => pg.runExclusive(() => pg.fs?.syncToFs(false) ?? Promise.resolve()),
  })
  return over(pg, (work) =>
    pg.transaction((tx) => {
      const inner: LocalDb = over(tx, (nested) => nested(inner))
      return work(inner)
    }),
  )
}
