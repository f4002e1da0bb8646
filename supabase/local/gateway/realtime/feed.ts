import { randomBytes } from 'node:crypto'
import { Connection } from '../wire.ts'

/** A row of `realtime.messages`, values as text. */
export type MessageRow = Record<string, Buffer | null>

const PUBLICATION = 'supabase_realtime_messages_publication'
const STATUS_INTERVAL = 10_000
const FIRST_PAUSE = 100
const MAX_PAUSE = 5_000
const EPOCH = Date.UTC(2000, 0, 1)

/**
 * Follows the write-ahead log and hands over each row that a committed transaction inserted into `realtime.messages`.
 * After a loss it connects again by itself and says so: what was inserted meanwhile is not replayed.
 */
export class Feed {
  private connection: Connection | undefined
  private timer: NodeJS.Timeout | undefined
  private pause = FIRST_PAUSE
  private closed = false
  private everFollowed = false
  /** The last position of the log that was read. */
  private position = 0n
  /** Column names by relation number. */
  private readonly relations = new Map<number, string[]>()

  constructor(
    private readonly url: string,
    private readonly onRow: (row: MessageRow) => void,
    private readonly onGap: () => void,
  ) {}

  /** Connects; when that fails it goes on trying. */
  async start(): Promise<void> {
    try {
      const connection = await Connection.open(this.url, { replication: 'database', application_name: 'gateway realtime' })
      if (this.closed) return connection.close()
      this.connection = connection
      connection.onClose = () => this.later()
      await this.follow(connection)
      this.pause = FIRST_PAUSE
      if (this.everFollowed) this.onGap()
      this.everFollowed = true
    } catch (error) {
      if (!this.closed && this.pause === FIRST_PAUSE) console.error(`[gateway] realtime: ${(error as Error).message}`)
      if (this.connection) this.connection.close()
      else this.later()
    }
  }

  close(): void {
    this.closed = true
    clearTimeout(this.timer)
    this.connection?.close()
  }

  private later(): void {
    this.connection = undefined
    clearTimeout(this.timer)
    if (this.closed) return
    this.timer = setTimeout(() => void this.start(), this.pause)
    this.pause = Math.min(this.pause * 2, MAX_PAUSE)
  }

  private async follow(connection: Connection): Promise<void> {
    this.relations.clear()
    // temporary: it ends with the connection and never holds back the log
    const slot = `realtime_${process.pid}_${randomBytes(6).toString('hex')}`
    const [created] = await connection.simple(`CREATE_REPLICATION_SLOT ${slot} TEMPORARY LOGICAL pgoutput NOEXPORT_SNAPSHOT`)
    const start = created![0]![1]!.toString()
    const [high, low] = start.split('/').map((part) => BigInt(`0x${part}`))
    this.position = (high! << 32n) | low!
    await connection.stream(`START_REPLICATION SLOT ${slot} LOGICAL ${start} (proto_version '1', publication_names '${PUBLICATION}')`, (data) =>
      this.receive(connection, data),
    )
    const report = setInterval(() => (connection.closed ? clearInterval(report) : this.report(connection)), STATUS_INTERVAL).unref()
  }

  private receive(connection: Connection, data: Buffer): void {
    const kind = data[0]
    if (kind === 0x77) {
      // w: start, end, time, then one message of pgoutput
      const end = data.readBigUInt64BE(9)
      if (end > this.position) this.position = end
      this.read(data.subarray(25))
    } else if (kind === 0x6b) {
      // k: a keep-alive, perhaps asking for an answer
      const end = data.readBigUInt64BE(1)
      if (end > this.position) this.position = end
      if (data[17] === 1) this.report(connection)
    }
  }

  /** Tells how far the log was read, so that the server may let go of it. */
  private report(connection: Connection): void {
    const status = Buffer.alloc(34)
    status[0] = 0x72
    for (const at of [1, 9, 17]) status.writeBigUInt64BE(this.position, at)
    status.writeBigInt64BE(BigInt(Date.now() - EPOCH) * 1000n, 25)
    connection.sendCopy(status)
  }

  private read(message: Buffer): void {
    const type = String.fromCharCode(message[0]!)
    if (type === 'R') this.relations.set(message.readUInt32BE(1), readColumns(message))
    else if (type === 'I') {
      const columns = this.relations.get(message.readUInt32BE(1))
      if (columns) this.onRow(readTuple(message, columns))
    }
  }
}

/** R: number, schema, name, replica identity, then the columns: flag, name, type, modifier. */
function readColumns(message: Buffer): string[] {
  const schemaEnd = message.indexOf(0, 5)
  const nameEnd = message.indexOf(0, schemaEnd + 1)
  let at = nameEnd + 2
  const columns: string[] = []
  const count = message.readUInt16BE(at)
  at += 2
  while (columns.length < count) {
    const end = message.indexOf(0, at + 1)
    columns.push(message.toString('utf8', at + 1, end))
    at = end + 9
  }
  return columns
}

/** I: number, `N`, count, then each value: `n` null, `u` unchanged, `t` length and text. */
function readTuple(message: Buffer, columns: string[]): MessageRow {
  const row: MessageRow = {}
  let at = 8
  for (const column of columns) {
    if (message[at++] !== 0x74) {
      row[column] = null
      continue
    }
    const length = message.readUInt32BE(at)
    at += 4
    row[column] = message.subarray(at, (at += length))
  }
  return row
}
