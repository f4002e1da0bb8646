import type { BootPlace, CopyRows, Cursor } from './protocol.ts'
import type { LocalDb } from './local-db.ts'
import { localSql } from './local-sql.ts'

/** What the phone's database is made of; generated/ exports it. */
export interface PhoneSchema {
  phoneSql: string
  tables: Record<string, { number: number; columns: string[] }>
  commandCall: (name: string, args: Record<string, unknown>) => string
}

/** A first download under way: rows of `scopes` after `after`; `done` rows so far, of `total` when that is known. */
export interface Boot {
  scopes: string[]
  after: BootPlace | null
  done: number
  total?: number
}

export interface LocalState {
  cursor: Cursor | null
  boot: Boot | null
}

/** A command whose effect must show although the server's rows do not hold it yet. */
export interface PendingCommand {
  id: string
  name: string
  args: Record<string, unknown>
  /** ISO 8601. */
  at: string
  companyId: string
  actorId: string
}

/** One step of what the server said. */
export interface Change {
  /** Drop every row first. */
  reset?: boolean
  /** The scopes still held, when some were lost. */
  keepOnly?: string[]
  rows?: CopyRows
  gone?: Record<string, string[]>
  state?: LocalState
}

export interface Replayed {
  id: string
  code: string
  message: string
}

export interface Applied {
  /** Tables whose rows may have changed. */
  tables: string[]
  /** Pending commands whose effect was refused on these rows; the server decides. */
  refused: Replayed[]
}

export type LocalStore = Awaited<ReturnType<typeof openLocalStore>>

/**
 * The phone's tables and the rule that keeps them right: what the server sent, plus the effects of commands not yet in it, never twice.
 * Makes the tables when the database is new or of another schema. The database holds one company: its id does not travel with the rows.
 */
export async function openLocalStore(db: LocalDb, schema: PhoneSchema, companyId: string) {
  const names = Object.keys(schema.tables).sort((a, b) => schema.tables[a]!.number - schema.tables[b]!.number)
  await makeTables(db, schema.phoneSql + localSql + companySql(companyId))

  const bind = (command: PendingCommand) => ({
    id: command.id,
    call: schema.commandCall(command.name, command.args),
    context: `(${command.companyId},${command.actorId},${command.id},${command.at},${command.at})`,
    args: command.args,
  })

  /** Makes room for rows that may be there already, then copies them in. */
  async function copyRows(tx: LocalDb, rows: CopyRows): Promise<void> {
    for (const [name, text] of Object.entries(rows)) {
      const columns = schema.tables[name]?.columns
      if (!columns) continue
      const list = columns.join(', ')
      const empty = !(await tx.query(`select from app.${name} limit 1`)).length
      const place = columns.indexOf('id')
      if (empty) {
        await tx.copyIn(`copy app.${name} (${list}) from '/dev/blob'`, text)
      } else if (place >= 0) {
        await tx.query(`delete from app.${name} where id = any ($1::uuid[])`, [idsOf(text, place)])
        await tx.copyIn(`copy app.${name} (${list}) from '/dev/blob'`, text)
      } else {
        // The table computes its ids: let a copy of it do so.
        await tx.exec(`create temp table staged (like app.${name} including defaults including generated)`)
        await tx.copyIn(`copy staged (${list}) from '/dev/blob'`, text)
        await tx.exec(`delete from app.${name} as t using staged as s where t.id = s.id;
          insert into app.${name} (${list}) select ${list} from staged; drop table staged`)
      }
    }
  }

  return {
    /** Where the phone stands, as the last committed change left it. */
    async state(): Promise<LocalState> {
      const rows = await db.query<{ key: string; value: never }>(`select key, value from local.state where key in ('cursor', 'boot')`)
      const kept = Object.fromEntries(rows.map(({ key, value }) => [key, value]))
      return { cursor: kept['cursor'] ?? null, boot: kept['boot'] ?? null }
    },

    query: db.query,
    flush: db.flush,

    /**
     * Shows the effect of one command. Answers the tables it touched.
     * Rejects with the database's error when the effect refuses; then nothing changed.
     */
    async run(command: PendingCommand): Promise<string[]> {
      const { id, call, context, args } = bind(command)
      const [row] = await db.query<{ tables: string[] }>('select local.run($1, $2, $3, $4) as tables', [id, call, context, args])
      return row!.tables
    },

    /** Takes unsent effects back, does what the server said, and shows the effects of `pending` again, in one transaction. */
    async apply(change: Change, pending: PendingCommand[]): Promise<Applied> {
      return db.transaction(async (tx) => {
        const changed = new Set(Object.keys(change.rows ?? {}))
        // Rows of the server are no commands: no images of them.
        await tx.exec('set local session_replication_role = replica; select local.take_back()')
        if (change.reset) await tx.exec(`truncate ${names.map((name) => `app.${name}`).join(', ')}`)
        if (change.keepOnly) {
          for (const name of names) await tx.query(`delete from app.${name} where not scope_ids && $1::uuid[]`, [change.keepOnly])
        }
        if (change.reset || change.keepOnly) names.forEach((name) => changed.add(name))
        for (const [name, ids] of Object.entries(change.gone ?? {})) {
          if (!schema.tables[name]) continue
          changed.add(name)
          await tx.query(`delete from app.${name} where id = any ($1::uuid[])`, [ids])
        }
        if (change.rows) await copyRows(tx, change.rows)
        if (change.state) {
          await tx.query(
            `insert into local.state (key, value) values ('cursor', coalesce($1::jsonb, 'null')), ('boot', coalesce($2::jsonb, 'null'))
            on conflict (key) do update set value = excluded.value`,
            [change.state.cursor, change.state.boot],
          )
        }
        let refused: Replayed[] = []
        if (pending.length) {
          await tx.exec('set local session_replication_role = origin')
          refused = (await tx.query<{ refused: Replayed[] }>('select local.replay($1) as refused', [pending.map(bind)]))[0]!.refused
        }
        const touched = (await tx.query<{ tables: string[] }>('select local.take_touched() as tables'))[0]!.tables
        return { tables: [...new Set([...changed, ...touched])], refused }
      })
    },
  }
}

/** Gives every row its company. */
const companySql = (companyId: string) => `
do $$
declare
  name text;
begin
  for name in
    select c.relname from pg_class as c join pg_attribute as a on a.attrelid = c.oid
    where c.relnamespace = 'app'::regnamespace and c.relkind = 'r' and a.attname = 'company_id' and a.attgenerated = ''
  loop
    execute format('alter table app.%I alter company_id set default %L', name, '${companyId}');
  end loop;
end $$;
`

/** Makes the tables anew unless this very script made them: the cache may be thrown away at any time. */
async function makeTables(db: LocalDb, script: string): Promise<void> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(script))
  const print = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
  const [made] = await db.query<{ found: boolean }>(`select to_regclass('local.state') is not null as found`)
  if (made?.found) {
    const [kept] = await db.query<{ value: string }>(`select value from local.state where key = 'script'`)
    if (kept?.value === print) return
  }
  await db.transaction(async (tx) => {
    await tx.exec('drop schema if exists app, effects, kpi, local cascade')
    await tx.exec(script)
    await tx.query(`insert into local.state values ('script', to_jsonb($1::text))`, [print])
  })
}

/** The ids in COPY text: the column at `place`. A uuid needs no unescaping. */
export function idsOf(text: string, place: number): string[] {
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split('\t', place + 1)[place]!)
}
