/** A message of a client, in either protocol version. */
export interface Message {
  joinRef: string | null
  ref: string | null
  topic: string
  event: string
  payload: Record<string, unknown>
  /** A broadcast that came as a binary frame: its event and its payload as sent. */
  broadcast?: { event: string; json: boolean; payload: Buffer }
}

export type Version = '1.0.0' | '2.0.0'

const PUSH = 3
const BROADCAST = 4
/** Bytes of a topic or reference: as many as the protocol's binary frames can say. Both come back in answers. */
const LONGEST_NAME = 255

/** Reads a frame; undefined when it is not one of the protocol. */
export function decode(data: Buffer, binary: boolean): Message | undefined {
  if (binary) return decodePush(data)
  let value: unknown
  try {
    value = JSON.parse(data.toString('utf8'))
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const [joinRef, ref, topic, event, payload] = Array.isArray(value)
    ? (value as unknown[])
    : ['join_ref', 'ref', 'topic', 'event', 'payload'].map((name) => (value as Record<string, unknown>)[name])
  if (typeof topic !== 'string' || typeof event !== 'string') return undefined
  if (Buffer.byteLength(topic) > LONGEST_NAME) return undefined
  const fields = typeof payload === 'object' && payload !== null ? (payload as Record<string, unknown>) : {}
  return { joinRef: reference(joinRef), ref: reference(ref), topic, event, payload: fields }
}

/** A client's broadcast: kind, five lengths, encoding, then join ref, ref, topic, event, metadata and payload. */
function decodePush(data: Buffer): Message | undefined {
  if (data.length < 7 || data[0] !== PUSH) return undefined
  let at = 7
  const [joinRef, ref, topic, event] = [1, 2, 3, 4, 5].map((i) => data.toString('utf8', at, (at += data[i]!)))
  if (at > data.length) return undefined
  return {
    joinRef: joinRef || null,
    ref: ref || null,
    topic: topic!,
    event: 'broadcast',
    payload: {},
    broadcast: { event: event!, json: data[6] === 1, payload: data.subarray(at) },
  }
}

function reference(value: unknown): string | null {
  return typeof value === 'number' || (typeof value === 'string' && value.length <= LONGEST_NAME) ? String(value) : null
}

/** A text frame. */
export function encode(version: Version, joinRef: string | null, ref: string | null, topic: string, event: string, payload: unknown): string {
  return version === '2.0.0'
    ? JSON.stringify([joinRef, ref, topic, event, payload])
    : JSON.stringify({ topic, event, payload, ref, join_ref: joinRef })
}

/** A broadcast on its way to clients; each frame is made once, whoever receives it. */
export class Broadcast {
  private binary: Buffer | undefined
  private text: string | undefined

  constructor(
    private readonly topic: string,
    private readonly event: string,
    private readonly payload: Buffer,
    private readonly json = true,
    private readonly meta = '',
  ) {}

  /** The frame for a protocol version; undefined for bytes that an old client cannot be told. */
  frame(version: Version): Buffer | string | undefined {
    if (version === '2.0.0') return (this.binary ??= this.encodeBinary()) ?? this.encodeText()
    return this.json ? this.encodeText() : undefined
  }

  /** Lengths are single bytes; a longer name goes as text. */
  private encodeBinary(): Buffer | undefined {
    const [topic, event, meta] = [this.topic, this.event, this.meta].map((part) => Buffer.from(part))
    if ([topic, event, meta].some((part) => part!.length > 255)) return undefined
    return Buffer.concat([
      Buffer.from([BROADCAST, topic!.length, event!.length, meta!.length, this.json ? 1 : 0]),
      topic!,
      event!,
      meta!,
      this.payload,
    ])
  }

  private encodeText(): string {
    return (this.text ??= encode('1.0.0', null, null, this.topic, 'broadcast', {
      type: 'broadcast',
      event: this.event,
      payload: JSON.parse(this.payload.toString('utf8')) as unknown,
      ...(this.meta ? { meta: JSON.parse(this.meta) as unknown } : {}),
    }))
  }
}
