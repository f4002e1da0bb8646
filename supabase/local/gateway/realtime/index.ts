import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { WebSocketServer, type WebSocket } from 'ws'
import { bodyLimit, HttpError, readBody, refuseUpgrade, send, sendJson } from '../http.ts'
import { Pool } from '../pool.ts'
import { InvalidKey, InvalidToken, type Tokens } from '../tokens.ts'
import { Authorizer } from './authorize.ts'
import { Feed, type MessageRow } from './feed.ts'
import { Hub } from './hub.ts'
import { Broadcast, type Version } from './protocol.ts'
import { Session } from './session.ts'

const MESSAGE_LIMIT = 1024 * 1024
/** A client sends a heartbeat every 25 s; one that was silent this long is gone. */
const SILENCE = 75_000
const SWEEP_INTERVAL = 15_000
/** Nobody keeps a place among the sockets for so many milliseconds without a channel. */
const IDLE = 60_000
const PURGE_INTERVAL = 300_000
const PURGE_BATCH = 5_000
const KEEP = '1 hour'
/** A channel lives on without an answer of the database for so many times the interval of its checks. */
const UNCONFIRMED = 2
/** Clients that are asked to join again come back spread over this many milliseconds. */
const SPREAD = 1_000

interface RealtimeOptions {
  databaseUrl: string
  replicationUrl: string
  tokens: Tokens
  /** Milliseconds between two checks of the same connection's permissions. */
  recheckInterval: number
  /** Most WebSockets at once. */
  maxSockets: number
}

/** One broadcast that came over HTTP. */
interface Posted {
  topic: string
  event: string
  payload: Buffer
  json: boolean
  private: boolean
}

/** The Realtime service: private broadcast channels, presence, and messages inserted in the database. */
export class Realtime {
  private readonly hub = new Hub()
  private readonly sessions = new Set<Session>()
  private readonly pool: Pool
  private readonly checks: Pool
  private readonly authorizer: Authorizer
  private readonly rechecker: Authorizer
  private readonly feed: Feed
  private readonly tokens: Tokens
  private readonly recheckInterval: number
  private readonly maxSockets: number
  private readonly timers: NodeJS.Timeout[] = []
  private readonly server = new WebSocketServer({ noServer: true, maxPayload: MESSAGE_LIMIT, perMessageDeflate: false, autoPong: false })

  constructor({ databaseUrl, replicationUrl, tokens, recheckInterval, maxSockets }: RealtimeOptions) {
    const parameters = { application_name: 'gateway realtime', statement_timeout: '10s' }
    this.pool = new Pool(databaseUrl, { size: 4, parameters })
    this.checks = new Pool(databaseUrl, { size: 2, queue: 10_000, parameters })
    this.authorizer = new Authorizer(this.pool)
    this.rechecker = new Authorizer(this.checks)
    this.maxSockets = maxSockets
    this.tokens = tokens
    this.recheckInterval = recheckInterval
    this.feed = new Feed(
      replicationUrl,
      (row) => this.publish(row),
      () => this.reconnectAll(),
    )
  }

  async start(): Promise<void> {
    this.timers.push(setInterval(() => this.sweep(), SWEEP_INTERVAL).unref(), setInterval(() => void this.purge(), PURGE_INTERVAL).unref())
    void this.purge()
    await this.feed.start()
  }

  close(): void {
    for (const timer of this.timers) clearInterval(timer)
    this.feed.close()
    for (const session of this.sessions) session.terminate()
    this.server.close()
    this.pool.close()
    this.checks.close()
  }

  stats(): { sockets: number; channels: number } {
    return { sockets: this.sessions.size, channels: this.hub.channels().length }
  }

