// How tabs talk to the one worker that holds the database. Every call may be repeated: a leader that dies leaves its answer unknown.
import type { Applied, Change, LocalState, PendingCommand } from '../sync/apply.ts'

export interface Calls {
  query: { args: { sql: string; params: unknown[] }; answer: unknown[] }
  run: { args: PendingCommand; answer: string[] }
  apply: { args: { change: Change; pending: PendingCommand[] }; answer: Applied }
  state: { args: null; answer: LocalState }
  flush: { args: null; answer: void }
}

export type Op = keyof Calls

/** From a tab to the worker. `hello` asks whether one is there. */
export type TabMessage = { from: string; hello: true } | { from: string; id: number; op: Op; args: Calls[Op]['args'] }

/** From the worker: its birth (to all, or to the tab that said hello), or an answer to one tab. */
export type WorkerMessage =
  | { to: string | null; ready: string }
  | { to: string; id: number; value: unknown }
  | { to: string; id: number; error: { message: string; code?: string } }

/** From the page that starts the worker, and its reply. */
export interface WorkerStart {
  name: string
  companyId: string
}
export type WorkerStarted = { started: true } | { failed: string }

/** Names of the two channels of a database. */
export const channelsOf = (name: string) => ({ calls: `aplomb-db:${name}:calls`, answers: `aplomb-db:${name}:answers` })
