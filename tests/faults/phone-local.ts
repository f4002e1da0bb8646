// The local database of a device as it is: PGlite with the product's own schema, effects and images.
import { openLocalStore } from '../../app/kernel/sync/apply.ts'
import type { LocalDb } from '../../app/kernel/sync/local-db.ts'
import { openPhone, schema } from '../client/phone.ts'
import type { LocalCopy, Rows } from './memory-local.ts'

/** `lines` = the expression that writes a row of each table as it travels. Close it when the history is over. */
export async function phoneLocal(company: string, lines: Map<string, string>): Promise<LocalCopy & { close: () => void }> {
  const phone = await openPhone(company)
  let { store } = phone
  /** While the tables are made anew, everybody waits. */
  let made: Promise<unknown> = Promise.resolve()
  await phone.db.exec(`create schema if not exists faults;
    create or replace function faults.copy_text(value text) returns text language sql immutable return
      replace(replace(replace(replace(value, '\\', '\\\\'), chr(9), '\\t'), chr(10), '\\n'), chr(13), '\\r')`)
  const all = [...lines].map(([name, line]) => `select '${name}' as name, r.id, ${line} as line from app.${name} as r`).join(' union all ')
  async function rowsIn(db: LocalDb): Promise<Rows> {
    const rows: Rows = new Map()
    for (const { name, id, line } of await db.query<{ name: string; id: string; line: string }>(all)) {
      const table = rows.get(name) ?? new Map<string, string>()
      rows.set(name, table.set(id, line))
    }
    return rows
  }
  return {
    store: {
      state: () => made.then(() => store.state()),
      run: (command) => made.then(() => store.run(command)),
      apply: (change, pending) => made.then(() => store.apply(change, pending)),
      flush: () => made.then(() => store.flush()),
    },
    async rows() {
      await made
      return rowsIn(phone.db)
    },
    async given() {
      await made
      const undo = new Error('undo')
      let rows: Rows
      await phone.db
        .transaction(async (tx) => {
          await tx.exec('set local session_replication_role = replica; select local.take_back()')
          rows = await rowsIn(tx)
          throw undo
        })
        .catch((error: unknown) => {
          if (error !== undo) throw error
        })
      return rows!
    },
    shown: async () => (await made.then(() => phone.db.query<{ id: string }>('select command_id as id from local.applied'))).map(({ id }) => id),
    async wipe() {
      made = made.then(async () => {
        await phone.db.exec('drop schema app, effects, kpi, local cascade')
        store = await openLocalStore(phone.db, schema, company)
      })
      await made
    },
    close: phone.close,
  }
}
