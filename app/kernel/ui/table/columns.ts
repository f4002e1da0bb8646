import type { JSX } from 'solid-js'
import { collate } from '../../i18n/format.ts'

/** One column of a table. */
export interface Column<T> {
  key: string
  label: string
  /** What is sorted and exported; null = nothing to say, always last. */
  value: (row: T) => string | number | null
  /** What a file says where the value is only an order. */
  text?: (row: T) => string
  /** How it shows; its value unless told. The row changes under it as the table scrolls. */
  cell?: (row: () => T) => JSX.Element
  /** Its width as a track of a grid. */
  width?: string
  kind?: 'number' | 'mono' | 'quiet'
  /** The first click puts the largest first. */
  descending?: boolean
  /** Cannot be hidden: the name that leads to the row. */
  always?: boolean
  /** Hidden until it is chosen. */
  optional?: boolean
}

/** Puts rows in the order of a column; rows without a value come last either way, and equals keep their order. */
export function sortRows<T>(rows: T[], column: Column<T> | undefined, descending: boolean): T[] {
  if (!column) return rows
  const side = descending ? -1 : 1
  return rows
    .map((row) => [row, column.value(row)] as const)
    .sort(([, a], [, b]) => {
      if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1
      return side * (typeof a === 'number' && typeof b === 'number' ? a - b : collate(String(a), String(b)))
    })
    .map(([row]) => row)
}
