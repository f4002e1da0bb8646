import { invalidRequest } from './errors.ts'

/** What a part of a form says about itself. */
interface PartHead {
  name: string
  filename?: string
  type?: string
}

const HEAD_LIMIT = 8 * 1024
/** Also bounds the work that a field sent byte by byte makes. */
const FIELD_LIMIT = 64 * 1024
const FIELDS = 10

/** A form with one file, read as it arrives: the fields before the file, then the file's bytes. */
export interface Form {
  fields: Map<string, string>
  type: string | undefined
  /** The bytes of the file; each is to be taken before the next arrives. */
  content: AsyncIterable<Buffer>
}

/**
 * Reads `multipart/form-data` as browsers and storage-js send it: fields first, the file last. What follows the file is not looked at.
 * @throws InvalidRequest when it is no such form or holds no file
 */
export async function readForm(body: AsyncIterable<Buffer>, contentType: string): Promise<Form> {
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]{1,200})"|([^;\s]{1,200}))/i.exec(contentType) ?? []
  const boundary = quoted ?? plain
  if (!boundary) throw invalidRequest('The form names no boundary.')
  const reader = new Reader(body)
  const fields = new Map<string, string>()
  const delimiter = Buffer.from(`\r\n--${boundary}`)
  // the first delimiter has no line before it
  if (!(await reader.until(delimiter.subarray(2), 0))) throw invalidRequest('The form does not begin with its boundary.')
  for (let count = 0; count <= FIELDS; count++) {
    const line = await reader.until(Buffer.from('\r\n'), 100)
    if (!line || line.toString().startsWith('--')) break
    const head = await readHead(reader)
    // storage-js names the file '' and gives it a filename; whatever else has one is the file too
    if (head.filename !== undefined || head.name === '') return { fields, type: head.type, content: reader.stream(delimiter) }
    const value = await reader.until(delimiter, FIELD_LIMIT)
    if (!value) throw invalidRequest(`The field ${head.name} of the form is too long or has no end.`)
    fields.set(head.name, value.toString())
  }
  throw invalidRequest('No content provided')
}

async function readHead(reader: Reader): Promise<PartHead> {
  const lines: string[] = []
  for (let size = 0; size < HEAD_LIMIT;) {
    const line = await reader.until(Buffer.from('\r\n'), HEAD_LIMIT)
    if (!line) break
    if (line.length === 0) {
      const find = (pattern: RegExp) => lines.map((one) => pattern.exec(one)?.[1]).find((value) => value !== undefined)
      return {
        name: find(/^content-disposition:.*?;\s*name="([^"]*)"/i) ?? '',
        filename: find(/^content-disposition:.*;\s*filename="([^"]*)"/i),
        type: find(/^content-type:\s*(.+)$/i),
      }
    }
    size += line.length
    lines.push(line.toString())
  }
  throw invalidRequest('A part of the form has no head.')
}

/** Takes pieces from a stream of bytes. */
class Reader {
  private readonly source: AsyncIterator<Buffer>
  private held: Buffer = Buffer.alloc(0)

  constructor(body: AsyncIterable<Buffer>) {
    this.source = body[Symbol.asyncIterator]()
  }

  /** The bytes before `mark`, which is taken too; undefined when it does not come within `limit` bytes. */
  async until(mark: Buffer, limit: number): Promise<Buffer | undefined> {
    for (;;) {
      const at = this.held.indexOf(mark)
      if (at >= 0) {
        if (at > limit) return undefined
        const taken = this.held.subarray(0, at)
        this.held = this.held.subarray(at + mark.length)
        return taken
      }
      if (this.held.length > limit + mark.length || !(await this.more())) return undefined
    }
  }

  /** The bytes before `mark`, as they come. @throws InvalidRequest when the body ends before it */
  async *stream(mark: Buffer): AsyncGenerator<Buffer> {
    for (;;) {
      const at = this.held.indexOf(mark)
      if (at >= 0) {
        if (at > 0) yield this.held.subarray(0, at)
        return
      }
      // the mark may have begun at the end of what is held
      const sure = this.held.length - mark.length + 1
      if (sure > 0) {
        yield this.held.subarray(0, sure)
        this.held = this.held.subarray(sure)
      }
      if (!(await this.more())) throw invalidRequest('The form ends in the middle of its file.')
    }
  }

  private async more(): Promise<boolean> {
    const { value, done } = await this.source.next()
    if (done) return false
    this.held = this.held.length === 0 ? value : Buffer.concat([this.held, value])
    return true
  }
}
