import { expect, describe, it } from 'vitest'
import writeExcel from 'write-excel-file/node'
import { faultsOf, guessColumns, plain, readLines, siteNames, sitesOf, type BulkLine } from '../../app/features/people/bulk.ts'
import { decode, parseCsv, readTable } from '../../app/kernel/table-file.ts'

const file = (content: string | Uint8Array, name = 'equipe.csv') => new File([content as BlobPart], name)
const sites = [
  { id: 's1', code: 'CH-2026-001', name: 'Cœur d’îlot' },
  { id: 's2', code: 'CH-2026-002', name: 'Lilas, tranche 2' },
]
const roleNames = new Map([
  ['crew', 'crew'],
  ['compagnon', 'crew'],
  ['chef de chantier', 'site_manager'],
])
let next = 0
const read = (rows: string[][]) => readLines(rows, guessColumns(rows), { newId: () => `id${++next}`, role: 'crew', roleNames })
const roles = ['crew', 'site_manager', 'admin']
const faults = (lines: BulkLine[], known: { members?: string[]; invited?: string[] } = {}) => [
  ...faultsOf(
    lines,
    { grantable: ['crew', 'site_manager'], members: new Set(known.members), invited: new Set(known.invited), sites: siteNames(sites) },
    roles,
  ).values(),
]

describe('a list', () => {
  it.each([
    ['semicolons', 'Nom;E-mail;Rôle\nZoé;zoe@a.fr;Compagnon\n'],
    ['commas', 'Nom,E-mail,Rôle\r\nZoé,zoe@a.fr,Compagnon\r\n'],
    ['tabs', 'Nom\tE-mail\tRôle\nZoé\tzoe@a.fr\tCompagnon'],
    ['old line ends', 'Nom;E-mail;Rôle\rZoé;zoe@a.fr;Compagnon\r'],
    ['a byte-order mark', '\ufeffNom;E-mail;Rôle\nZoé;zoe@a.fr;Compagnon'],
    ['quotes', '"Nom";"E-mail";"Rôle"\n"Zoé";"zoe@a.fr";"Compagnon"'],
    ['empty lines', '\n\nNom;E-mail;Rôle\n;;\nZoé;zoe@a.fr;Compagnon\n\n'],
  ])('is read with %s', async (_, text) => {
    expect(await readTable(file(text))).toEqual([
      ['Nom', 'E-mail', 'Rôle'],
      ['Zoé', 'zoe@a.fr', 'Compagnon'],
    ])
  })

  it('of an old office program, in the alphabet of Windows, keeps its accents', async () => {
    expect(await readTable(file(new Uint8Array([0x5a, 0x6f, 0xe9, 0x3b, 0xc7, 0x0a])))).toEqual([['Zoé', 'Ç']])
    expect(decode(new Uint8Array([0xff, 0xfe, 0x5a, 0x00, 0xe9, 0x00]))).toBe('Zé')
  })

  it('keeps separators, quotes and lines that stand in quotes', () => {
    expect(parseCsv('a;"b;c ""d""\ne";f')).toEqual([['a', 'b;c "d"\ne', 'f']])
    expect(parseCsv('"a;b",c,d')).toEqual([['a;b', 'c', 'd']])
    expect(parseCsv('a"b;c')).toEqual([['a"b', 'c']])
    expect(parseCsv('"never closed;x\ny')).toEqual([['never closed;x\ny']])
  })

  it('that is no text is refused', async () => {
    await expect(readTable(file(new Uint8Array([1, 0, 2, 0])))).rejects.toMatchObject({ reason: 'format' })
    await expect(readTable(file('a@b.fr\n'.repeat(5_001)))).rejects.toMatchObject({ reason: 'rows' })
  })

  it('of an Excel workbook (XLSX) invites the people of its lines by the same rules as CSV', async () => {
    const { readSheet } = await import('read-excel-file/node')
    const book = writeExcel([
      [{ value: 'Nom' }, { value: 'E-mail' }],
      [{ value: 'Zoé' }, { value: 'zoe@a.fr' }],
    ])
    const rows = (await readSheet(await book.toBuffer())) as string[][]
    expect(read(rows)).toMatchObject([{ full_name: 'Zoé', email: 'zoe@a.fr', role: 'crew', line: 2 }])
  })
})

describe('the columns', () => {
  it('are found by their names, in any order and language', () => {
    expect(guessColumns([['Chantiers', 'Fonction', 'Adresse E-mail', 'Nom complet'], []])).toEqual({
      mapping: { email: 2, full_name: 3, role: 1, sites: 0 },
      headed: true,
    })
  })

  it('without names are found by what they hold', () => {
    expect(guessColumns([['Zoé', 'zoe@a.fr']])).toEqual({ mapping: { email: 1, full_name: 0, role: -1, sites: -1 }, headed: false })
  })

  it('give roles by name and sites by code or name', () => {
    const [line] = read([
      ['E-mail', 'Rôle', 'Chantiers'],
      [' Zoe@A.fr ', 'CHEF DE CHANTIER', 'ch-2026-001 | Lilas, tranche 2 | Nulle part'],
    ])
    expect(line).toMatchObject({ email: 'zoe@a.fr', role: 'site_manager' })
    expect(sitesOf(line!.sites, siteNames(sites))).toEqual({ ids: ['s1'], unknown: ['Lilas', 'tranche 2', 'Nulle part'] })
    expect(sitesOf('Lilas, tranche 2', siteNames(sites))).toEqual({ ids: ['s2'], unknown: [] })
    expect(plain('Cœur d’Îlot')).toBe("cœur d'ilot")
  })
})

describe('a line', () => {
  it('says what is wrong with it, and others do not mind', () => {
    const lines = read([
      ['E-mail', 'Rôle', 'Chantier', 'Nom'],
      ['zoe@a.fr', 'Compagnon', 'CH-2026-001', 'Zoé'],
      ['ZOE@a.fr', 'Compagnon', '', ''],
      ['', '', '', 'Sans adresse'],
      ['pas une adresse', 'Roi', 'Mars', 'X'],
      ['admin@a.fr', 'admin', '', ''],
      ['membre@a.fr', '', '', ''],
      ['attend@a.fr', '', '', ''],
      ['sam@a.fr', '', '', '=HYPERLINK("x")'],
    ])
    expect(faults(lines, { members: ['membre@a.fr'], invited: ['attend@a.fr'] })).toEqual([
      [],
      ['emailTwice'],
      ['emailBlank'],
      ['email', 'role', 'sites'],
      ['roleRight'],
      ['emailMember'],
      ['emailInvited'],
      ['formula'],
    ])
  })

  it('with a role that one may not give is refused before it is sent', () => {
    const [line] = read([['boss@a.fr']])
    expect(faults([{ ...line!, role: 'admin' }])).toEqual([['roleRight']])
  })

  it('that is sent is not refused for being invited', () => {
    const [line] = read([['zoe@a.fr']])
    expect(faults([{ ...line!, sent: true }], { invited: ['zoe@a.fr'] })).toEqual([[]])
  })
})
