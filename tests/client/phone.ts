import type { PGlite } from '@electric-sql/pglite'
import { localDbOf, openPGlite } from '../../app/kernel/db/pglite.ts'
import { commandCall } from '../../app/kernel/generated/commands.ts'
import { phoneSql } from '../../app/kernel/generated/phone.ts'
import { tables } from '../../app/kernel/generated/tables.ts'
import type { PhoneSchema } from '../../app/kernel/sync/apply.ts'
import { openLocalStore } from '../../app/kernel/sync/apply.ts'
import type { StoredCommand } from '../../app/kernel/sync/outbox.ts'
import { pendingOf } from '../../app/kernel/sync/pending.ts'

/** What generated/ says of the phone's database. */
export const schema: PhoneSchema = { phoneSql, tables, commandCall: commandCall as PhoneSchema['commandCall'] }

/** Databases that an earlier phone of this test file left: starting one takes a second. */
const free: PGlite[] = []

/** A phone's database in memory, for one company. */
export async function openPhone(companyId: string) {
  const used = free.pop()
  await used?.exec('drop schema app, effects, kpi, local cascade')
  const pg = used ?? (await openPGlite())
  const db = localDbOf(pg)
  return { db, store: await openLocalStore(db, schema, companyId), close: () => void free.push(pg) }
}

/** COPY text of rows given as objects; columns absent from a row are null. */
export function copyText(table: keyof typeof tables, rows: Record<string, unknown>[]): string {
  const write = (value: unknown) =>
    value === null || value === undefined
      ? '\\N'
      : Array.isArray(value)
        ? `{${value.join(',')}}`
        : typeof value === 'object'
          ? JSON.stringify(value)
          : String(value).replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n')
  return rows.map((row) => tables[table].columns.map((column) => write(row[column])).join('\t')).join('\n')
}

/** Shows the effect of a stored command on a phone. */
export const run = (phone: Awaited<ReturnType<typeof openPhone>>, command: StoredCommand, companyId: string, actorId: string) =>
  phone.store.run(pendingOf(command, companyId, actorId))
