import { crc32, deflateRawSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import writeExcel from 'write-excel-file/node'
import { readTable } from '../../app/kernel/table-file.ts'
import { csvOf } from '../../app/kernel/ui/table/csv.ts'

/** A ZIP archive of files; `lie` is the size that its directory gives instead of the true one. */
function zip(files: { name: string; content: Buffer; lie?: number }[]): Uint8Array<ArrayBuffer> {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let at = 0
  for (const { name, content, lie } of files) {
    const packed = deflateRawSync(content)
    const fields = Buffer.alloc(26)
    fields.writeUInt16LE(20, 0)
    fields.writeUInt16LE(8, 4)
    fields.writeUInt32LE(crc32(content), 10)
    fields.writeUInt32LE(packed.length, 14)
    fields.writeUInt32LE(lie ?? content.length, 18)
    fields.writeUInt16LE(name.length, 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, Buffer.from(name), packed])
    const place = Buffer.alloc(16)
    place.writeUInt32LE(at, 12)
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\0'), fields, place.subarray(2), Buffer.from(name)]))
    parts.push(local)
    at += local.length
  }
  const list = Buffer.concat(directory)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(files.length, 4)
  end.writeUInt16LE(files.length, 6)
  end.writeUInt32LE(list.length, 8)
  end.writeUInt32LE(at, 12)
  return new Uint8Array(Buffer.concat([...parts, list, Buffer.from('PK\x05\x06'), end]))
}

const file = (content: Uint8Array<ArrayBuffer> | string) => new File([content], 'equipe.xlsx')
const sheet = (rows: string) => Buffer.from(`<?xml version="1.0"?><worksheet><sheetData>${rows}</sheetData></worksheet>`)
/** A workbook with one sheet of these rows. */
const workbook = (rows: string | Buffer, lie?: number) =>
  zip([
    {
      name: '[Content_Types].xml',
      content: Buffer.from('<?xml version="1.0"?><Types/>'),
    },
    {
      name: 'xl/workbook.xml',
      content: Buffer.from(
        '<?xml version="1.0"?><workbook xmlns:r="http://schemas.example"><sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>',
      ),
    },
    {
      name: 'xl/_rels/workbook.xml.rels',
      content: Buffer.from(
        '<?xml version="1.0"?><Relationships><Relationship Id="rId1" Type="http://schemas.example/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
      ),
    },
    { name: 'xl/worksheets/sheet1.xml', content: typeof rows === 'string' ? sheet(rows) : rows, lie },
  ])

/** Memory that this work took at its height, MiB. */
async function memoryOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.memoryUsage.rss()
  let most = before
  const look = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 5)
  await work()
  clearInterval(look)
  return (Math.max(most, process.memoryUsage.rss()) - before) / 1024 / 1024
}

describe('a spreadsheet', () => {
  test('of an office program is opened', async () => {
    const bytes = await writeExcel([
      [{ value: 'Nom' }, { value: 'E-mail' }],
      [{ value: 'Zoé' }, { value: 'zoe@a.fr' }],
    ]).toBuffer()
    expect(await readTable(file(new Uint8Array(bytes)))).toEqual([
      ['Nom', 'E-mail'],
      ['Zoé', 'zoe@a.fr'],
    ])
  })

  test('of a few kilobytes that opens to half a gigabyte is refused unopened', async () => {
    const bomb = workbook(Buffer.alloc(512 * 1024 * 1024, 32))
    expect(bomb.length).toBeLessThan(1024 * 1024)
    expect(await memoryOf(() => expect(readTable(file(bomb))).rejects.toMatchObject({ reason: 'size' }))).toBeLessThan(100)
  })

  test('that is larger than its directory says is refused where that shows', async () => {
    const bomb = workbook(Buffer.alloc(256 * 1024 * 1024, 32), 1000)
    expect(await memoryOf(() => expect(readTable(file(bomb))).rejects.toMatchObject({ reason: 'size' }))).toBeLessThan(100)
  })

  test('with one cell at the other end of the sheet is refused', async () => {
    const far = workbook('<row r="1"><c r="A1" t="str"><v>a</v></c></row><row r="1048576"><c r="XFD1048576" t="str"><v>b</v></c></row>')
    expect(await memoryOf(() => expect(readTable(file(far))).rejects.toMatchObject({ reason: 'size' }))).toBeLessThan(100)
  })

  test('of thousands of files, or cut, or made up, is refused', async () => {
    const many = zip(Array.from({ length: 1_001 }, (_, n) => ({ name: `xl/worksheets/sheet${n}.xml`, content: Buffer.from('x') })))
    await expect(readTable(file(many))).rejects.toMatchObject({ reason: 'size' })
    const whole = workbook('')
    for (const broken of [
      whole.slice(0, whole.length / 2),
      whole.slice(200),
      new Uint8Array([0x50, 0x4b]),
      new Uint8Array(Buffer.from(`PK${'\0'.repeat(100)}`)),
    ])
      await expect(readTable(file(broken))).rejects.toMatchObject({ reason: 'format' })
  })

  test('gives the words of a cell, and never evaluates or follows one', async () => {
    const bytes = await writeExcel([[{ value: '=HYPERLINK("http://evil.test")' }, { value: '@SUM(1)' }]]).toBuffer()
    expect(await readTable(file(new Uint8Array(bytes)))).toEqual([['=HYPERLINK("http://evil.test")', '@SUM(1)']])
    const entity = workbook(
      Buffer.from(
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet><sheetData><row r="1"><c r="A1" t="str"><v>&e;</v></c></row></sheetData></worksheet>',
      ),
    )
    expect(JSON.stringify(await readTable(file(entity)).catch(() => []))).not.toContain('root:')
  })
})

describe('a CSV file that we write', () => {
  test.each(['=1+1', '+33 6', '-2', '@cmd', '\t=1', '\r=1', '\n=1', '\0=1', '＝1+1', '"=1', ' =1'])('says %j and computes nothing', (words) => {
    const line = csvOf(['a'], [[words]])
      .slice(1)
      .split('\r\n')
      .slice(1)
      .join('\r\n')
    const opened = line.startsWith('"') ? line.slice(1, line.lastIndexOf('"')).replaceAll('""', '"') : line.replace(/\r\n$/, '')
    expect(opened.trimStart()).toMatch(/^['"]/)
    expect(opened).toContain(words)
  })

  test('leaves numbers and plain words as they are', () => {
    expect(csvOf(['Nom'], [[-2], ['Zoé'], ['a;b']])).toBe('\uFEFFNom\r\n-2\r\nZoé\r\n"a;b"\r\n')
  })
})
