import './table.css'
import { createMemo, createSignal, For, Index, onCleanup, onMount, Show } from 'solid-js'
import { plural, t } from '../../i18n/index.ts'
import { Icon } from '../icons.tsx'
import { csvOf, download } from './csv.ts'
import { keepStyle } from '../css.ts'
import type { Column } from './columns.ts'
import type { TableState } from './state.ts'

/** Height of a row, in pixels; the style sheet says the same. */
const ROW = 48
/** Rows drawn beyond what is seen, on each side. */
const SPARE = 6

interface TableProps<T> {
  state: TableState<T>
  /** In the order in which they show. */
  rows: T[]
  label: string
  href: (row: T) => string
  /** The name that reads as the row's link. */
  title: (row: T) => string
}

/**
 * A table of any length: only the rows in sight are drawn, each in a slot that keeps its elements while rows pass through it.
 * Arrows move from row to row, Enter opens.
 */
export function DataTable<T>(props: TableProps<T>) {
  let frame!: HTMLDivElement
  const [first, setFirst] = createSignal(0)
  const [height, setHeight] = createSignal(600)
  const slots = createMemo(() => Math.ceil(height() / ROW) + 2 * SPARE)
  const tracks = createMemo(() =>
    props.state
      .shown()
      .map((column) => column.width ?? 'minmax(7rem, 1fr)')
      .join(' '),
  )
  const look = () => setFirst(Math.max(0, Math.floor(frame.scrollTop / ROW) - SPARE))

  onMount(() => {
    const observer = new ResizeObserver(() => {
      setHeight(frame.clientHeight)
      look()
    })
    observer.observe(frame)
    onCleanup(() => observer.disconnect())
  })

  /** The row that slot `slot` of `all` shows: each row stays in its slot while it is in sight. */
  const placeOf = (slot: number) => {
    const all = slots()
    const start = first()
    return start + ((((slot - start) % all) + all) % all)
  }

  function move(event: KeyboardEvent): void {
    const here = Number((event.target as HTMLElement).closest<HTMLElement>('[data-place]')?.dataset['place'] ?? Number.NaN)
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity }[event.key]
    if (Number.isNaN(here) || step === undefined) return
    event.preventDefault()
    const next = Math.min(Math.max(here + step, 0), props.rows.length - 1)
    const head = ROW
    if (next * ROW < frame.scrollTop) frame.scrollTop = next * ROW
    else if ((next + 1) * ROW + head > frame.scrollTop + frame.clientHeight) frame.scrollTop = (next + 1) * ROW + head - frame.clientHeight
    look()
    frame.querySelector<HTMLElement>(`[data-place="${next}"] a`)?.focus({ preventScroll: true })
  }

  return (
    <div class="data-table" ref={frame} onScroll={look} onKeyDown={move} onPointerOver={tell}>
      <div
        role="table"
        aria-label={props.label}
        aria-rowcount={props.rows.length + 1}
        ref={(element) => keepStyle(element, () => ({ '--tracks': tracks() }))}
      >
        <div role="rowgroup" class="data-head">
          <div role="row" class="data-row" aria-rowindex={1}>
            <For each={props.state.shown()}>{(column) => <Head column={column} state={props.state} />}</For>
          </div>
        </div>
        <div role="rowgroup" class="data-body" ref={(element) => keepStyle(element, () => ({ height: `${props.rows.length * ROW}px` }))}>
          <Index each={Array.from({ length: slots() })}>
            {(_, slot) => {
              const place = createMemo(() => placeOf(slot))
              const row = createMemo(() => props.rows[place()])
              return (
                <Show when={row()}>
                  <Row place={place()} row={() => row()!} table={props} />
                </Show>
              )
            }}
          </Index>
        </div>
      </div>
    </div>
  )
}

/** A column that takes the room there is holds words: they may stand on two lines. */
const isText = (column: { width?: string; kind?: string }) => column.kind !== 'number' && column.kind !== 'mono' && !/^\d/.test(column.width ?? '')

/** Says what a cell had no room for, when somebody points at it. */
function tell(event: PointerEvent): void {
  const cell = (event.target as HTMLElement).closest<HTMLElement>('.data-cell')
  if (!cell) return
  if (cell.scrollWidth > cell.clientWidth || cell.scrollHeight > cell.clientHeight + 1) cell.title = cell.textContent
  else cell.removeAttribute('title')
}

function Row<T>(props: { place: number; row: () => T; table: TableProps<T> }) {
  return (
    <div
      role="row"
      class="data-row"
      classList={{ odd: props.place % 2 === 1 }}
      aria-rowindex={props.place + 2}
      data-place={props.place}
      ref={(element) => keepStyle(element, () => ({ transform: `translateY(${props.place * ROW}px)` }))}
    >
      <For each={props.table.state.shown()}>
        {(column) => (
          <div role="cell" class={`data-cell ${column.kind ?? ''}`} classList={{ text: isText(column) }}>
            <Show when={column.always} fallback={column.cell ? column.cell(props.row) : column.value(props.row())}>
              {/* a plain link: the router's own asks at every row whether it leads here */}
              <a class="row-link" href={props.table.href(props.row())}>
                {props.table.title(props.row())}
              </a>
              {column.cell?.(props.row)}
            </Show>
          </div>
        )}
      </For>
    </div>
  )
}

function Head<T>(props: { column: Column<T>; state: TableState<T> }) {
  const sorted = () => props.state.sorted()?.key === props.column.key
  return (
    <div
      role="columnheader"
      class={`data-cell ${props.column.kind ?? ''}`}
      aria-sort={sorted() ? (props.state.descending() ? 'descending' : 'ascending') : 'none'}
    >
      <button type="button" class="sorter" onClick={() => props.state.sortBy(props.column)}>
        {props.column.label}
        <Show when={sorted()}>
          <Icon name={props.state.descending() ? 'down' : 'up'} />
        </Show>
      </button>
    </div>
  )
}

/** The tools of a table: which columns, and the rows as a file. `rows` is called when they are wanted. */
export function TableTools<T>(props: { state: TableState<T>; rows: () => T[] }) {
  const save = () => {
    const columns = props.state.shown()
    const rows = props.rows().map((row) => columns.map((column) => column.text?.(row) ?? column.value(row)))
    download(
      `${props.state.name}.csv`,
      csvOf(
        columns.map((column) => column.label),
        rows,
      ),
    )
  }
  return (
    <div class="row table-tools">
      <details
        class="menu"
        onFocusOut={(event) => !event.currentTarget.contains(event.relatedTarget as Node | null) && (event.currentTarget.open = false)}
      >
        <summary class="button plain">
          <Icon name="columns" />
          <span>{t('table.columns')}</span>
        </summary>
        <fieldset class="menu-sheet">
          <legend class="visually-hidden">{t('table.columns')}</legend>
          <For each={props.state.columns().filter((column) => !column.always)}>
            {(column) => (
              <label class="menu-choice">
                <input type="checkbox" checked={props.state.isShown(column)} onChange={() => props.state.toggle(column)} />
                {column.label}
              </label>
            )}
          </For>
        </fieldset>
      </details>
      <button type="button" class="button plain" onClick={save}>
        <Icon name="download" />
        <span>{t('table.export')}</span>
      </button>
      <span class="tiny faint" role="status">
        {plural('table.rows', props.rows().length)}
      </span>
    </div>
  )
}
