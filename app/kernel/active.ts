// What the tab works on right now. Small: it is in the first chunk.
import { createSignal } from 'solid-js'
import type { Company, User } from './contract.ts'
import type { Database } from './db/database.ts'
import { idbOutboxStore } from './sync/outbox-store.ts'
import { makeOutbox, ownerOf, type Outbox } from './sync/outbox.ts'
import { outboxLock } from './locks.ts'
import { makeBus, type Bus } from './bus.ts'

/** One person in one company, on this device. */
export interface Active {
  owner: string
  user: User
  company: Company
  outbox: Outbox
  bus: Bus
}

/** What a tab needs to work on `company` for `user`. Close its bus when another one takes its place. */
export function makeActive(user: User, company: Company): Active {
  const owner = ownerOf(user.id, company.company_id)
  return { owner, user, company, outbox: makeOutbox(idbOutboxStore(owner)), bus: makeBus(owner) }
}

/** Runs `work` while nothing else writes the outbox's head or shows effects, in any tab. */
export const exclusively = <T>(owner: string, work: () => Promise<T>): Promise<T> => navigator.locks.request(outboxLock(owner), work) as Promise<T>

const [active, setActive] = createSignal<Active | null>(null)
/** The local database once it answers; null before, and while another tab takes it over. */
const [database, setDatabase] = createSignal<Database | null>(null)
/** True once the local database holds a complete download: an empty answer then means that there is nothing. */
const [filled, setFilled] = createSignal(false)

export { active, database, filled, setActive, setDatabase, setFilled }
