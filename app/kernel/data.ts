import { batch, createComputed, createSignal, on, onCleanup } from 'solid-js'
import { active, database, exclusively, filled, type Active } from './active.ts'
import { askBackgroundSync } from './background-sync.ts'
import type { Query, RowsSource, RowsView } from './contract.ts'
import { clean } from './clean.ts'
import { durable } from './durable.ts'
import { AppError } from './errors.ts'
import { awaitPart } from './first-screen.ts'
import type { CommandName, Commands } from './generated/commands.ts'
import { readSnapshot, writeSnapshot } from './local-store.ts'
import { recall, remember } from './remembered.ts'
import { attemptEffect } from './sync/attempt.ts'
import { pendingOf } from './sync/pending.ts'
import type { StoredCommand } from './sync/outbox.ts'

export type { Query, RowsSource, RowsView } from './contract.ts'
export { AppError, UnsentWorkError } from './errors.ts'
export { newId } from './ids.ts'

/** A screen's last-seen rows are kept when there are at most this many. */
const SNAPSHOT_ROWS = 200
const SNAPSHOT_AFTER_MS = 400

/**
 * The rows of a query: those this tab drew last, in the same frame, or those the screen showed last time, at once; then the local database's, and
 * again whenever one of its tables changed. Rows that stay the same keep their identity, so a list only draws what moved.
 * @param query null while there is nothing to ask. Put a LIMIT in it.
 */
export function createRows<T>(query: () => Query<T> | null): RowsView<T> {
  const [rows, setRows] = createSignal<T[]>([])
  const [source, setSource] = createSignal<RowsSource>('none')
  const [error, setError] = createSignal<unknown>(null)

  createComputed(
    on([query, active, database, filled], ([asked, now, db, full], before) => {
      const [askedBefore, nowBefore, , fullBefore] = before ?? []
      if (!asked || !now || asked.key !== askedBefore?.key || now !== nowBefore) {
        const known = asked?.key && now && db && filled() ? (recall(now, asked.key) as T[] | undefined) : undefined
        batch(() => {
          setRows(known ?? [])
          setSource(known ? 'local' : 'none')
          setError(null)
        })
      } else if (full && !fullBefore && rows().length === 0) {
        setSource('none') // what was empty while the database was filling says nothing
      }
      if (!asked || !now) return
      const { key, tables, sql, params } = asked
      let running = false
      let again = false
      let alive = true
      let saving: ReturnType<typeof setTimeout> | undefined
      let unsaved: T[] | undefined

      function show(next: T[], from: RowsSource): void {
        batch(() => {
          setRows((old) => keepSame(old, next))
          setSource(from)
          setError(null)
        })
      }

      async function showSnapshot(): Promise<void> {
        if (key === null) return
        const here = awaitPart()
        const kept = await readSnapshot(now!.owner, key).catch(() => undefined)
        if (alive && kept && source() === 'none') show(kept.rows as T[], 'snapshot')
        here()
      }

      async function read(): Promise<void> {
        if (!db) return
        if (running) {
          again = true
          return
        }
        running = true
        try {
          const next = (await db.call('query', { sql, params })) as T[]
          // An empty database that is still filling knows less than the last-seen rows.
          if (alive && (next.length || filled() || source() !== 'snapshot')) {
            show(next, 'local')
            if (filled()) {
              if (!again && key !== null) remember(now!, key, tables, rows())
              save(next)
            }
          }
        } catch (failure) {
          if (alive) setError(failure)
        } finally {
          running = false
        }
        if (again && alive) {
          again = false
          void read()
        }
      }

      function save(next: T[]): void {
        clearTimeout(saving)
        unsaved = next.length > SNAPSHOT_ROWS ? undefined : next
        if (unsaved) saving = setTimeout(saveNow, SNAPSHOT_AFTER_MS)
      }

      function saveNow(): void {
        clearTimeout(saving)
        // Whoever has signed out meanwhile leaves no rows behind on a shared device.
        if (unsaved && key !== null && active() === now) {
          void writeSnapshot({ owner: now!.owner, key, rows: unsaved, at: Date.now() }).catch(() => undefined)
        }
        unsaved = undefined
      }

      const off = now.bus.on((message) => {
        if (message.type === 'changed' && message.tables.some((table) => (tables as string[]).includes(table))) void read()
      })
      onCleanup(() => {
        alive = false
        off()
        saveNow() // not later: rows that rights take away meanwhile must not come back
      })
      if (source() === 'none') void showSnapshot()
      void read()
    }),
  )

  return { rows, source, error }
}

/** `next`, with the objects of `old` where nothing in them changed. */
export function keepSame<T>(old: T[], next: T[]): T[] {
  const seen = new Map(old.map((row) => [JSON.stringify(row), row]))
  const kept = next.map((row) => seen.get(JSON.stringify(row)) ?? row)
  return kept.length === old.length && kept.every((row, place) => row === old[place]) ? old : kept
}

/**
 * Runs a command: keeps it durably, shows its effect, and sends it when there is a network.
 * Rejects with AppError (and keeps nothing) when the effect refuses it at once; answers the command's id.
 */
export async function run<N extends CommandName>(name: N, args: Commands[N]): Promise<{ id: string }> {
  const now = active()
  if (!now) throw new AppError('AUTHN')
  const given = clean(Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined)))
  const command = await exclusively(now.owner, async () => {
    const added = await durable(now.outbox.add(name, given))
    askBackgroundSync('aplomb-outbox')
    // Before its effect shows: a screen never says that what it shows is sent.
    now.bus.post({ type: 'outbox' })
    await attempt(now, added)
    return added
  }).finally(() => now.bus.post({ type: 'outbox' }))
  return { id: command.id }
}

/**
 * Shows the effect of a command just added to the outbox, and wakes the sender. To be called exclusively.
 * Rejects with AppError when the effect refuses it; the command is then out of the outbox.
 */
export async function attempt(now: Active, command: StoredCommand): Promise<void> {
  const db = database()
  const tables = await attemptEffect(
    { outbox: now.outbox, show: db && ((pending) => db.call('run', pending)), complete: filled() },
    pendingOf(command, now.company.company_id, now.company.membership_id),
  )
  if (tables?.length) now.bus.post({ type: 'changed', tables })
  now.bus.post({ type: 'wake', distrust: tables === null })
}
