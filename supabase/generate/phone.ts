import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Catalog, Column, Table } from './catalog.ts';

/**
 * The SQL that makes an empty phone database: schemas, tables without foreign keys and checks, effects, KPIs.
 * @param root folder of the repository
 */
export function phoneSql(root: string, { tables, prelude }: Catalog): string {
  const parts = [
    ...['app', 'effects', 'kpi', 'local'].map((schema) => `create schema ${schema};`),
    ...prelude.map((statement) => `${statement};`),
    ...tables.flatMap((table) => [createTable(table), ...table.indexes.map((index) => `${index.definition};`)]),
    ...livingFiles(root).map((file) => withoutComments(readFileSync(join(root, file), 'utf8'))),
  ];
  return `${parts.join('\n')}\n`;
}

/** The files that run on both sides, in load order. */
export function livingFiles(root: string): string[] {
  const nouns = readFileSync(join(root, 'sql/order.txt'), 'utf8').split('\n').map((line) => line.trim()).filter(Boolean);
  const effects = new Set(readdirSync(join(root, 'sql/effects')));
  return [
    'sql/effects/kernel.sql',
    ...nouns.filter((noun) => effects.has(`${noun}.sql`)).map((noun) => `sql/effects/${noun}.sql`),
    ...list(join(root, 'sql/kpis')).map((file) => `sql/kpis/${file}`),
  ];
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder).filter((file) => file.endsWith('.sql')).sort();
  } catch {
    return []; // no KPI yet
  }
}

function createTable(table: Table): string {
  const columns = table.columns.map(defineColumn);
  return `create table app.${table.name} (\n  ${[...columns, `primary key (${table.primaryKey.join(', ')})`].join(',\n  ')}\n);`;
}

/** The columns that a phone knows: those it receives, and those it computes itself. */
export function knownColumns(table: Table): Column[] {
  return table.columns.filter(isKnown);
}

function isKnown({ synced, generated, name }: Column): boolean {
  return synced || generated || name === 'scope_ids';
}

/** A column that the server keeps to itself is there for the effects that write it, and empty in the rows that arrive. */
function defineColumn(column: Column): string {
  const { name, type, notNull, expression, generated } = column;
  const value = expression && (generated ? ` generated always as (${expression}) stored` : ` default ${expression}`);
  return `${name} ${type}${value ?? ''}${notNull && isKnown(column) ? ' not null' : ''}`;
}

/** Comments are for readers of the sources: a phone does not download them. */
function withoutComments(text: string): string {
  return text.split('\n').filter((line) => line.trim() && !line.trimStart().startsWith('--')).join('\n');
}
