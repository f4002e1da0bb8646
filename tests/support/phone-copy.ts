import { PGlite } from '@electric-sql/pglite'
import { phoneSql } from '../../app/kernel/generated/phone.ts'
import type { Member } from './company.ts'
import type { TestDatabase } from './database.ts'

/** A phone's database holding what this member sees on the server now, row for row. Close it after use. */
export async function copyToPhone(database: TestDatabase, member: Member): Promise<PGlite> {
  const phone = await PGlite.create()
  await phone.exec(phoneSql)
  const tables = await database.db<{ name: string; columns: string[] }[]>`select name, columns from sync.tables order by number`
  for (const { name, columns } of tables) {
    const list = [name === 'companies' ? '' : 'company_id, ', columns.join(', ')].join('')
    const [row] = await member.see<{ rows: string }>(`select coalesce(json_agg(r), '[]')::text as rows from (select ${list} from app.${name}) as r`)
    await phone.query(`insert into app.${name} (${list}) select ${list} from json_populate_recordset(null::app.${name}, $1)`, [row!.rows])
  }
  return phone
}

/** Rows as texts, so that a phone's and a server's compare to the last digit. */
export const texts = (rows: object[]): unknown =>
  JSON.parse(JSON.stringify(rows, (_key, value: unknown) => (typeof value === 'number' ? String(value) : value)))
