// The local database of a device as it is: PGlite with the product's own schema, effects and images.
import { openLocalStore } from '../../app/kernel/sync/apply.ts'
import { openPhone, schema } from '../client/phone.ts'
import type { LocalCopy } from './memory-local.ts'

/** `lines` = the expression that writes a row of each table as it travels. Close it when the history is over. */
export async function phoneLocal(company: string, lines: Map<string, string>): Promise<LocalCopy & { close: () => void }> {
  const phone = await openPhone(company)
  let { store } = phone
  await phone.db.exec(`create schema if not exists sync;
    create or replace function sync.copy_text(value text) returns text language sql immutable return
      replace(replace(replace(replace(value, '\\', '\\\\'), e'\\t', '\\t'), e'\\n', '\\n'), e'\\r', '\\r')`)
  const all = [...lines].map(([name, line]) => `select '${name}' as name, r.id, ${line} as line from app.${name} as r`).join(' union all ')
  return {
    store: {
      state: () => store.state(),
      run: (command) => store.run(command),
      apply: (change, pending) => store.apply(change, pending),
    },
    async rows() {
      const rows = new Map<string, Map<string, string>>()
      for (const { name, id, line } of await phone.db.query<{ name: string; id: string; line: string }>(all)) {
        const table = rows.get(name) ?? new Map<string, string>()
        rows.set(name, table.set(id, line))
      }
      return rows
    },
    shown: async () => (await phone.db.query<{ id: string }>('select command_id as id from local.applied')).map(({ id }) => id),
    async wipe() {
      await phone.db.exec('drop schema app, effects, kpi, local cascade')
      store = await openLocalStore(phone.db, schema, company)
    },
    close: phone.close,
  }
}
