/** What keys and checks must refuse, made from the catalog: one attempt for each, which names the constraint that has to answer. */
import type { Sql } from 'postgres'
import type { IsolationWorld } from './world.ts'

export interface Constraint {
  relation: string
  name: string
  kind: 'foreign' | 'unique' | 'check'
  /** The statement that it must refuse. */
  sql: string
  /** How to take it away. */
  drop: string
}

/** SQLSTATE that each kind answers with. */
export const REFUSALS = { foreign: '23503', unique: '23505', check: '23514' } as const

interface Row {
  relation: string
  name: string
  type: string
  expression: string
  columns: string[]
  predicate: string | null
  referenced: string
  isIndex: boolean
  writable: string[]
}

/** The constraints of the tables that belong to companies, and those that no row of ours can try. */
export async function constraintsOf(world: IsolationWorld): Promise<{ constraints: Constraint[]; untried: string[] }> {
  const { superuser, ours } = world
  const rows = await superuser<Row[]>`
    with tables as (
      select c.oid, format('%I.%I', c.relnamespace::regnamespace, c.relname) as relation,
        array(select quote_ident(a.attname) from pg_attribute as a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attnum) as writable
      from pg_class as c where c.relkind in ('r', 'p') and c.relnamespace::regnamespace::text = 'app'
        and (c.relname = 'companies' or exists (select from pg_attribute as a where a.attrelid = c.oid and a.attname = 'company_id'))
    )
    select t.relation, quote_ident(k.conname) as name, k.contype::text as type, coalesce(pg_get_expr(k.conbin, k.conrelid), '') as expression,
      array(select quote_ident(a.attname) from unnest(k.conkey) with ordinality as c (num, place) join pg_attribute as a on a.attrelid = k.conrelid and a.attnum = c.num order by place) as columns,
      null as predicate, coalesce(k.confrelid::regclass::text, '') as referenced, false as "isIndex", t.writable
    from tables as t join pg_constraint as k on k.conrelid = t.oid and k.contype in ('f', 'p', 'u', 'c')
    union all
    select t.relation, i.indexrelid::regclass::text, 'u', '',
      array(select quote_ident(a.attname) from unnest(i.indkey) with ordinality as c (num, place) join pg_attribute as a on a.attrelid = i.indrelid and a.attnum = c.num order by place),
      pg_get_expr(i.indpred, i.indrelid), '', true, t.writable
    from tables as t join pg_index as i on i.indrelid = t.oid and i.indisunique
    where not exists (select from pg_constraint as k where k.conindid = i.indexrelid)
    order by 1, 2`
  const constraints: Constraint[] = []
  const untried: string[] = []
  for (const row of rows) {
    const sql =
      row.type === 'f'
        ? await breakForeign(world, row)
        : row.type === 'c'
          ? await breakCheck(superuser, ours.company, row)
          : await breakUnique(superuser, ours.company, row)
    const kind = row.type === 'f' ? 'foreign' : row.type === 'c' ? 'check' : 'unique'
    if (!sql) untried.push(`${row.relation} ${row.name}`)
    else
      constraints.push({
        relation: row.relation,
        name: row.name.replace(/^.*\./, ''),
        kind,
        sql,
        drop: row.isIndex ? `drop index ${row.name} cascade` : `alter table ${row.relation} drop constraint ${row.name} cascade`,
      })
  }
  return { constraints, untried }
}

const key = (relation: string) => (relation === 'app.companies' ? 'id' : 'company_id')
const hasRows = async (superuser: Sql, from: string) => (await superuser.unsafe(`select 1 from ${from} limit 1`)).length > 0

