/** A growing buffer of Postgres protocol messages, to be written to the socket at once. */
export class Packet {
  private buffer = Buffer.allocUnsafe(1024)
  private length = 0
  private start = 0

  /** Opens a message of the given type letter; without one (start-up only) the message has just its length. */
  open(type?: string): this {
    this.reserve(5)
    if (type) this.buffer[this.length++] = type.charCodeAt(0)
    this.start = this.length
    this.length += 4
    return this
  }

  /** Closes the message: writes its length. */
  close(): this {
    this.buffer.writeInt32BE(this.length - this.start, this.start)
    return this
  }

  int16(value: number): this {
    this.reserve(2)
    this.length = this.buffer.writeInt16BE(value, this.length)
    return this
  }

  int32(value: number): this {
    this.reserve(4)
    this.length = this.buffer.writeInt32BE(value, this.length)
    return this
  }

  /** A string ended by a zero byte; one that contains a zero would break the message apart. */
  cstring(text: string): this {
    if (text.includes('\0')) throw new Error('a zero byte in SQL')
    this.raw(text)
    this.reserve(1)
    this.buffer[this.length++] = 0
    return this
  }

  /** A value with its length before it; null has the length -1. */
  value(text: string | null): this {
    if (text === null) return this.int32(-1)
    this.int32(0)
    const from = this.length
    this.raw(text)
    this.buffer.writeInt32BE(this.length - from, from - 4)
    return this
  }

  /** Bytes of a text as they are. */
  raw(text: string): this {
    this.reserve(text.length * 3)
    this.length += this.buffer.write(text, this.length)
    return this
  }

  /** The messages written so far. */
  bytes(): Buffer {
    return this.buffer.subarray(0, this.length)
  }

  private reserve(size: number): void {
    if (this.length + size <= this.buffer.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.length + size))
    this.buffer.copy(larger, 0, 0, this.length)
    this.buffer = larger
  }
}
