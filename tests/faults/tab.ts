// What a device of a history is made of, its tabs, and what a planted bug may put in the place of their ports.
import type { PhotoQueue } from '../../app/kernel/photos/queue.ts'
import type { Engine } from '../../app/kernel/sync/engine.ts'
import type { Outbox } from '../../app/kernel/sync/outbox.ts'
import type { EngineDeps, Status } from '../../app/kernel/sync/ports.ts'
import type { Remote } from '../../app/kernel/sync/protocol.ts'
import type { makeCamera } from './camera.ts'
import type { LocalCopy } from './memory-local.ts'
import type { Random } from './random.ts'
import type { Timeline } from './timeline.ts'
import type { CompanyServer, Person } from './world.ts'

/** A planted bug on the side of the phone: what stands in the place of a port. */
export interface ClientMutant {
  remote?: (remote: Remote) => Remote
  local?: (local: LocalCopy['store']) => LocalCopy['store']
  outbox?: (outbox: Outbox) => Outbox
  engine?: (deps: EngineDeps) => EngineDeps
  photos?: (queue: PhotoQueue) => PhotoQueue
  /** Tabs do not wait for each other. */
  unlocked?: boolean
}

/** What a device is made of. */
export interface DeviceDeps {
  person: Person
  server: CompanyServer
  local: LocalCopy
  timeline: Timeline
  random: Random
  /** How often the company's server was restored: each time it is another database. */
  restored: () => number
  /** A push was done on the server: open devices that listen to these scopes may hear of it. */
  onPush: (poked: string[]) => void
  mutant?: ClientMutant
  /** Rows of a page of the first download at most: histories are small, and pages must be many for some. */
  page?: number
}

/** Somebody who uses the disk and the line of a device: a tab, or the service worker. */
export interface Tab {
  alive: boolean
  engine: Engine | null
  outbox: Outbox
  exclusive: <T>(work: () => Promise<T>) => Promise<T>
  /** Steps until it dies; -1: it lives. */
  dies: number
  status: Status | null
  networkChanged: () => void
  poke: (poked?: string[]) => void
  camera: ReturnType<typeof makeCamera>
}
