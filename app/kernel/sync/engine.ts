import { AppError, toAppError } from '../errors.ts'
import { appVersion } from '../generated/version.ts'
import type { Boot, Change } from './apply.ts'
import { pendingOf } from './pending.ts'
import type { EngineDeps, Loss, Status, Store } from './ports.ts'
import { nextCursor, type Cursor } from './protocol.ts'
import { pushAll } from './push.ts'

const PAGE = 5000
const POLL_MS = 60_000
const FIRST_RETRY_MS = 1000
/** With the jitter at most 45 s: a minute after the server is back, nothing waits. */
const LONGEST_RETRY_MS = 30_000
const POKE_MS = 40
/** An idle cursor is written down this often: a pull from an old one only reads more of the log. */
const KEEP_CURSOR_MS = 600_000

/** What this change takes from the phone, if anything. */
function lossOf({ reset, keepOnly, gone, state }: Change): Loss | null {
  if (reset) return state?.cursor ? 'sites' : 'company'
  if (keepOnly || gone?.['photos']) return 'sites'
  return gone ? 'rows' : null
}

export type Engine = ReturnType<typeof makeEngine>

/** Sends what waits and fetches what changed, again and again; one per person and company at a time. */
export function makeEngine(deps: EngineDeps) {
  const { remote, outbox, clock } = deps
  const jitter = (ms: number) => ms * (0.5 + deps.random())
  let status: Status = { phase: 'starting', code: null, lastSyncAt: deps.lastSyncAt ?? null, current: false, booting: null }
  let cursor: Cursor | null = null
  let boot: Boot | null = null
  let loaded = false
  /** All of the company has left this phone. */
  let left = false
  let keptAt = 0
  /** The rows shown do not match the outbox: effects must be taken back and replayed. */
  let stale = true
  let failures = 0
  let running = false
  let wanted = false
  let stopped = false
  let cancelTimer = () => {}
  let unlisten = () => {}
  let listening = ''
  let over: Promise<void> = Promise.resolve()

  const report = (change: Partial<Status>) => deps.onStatus((status = { ...status, ...change }))

  function schedule(ms: number): void {
    cancelTimer()
    cancelTimer = clock.after(ms, wake)
  }

  /** Starts an exchange now, or right after the one that runs. */
  function wake(): void {
    wanted = true
    if (running || stopped) return
    running = true
    over = run()
  }

  async function run(): Promise<void> {
    while (wanted && !stopped) {
      wanted = false
      cancelTimer()
      if (!deps.network.online()) {
        await showPending().catch(() => undefined)
        report({ phase: 'offline', code: null, current: false })
        continue
      }
      report({ phase: 'syncing' })
      try {
        await exchange()
        failures = 0
        left = false
        report({ phase: 'idle', code: null, lastSyncAt: clock.now(), current: true, booting: null })
        schedule(jitter(POLL_MS))
      } catch (error) {
        await fail(toAppError(error))
      }
    }
    // In the same breath as the last look at `wanted`: nobody's wake is lost.
    running = false
  }

  async function fail(error: AppError): Promise<void> {
    await outbox.release().catch(() => undefined)
    // Whether a failed local call was done is not known: read again where the rows stand.
    loaded = false
    stale = true
    deps.onOutbox()
    status = { ...status, current: false }
    if (stopped) return
    if (error.fate === 'pause') {
      report({ phase: 'paused', code: error.code })
      schedule(jitter(LONGEST_RETRY_MS))
      return
    }
    const wait = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures, 10))
    failures++
    const away = error.code === 'NETWORK' || error.code === 'TIMEOUT'
    report(away ? { phase: 'offline', code: error.code } : { phase: 'error', code: error.code })
    schedule(jitter(error.fate === 'refuse' ? LONGEST_RETRY_MS : wait))
  }

  async function exchange(): Promise<void> {
    try {
      await push()
      await pull(await openStore())
    } catch (error) {
      if (toAppError(error).code === 'OUTER') await leaveCompany()
      throw error
    }
  }

  async function openStore(): Promise<Store> {
    const store = await deps.store().catch((error: Error) => {
      throw new AppError('LOCAL', undefined, error.message)
    })
    if (loaded) return store
    ;({ cursor, boot } = await store.state())
    keptAt = clock.now()
    loaded = true
    return store
  }

  /** No member any more: the rows leave the phone, and what the company has accepted; the unsent work does not. */
  async function leaveCompany(): Promise<void> {
    if (left) return
    const store = await openStore()
    // also when there are none: rows that the browser threw away leave pictures and effects behind
    await apply(store, { reset: true, state: { cursor: null, boot: null } }, true)
    cursor = boot = null
    left = true
    listen()
  }

  /** Without a network: what waits must show, also after a restart. */
  async function showPending(): Promise<void> {
    if (stale) await apply(await openStore(), {}, false)
  }

  const push = () =>
    pushAll({
      remote,
      outbox,
      exclusive: deps.exclusive,
      stopped: () => stopped,
      onOutbox: deps.onOutbox,
      onMoved: () => {
        stale = true
      },
    })

  async function pull(store: Store): Promise<void> {
    if (boot) await download(store)
    for (;;) {
      const answer = await remote.pull(cursor)
      if (answer.schema !== undefined && answer.schema !== deps.schemaHash) throw new AppError('OLDER')
      const { rows, gone, gained, lost, reset } = answer
      const moved = rows || gone || gained || lost || reset
      const next = nextCursor(cursor, answer)
      if (!moved && !stale) {
        const keep = clock.now() - keptAt > KEEP_CURSOR_MS
        if (keep) await apply(store, { state: { cursor: next, boot: null } }, false)
        cursor = next
        break
      }
      // Before the cursor says that this is done: whoever is cut short begins again.
      if (reset && (await offerAgain())) {
        // It goes before rows are read: on top of rows that hold it, it would show twice.
        await push()
        if (stopped) throw new AppError('TIMEOUT')
        continue
      }
      const toBoot = gained ? { scopes: gained, after: null, done: 0 } : null
      await apply(
        store,
        {
          reset: Boolean(reset),
          keepOnly: lost && next.scopes,
          rows,
          gone,
          state: { cursor: next, boot: toBoot },
        },
        true,
      )
      cursor = next
      boot = toBoot
      if (!boot) break
      await download(store)
    }
    listen()
  }

  /** First download of the scopes of `boot`, page by page; goes on where a closed app left it. */
  async function download(store: Store): Promise<void> {
    while (boot) {
      if (stopped) throw new AppError('TIMEOUT')
      report({ booting: { done: boot.done, total: boot.total ?? 0 } })
      const { rows, count, next, total } = await remote.boot(boot.scopes, boot.after, PAGE)
      const rest: Boot | null = next && { ...boot, after: next, done: boot.done + count, total: total ?? boot.total }
      await apply(store, { rows, state: { cursor, boot: rest } }, false)
      boot = rest
      // A long download does not hold up what people write meanwhile.
      if (wanted) await push()
    }
    // « Up to date » promises a start without a network. A disk that refuses does not hold up the exchange: the next start downloads again.
    await store.flush().catch(() => undefined)
    report({ booting: null })
  }

  /**
   * Does one change and shows what waits on top of it. `complete`: the change was asked after every acknowledged command was
   * accepted, so it holds them, or they leave with it.
   */
  async function apply(store: Store, change: Change, complete: boolean): Promise<void> {
    const landed: string[] = []
    let unlanded = false
    const lost = lossOf(change)
    if (lost) await deps.onLost(lost)
    const { tables } = await deps.exclusive(async () => {
      const pending = await outbox.pending()
      const shown = complete ? pending.filter((command) => command.state !== 'acknowledged') : pending
      unlanded = shown.some((command) => command.state === 'acknowledged')
      if (complete) landed.push(...pending.filter((command) => command.state === 'acknowledged').map((command) => command.id))
      return store.apply(
        change,
        shown.map((command) => pendingOf(command, deps.companyId, deps.actorId)),
      )
    })
    stale = unlanded
    if (change.state) keptAt = clock.now()
    if (landed.length) await outbox.land(landed)
    if (tables.length) deps.onChanged(tables)
  }

  /**
   * A restored server forgot commands it had accepted: they go again. At every reset, since a phone that lost its rows, and with them the name
   * of their database, cannot tell a restored server from a new one. Answers whether anything waits to go.
   */
  async function offerAgain(): Promise<boolean> {
    if (!(await outbox.hasAccepted())) return false
    const { expect } = await remote.push({ client: await outbox.clientId(), version: appVersion, commands: [] })
    const waiting = await deps.exclusive(() => outbox.renumber(expect))
    stale = true
    deps.onOutbox()
    return waiting > 0
  }

  function listen(): void {
    const scopes = cursor?.scopes ?? []
    const key = scopes.join()
    if (key === listening || stopped) return
    listening = key
    unlisten()
    unlisten = remote.listen(scopes, () => {
      if (!running) schedule(POKE_MS * deps.random())
      else wanted = true
    })
  }

  const offNetwork = deps.network.onChange(wake)

  return {
    start(): void {
      void outbox
        .release()
        .catch(() => undefined)
        .then(wake)
    },
    wake,
    /** Tries at once, whatever the wait. */
    retryNow(): void {
      failures = 0
      wake()
    },
    /** The local rows may not show what waits (a call timed out, the database was made anew): reads where they stand and replays. */
    distrust(): void {
      loaded = false
      stale = true
      wake()
    },
    status: () => status,
    /** True when the local rows are a complete download. */
    filled: () => cursor !== null && boot === null,
    /** Resolves when no exchange runs. */
    settled: () => over,
    /** Stops after the step under way. */
    async stop(): Promise<void> {
      stopped = true
      cancelTimer()
      unlisten()
      offNetwork()
      await over
    },
  }
}
