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
  /** Whoever ran the database was killed: what was not on the disk is gone, and what was half done. Absent where nothing gets lost. Answers where it stands now. */
  lose?: () => LocalState
}

/** When what is written gets to the disk, unless somebody flushes: milliseconds of a history. */
export interface WriteBehind {
  now: () => number
  delay: () => number
}

type Derive = (table: string, lines: string[]) => Promise<{ id: string; scopes: string[] }[]>

/** What a database holds of the server. */
export interface Held {
  rows: Rows
  state: LocalState
}

/** All of a database, as one transaction left it; never changed. */
interface Version extends Held {
  shown: ReadonlySet<string>
}

/**
 * A local database, empty or as `held` says; `derive` computes what Postgres generates of COPY lines: their ids and scopes. It writes behind, as PGlite does
 * with relaxed durability: a kill loses what neither the time nor a flush has brought to the disk.
 */
export function memoryLocal(derive: Derive, { now, delay }: WriteBehind, held?: Held): LocalCopy {
  const empty: Version = { rows: new Map(), state: { cursor: null, boot: null }, shown: new Set() }
  let here: Version = held ? { ...held, shown: new Set() } : empty
  let durable = here
  /** What is not yet on the disk, the oldest first, and when it will be. */
  let behind: { version: Version; due: number }[] = []
  /** Counts kills: a transaction that one cut short changes nothing. */
  let life = 0

  /** Brings to the disk what is due until then. */
  function write(until: number): void {
    while (behind.length && behind[0]!.due <= until) durable = behind.shift()!.version
  }

  function commit(version: Version): void {
    here = version
    write(now())
    behind.push({ version, due: Math.max(now() + delay(), behind.at(-1)?.due ?? 0) })
  }

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
      state: async () => structuredClone(here.state),
      async run({ id }) {
        commit({ ...here, shown: new Set([...here.shown, id]) })
        return ['incidents']
      },
      async flush() {
        write(Infinity)
      },
      async apply(change, pending) {
        const began = life
        const draft = new Map([...here.rows].map(([name, lines]) => [name, new Map(lines)]))
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
        if (began !== life) throw new Error('killed while it wrote')
        commit({ rows: draft, state: structuredClone(change.state ?? here.state), shown: new Set(pending.map(({ id }) => id)) })
        return { tables: Object.keys(change.rows ?? {}), refused: [] }
      },
    },
    rows: async () => here.rows,
    given: async () => here.rows,
    shown: async () => [...here.shown],
    async wipe() {
      life++
      here = durable = empty
      behind = []
    },
    lose() {
      life++
      write(now())
      behind = []
      here = durable
      return here.state
    },
  }
}
