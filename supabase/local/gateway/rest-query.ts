import { restError, unsupported } from './rest-errors.ts'

/** Collects the values of a statement; what is put in the text is only `$1`, `$2` … */
export class Values {
  readonly list: string[] = []

  add(value: string): string {
    this.list.push(value)
    return `$${this.list.length}`
  }
}

/** What a query string asks of a set of rows that goes by the alias `f`. */
export interface RowQuery {
  select: string
  where: string
  order: string
  limit: number
  offset: number
}

/** The rows' source: its name for messages, and the columns it has. */
export interface Source {
  name: string
  columns: readonly string[]
}

const RESERVED = new Set(['select', 'order', 'limit', 'offset', 'columns', 'on_conflict', 'apikey'])
const LOGIC = /^(not\.)?(and|or)$/
const COMPARISONS: Record<string, string> = {
  eq: '=',
  neq: '<>',
  gt: '>',
  gte: '>=',
  lt: '<',
  lte: '<=',
  like: 'like',
  ilike: 'ilike',
  cs: '@>',
  cd: '<@',
  ov: '&&',
}
const ELSEWHERE = new Set(['fts', 'plfts', 'phfts', 'wfts', 'sl', 'sr', 'nxl', 'nxr', 'adj', 'match', 'imatch', 'isdistinct'])
const IS: Record<string, string> = { null: 'null', not_null: 'not null', true: 'true', false: 'false', unknown: 'unknown' }
const MAX_DEPTH = 10
/** Rows of one answer, as PostgREST's db-max-rows: who wants more asks for the next ones by `offset`. */
const MAX_ROWS = 10_000
const MAX_SELECTED = 100

/**
 * Translates select, filters, order, limit and offset. Names are taken from the source's columns, values are bound.
 * @param params of the URL, without the arguments of a function
 * @param range header `Range`, e.g. `0-24`
 * @throws HttpError 400 for what cannot be read, 501 for what lies outside the subset
 */
export function parseRowQuery(params: Iterable<[string, string]>, source: Source, values: Values, range?: string): RowQuery {
  const query: RowQuery = { select: 'f.*', where: '', order: '', limit: MAX_ROWS, offset: 0 }
  const conditions: string[] = []
  for (const [key, value] of params) {
    if (key === 'select') query.select = parseSelect(value, source)
    else if (key === 'order') query.order = parseOrder(value, source)
    else if (key === 'limit') query.limit = count(value, key)
    else if (key === 'offset') query.offset = count(value, key)
    else if (LOGIC.test(key)) conditions.push(parseLogic(key, value, source, values, 0))
    else if (!RESERVED.has(key)) conditions.push(parseFilter(column(key, source), value, values, false))
  }
  const asked = /^(?:items=)?(\d{1,15})-(\d{0,15})$/.exec(range ?? '')
  if (asked) {
    const [from, to] = [Number(asked[1]), asked[2] ? Number(asked[2]) : undefined]
    if (to !== undefined && to < from)
      throw restError(
        416,
        'PGRST103',
        'Requested range not satisfiable',
        'The lower boundary must be lower than or equal to the upper boundary in the Range header.',
      )
    query.offset += from
    if (to !== undefined) query.limit = Math.min(query.limit, to - from + 1)
  }
  query.limit = Math.min(query.limit, MAX_ROWS)
  if (conditions.length > 0) query.where = ` where ${conditions.join(' and ')}`
  return query
}

