// Tables that people bring: CSV of any office program, or XLSX. Cells are text, never evaluated.

/** Most lines and columns read of a file. */
const MOST_ROWS = 5_000
const MOST_COLUMNS = 50
const MOST_BYTES = 10 * 1024 * 1024

/** Why a file could not be read. */
export class UnreadableFile extends Error {
  constructor(readonly reason: 'size' | 'rows' | 'format') {
    super(reason)
  }
}

/** The rows of a CSV or XLSX file as text, empty ones left out. Rejects with UnreadableFile. */
export async function readTable(file: File): Promise<string[][]> {
  if (file.size > MOST_BYTES) throw new UnreadableFile('size')
  const bytes = new Uint8Array(await file.arrayBuffer())
  const zipped = bytes[0] === 0x50 && bytes[1] === 0x4b
  const rows = zipped ? await readSheet(file, bytes) : parseCsv(decode(bytes))
  const filled = rows.map((row) => row.slice(0, MOST_COLUMNS).map((cell) => cell.trim())).filter((row) => row.some((cell) => cell !== ''))
  if (filled.length > MOST_ROWS) throw new UnreadableFile('rows')
  return filled
}

async function readSheet(file: File, bytes: Uint8Array): Promise<string[][]> {
  const [{ readSheet: read }, { isModest }] = await Promise.all([import('read-excel-file/browser'), import('./workbook.ts')])
  const modest = await isModest(bytes).catch(() => {
    throw new UnreadableFile('format')
  })
  if (!modest) throw new UnreadableFile('size')
  try {
    return (await read(file)).map((row) => row.map(textOf))
  } catch {
    throw new UnreadableFile('format')
  }
}

const textOf = (cell: unknown): string =>
  cell === null || cell === undefined ? '' : cell instanceof Date ? cell.toISOString().slice(0, 10) : String(cell)

/** Text of a file in UTF-8 or UTF-16, marked or not, else in the Latin alphabet of Windows. @throws UnreadableFile when it is no text */
export function decode(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  if (bytes.includes(0)) throw new UnreadableFile('format')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

/** The rows of a CSV text; the separator is the one of `;`, `,` and tab that the first line has most of. Quotes may hold separators and lines. */
export function parseCsv(text: string): string[][] {
  const content = text.replace(/^\ufeff/, '')
  const separator = separatorOf(content)
  const rows: string[][] = []
  let row: string[] = []
  let cell = ''
  let quoted = false
  const endCell = () => {
    row.push(cell)
    cell = ''
  }
  const endRow = () => {
    endCell()
    rows.push(row)
    row = []
  }
  for (let at = 0; at < content.length; at++) {
    const sign = content[at]!
    if (quoted) {
      if (sign !== '"') cell += sign
      else if (content[at + 1] === '"') cell += content[++at]!
      else quoted = false
    } else if (sign === '"' && cell.trim() === '') {
      cell = ''
      quoted = true
    } else if (sign === separator) endCell()
    else if (sign === '\n') endRow()
    else if (sign !== '\r') cell += sign
    else if (content[at + 1] !== '\n') endRow() // old Macs
  }
  if (cell !== '' || row.length > 0) endRow()
  return rows
}

function separatorOf(text: string): string {
  const counts: Record<string, number> = { ';': 0, ',': 0, '\t': 0 }
  let quoted = false
  for (const sign of text) {
    if (sign === '"') quoted = !quoted
    if (quoted) continue
    if (sign === '\n') break
    if (sign in counts) counts[sign]!++
  }
  return Object.entries(counts).sort(([, one], [, other]) => other - one)[0]![0]
}
