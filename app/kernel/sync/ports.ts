// What the engine is given, so that a test can drive it with its own time, network and faults.
import type { LocalStore } from './apply.ts'
import type { Outbox } from './outbox.ts'
import type { Remote } from './protocol.ts'

export interface Clock {
  /** Milliseconds since 1970. */
  now: () => number
  /** Calls back after `ms`. Answers the way to cancel. */
  after: (ms: number, call: () => void) => () => void
}

export interface Network {
  online: () => boolean
  /** Calls back when the network comes or goes. Answers the way to stop. */
  onChange: (call: () => void) => () => void
}

export interface Status {
  phase: 'starting' | 'idle' | 'syncing' | 'offline' | 'paused' | 'error'
  /** Why, when paused or in error. */
  code: string | null
  /** When all was exchanged last, perhaps by an earlier run of the app; milliseconds since 1970. */
  lastSyncAt: number | null
  /** All was exchanged, and the network has not been away since. */
  current: boolean
  booting: { done: number; total: number } | null
}

/** The local database as sync uses it. */
export type Store = Pick<LocalStore, 'state' | 'apply' | 'flush'>

/** What leaves a phone: rows; whatever was of some sites (or may have been), pictures too; or all of the company. */
export type Loss = 'rows' | 'sites' | 'company'

export interface EngineDeps {
  remote: Remote
  /** The local database; rejects when it cannot start, and then commands are sent all the same. */
  store: () => Promise<Store>
  outbox: Outbox
  /** Nothing else writes the outbox's head or shows effects meanwhile. */
  exclusive: <T>(work: () => Promise<T>) => Promise<T>
  companyId: string
  /** The membership on whose behalf commands run. */
  actorId: string
  schemaHash: string
  /** As the last status of an earlier run said. */
  lastSyncAt?: number | null
  clock: Clock
  /** From 0 up to 1. */
  random: () => number
  network: Network
  onStatus: (status: Status) => void
  /** Rows are about to leave this phone: what is kept of them elsewhere goes first. */
  onLost: (loss: Loss) => Promise<void>
  /** Rows of these tables may have changed. */
  onChanged: (tables: string[]) => void
  /** Commands changed state. */
  onOutbox: () => void
}
