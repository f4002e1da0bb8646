import { connect, type Socket } from 'node:net'
import { Packet } from './packet.ts'
import { Scram } from './scram.ts'

/** One SQL statement; values go as text and Postgres infers their types. */
export interface Statement {
  text: string
  values?: readonly (string | null)[]
}

/** The values of a row as Postgres sent them, in text format. */
export type Row = readonly (Buffer | null)[]

/** An error that Postgres reported. */
export class PgError extends Error {
  readonly code: string
  readonly detail: string | null
  readonly hint: string | null

  constructor(fields: Record<string, string>) {
    super(fields.M ?? 'unknown error')
    this.code = fields.C ?? 'XX000'
    this.detail = fields.D ?? null
    this.hint = fields.H ?? null
  }
}

/** The server cannot be reached, or went away before it answered: whether the work was done is unknown. */
export class ConnectionLost extends Error {}

interface Job {
  results: Row[][]
  rows: Row[]
  /** Bytes of the rows so far. */
  size: number
  /** Statements whose ParseComplete is still to come: SQL text and statement name. */
  parsing: [string, string][]
  error?: PgError
  resolve(results: Row[][]): void
  reject(error: Error): void
}

const CONNECT_TIMEOUT = 5_000
/** A server silent for this long with work pending is taken for dead. */
const SILENCE_TIMEOUT = 60_000
const PREPARED_LIMIT = 256
/** A longer text is sent each time: as a name it would cost the server more memory than the parsing it saves. */
const NAMED_LENGTH = 4096
/** Bytes of all rows of an answer: each is held whole, once here and again on its way out. */
const ANSWER_LIMIT = 64 * 1024 * 1024

/**
 * One Postgres connection speaking protocol 3.0. `run` writes any number of statements and one Sync in a single packet, so they are one
 * transaction and one round trip: when one fails, Postgres skips the rest, and nothing of it stays.
 */
export class Connection {
  private readonly prepared = new Map<string, string>()
  /** Names that the server still keeps and nobody uses any more. */
  private unused: string[] = []
  private readonly jobs: Job[] = []
  private parts: Buffer[] = []
  private size = 0
  private need = 5
  private statementCount = 0
  private reason = 'the connection was closed'
  private streaming?: (data: Buffer) => void
  private scram?: Scram
  /** The server has shown that it knows the password. */
  private proven = false
  /** True when nothing can be sent any more. */
  closed = false
  /** The last transaction state: `I` idle, `T` open, `E` failed. */
  state = 'I'
  onClose?: () => void
  onNotification?: (channel: string, payload: string) => void

  private constructor(
    private readonly socket: Socket,
    private readonly password: string,
  ) {}

