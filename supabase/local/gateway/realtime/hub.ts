import { randomUUID } from 'node:crypto'
import type { Caller } from '../tokens.ts'
import type { Permissions } from './authorize.ts'
import type { Broadcast } from './protocol.ts'
import type { Session } from './session.ts'

/** One joined topic of one connection. */
export interface Channel {
  session: Session
  /** The topic on the wire, `realtime:<name>`. */
  topic: string
  name: string
  joinRef: string | null
  caller: Caller
  token: string
  read: Permissions
  /** When the database last said so. */
  confirmed: number
  /** What sending is allowed, asked when first tried. */
  write: Partial<Permissions>
  ack: boolean
  self: boolean
  presenceEnabled: boolean
  presenceKey: string
  expiry?: NodeJS.Timeout
}

type Meta = Record<string, unknown> & { phx_ref: string }
type Presences = Record<string, { metas: Meta[] }>

/** Who listens to which topic, and who is present there. */
export class Hub {
  private readonly topics = new Map<string, Set<Channel>>()
  private readonly present = new Map<string, Map<string, Map<Channel, Meta>>>()

  join(channel: Channel): void {
    const members = this.topics.get(channel.name) ?? new Set()
    this.topics.set(channel.name, members.add(channel))
  }

  leave(channel: Channel): void {
    const members = this.topics.get(channel.name)
    members?.delete(channel)
    if (members?.size === 0) this.topics.delete(channel.name)
    this.untrack(channel)
  }

  /** Sends to every channel of the topic that may read it, `except` one. */
  send(name: string, broadcast: Broadcast, except?: Channel): void {
    for (const channel of this.topics.get(name) ?? []) {
      if (channel !== except && channel.read.broadcast) channel.session.deliver(broadcast)
    }
  }

  /** True when somebody listens. */
  has(name: string): boolean {
    return this.topics.has(name)
  }

  channels(): Channel[] {
    return [...this.topics.values()].flatMap((members) => [...members])
  }

  state(name: string): Presences {
    const keys = this.present.get(name) ?? new Map<string, Map<Channel, Meta>>()
    return Object.fromEntries([...keys].map(([key, metas]) => [key, { metas: [...metas.values()] }]))
  }

  track(channel: Channel, payload: Record<string, unknown>): void {
    const keys = this.present.get(channel.name) ?? new Map<string, Map<Channel, Meta>>()
    this.present.set(channel.name, keys)
    const metas = keys.get(channel.presenceKey) ?? new Map<Channel, Meta>()
    keys.set(channel.presenceKey, metas)
    const before = metas.get(channel)
    const meta: Meta = { ...payload, phx_ref: randomUUID(), ...(before ? { phx_ref_prev: before.phx_ref } : {}) }
    metas.set(channel, meta)
    this.tell(channel, { [channel.presenceKey]: { metas: [meta] } }, before ? { [channel.presenceKey]: { metas: [before] } } : {})
  }

  untrack(channel: Channel): void {
    const keys = this.present.get(channel.name)
    const metas = keys?.get(channel.presenceKey)
    const meta = metas?.get(channel)
    if (!keys || !metas || !meta) return
    metas.delete(channel)
    if (metas.size === 0) keys.delete(channel.presenceKey)
    if (keys.size === 0) this.present.delete(channel.name)
    this.tell(channel, {}, { [channel.presenceKey]: { metas: [meta] } })
  }

  private tell({ name }: Channel, joins: Presences, leaves: Presences): void {
    for (const channel of this.topics.get(name) ?? []) {
      if (channel.presenceEnabled && channel.read.presence) channel.session.push(channel, 'presence_diff', { joins, leaves })
    }
  }
}
