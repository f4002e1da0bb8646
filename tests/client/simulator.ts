import { AppError } from '../../app/kernel/errors.ts'
import { newId } from '../../app/kernel/ids.ts'
import { makeEngine } from '../../app/kernel/sync/engine.ts'
import type { Clock, EngineDeps, Loss, Status } from '../../app/kernel/sync/ports.ts'
import { makeOutbox, type OutboxStore } from '../../app/kernel/sync/outbox.ts'
import type { BootPage, Cursor, PullAnswer, PushAnswer, PushBatch, PushResult, Remote, WireCommand } from '../../app/kernel/sync/protocol.ts'
import { memoryOutboxStore } from './memory-outbox.ts'
import { copyText, openPhone } from './phone.ts'

export const SCHEMA = 'schema-of-the-test'
const AT = '2026-03-01T08:00:00.000Z'

/** Numbers that look random and are the same at each run. */
export function makeRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

/** Time that moves only when told, to the next appointment. */
export function makeClock(): Clock & { next: () => boolean } {
  let now = Date.parse(AT)
  let timers: { at: number; call: () => void }[] = []
  return {
    now: () => now,
    after(ms, call) {
      const timer = { at: now + ms, call }
      timers.push(timer)
      return () => {
        timers = timers.filter((each) => each !== timer)
      }
    },
    next() {
      const timer = timers.sort((a, b) => a.at - b.at).shift()
      if (!timer) return false
      now = Math.max(now, timer.at)
      timer.call()
      return true
    },
  }
}

interface Incident {
  id: string
  title: string
  version: number
}

/** A server in memory that keeps the protocol: every incident is in one scope, commands are `report_incident` alone. */
export function makeServer(company: string, reporter: string) {
  const scope = newId()
  let state = {
    version: 1,
    db: 'first',
    incidents: [] as Incident[],
    log: [] as WireCommand[],
    results: new Map<string, PushResult>(),
    last: new Map<string, number>(),
  }
  const rowsOf = (incidents: Incident[]) =>
    incidents.length
      ? {
          incidents: copyText(
            'incidents',
            incidents.map(({ id, title }) => ({
              company_id: company,
              id,
              site_id: company,
              type: 'technical',
              severity: 'low',
              title,
              details: {},
              status: 'open',
              routed_role: 'design_office',
              due_minutes: 120,
              reporter_id: reporter,
              occurred_at: AT,
              reported_at: AT,
              updated_at: AT,
            })),
          ),
        }
      : undefined

  function run(command: WireCommand): PushResult {
    const title = String(command.args['title'])
    if (title.startsWith('refuse')) return { seq: command.seq, id: command.id, status: 'refused', code: 'RIGHT', message: 'RIGHT: incident.report' }
    state.version++
    state.log.push(command)
    state.incidents.push({ id: String(command.args['id']), title: `${title}!`, version: state.version })
    return { seq: command.seq, id: command.id, status: 'applied' }
  }

  const remote = {
    async pull(cursor: Cursor | null): Promise<PullAnswer> {
      const snap = String(state.version)
      const reset = !cursor ? 'new' : cursor.db !== state.db ? 'db' : undefined
      if (reset) return { snap, schema: SCHEMA, db: state.db, reset, gained: [scope] }
      const rows = rowsOf(state.incidents.filter((incident) => incident.version > Number(cursor!.snap)))
      return rows ? { snap, rows } : { snap }
    },
    async boot(_scopes: string[], after: { id: string | null } | null): Promise<BootPage> {
      const start = after ? state.incidents.findIndex((incident) => incident.id === after.id) + 1 : 0
      const page = state.incidents.slice(start, start + 3)
      const full = page.length === 3
      return {
        rows: rowsOf(page) ?? {},
        count: page.length,
        next: full ? { t: 'incidents', id: page[2]!.id } : null,
        ...(!after && full && { total: state.incidents.length }),
      }
    },
    async push({ client, commands }: PushBatch): Promise<PushAnswer> {
      if (commands.some((command) => String(command.args['title']).startsWith('unreadable'))) throw new AppError('22P05')
      let last = state.last.get(client) ?? 0
      const results: PushResult[] = []
      for (const command of commands) {
        if (command.seq > last + 1) break
        const result = state.results.get(command.id) ?? run(command)
        state.results.set(command.id, result)
        results.push({ ...result, seq: command.seq })
        last = Math.max(last, command.seq)
      }
      state.last.set(client, last)
      return { results, expect: last + 1 }
    },
  }

  return {
    remote,
    scope,
    titles: () => state.incidents.map((incident) => incident.title).sort(),
    log: () => state.log.map((command) => String(command.args['title'])),
    backUp: () => structuredClone(state),
    restore: (backup: typeof state) => {
      state = { ...structuredClone(backup), db: newId() }
    },
    write: (title: string) => {
      state.version++
      state.incidents.push({ id: newId(), title, version: state.version })
    },
  }
}

