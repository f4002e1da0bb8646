import { describe, expect, it } from 'vitest'
import { csvOf } from '../../app/kernel/ui/table/csv.ts'
import { sortRows, type Column } from '../../app/kernel/ui/table/columns.ts'

interface Row {
  name: string
  open: number | null
}

const name: Column<Row> = { key: 'name', label: 'Nom', value: (row) => row.name }
const open: Column<Row> = { key: 'open', label: 'Ouverts', value: (row) => row.open }
const rows: Row[] = [
  { name: 'Lot 10', open: 2 },
  { name: 'lot 9', open: null },
  { name: 'École', open: 11 },
]
const names = (sorted: Row[]) => sorted.map((row) => row.name)

describe('a table', () => {
  it('sorts words as people do, numbers by size, and what is unknown last either way', () => {
    expect(names(sortRows(rows, name, false))).toEqual(['École', 'lot 9', 'Lot 10'])
    expect(names(sortRows(rows, open, false))).toEqual(['Lot 10', 'École', 'lot 9'])
    expect(names(sortRows(rows, open, true))).toEqual(['École', 'Lot 10', 'lot 9'])
    expect(sortRows(rows, undefined, true)).toBe(rows)
  })

  it('is saved as a file that a spreadsheet opens as it was, and never as a formula', () => {
    const file = csvOf(
      ['Nom', 'Ouverts'],
      [
        ['Dit « le; vieux »', 3],
        ['Guillemet "x"', null],
        ['=HYPERLINK("x")', 0],
        ['@SUM(A1)', -1],
      ],
    )
    expect(file).toBe('\uFEFFNom;Ouverts\r\n"Dit « le; vieux »";3\r\n"Guillemet ""x""";\r\n"\'=HYPERLINK(""x"")";0\r\n\'@SUM(A1);-1\r\n')
  })
})