  /** Takes a WebSocket in: `/realtime/v1/websocket?apikey=…&vsn=…`. */
  upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const { searchParams } = new URL(request.url!, 'http://localhost')
    const apikey = searchParams.get('apikey') ?? ''
    if (!this.tokens.keyHolder(apikey)) return refuseUpgrade(socket, '403 Forbidden')
    if (this.sessions.size >= this.maxSockets) return refuseUpgrade(socket, '503 Service Unavailable')
    const version: Version = searchParams.get('vsn') === '2.0.0' ? '2.0.0' : '1.0.0'
    this.server.handleUpgrade(request, socket, head, (client) => this.accept(client, version, apikey, JSON.stringify(request.headers)))
  }

  /** Broadcasts over HTTP: `POST api/broadcast` and `POST api/broadcast/:topic/events/:event?private=true`. */
  async handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    try {
      const path = /^\/realtime\/v1\/api\/broadcast(?:\/([^/]+)\/events\/([^/]+))?\/?$/.exec(url.pathname)
      if (!path) throw new HttpError(404, { message: 'Not found' })
      if (request.method !== 'POST') throw new HttpError(405, { message: 'Method not allowed' })
      const caller = await this.tokens.caller(
        (request.headers.apikey as string | undefined) ?? url.searchParams.get('apikey'),
        request.headers.authorization,
      )
      const body = await readBody(request, bodyLimit(caller, MESSAGE_LIMIT))
      const posted = path[1] === undefined ? readBatch(body) : [readSingle(request, url, path[1], path[2]!, body)]
      const headers = JSON.stringify(request.headers)
      for (const message of posted) {
        if (!message.private) throw new HttpError(403, { error: 'PrivateOnly: This project only allows private channels' })
        if (caller.role !== 'service_role' && !(await this.authorizer.write(caller, message.topic, 'broadcast', headers))) {
          throw new HttpError(403, { error: 'Unauthorized: You do not have permissions to write to this Channel topic' })
        }
      }
      for (const { topic, event, payload, json } of posted) this.hub.send(topic, new Broadcast(`realtime:${topic}`, event, payload, json))
      await send(request, response, 202, '')
    } catch (error) {
      const { status, body, headers } = toHttpError(error)
      await sendJson(request, response, status, body, headers)
    }
  }

  private accept(client: WebSocket, version: Version, apikey: string, headers: string): void {
    const session = new Session(client, version, apikey, headers, {
      hub: this.hub,
      tokens: this.tokens,
      authorizer: this.authorizer,
      rechecker: this.rechecker,
    })
    this.sessions.add(session)
    let timer: NodeJS.Timeout
    const schedule = (interval: number) => {
      if (!this.sessions.has(session)) return // it ended while it was checked
      // spread, so that a thousand connections do not ask at once
      timer = setTimeout(() => void check().then(schedule), interval * (0.8 + Math.random() * 0.4)).unref()
    }
    const check = () =>
      session.recheck().then(
        () => this.recheckInterval,
        () => {
          session.interruptUnconfirmed(UNCONFIRMED * this.recheckInterval)
          return this.recheckInterval / 4
        },
      )
    schedule(this.recheckInterval)
    client.on('close', () => {
      clearTimeout(timer)
      this.sessions.delete(session)
    })
  }

  /** A message that a committed transaction inserted. */
  private publish(row: MessageRow): void {
    const name = row.topic?.toString() ?? ''
    const event = row.event?.toString()
    if (!event || row.extension?.toString() !== 'broadcast' || row.private?.toString() !== 't' || !this.hub.has(name)) return
    this.hub.send(name, new Broadcast(`realtime:${name}`, event, row.payload ?? Buffer.from('{}'), true, `{"id":"${row.id?.toString()}"}`))
  }

  /** The log was not followed for a while: clients join again, and look for themselves what they missed. */
  private reconnectAll(): void {
    for (const channel of this.hub.channels()) setTimeout(() => channel.session.interrupt(channel), Math.random() * SPREAD).unref()
  }

  private sweep(): void {
    for (const session of this.sessions)
      if (session.lastSeen < Date.now() - SILENCE || session.idleSince < Date.now() - IDLE || !session.keepsUp()) session.terminate()
  }

  /** Deletes messages nobody will ask for any more, in small steps. */
  private async purge(): Promise<void> {
    const text = `with gone as (
      delete from realtime.messages where (id, inserted_at) in (
        select id, inserted_at from realtime.messages where inserted_at < localtimestamp - interval '${KEEP}' limit ${PURGE_BATCH})
      returning 1) select count(*) from gone`
    try {
      let deleted: number
      do {
        const [rows] = await this.pool.run([{ text }])
        deleted = Number(rows![0]![0])
      } while (deleted === PURGE_BATCH)
    } catch {
      // a database that is away is purged next time
    }
  }
}

function readSingle(request: IncomingMessage, url: URL, topic: string, event: string, payload: Buffer): Posted {
  const json = !String(request.headers['content-type'] ?? '').includes('octet-stream')
  if (json) parse(payload)
  return { topic: decode(topic), event: decode(event), payload, json, private: url.searchParams.get('private') === 'true' }
}

function readBatch(body: Buffer): Posted[] {
  const { messages } = parse(body) as { messages?: unknown }
  if (!Array.isArray(messages) || messages.length === 0 || messages.length > 100)
    throw new HttpError(422, { errors: { messages: ['must be a list of 1 to 100 messages'] } })
  return (messages as Record<string, unknown>[]).map((message) => {
    if (typeof message?.topic !== 'string' || typeof message.event !== 'string')
      throw new HttpError(422, { errors: { messages: ['each needs topic and event'] } })
    return {
      topic: message.topic,
      event: message.event,
      payload: Buffer.from(JSON.stringify(message.payload ?? {})),
      json: true,
      private: message.private === true,
    }
  })
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown
  } catch {
    throw new HttpError(400, { error: 'The body is not JSON' })
  }
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    throw new HttpError(400, { error: 'Bad topic' })
  }
}

function toHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error
  if (error instanceof InvalidKey || error instanceof InvalidToken) return new HttpError(401, { message: error.message })
  return new HttpError(503, { message: 'The database cannot be reached. Try again.' })
}
