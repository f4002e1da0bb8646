// The local database as sync uses it, without SQL: rows are COPY lines, and the effect of a command is its id. Hundreds of times faster
// than PGlite, for histories by the thousand; tests/faults/phones.test.ts runs the same ones on the real thing.
import { tables } from '../../app/kernel/generated/tables.ts'
import type { LocalState, PendingCommand } from '../../app/kernel/sync/apply.ts'
import type { Store } from '../../app/kernel/sync/ports.ts'

/** COPY lines by table and id. */
export type Rows = Map<string, Map<string, string>>

export interface LocalCopy {
  store: Store & { run: (command: PendingCommand) => Promise<string[]> }
  /** Every row; in memory without the effects of unsent commands. */
  rows: () => Promise<Rows>
  /** The rows that the server gave, without those effects. */
  given: () => Promise<Rows>
  /** Commands whose effect shows. */
  shown: () => Promise<string[]>
  /** The browser threw everything away. */
  wipe: () => Promise<void>
}

type Derive = (table: string, lines: string[]) => Promise<{ id: string; scopes: string[] }[]>

/** An empty local database; `derive` computes what Postgres generates of COPY lines: their ids and scopes. */
export function memoryLocal(derive: Derive): LocalCopy {
  const empty: LocalState = { cursor: null, boot: null }
  let rows: Rows = new Map()
  let state = empty
  let shown = new Set<string>()

  /** Ids of COPY lines; fails as COPY does on a line with other columns, or an id twice. */
  async function idsOf(table: string, lines: string[]): Promise<string[]> {
    const { columns } = tables[table as keyof typeof tables]
    const place = columns.indexOf('id')
    for (const line of lines) if (line.split('\t').length !== columns.length) throw new Error(`${table}: a line has other columns: ${line}`)
    const ids = place >= 0 ? lines.map((line) => line.split('\t', place + 1)[place]!) : (await derive(table, lines)).map(({ id }) => id)
    if (new Set(ids).size < ids.length) throw new Error(`${table}: a row came twice`)
    return ids
  }

  return {
    store: {
      state: async () => structuredClone(state),
      async run({ id }) {
        shown.add(id)
        return ['incidents']
      },
      flush: () => Promise.resolve(),
      async apply(change, pending) {
        const draft = new Map([...rows].map(([name, lines]) => [name, new Map(lines)]))
        if (change.reset) draft.clear()
        if (change.keepOnly) {
          const held = new Set(change.keepOnly)
          for (const [name, lines] of draft) {
            const all = [...lines]
            const derived = all.length
              ? await derive(
                  name,
                  all.map(([, line]) => line),
                )
              : []
            derived.forEach(({ scopes }, place) => scopes.some((scope) => held.has(scope)) || lines.delete(all[place]![0]))
          }
        }
        for (const [name, ids] of Object.entries(change.gone ?? {})) for (const id of ids) draft.get(name)?.delete(id)
        for (const [name, text] of Object.entries(change.rows ?? {})) {
          if (!(name in tables)) continue
          const lines = text.split('\n')
          const kept = draft.get(name) ?? new Map<string, string>()
          ;(await idsOf(name, lines)).forEach((id, place) => kept.set(id, lines[place]!))
          draft.set(name, kept)
        }
        rows = draft
        if (change.state) state = structuredClone(change.state)
        shown = new Set(pending.map(({ id }) => id))
        return { tables: Object.keys(change.rows ?? {}), refused: [] }
      },
    },
    rows: async () => rows,
    given: async () => rows,
    shown: async () => [...shown],
    async wipe() {
      rows = new Map()
      state = empty
      shown = new Set()
    },
  }
}
