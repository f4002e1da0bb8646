import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sharedFiles } from '../deploy.ts'
import type { Catalog, Column, Table } from './catalog.ts'

/**
 * The SQL that makes an empty phone database: schemas, tables without foreign keys and checks, effects, KPIs.
 * @param root folder of the repository
 */
export function phoneSql(root: string, { tables, prelude }: Catalog): string {
  const parts = [
    ...['app', 'effects', 'kpi', 'local'].map((schema) => `create schema ${schema};`),
    ...prelude.map((statement) => `${statement};`),
    ...tables.flatMap((table) => [createTable(table), ...table.indexes.map((index) => `${index.definition};`)]),
    ...sharedFiles().map((file) => withoutComments(readFileSync(join(root, file), 'utf8'))),
  ]
  return `${parts.join('\n')}\n`
}

function createTable(table: Table): string {
  const columns = table.columns.map(defineColumn)
  return `create table app.${table.name} (\n  ${[...columns, `primary key (${table.primaryKey.join(', ')})`].join(',\n  ')}\n);`
}

/** The columns that a phone knows: those it receives, and those it computes itself. */
export function knownColumns(table: Table): Column[] {
  return table.columns.filter(isKnown)
}

function isKnown({ synced, generated, name }: Column): boolean {
  return synced || generated || name === 'scope_ids'
}

/** A column that the server keeps to itself is there for the effects that write it, and empty in the rows that arrive. */
function defineColumn(column: Column): string {
  const { name, type, notNull, expression, generated } = column
  const value = expression && (generated ? ` generated always as (${expression}) stored` : ` default ${expression}`)
  return `${name} ${type}${value ?? ''}${notNull && isKnown(column) ? ' not null' : ''}`
}

/** Comments are for readers of the sources: a phone does not download them. */
function withoutComments(text: string): string {
  return text
    .split('\n')
    .filter((line) => line.trim() && !line.trimStart().startsWith('--'))
    .join('\n')
}