export type Fault = 'none' | 'request lost' | 'answer lost' | 'twice' | 'busy'

/** A phone in virtual time on `server`; `fault` says what becomes of each call. */
export async function makePhone(
  server: Omit<Remote, 'listen'>,
  company: string,
  actor: string,
  options: {
    fault?: () => Fault
    seed?: number
    store?: OutboxStore
    schemaHash?: string
  } = {},
) {
  const fault = options.fault ?? (() => 'none' as const)
  const clock = makeClock()
  const phone = await openPhone(company)
  const outbox = makeOutbox(options.store ?? memoryOutboxStore(`${actor}:${company}`), clock.now)
  let online = true
  let networkChanged = () => {}
  let poke = () => {}
  const statuses: Status[] = []
  const changed: string[][] = []
  const lost: Loss[] = []

  async function call<T>(work: () => Promise<T>): Promise<T> {
    const fate = fault()
    if (!online || fate === 'request lost') throw new AppError('NETWORK')
    if (fate === 'busy') throw new AppError('40001')
    if (fate === 'twice') await work()
    const answer = await work()
    if (fate === 'answer lost') throw new AppError('NETWORK')
    return answer
  }

  const deps: EngineDeps = {
    remote: {
      pull: (cursor) => call(() => server.pull(cursor)),
      boot: (scopes, after, n) => call(() => server.boot(scopes, after, n)),
      push: (batch) => call(() => server.push(batch)),
      listen: (_scopes, onPoke) => {
        poke = onPoke
        return () => {}
      },
    },
    store: async () => phone.store,
    outbox,
    exclusive: makeMutex(),
    companyId: company,
    actorId: actor,
    schemaHash: options.schemaHash ?? SCHEMA,
    clock,
    random: makeRandom(options.seed ?? 1),
    network: {
      online: () => online,
      onChange: (change) => {
        networkChanged = change
        return () => {}
      },
    },
    onStatus: (status) => statuses.push(status),
    onLost: async (loss) => void lost.push(loss),
    onChanged: (tables) => changed.push(tables),
    onOutbox: () => {},
  }
  let engine = makeEngine(deps)

  const report = async (title: string) => {
    const id = newId(clock.now())
    const command = await outbox.add('report_incident', { id, site_id: company, type: 'technical', severity: 'low', title })
    await phone.store.run({ id: command.id, name: command.name, args: command.args, at: AT, companyId: company, actorId: actor })
    engine.wake()
    return command.id
  }

  return {
    phone,
    outbox,
    statuses,
    changed,
    lost,
    report,
    clock,
    poke: () => poke(),
    start: () => engine.start(),
    /** Closes the app and opens it again; what was in memory is lost. */
    async restart() {
      await engine.stop()
      engine = makeEngine(deps)
      engine.start()
    },
    async setOnline(value: boolean) {
      online = value
      networkChanged()
      await engine.settled()
    },
    status: () => statuses.at(-1)!,
    titles: async () => (await phone.db.query<{ title: string }>('select title from app.incidents order by title')).map((row) => row.title),
    /** Lets time pass until `condition` holds; gives up after `steps` appointments. */
    async until(condition: () => boolean | Promise<boolean>, steps = 300) {
      for (let step = 0; step < steps; step++) {
        await new Promise((resolve) => setImmediate(resolve))
        await engine.settled()
        if (await condition()) return
        clock.next()
      }
      throw new Error(`not reached: ${JSON.stringify(statuses.at(-1))}`)
    },
    async close() {
      await engine.stop()
      phone.close()
    },
  }
}

/** One at a time. */
export function makeMutex(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const run = last.then(work)
    last = run.catch(() => undefined)
    return run
  }
}
