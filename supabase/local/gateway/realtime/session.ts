import { randomUUID } from 'node:crypto'
import type { WebSocket } from 'ws'
import { InvalidToken, type Caller, type Tokens } from '../tokens.ts'
import type { Authorizer, Extension } from './authorize.ts'
import type { Channel, Hub } from './hub.ts'
import { Broadcast, decode, encode, type Message, type Version } from './protocol.ts'

/** As on the hosted service. */
const MAX_CHANNELS = 100
const MAX_MESSAGES_PER_SECOND = 500
/** A client that lets this many bytes wait is too slow to be served. */
const MAX_WAITING = 1024 * 1024
/** What a client sent and we have not come to yet: messages and bytes. */
const MAX_QUEUED = 500
const MAX_QUEUED_BYTES = 4 * 1024 * 1024
/** Each join asks the database: this many at once, then one in so many milliseconds. */
const JOINS_AT_ONCE = 20
const JOIN_PAUSE = 50
const LONGEST_TIMER = 2 ** 31 - 1

export interface SessionContext {
  hub: Hub
  tokens: Tokens
  authorizer: Authorizer
  /** Asks again, over a connection that no crowd of joins takes away. */
  rechecker: Authorizer
}

/** One WebSocket: joins, leaves, broadcasts and presence of its channels. */
export class Session {
  readonly channels = new Map<string, Channel>()
  lastSeen = Date.now()
  private left = Date.now()
  private tail: Promise<void> = Promise.resolve()
  private windowStart = 0
  private windowCount = 0
  private queued = 0
  private queuedBytes = 0
  /** When the joins so far have had their time. */
  private joinsUntil = 0

  /**
   * @param apikey the key the connection was opened with, already verified
   * @param headers of the upgrade request as JSON, for policies
   */
  constructor(
    private readonly socket: WebSocket,
    private readonly version: Version,
    private readonly apikey: string,
    private readonly headers: string,
    private readonly context: SessionContext,
  ) {
    socket.on('message', (data, binary) => this.receive(data as Buffer, binary))
    socket.on('ping', (data) => this.pong(data))
    socket.on('error', () => undefined) // followed by close
    socket.on('close', () => {
      for (const channel of this.channels.values()) this.drop(channel)
    })
  }

  /** Since when it has no channel, in ms; Infinity while it has one. */
  get idleSince(): number {
    return this.channels.size > 0 ? Infinity : this.left
  }

  /** Sends a broadcast; a client that cannot keep up is cut off and comes back by itself. */
  deliver(broadcast: Broadcast): void {
    if (!this.keepsUp()) return
    const frame = broadcast.frame(this.version)
    if (frame !== undefined) this.socket.send(frame)
  }

  /** Whether the client may be sent more; one that lets too much wait is cut off. */
  keepsUp(): boolean {
    if (this.socket.readyState !== this.socket.OPEN) return false
    if (this.socket.bufferedAmount <= MAX_WAITING) return true
    this.socket.terminate()
    return false
  }

  /** Sends an event of a channel. */
  push(channel: Channel, event: string, payload: unknown, ref: string | null = null): void {
    this.write(channel.joinRef, ref, channel.topic, event, payload)
  }

  /** Makes the client join a channel again, for it may have missed something. */
  interrupt(channel: Channel): void {
    this.push(channel, 'phx_error', {})
    this.drop(channel)
  }

  terminate(): void {
    this.socket.terminate()
  }

  /** Makes the client join those channels again whose right nobody has confirmed for so many milliseconds. */
  interruptUnconfirmed(limit: number): void {
    for (const channel of this.channels.values()) if (channel.confirmed < Date.now() - limit) this.interrupt(channel)
  }

  /** Asks again whether each channel may still be read and closes those that may not. @throws when the database gives no answer */
  async recheck(): Promise<void> {
    const byToken = new Map<string, Channel[]>()
    for (const channel of this.channels.values()) byToken.set(channel.token, [...(byToken.get(channel.token) ?? []), channel])
    for (const [token, channels] of byToken) {
      const answers = await this.context.rechecker.read(
        channels[0]!.caller,
        channels.map(({ name }) => name),
        this.headers,
      )
      channels.forEach((channel, i) => {
        if (this.channels.get(channel.topic) !== channel || channel.token !== token) return // it left, or has a newer answer
        channel.read = answers[i]!
        channel.confirmed = Date.now()
        channel.write = {}
        if (!channel.read.broadcast && !channel.read.presence) this.refuseFurther(channel)
      })
    }
  }

