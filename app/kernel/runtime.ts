// What runs behind the screens of one company: the local database and the exchange with the server. A chunk of its own.
import { active, exclusively, setDatabase, type Active } from './active.ts'
import { deviceClock } from './clock.ts'
import { openDatabase } from './db/database.ts'
import { AppError } from './errors.ts'
import { schemaHash } from './generated/phone.ts'
import { readValue, removeSnapshots, writeValue } from './local-store.ts'
import { engineLock } from './locks.ts'
import { startPhotos } from './photos/background.ts'
import { getRemote } from './remote.ts'
import { makeEngine, type Engine } from './sync/engine.ts'
import type { Status, Store } from './sync/ports.ts'
import type { Remote } from './sync/protocol.ts'

const READY_LIMIT_MS = 90_000
/** Key of the time of the last whole exchange: the age of what an offline start shows. */
const syncedAt = (owner: string) => `synced ${owner}`
const COMPANY_KINDS = ['company', 'company:admin', 'sites', 'sites:finance', 'sites:safety']

/** Starts the database and the exchange of `now`. Answers the way to stop both. */
export function startRuntime(now: Active): () => void {
  const { owner, company, bus } = now
  const closing = new AbortController()
  let engine: Engine | null = null
  let whenReady: () => void
  const ready = new Promise<void>((resolve) => {
    whenReady = resolve
  })

  const database = openDatabase(
    owner,
    company.company_id,
    () => new Worker(new URL('./db/worker.ts', import.meta.url), { type: 'module', name: 'aplomb-db' }),
    () => {
      whenReady()
      if (active() === now) setDatabase(database)
      engine?.distrust()
    },
  )

  /** The company's own scopes and the person's first: they matter most when there are more than channels. */
  async function rank(scopes: string[]): Promise<string[]> {
    const rows = (await database.call('query', {
      sql: `select s.id from unnest($1::uuid[]) with ordinality as s (id, place) order by s.id <> effects.scope_id($2, 'user', $3),
        s.id <> all (array(select effects.scope_id($2, kind, $2) from unnest($4::text[]) as kind)), s.place`,
      params: [scopes, company.company_id, company.membership_id, COMPANY_KINDS],
    })) as { id: string }[]
    return rows.map((row) => row.id)
  }

  const remote = async () => (await getRemote()).company(company.company_id, rank)
  const lazyRemote: Remote = {
    pull: async (cursor) => (await remote()).pull(cursor),
    boot: async (...args) => (await remote()).boot(...args),
    push: async (batch) => (await remote()).push(batch),
    listen(scopes, onPoke) {
      const stop = remote().then((each) => each.listen(scopes, onPoke))
      return () => void stop.then((call) => call()).catch(() => undefined)
    },
  }

  async function store(): Promise<Store> {
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new AppError('TIMEOUT')), READY_LIMIT_MS)
    })
    await Promise.race([ready, late]).finally(() => clearTimeout(timer))
    return {
      state: () => database.call('state', null),
      apply: (change, pending) => database.call('apply', { change, pending }),
      flush: () => database.call('flush', null),
    }
  }

  let filled = false
  let last: Status | null = null
  const tellStatus = () => last && bus.post({ type: 'status', status: last, filled })

  /** Runs in one tab; the others wait for their turn and show what it tells them. */
  async function lead(): Promise<void> {
    await now.outbox.prune().catch(() => undefined)
    const kept = await readValue<number>(syncedAt(owner)).catch(() => undefined)
    engine = makeEngine({
      remote: lazyRemote,
      store,
      outbox: now.outbox,
      exclusive: (work) => exclusively(owner, work),
      companyId: company.company_id,
      actorId: company.membership_id,
      schemaHash,
      lastSyncAt: kept ?? null,
      clock: deviceClock,
      random: Math.random,
      network: {
        online: () => navigator.onLine,
        onChange(call) {
          for (const event of ['online', 'offline']) addEventListener(event, call)
          return () => {
            for (const event of ['online', 'offline']) removeEventListener(event, call)
          }
        },
      },
      onStatus(status) {
        if (status.current && status.lastSyncAt !== last?.lastSyncAt) void writeValue(syncedAt(owner), status.lastSyncAt).catch(() => undefined)
        last = status
        filled = engine?.filled() ?? false
        tellStatus()
      },
      async onLost(loss) {
        await removeSnapshots(owner)
        if (loss === 'rows') return
        const { forgetFetched, forgetSent } = await import('./photos/leave.ts')
        await forgetFetched([owner])
        if (loss === 'company') await forgetSent([owner])
      },
      onChanged: (tables) => bus.post({ type: 'changed', tables }),
      onOutbox: () => bus.post({ type: 'outbox' }),
    })
    engine.start()
    await new Promise((resolve) => closing.signal.addEventListener('abort', resolve, { once: true }))
    await engine.stop()
  }

  const off = bus.on((message) => {
    if (message.type === 'ask') tellStatus()
    if (message.type !== 'wake' || !engine) return
    if (message.distrust) engine.distrust()
    else if (message.retry) engine.retryNow()
    else engine.wake()
  })
  const onVisible = () => {
    if (document.visibilityState === 'visible') engine?.wake()
  }
  document.addEventListener('visibilitychange', onVisible)
  void navigator.locks.request(engineLock(owner), { signal: closing.signal }, lead).catch(() => undefined)
  void navigator.storage.persist?.().catch(() => undefined)
  const stopPhotos = startPhotos(now)

  return () => {
    stopPhotos()
    off()
    document.removeEventListener('visibilitychange', onVisible)
    closing.abort()
    setDatabase(null)
    database.close()
  }
}
