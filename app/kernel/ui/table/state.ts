import { useSearchParams } from '@solidjs/router'
import { createMemo, createSignal } from 'solid-js'
import { sortRows, type Column } from './columns.ts'

const stored = (name: string) => `aplomb.columns.${name}`

function readHidden(name: string): string[] | null {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(stored(name)) ?? 'null')
    return Array.isArray(kept) ? kept.map(String) : null
  } catch {
    return null
  }
}

/** The order and the columns of one table: the order in the address (`sort=-open`), the columns as this person left them on this device. */
export function createTable<T>(name: string, columns: () => Column<T>[]) {
  const [search, setSearch] = useSearchParams<{ sort?: string }>()
  const [hidden, setHidden] = createSignal(readHidden(name))
  const isShown = (column: Column<T>) => column.always || !(hidden()?.includes(column.key) ?? column.optional)
  const shown = createMemo(() => columns().filter(isShown))
  const descending = () => search.sort?.startsWith('-') ?? false
  const sorted = () => columns().find((column) => column.key === search.sort?.replace(/^-/, ''))
  return {
    name,
    columns,
    shown,
    isShown,
    descending,
    sorted,
    /** The rows in the chosen order; as they come while none is chosen. */
    order: (rows: T[]) => sortRows(rows, sorted(), descending()),
    /** Sorts by a column; again, the other way round; once more, not at all. */
    sortBy(column: Column<T>) {
      const first = !!column.descending
      // By key: the columns of a table may be made anew each time they are asked for.
      const next = sorted()?.key !== column.key ? first : descending() === first ? !first : undefined
      setSearch({ sort: next === undefined ? undefined : `${next ? '-' : ''}${column.key}` }, { replace: true })
    },
    toggle(column: Column<T>) {
      const next = columns()
        .filter((each) => (each.key === column.key ? isShown(each) : !isShown(each)))
        .map((each) => each.key)
      setHidden(next)
      localStorage.setItem(stored(name), JSON.stringify(next))
    },
  }
}

export type TableState<T> = ReturnType<typeof createTable<T>>
