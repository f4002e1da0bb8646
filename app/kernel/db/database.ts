import { AppError } from '../errors.ts'
import { channelsOf, type Calls, type Op, type TabMessage, type WorkerMessage, type WorkerStarted } from './protocol.ts'

/** Longest wait for the answer of each call, in ms; a cold start on a cheap phone takes ten seconds. */
const LIMITS: Record<Op, number> = { query: 15_000, run: 10_000, state: 15_000, apply: 120_000, flush: 60_000 }
const START_LIMIT_MS = 60_000
const AGAIN_MS = 5000

export interface Database {
  /** Asks the database, wherever it runs. Rejects with the database's error, or AppError TIMEOUT. */
  call: <O extends Op>(op: O, args: Calls[O]['args']) => Promise<Calls[O]['answer']>
  /** Whether it answers now. */
  ready: () => boolean
  close: () => void
}

interface Pending {
  message: Extract<TabMessage, { op: Op }>
  /** The worker it was last sent to. */
  sentTo: string | null
  settle: (message: WorkerMessage) => void
}

/**
 * The database `name`, shared by all tabs: the tab that gets its Web Lock runs it in a worker, and when that tab closes another one
 * takes over and every unanswered call is sent again.
 * @param companyId the one company whose rows it holds
 * @param onReady called when a worker is there, at first and after each change of leader
 */
export function openDatabase(name: string, companyId: string, makeWorker: () => Worker, onReady: () => void): Database {
  const me = crypto.randomUUID()
  const channels = channelsOf(name)
  const out = new BroadcastChannel(channels.calls)
  const inbox = new BroadcastChannel(channels.answers)
  const pending = new Map<number, Pending>()
  const closing = new AbortController()
  let leader: string | null = null
  let lastId = 0

  const say = (message: TabMessage) => out.postMessage(message)

  function send(call: Pending): void {
    if (leader === null || call.sentTo === leader) return
    call.sentTo = leader
    say(call.message)
  }

  inbox.onmessage = ({ data }: MessageEvent<WorkerMessage>) => {
    if (data.to !== null && data.to !== me) return
    if (!('ready' in data)) return pending.get(data.id)?.settle(data)
    if (leader === data.ready) return
    leader = data.ready
    pending.forEach(send)
    onReady()
  }
  say({ from: me, hello: true })
  void lead()

  /** Waits for the lock as long as this tab lives, then runs the worker; a worker that does not start is given up and tried again. */
  async function lead(): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        await navigator.locks.request(`aplomb-db:${name}`, { signal: closing.signal }, () => runWorker())
      } catch (error) {
        if (closing.signal.aborted) return
        console.warn('The local database did not start.', error)
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
      }
    }
  }

  async function runWorker(): Promise<void> {
    const worker = makeWorker()
    try {
      await new Promise<void>((resolve, reject) => {
        const limit = setTimeout(() => reject(new AppError('TIMEOUT')), START_LIMIT_MS)
        worker.onerror = (event) => reject(new Error(event.message))
        worker.onmessage = ({ data }: MessageEvent<WorkerStarted>) => {
          clearTimeout(limit)
          if ('started' in data) resolve()
          else reject(new Error(data.failed))
        }
        worker.postMessage({ name, companyId })
      })
      await new Promise((resolve) => closing.signal.addEventListener('abort', resolve, { once: true }))
    } finally {
      worker.terminate()
    }
  }

  return {
    call(op, args) {
      const id = ++lastId
      return new Promise((resolve, reject) => {
        const limit = setTimeout(() => settle({ to: me, id, error: { message: 'TIMEOUT', code: 'TIMEOUT' } }), LIMITS[op])
        function settle(message: WorkerMessage): void {
          clearTimeout(limit)
          pending.delete(id)
          if ('value' in message) resolve(message.value as Calls[typeof op]['answer'])
          else if ('error' in message) reject(Object.assign(new Error(message.error.message), { code: message.error.code }))
        }
        const call: Pending = { message: { from: me, id, op, args }, sentTo: null, settle }
        pending.set(id, call)
        send(call)
      })
    },
    ready: () => leader !== null,
    close() {
      closing.abort()
      for (const [id, call] of pending) call.settle({ to: me, id, error: { message: 'TIMEOUT', code: 'TIMEOUT' } })
      out.close()
      inbox.close()
    },
  }
}
