// What the product says of itself: commands, their effects, keys and lists of values. A command added later needs no line here.
import { readFileSync } from 'node:fs'
import type { Sql } from 'postgres'
import { commands } from '../../app/kernel/generated/commands.ts'
import { phoneSql } from '../../app/kernel/generated/phone.ts'
import { tables } from '../../app/kernel/generated/tables.ts'

export interface Catalog {
  /** Roles that may run each command. */
  allowed: Map<string, string[]>
  /** Commands whose `id` names a row that they make. */
  creates: Set<string>
  /** Table of the row that a command's `id` names. */
  nouns: Map<string, string>
  /** Columns that an edit may change. */
  editable: Map<string, string[]>
  /** `command.parameter` of those with a default. */
  optional: Set<string>
  /** Column name → table it refers to. */
  references: Map<string, string>
  /** Column or argument name → the values it may have. */
  choices: Map<string, string[]>
  /** `table.column` → its type. */
  types: Map<string, string>
}

/** The source of an effect as the phone has it. */
function effectOf(name: string): string {
  const start = phoneSql.search(new RegExp(`function effects\\.${name}\\(`))
  const end = phoneSql.indexOf('create or replace function', start + 1)
  return start < 0 ? '' : phoneSql.slice(start, end < 0 ? undefined : end)
}

const singular = (table: string) => table.replace(/ies$/, 'y').replace(/s$/, '')

function nounOf(command: string): string {
  const words = command.split('_').slice(1)
  const known = Object.keys(tables)
  for (let start = 0; start < words.length; start++) {
    const noun = words.slice(start).join('_')
    const found = known.find((table) => singular(table) === noun) ?? known.find((table) => singular(table).endsWith(noun))
    if (found) return found
  }
  return /from app\.(\w+)/.exec(effectOf(command))?.[1] ?? 'companies'
}

/** Reads the catalogue of the test database and the generated sources. */
export async function readCatalog(sql: Sql): Promise<Catalog> {
  const allowed = JSON.parse(readFileSync(new URL('../../policies/commands.json', import.meta.url), 'utf8')) as Record<string, Record<string, string>>
  const keys = await sql<{ column: string; target: string }[]>`
    select distinct on (1) a.attname as column, f.relname as target
    from pg_constraint as k join pg_class as f on f.oid = k.confrelid
    join pg_attribute as a on a.attrelid = k.conrelid and a.attnum = k.conkey[array_upper(k.conkey, 1)]
    where k.contype = 'f' and k.connamespace = 'app'::regnamespace order by 1, 2`
  const lists = await sql<{ column: string; rule: string }[]>`
    select a.attname as column, pg_get_constraintdef(k.oid) as rule from pg_constraint as k
    join pg_attribute as a on a.attrelid = k.conrelid and a.attnum = any (k.conkey)
    where k.contype = 'c' and k.connamespace = 'app'::regnamespace and pg_get_constraintdef(k.oid) like '%= ANY (ARRAY[%'`
  const columns = await sql<{ name: string; type: string }[]>`
    select c.relname || '.' || a.attname as name, format_type(a.atttypid, a.atttypmod) as type
    from pg_class as c join pg_attribute as a on a.attrelid = c.oid
    where c.relnamespace = 'app'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped`
  const roles = (await sql<{ role: string }[]>`select distinct role from app.role_permissions order by 1`).map(({ role }) => role)

  const choices = new Map<string, string[]>([['roles', roles]])
  for (const { column, rule } of lists)
    choices.set(
      column,
      [...rule.matchAll(/'([^']*)'::text/g)].map(([, value]) => value!),
    )
  const references = new Map(keys.map(({ column, target }) => [column, target]))
  for (const [column, target] of references) if (target === 'roles') choices.set(column, roles)

  const catalog: Catalog = {
    allowed: new Map(Object.entries(allowed).map(([name, reach]) => [name, Object.keys(reach)])),
    creates: new Set(),
    nouns: new Map(),
    optional: new Set(),
    editable: new Map(),
    references,
    choices,
    types: new Map(columns.map(({ name, type }) => [name, type])),
  }
  for (const name of Object.keys(commands)) {
    const source = effectOf(name)
    catalog.nouns.set(name, nounOf(name))
    const named = commands[name as keyof typeof commands].parameters.includes('id')
    if (named && /insert into app\.(?!conflicts)/.test(source) && !new RegExp(`= ${name}\\.id\\b`).test(source)) catalog.creates.add(name)
    const signature = source.slice(0, source.search(/\)\s*returns/))
    for (const [, parameter] of signature.matchAll(/(\w+) [\w ]+(?:\[\])? default/g)) catalog.optional.add(`${name}.${parameter}`)
    const edits = /changes,\s*was,\s*'\{([^}]*)\}'/.exec(source)
    if (edits) catalog.editable.set(name, edits[1]!.split(','))
    for (const [, parameter, list] of source.matchAll(/one_of\((?:\w+\.)?(\w+), '\w+', ((?:'[^']*'(?:, )?)+)\)/g)) {
      if (!choices.has(parameter!))
        choices.set(
          parameter!,
          [...list!.matchAll(/'([^']*)'/g)].map(([, value]) => value!),
        )
    }
  }
  return catalog
}
