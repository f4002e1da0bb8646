// The wire format of app.sync_pull, app.sync_boot and app.sync_push (ARCHITECTURE.md), and what the phone keeps of it.
import { AppError } from '../errors.ts'

/** Where this phone stands: the server's snapshot, the scopes held, and which schema and database they are of. */
export interface Cursor {
  snap: string
  scopes: string[]
  schema: string
  db: string
}

/** COPY text per table, with the columns of generated/tables.ts in their order. */
export type CopyRows = Record<string, string>

export interface PullAnswer {
  snap: string
  schema?: string
  db?: string
  /** Drop the cache and boot `gained`. */
  reset?: 'new' | 'schema' | 'db' | 'retention' | 'volume'
  gained?: string[]
  /** Places, from 0, in the scopes of the cursor that was sent. */
  lost?: number[]
  rows?: CopyRows
  gone?: Record<string, string[]>
}

/** The last row of a boot page. */
export interface BootPlace {
  t: string
  id: string | null
}

export interface BootPage {
  rows: CopyRows
  /** How many rows. */
  count: number
  next: BootPlace | null
  /** How many rows there are in all: in the first page, when more follow. */
  total?: number
}

/** The last line of a boot page, as COPY ends its data. */
const END = '\n\\.'

/**
 * Reads a boot page: a first line of JSON, `{tables: [[name, lines]], next, total?}`, the COPY lines of these tables, and an end. Raises
 * NETWORK without the end: half a value would look like a whole one.
 */
export function parseBootPage(body: string): BootPage {
  const text = body.trimEnd()
  if (!text.endsWith(END)) throw new AppError('NETWORK', undefined, 'a page was cut')
  let start = text.indexOf('\n') + 1 || text.length
  const { tables, next, total } = JSON.parse(text.slice(0, start)) as { tables: [string, number][]; next: BootPlace | null; total?: number }
  const rows: CopyRows = {}
  let count = 0
  for (const [name, lines] of tables) {
    let end = start
    for (let line = 0; line < lines; line++) end = text.indexOf('\n', end) + 1 || text.length + 1
    rows[name] = text.slice(start, end - 1)
    start = end
    count += lines
  }
  return { rows, count, next, ...(total !== undefined && { total }) }
}

export interface WireCommand {
  seq: number
  id: string
  name: string
  args: Record<string, unknown>
  /** The arguments as an older app wrote them, when they are not these. */
  written?: Record<string, unknown>
  /** ISO 8601, by this device's clock. */
  at: string
}

export interface PushBatch {
  client: string
  /** Of the app that sends; 1 when absent. */
  version?: number
  commands: WireCommand[]
}

export interface PushResult {
  seq: number
  id: string
  status: 'applied' | 'refused'
  code?: string
  message?: string
  result?: unknown
}

export interface PushAnswer {
  results: PushResult[]
  /** The `seq` that the server wants next. */
  expect: number
}

/** The calls of the server that sync needs. Every one rejects with an AppError. */
export interface Remote {
  pull: (cursor: Cursor | null) => Promise<PullAnswer>
  boot: (scopes: string[], after: BootPlace | null, n: number) => Promise<BootPage>
  push: (batch: PushBatch) => Promise<PushAnswer>
  /** Calls `onPoke` when one of these scopes changed on the server, and when the connection came back. Answers the way to stop. */
  listen: (scopes: string[], onPoke: () => void) => () => void
}

/** Where the phone stands once `answer` is applied. */
export function nextCursor(cursor: Cursor | null, answer: PullAnswer): Cursor {
  const { snap, gained = [], lost = [] } = answer
  const kept = answer.reset ? [] : (cursor?.scopes ?? []).filter((_, place) => !lost.includes(place))
  return {
    snap,
    // In the server's order: it knows an idle phone by an equal list.
    scopes: [...new Set([...kept, ...gained])].sort(),
    schema: answer.schema ?? cursor?.schema ?? '',
    db: answer.db ?? cursor?.db ?? '',
  }
}