  /** Counts what comes; false when the client sends faster than any has reason to. */
  private admit(): boolean {
    if (this.socket.readyState !== this.socket.OPEN) return false // what still comes of a client that was refused
    this.lastSeen = Date.now()
    if (this.lastSeen - this.windowStart > 1000) [this.windowStart, this.windowCount] = [this.lastSeen, 0]
    if (++this.windowCount <= MAX_MESSAGES_PER_SECOND) return true
    this.socket.close(1008, 'too many messages per second')
    return false
  }

  private pong(data: Buffer): void {
    if (this.admit() && this.keepsUp()) this.socket.pong(data)
  }

  private receive(data: Buffer, binary: boolean): void {
    if (!this.admit()) return
    const message = decode(data, binary)
    if (!message) return
    this.queued++
    this.queuedBytes += data.length
    if (this.queued > MAX_QUEUED || this.queuedBytes > MAX_QUEUED_BYTES) return this.socket.close(1008, 'too many messages are waiting')
    // one after the other, so that a broadcast sent after a join finds it done
    this.tail = this.tail
      .then(() => (this.socket.readyState === this.socket.OPEN ? this.dispatch(message) : undefined))
      .catch((error: Error) => {
        console.error(`[gateway] realtime: ${error.message}`)
        this.reply(message, 'error', { reason: 'UnableToConnectToProject: Realtime was unable to connect to the project database' })
      })
      .finally(() => {
        this.queued--
        this.queuedBytes -= data.length
      })
  }

  private async dispatch(message: Message): Promise<void> {
    if (message.topic === 'phoenix' && message.event === 'heartbeat') return this.reply(message, 'ok')
    if (message.event === 'phx_join') return this.join(message)
    const channel = this.channels.get(message.topic)
    if (!channel) return this.reply(message, 'error', { reason: 'unmatched topic' })
    switch (message.event) {
      case 'phx_leave':
        this.drop(channel)
        this.reply(message, 'ok')
        return this.push(channel, 'phx_close', {}, message.ref)
      case 'access_token':
        return this.renew(channel, message.payload.access_token)
      case 'broadcast':
        return this.broadcast(channel, message)
      case 'presence':
        return this.presence(channel, message)
      default:
        return this.reply(message, 'error', { reason: 'unmatched event' })
    }
  }

  private async join(message: Message): Promise<void> {
    const { tokens, authorizer, hub } = this.context
    const refuse = (reason: string) => this.reply(message, 'error', { reason })
    const name = message.topic.replace(/^realtime:/, '')
    const old = this.channels.get(message.topic)
    if (old) this.drop(old)
    if (!message.topic.startsWith('realtime:') || name === '') return refuse('TopicNameRequired: You must provide a topic name')
    if (this.channels.size >= MAX_CHANNELS) return refuse('ChannelRateLimitReached: Too many channels')
    const config = record(message.payload.config)
    if (config.private !== true) return refuse('PrivateOnly: This project only allows private channels')
    if (Array.isArray(config.postgres_changes) && config.postgres_changes.length > 0)
      return refuse('PostgresChangesNotServed: listen to a private broadcast instead')
    const given = message.payload.access_token ?? message.payload.user_token
    const token = typeof given === 'string' && given !== '' ? given : this.apikey
    await this.takeTurn()
    let caller: Caller
    try {
      caller = await this.identify(token)
    } catch (error) {
      return refuse(`InvalidJWTToken: ${(error as Error).message}`)
    }
    const [read] = await authorizer.read(caller, [name], this.headers)
    if (!read!.broadcast && !read!.presence) return refuse(`Unauthorized: You do not have permissions to read from this Channel topic: ${name}`)
    if (this.socket.readyState !== this.socket.OPEN) return // it left while the database was asked
    const broadcast = record(config.broadcast)
    const presence = record(config.presence)
    const channel: Channel = {
      session: this,
      topic: message.topic,
      name,
      joinRef: message.joinRef ?? message.ref,
      caller,
      token,
      read: read!,
      write: {},
      ack: broadcast.ack === true,
      self: broadcast.self === true,
      presenceEnabled: presence.enabled === true,
      confirmed: Date.now(),
      presenceKey: typeof presence.key === 'string' && presence.key !== '' ? presence.key : randomUUID(),
    }
    this.channels.set(channel.topic, channel)
    hub.join(channel)
    this.expire(channel, tokens)
    this.reply(message, 'ok', { postgres_changes: [] })
    if (channel.presenceEnabled && channel.read.presence) this.push(channel, 'presence_state', hub.state(name))
  }

