// What a spreadsheet claims before it is opened: a few kilobytes may hold gigabytes.

/** A workbook opens to this many bytes at most, in so many files. */
const MOST_OPENED = 64 * 1024 * 1024
const MOST_FILES = 1_000
/** Cells that a sheet may span, empty ones included: readers make them all. */
const MOST_CELLS = 1_000_000

/** A file in a ZIP archive, as its directory says. */
interface Entry {
  name: string
  packed: number
  opened: number
  /** Where its local header begins. */
  at: number
  deflated: boolean
}

const END = 0x06054b50
const FILE = 0x02014b50
const LOCAL = 0x04034b50

/**
 * Whether a workbook may be opened: its files are few and small as its directory says and as they really are, and its sheets span cells
 * that fit into memory. Rejects when the archive is broken.
 */
export async function isModest(bytes: Uint8Array): Promise<boolean> {
  const entries = entriesOf(bytes)
  if (!entries || entries.reduce((sum, entry) => sum + entry.opened, 0) > MOST_OPENED) return false
  for (const entry of entries.filter(({ name }) => /^xl\/worksheets\/[^/]*\.xml$/i.test(name)))
    if (!(await spansFew(open(bytes, entry), entry.opened))) return false
  return true
}

/** The directory at the end of the archive; null when it names more files than anybody needs. */
function entriesOf(bytes: Uint8Array): Entry[] | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let end = bytes.length - 22
  while (end >= 0 && view.getUint32(end, true) !== END) end--
  if (end < 0) throw new Error('no directory')
  const count = view.getUint16(end + 10, true)
  if (count > MOST_FILES) return null
  const entries: Entry[] = []
  for (let at = view.getUint32(end + 16, true), n = 0; n < count; n++) {
    if (view.getUint32(at, true) !== FILE) throw new Error('a broken directory')
    const [packed, opened] = [view.getUint32(at + 20, true), view.getUint32(at + 24, true)]
    const [named, extra, comment] = [view.getUint16(at + 28, true), view.getUint16(at + 30, true), view.getUint16(at + 32, true)]
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + named))
    entries.push({ name, packed, opened, at: view.getUint32(at + 42, true), deflated: view.getUint16(at + 10, true) === 8 })
    at += 46 + named + extra + comment
  }
  return entries
}

function open(bytes: Uint8Array, { at, packed, deflated }: Entry): ReadableStream<Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.getUint32(at, true) !== LOCAL) throw new Error('a broken archive')
  const start = at + 30 + view.getUint16(at + 26, true) + view.getUint16(at + 28, true)
  const stream = new Blob([bytes.slice(start, start + packed)]).stream()
  return deflated ? stream.pipeThrough(new DecompressionStream('deflate-raw')) : stream
}

/** Reads a sheet's text as it opens, no further than it said it would be, and looks where its cells stand. */
async function spansFew(sheet: ReadableStream<Uint8Array>, promised: number): Promise<boolean> {
  const reader = sheet.getReader()
  const decoder = new TextDecoder()
  let [size, rows, columns, rest] = [0, 0, 0, '']
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return true
    size += value.length
    const text = rest + decoder.decode(value, { stream: true })
    for (const [, letters = '', digits] of text.matchAll(/\sr="([A-Z]{0,3})(\d{1,7})"/g)) {
      rows = Math.max(rows, Number(digits))
      columns = Math.max(
        columns,
        [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0),
      )
    }
    rest = text.slice(-20)
    if (size > promised || rows * columns > MOST_CELLS) {
      void reader.cancel().catch(() => undefined)
      return false
    }
  }
}