/** Quotes a name that is already known to exist. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

function parseSelect(text: string, source: Source): string {
  if (text === '') return 'f.*'
  const items = split(text)
  if (items.length > MAX_SELECTED) throw restError(400, 'PGRST100', `select names more than ${MAX_SELECTED} columns`)
  if (text.includes('\0')) throw restError(400, 'PGRST100', 'select contains a zero byte')
  return items
    .map((item) => {
      if (item === '*') return 'f.*'
      if (item.includes('(')) throw unsupported('Embedded resources and aggregates are not served: call a function instead.')
      if (item.includes('::') || item.includes('->')) throw unsupported('Casts and JSON paths in select are not served: call a function instead.')
      const alias = /^([^":]+|"[^"]+"):(?!:)(.+)$/s.exec(item)
      const name = column(alias ? alias[2]! : item, source)
      return alias ? `${name} as ${identifier(unquote(alias[1]!))}` : name
    })
    .join(', ')
}

function parseOrder(text: string, source: Source): string {
  const terms = split(text).map((item) => {
    const found = /^(.+?)(?:\.(asc|desc))?(?:\.(nullsfirst|nullslast))?$/s.exec(item)
    if (!found) throw restError(400, 'PGRST100', `"failed to parse order (${text})"`)
    const nulls = found[3] === 'nullsfirst' ? ' nulls first' : found[3] === 'nullslast' ? ' nulls last' : ''
    return `${column(found[1]!, source)} ${found[2] ?? 'asc'}${nulls}`
  })
  return ` order by ${terms.join(', ')}`
}

/** `and=(a.eq.1,or(b.is.null,not.c.gt.2))` */
function parseLogic(key: string, text: string, source: Source, values: Values, depth: number): string {
  const [, not, operator] = LOGIC.exec(key)!
  if (depth > MAX_DEPTH || !/^\(.*\)$/s.test(text)) throw restError(400, 'PGRST100', `"failed to parse logic tree (${text})"`)
  const conditions = split(text.slice(1, -1)).map((item) => {
    const nested = /^((?:not\.)?(?:and|or))(\(.*\))$/s.exec(item)
    if (nested) return parseLogic(nested[1]!, nested[2]!, source, values, depth + 1)
    const filter = /^("(?:[^"\\]|\\.)*"|[^.]+)\.(.+)$/s.exec(item)
    if (!filter) throw restError(400, 'PGRST100', `"failed to parse logic tree (${text})"`)
    return parseFilter(column(filter[1]!, source), filter[2]!, values, true)
  })
  return `${not ? 'not ' : ''}(${conditions.join(` ${operator} `)})`
}

/** `not.eq.5`; inside a logic tree a value may be in double quotes. */
function parseFilter(name: string, text: string, values: Values, inTree: boolean): string {
  const found = /^(not\.)?([a-z]+)(\([^)]*\))?\.(.*)$/s.exec(text)
  const operator = found?.[2] ?? ''
  if (ELSEWHERE.has(operator) || (found?.[3] && operator in COMPARISONS))
    throw unsupported(`The operator "${operator}${found?.[3] ?? ''}" is not served.`)
  if (!found || found[3] || !(operator in COMPARISONS || operator === 'in' || operator === 'is')) {
    throw restError(
      400,
      'PGRST100',
      `"failed to parse filter (${text})"`,
      `unexpected "${text.slice(0, 20)}" expecting "not" or operator (eq, gt, ...)`,
    )
  }
  const not = found[1] ? 'not ' : ''
  const raw = found[4]!
  if (operator === 'is') {
    const constant = IS[raw.toLowerCase()]
    if (!constant) throw restError(400, 'PGRST100', `"failed to parse filter (${text})"`, 'is takes null, not_null, true, false or unknown')
    return `${not}${name} is ${constant}`
  }
  if (operator === 'in') {
    if (!/^\(.*\)$/s.test(raw)) throw restError(400, 'PGRST100', `"failed to parse filter (${text})"`, 'in takes a list in parentheses')
    const items = raw === '()' ? [] : split(raw.slice(1, -1)).map(unquote)
    return `${not}${name} = any (${values.add(`{${items.map(arrayElement).join(',')}}`)})`
  }
  let value = inTree ? unquote(raw) : raw
  if (operator === 'like' || operator === 'ilike') value = value.replaceAll('*', '%')
  return `${not}${name} ${COMPARISONS[operator]} ${values.add(value)}`
}

function column(text: string, source: Source): string {
  if (text.includes('->')) throw unsupported('JSON paths are not served: call a function instead.')
  const name = unquote(text)
  if (!source.columns.includes(name)) {
    if (/^[^"]+\.[^"]+$/.test(text)) throw unsupported('Filters on embedded resources are not served: call a function instead.')
    throw restError(400, '42703', `column ${source.name}.${name} does not exist`)
  }
  return `f.${identifier(name)}`
}

function count(text: string, key: string): number {
  if (!/^\d{1,15}$/.test(text)) throw restError(400, 'PGRST100', `"failed to parse ${key} parameter (${text})"`)
  return Number(text)
}

function unquote(text: string): string {
  return /^".*"$/s.test(text) && text.length > 1 ? text.slice(1, -1).replace(/\\(.)/gs, '$1') : text
}

function arrayElement(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}

/** Splits at commas outside parentheses, braces and double quotes. */
function split(text: string): string[] {
  const parts: string[] = []
  let depth = 0
  let quoted = false
  let from = 0
  for (let i = 0; i < text.length; i++) {
    const char = text[i]
    if (quoted) {
      if (char === '\\') i++
      else if (char === '"') quoted = false
    } else if (char === '"') quoted = true
    else if (char === '(' || char === '{') depth++
    else if (char === ')' || char === '}') depth--
    else if (char === ',' && depth === 0) {
      parts.push(text.slice(from, i))
      from = i + 1
    }
  }
  return [...parts, text.slice(from)]
}
