/** What each role must see, by the matrix: the other half of "nothing leaks", without which a database that answers nothing would pass. */
import type { TransactionSql } from 'postgres'
import { reached } from '../policies/rows.ts'
import { become } from './run.ts'
import { matrix, tableOf, type IsolationWorld } from './world.ts'

/** Rows that exist for everybody, without a company. */
const REFERENCE = new Set(['roles', 'role_permissions'])

/** What is wrong with what the roles see of a table of `app`, in our company. One look for each role. */
export async function matrixFaults(world: IsolationWorld, sql: TransactionSql, table: string, roles: string[]): Promise<string[]> {
  if (REFERENCE.has(table)) return []
  const faults: string[] = []
  for (const actor of world.actors.filter(({ role }) => role && roles.includes(role))) {
    const role = actor.role!
    const expected = world.ours.rows
      .filter((row) => tableOf(row.line) === table && reached(row, role, matrix[row.line]?.[role] ?? 'none'))
      .map(({ id }) => id)
    await become(sql, actor)
    const seen = await sql
      .savepoint((inner) => inner.unsafe(`select id::text from app.${table}`))
      .then(
        (rows) => rows.map((row) => row.id as string),
        (error: { code: string }) => [error.code],
      )
    const ours = new Set(world.ours.rows.filter((row) => tableOf(row.line) === table).map(({ id }) => id))
    const wrong = [
      ...seen.filter((id) => !expected.includes(id) && (ours.has(id) || id.length === 5)),
      ...expected.filter((id) => !seen.includes(id)),
    ]
    if (wrong.length > 0) faults.push(`${role} sees ${seen.length} of app.${table}, not ${expected.length}`)
  }
  return faults
}