/** Points a row of ours at a row of the victim, or at nothing where the target belongs to nobody. */
async function breakForeign({ superuser, ours, victim, ids }: IsolationWorld, { relation, columns, referenced }: Row): Promise<string | null> {
  const free = columns.filter((column) => column !== 'company_id')
  if (!(await hasRows(superuser, `${relation} where ${key(relation)} = '${ours.company}'`))) return null
  if (free.length === 0)
    return `update ${relation} set company_id = '00000000-0000-4000-8000-000000000000' where ctid = (select ctid from ${relation} where company_id = '${ours.company}' limit 1)`
  const target = ids.get(referenced.replace(/^.*\./, ''))?.[0] ?? victim.company
  const assignments = []
  for (const column of free) {
    const [type] =
      await superuser`select atttypid::regtype::text as type from pg_attribute where attrelid = ${relation}::regclass and quote_ident(attname) = ${column}`
    assignments.push(`${column} = '${type!.type === 'uuid' ? target : 'nonsense'}'`)
  }
  return `update ${relation} set ${assignments.join(', ')} where ctid = (select ctid from ${relation} where ${key(relation)} = '${ours.company}' limit 1)`
}

/** A second row like one of ours, alike in what the key speaks of and as different as it can be in the rest. */
async function breakUnique(superuser: Sql, company: string, { relation, columns, predicate, writable }: Row): Promise<string | null> {
  const where = [`${key(relation)} = '${company}'`, ...columns.map((column) => `${column} is not null`), ...(predicate ? [predicate] : [])].join(
    ' and ',
  )
  if (!(await hasRows(superuser, `${relation} where ${where}`))) return null
  const values = writable.map((column) => (column === 'id' && !columns.includes('id') ? 'gen_random_uuid()' : column))
  return `insert into ${relation} (${writable.join(', ')}) select ${values.join(', ')} from ${relation} where ${where} limit 1`
}

const CANDIDATES: Record<string, string[]> = {
  text: [`''`, `' '`, `'nonsense'`, `repeat('x', 30000)`, `'é'`, `'2'`, 'null'],
  number: ['-1', '0', '1e9', `'NaN'`, '91', '181', 'null'],
  time: [`'-infinity'`, `'infinity'`, `'1900-01-01'`, `'2999-01-01'`, 'null'],
  'text[]': [`'{}'`, `'{nonsense}'`, `array[null]::text[]`, `array_fill('crew'::text, array[100])`],
  jsonb: [`'null'`, `'[]'`, `'"x"'`, `jsonb_build_object('x', repeat('x', 100000))`],
  other: ['null'],
}

function candidatesOf(type: string): string[] {
  if (/int|numeric|double|real/.test(type)) return CANDIDATES.number!
  if (/^(?:date|timestamp)/.test(type)) return CANDIDATES.time!
  return CANDIDATES[type] ?? CANDIDATES.other!
}

/** A value, or two, that a check calls false, looked for by asking the check itself. */
async function breakCheck(superuser: Sql, company: string, { relation, expression, columns }: Row): Promise<string | null> {
  const where = `${key(relation)} = '${company}'`
  const types = await superuser<
    { name: string; type: string }[]
  >`select quote_ident(attname) as name, atttypid::regtype::text as type from pg_attribute
    where attrelid = ${relation}::regclass and quote_ident(attname) = any (${columns}) and attgenerated = ''`
  const all = await superuser<
    { name: string }[]
  >`select quote_ident(attname) as name from pg_attribute where attrelid = ${relation}::regclass and attnum > 0 and not attisdropped`
  const options = types.map(({ name, type }) =>
    candidatesOf(type).map((value) => ({ name, value: value === 'null' ? `null::${type}` : `(${value})::${type}` })),
  )
  const tries = [
    ...options.flat().map((one) => [one]),
    ...options.flatMap((one, place) => options.slice(place + 1).flatMap((other) => one.flatMap((a) => other.map((b) => [a, b])))),
  ]
  for (const chosen of tries) {
    const row = all.map(({ name }) => `${chosen.find((each) => each.name === name)?.value ?? name} as ${name}`).join(', ')
    const refused = await superuser
      .unsafe(`select 1 from (select ${row} from ${relation} where ${where}) as r where not (${expression}) limit 1`)
      .catch(() => [])
    if (refused.length > 0) return `update ${relation} set ${chosen.map(({ name, value }) => `${name} = ${value}`).join(', ')} where ${where}`
  }
  return null
}