  /** A new token for a channel: it is asked again what it may do. */
  private async renew(channel: Channel, token: unknown): Promise<void> {
    if (typeof token !== 'string' || token === channel.token || token === this.apikey) return
    try {
      const caller = await this.identify(token)
      const [read] = await this.context.authorizer.read(caller, [channel.name], this.headers)
      Object.assign(channel, { caller, token, read: read!, write: {}, confirmed: Date.now() })
    } catch (error) {
      if (error instanceof InvalidToken) return this.shutdown(channel, error.message)
      throw error
    }
    if (!channel.read.broadcast && !channel.read.presence) return this.refuseFurther(channel)
    this.expire(channel, this.context.tokens)
  }

  private async broadcast(channel: Channel, message: Message): Promise<void> {
    const sent = message.broadcast ?? {
      event: String(message.payload.event ?? ''),
      json: true,
      payload: Buffer.from(JSON.stringify(message.payload.payload ?? {})),
    }
    if (!(await this.maySend(channel, 'broadcast'))) {
      if (channel.ack)
        this.reply(message, 'error', { reason: `Unauthorized: You do not have permissions to write to this Channel topic: ${channel.name}` })
      return
    }
    if (sent.json && !isJson(sent.payload)) return this.reply(message, 'error', { reason: 'the payload is not JSON' })
    this.context.hub.send(channel.name, new Broadcast(channel.topic, sent.event, sent.payload, sent.json), channel.self ? undefined : channel)
    if (channel.ack) this.reply(message, 'ok')
  }

  private async presence(channel: Channel, message: Message): Promise<void> {
    if (!(await this.maySend(channel, 'presence'))) {
      return this.reply(message, 'error', { reason: `Unauthorized: You do not have permissions to write to this Channel topic: ${channel.name}` })
    }
    if (message.payload.event === 'track') this.context.hub.track(channel, record(message.payload.payload))
    else if (message.payload.event === 'untrack') this.context.hub.untrack(channel)
    this.reply(message, 'ok')
  }

  private async maySend(channel: Channel, extension: Extension): Promise<boolean> {
    return (channel.write[extension] ??= await this.context.authorizer.write(channel.caller, channel.name, extension, this.headers))
  }

  /** Lets the joins of a client pass at the pace that is open to each. */
  private async takeTurn(): Promise<void> {
    this.joinsUntil = Math.max(this.joinsUntil, Date.now() - JOINS_AT_ONCE * JOIN_PAUSE) + JOIN_PAUSE
    const pause = this.joinsUntil - Date.now()
    if (pause > 0) await new Promise((next) => setTimeout(next, pause))
  }

  /** The API key's role, or the bearer of a token. */
  private async identify(token: string): Promise<Caller> {
    return token === this.apikey ? this.context.tokens.keyHolder(token)! : this.context.tokens.verify(token)
  }

  private expire(channel: Channel, tokens: Tokens): void {
    clearTimeout(channel.expiry)
    const { exp } = channel.caller.claims
    if (exp === undefined) return
    const check = () => void tokens.verify(channel.token).catch((error: Error) => this.shutdown(channel, error.message))
    channel.expiry = setTimeout(check, Math.min(exp * 1000 - Date.now() + 1, LONGEST_TIMER)).unref()
  }

  private refuseFurther(channel: Channel): void {
    this.shutdown(channel, `You no longer have permission to read from this Channel topic: ${channel.name}`)
  }

  /** Ends a channel and says why. */
  private shutdown(channel: Channel, message: string): void {
    if (this.channels.get(channel.topic) !== channel) return
    this.push(channel, 'system', { extension: 'system', status: 'error', message, channel: channel.name })
    this.push(channel, 'phx_close', {}, channel.joinRef)
    this.drop(channel)
  }

  private drop(channel: Channel): void {
    this.left = Date.now()
    clearTimeout(channel.expiry)
    if (this.channels.get(channel.topic) === channel) this.channels.delete(channel.topic)
    this.context.hub.leave(channel)
  }

  private reply({ joinRef, ref, topic }: Message, status: 'ok' | 'error', response: Record<string, unknown> = {}): void {
    this.write(joinRef, ref, topic, 'phx_reply', { status, response })
  }

  private write(joinRef: string | null, ref: string | null, topic: string, event: string, payload: unknown): void {
    if (this.keepsUp()) this.socket.send(encode(this.version, joinRef, ref, topic, event, payload))
  }
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function isJson(payload: Buffer): boolean {
  try {
    JSON.parse(payload.toString('utf8'))
    return true
  } catch {
    return false
  }
}
