import type { Status } from './sync/ports.ts'

/** What tabs and the service worker tell each other about one person's work in one company. */
export type BusMessage =
  /** Rows of these tables may have changed in the local database. */
  | { type: 'changed'; tables: string[] }
  /** Commands came, went or changed state. */
  | { type: 'outbox' }
  /** For the tab that syncs: exchange now; `distrust`: the local rows may not show what waits; `retry`: forget the waits. */
  | { type: 'wake'; distrust?: boolean; retry?: boolean }
  /** From the tab that syncs. */
  | { type: 'status'; status: Status; filled: boolean }
  /** A new tab asks for the status. */
  | { type: 'ask' }

export interface Bus {
  /** Tells every tab, this one too. */
  post: (message: BusMessage) => void
  /** Answers the way to stop. */
  on: (listener: (message: BusMessage) => void) => () => void
  close: () => void
}

/** The bus of `owner` in this tab. */
export function makeBus(owner: string): Bus {
  const channel = new BroadcastChannel(`aplomb-bus:${owner}`)
  const listeners = new Set<(message: BusMessage) => void>()
  const tell = (message: BusMessage) => listeners.forEach((listener) => listener(message))
  let closed = false
  channel.onmessage = ({ data }: MessageEvent<BusMessage>) => tell(data)
  return {
    post(message) {
      if (closed) return
      channel.postMessage(message)
      tell(message)
    },
    on(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    close() {
      closed = true
      listeners.clear()
      channel.close()
    },
  }
}
