// The rows that screens of this tab drew last, while nothing that they come from has changed: a screen that is opened again draws them at once.
import type { Active } from './active.ts'
import type { Query } from './contract.ts'

/** The lists that are remembered; the one drawn longest ago goes first. */
const MOST = 40
/** A longer list is not: it takes longer to draw than to ask for. */
const MOST_ROWS = 500

interface Remembered {
  tables: readonly string[]
  rows: unknown[]
}

const lists = new WeakMap<Active, Map<string, Remembered>>()

/** What `remember` kept under this key, undefined when something it comes from changed since. */
export const recall = (now: Active, key: string): unknown[] | undefined => lists.get(now)?.get(key)?.rows

/** Keeps the rows that the local database answered, until one of the query's tables changes. */
export function remember(now: Active, key: string, tables: Query['tables'], rows: unknown[]): void {
  const kept = lists.get(now) ?? listen(now)
  kept.delete(key)
  if (rows.length > MOST_ROWS) return
  kept.set(key, { tables, rows })
  for (const oldest of kept.keys()) {
    if (kept.size <= MOST) break
    kept.delete(oldest)
  }
}

function listen(now: Active): Map<string, Remembered> {
  const kept = new Map<string, Remembered>()
  lists.set(now, kept)
  now.bus.on((message) => {
    if (message.type !== 'changed') return
    for (const [key, { tables }] of kept) if (tables.some((table) => message.tables.includes(table))) kept.delete(key)
  })
  return kept
}