  /**
   * Connects to `postgres://user:password@host:port/database`.
   * @param parameters start-up parameters, e.g. `{ replication: 'database' }`
   * @throws ConnectionLost
   */
  static async open(url: string, parameters: Record<string, string> = {}): Promise<Connection> {
    const { hostname, port, username, password, pathname } = new URL(url)
    const user = decodeURIComponent(username)
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 5432), noDelay: true, keepAlive: true })
    const connection = new Connection(socket, decodeURIComponent(password))
    const timer = setTimeout(() => socket.destroy(new Error('connecting took too long')), CONNECT_TIMEOUT)
    try {
      await connection.start({ user, database: decodeURIComponent(pathname.slice(1)) || user, client_encoding: 'UTF8', ...parameters })
    } catch (error) {
      socket.destroy()
      throw error instanceof ConnectionLost ? error : new ConnectionLost((error as Error).message)
    } finally {
      clearTimeout(timer)
    }
    socket.setTimeout(SILENCE_TIMEOUT, () => connection.jobs.length > 0 && socket.destroy(new Error('the server stopped answering')))
    return connection
  }

  private start(parameters: Record<string, string>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.jobs.push({ results: [], rows: [], size: 0, parsing: [], resolve, reject })
      this.socket.on('data', (chunk: Buffer) => this.read(chunk))
      this.socket.on('error', (error) => (this.reason = error.message))
      this.socket.on('close', () => this.end())
      this.socket.on('connect', () => {
        const packet = new Packet().open().int32(196_608)
        for (const [name, value] of Object.entries(parameters)) packet.cstring(name).cstring(value)
        this.socket.write(packet.raw('\0').close().bytes())
      })
    })
  }

  /**
   * Runs statements as one transaction in one round trip and returns the rows of each.
   * @throws PgError what the first failing statement raised
   * @throws ConnectionLost
   */
  run(statements: readonly Statement[]): Promise<Row[][]> {
    const packet = new Packet()
    const parsing: [string, string][] = []
    this.makeRoom(packet, statements)
    for (const { text, values = [] } of statements) {
      let name = this.prepared.get(text) ?? parsing.find(([known, name]) => known === text && name !== '')?.[1]
      if (name === undefined) {
        name = text.length > NAMED_LENGTH ? '' : `s${++this.statementCount}`
        parsing.push([text, name])
        packet.open('P').cstring(name).cstring(text).int16(0).close()
      }
      packet.open('B').cstring('').cstring(name).int16(0).int16(values.length)
      for (const value of values) packet.value(value)
      packet.int16(0).close()
      packet.open('E').cstring('').int32(0).close()
    }
    return this.send(packet.open('S').close(), parsing)
  }

  /** Closes the oldest statements that this batch does not use, before all else: after a failure Postgres skips the rest of a batch. */
  private makeRoom(packet: Packet, statements: readonly Statement[]): void {
    for (const [text, name] of this.prepared) {
      if (this.prepared.size <= PREPARED_LIMIT - statements.length) break
      if (statements.some((statement) => statement.text === text)) continue
      this.prepared.delete(text)
      this.unused.push(name)
    }
    for (const name of this.unused.splice(0)) packet.open('C').raw('S').cstring(name).close()
  }

  /** Runs SQL by the simple protocol; replication commands know no other. */
  simple(text: string): Promise<Row[][]> {
    return this.send(new Packet().open('Q').cstring(text).close(), [])
  }

  /** Starts a copy in both directions (`START_REPLICATION`); `onData` gets each message until the connection ends. */
  async stream(command: string, onData: (data: Buffer) => void): Promise<void> {
    this.streaming = onData
    await this.simple(command)
  }

  /** Sends copy data to the server. */
  sendCopy(data: Buffer): void {
    if (this.closed) return
    const head = Buffer.allocUnsafe(5)
    head[0] = 0x64
    head.writeInt32BE(data.length + 4, 1)
    this.socket.write(Buffer.concat([head, data]))
  }

  /** Forgets all prepared statements, on both sides. */
  async forget(): Promise<void> {
    this.prepared.clear()
    this.unused = []
    await this.simple('deallocate all')
  }

  /** Says goodbye and closes. */
  close(): void {
    if (!this.closed) this.socket.end(new Packet().open('X').close().bytes())
    this.socket.unref()
  }

  private send(packet: Packet, parsing: [string, string][]): Promise<Row[][]> {
    if (this.closed) return Promise.reject(new ConnectionLost(this.reason))
    return new Promise((resolve, reject) => {
      this.jobs.push({ results: [], rows: [], size: 0, parsing, resolve, reject })
      this.socket.write(packet.bytes())
    })
  }

  private end(): void {
    this.closed = true
    for (const job of this.jobs.splice(0)) job.reject(new ConnectionLost(job.error?.message ?? this.reason))
    this.onClose?.()
  }

  private read(chunk: Buffer): void {
    this.parts.push(chunk)
    this.size += chunk.length
    if (this.size < this.need) return
    const data = this.parts.length === 1 ? chunk : Buffer.concat(this.parts, this.size)
    let at = 0
    while (data.length - at >= 5 && !this.closed) {
      const end = at + 1 + data.readInt32BE(at + 1)
      if (end > data.length) break
      this.handle(String.fromCharCode(data[at]!), data.subarray(at + 5, end))
      at = end
    }
    const rest = data.subarray(at)
    this.parts = rest.length > 0 ? [rest] : []
    this.size = rest.length
    this.need = rest.length >= 5 ? 1 + rest.readInt32BE(1) : 5
    if (this.need > ANSWER_LIMIT && !this.closed) this.cut(tooLarge())
  }

  /** Ends the connection in the middle of an answer. */
  private cut(error: Error): void {
    this.reason = error.message
    this.closed = true
    this.jobs.shift()?.reject(error)
    this.socket.destroy()
  }

  private handle(type: string, body: Buffer): void {
    const job = this.jobs[0]
    switch (type) {
      case 'D':
        if (!job) break
        if ((job.size += body.length) > ANSWER_LIMIT) return this.cut(tooLarge())
        job.rows.push(readRow(body))
        break
      case 'C':
      case 'I':
        if (job) job.results.push(job.rows)
        if (job) job.rows = []
        break
      case '1':
        this.keep(...job!.parsing.shift()!)
        break
      case 'Z':
        this.state = body.toString('latin1')
        this.jobs.shift()
        if (job?.error) job.reject(job.error)
        else job?.resolve(job.results)
        break
      case 'E': {
        const error = new PgError(readFields(body))
        this.reason = error.message
        if (job) job.error ??= error
        break
      }
      case 'd':
        this.streaming?.(body)
        break
      case 'W':
        job?.resolve([])
        break
      case 'A': {
        const [channel, payload] = body.toString('utf8', 4, body.length - 1).split('\0')
        this.onNotification?.(channel!, payload ?? '')
        break
      }
      case 'R':
        this.authenticate(body)
        break
    }
  }

  private keep(text: string, name: string): void {
    if (name === '') return
    const other = this.prepared.get(text)
    if (other !== undefined) this.unused.push(other)
    this.prepared.set(text, name)
  }

  /** Answers what the server asks of us; whoever listens on its port instead learns no password and is not believed. */
  private authenticate(body: Buffer): void {
    const answer = (fill: (packet: Packet) => Packet) => this.socket.write(fill(new Packet().open('p')).close().bytes())
    const refuse = (error: Error) => this.cut(new ConnectionLost(error.message))
    const text = body.toString('utf8', 4)
    try {
      switch (body.readInt32BE(0)) {
        case 0:
          if (this.password !== '' && !this.proven) throw new Error('the server let us in without proving that it knows the password')
          return
        case 10: {
          if (!text.split('\0').includes('SCRAM-SHA-256')) throw new Error('the server offers no SCRAM-SHA-256')
          this.scram = new Scram(this.password)
          const first = this.scram.first()
          answer((packet) => packet.cstring('SCRAM-SHA-256').value(first))
          return
        }
        case 11:
          this.scram!.proof(text).then((proof) => answer((packet) => packet.raw(proof)), refuse)
          return
        case 12:
          this.scram!.verify(text)
          this.proven = true
          return
        default:
          throw new Error('the server asks for an authentication method that is not supported')
      }
    } catch (error) {
      refuse(error as Error)
    }
  }
}

const tooLarge = () =>
  new PgError({ C: 'PT413', M: `The answer is larger than ${ANSWER_LIMIT / 1024 / 1024} MiB.`, H: 'Ask for fewer rows or columns.' })

function readRow(body: Buffer): Row {
  const row: (Buffer | null)[] = []
  const count = body.readInt16BE(0)
  let at = 2
  while (row.length < count) {
    const length = body.readInt32BE(at)
    at += 4
    row.push(length < 0 ? null : body.subarray(at, (at += length)))
  }
  return row
}

function readFields(body: Buffer): Record<string, string> {
  const fields: Record<string, string> = {}
  for (const field of body.toString('utf8').split('\0')) if (field) fields[field[0]!] = field.slice(1)
  return fields
}
