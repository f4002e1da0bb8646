import { readFileSync } from 'node:fs'
import postgres, { type Sql } from 'postgres'
import { LOGINS, type Secrets } from './secrets.ts'

const read = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8')
const PARTS = ['platform.sql', 'platform-auth.sql', 'platform-realtime.sql', 'platform-storage.sql']

/** Runs `work` over one superuser connection and closes it. */
async function connected<T>(url: string, work: (sql: Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  try {
    return await work(sql)
  } finally {
    await sql.end()
  }
}

/**
 * Gives a cluster the roles of hosted Supabase and each login its password. May run again at any time.
 * @param superuserUrl a connection of `supabase_admin` to any database
 */
export async function createRoles(superuserUrl: string, passwords: Secrets['passwords']): Promise<void> {
  const literal = (text: string) => `'${text.replaceAll("'", "''")}'`
  const logins = LOGINS.map((login) => `alter role ${login} password ${literal(passwords[login])};`).join('\n')
  await connected(superuserUrl, (sql) => sql.unsafe(`begin; ${read('platform-roles.sql')} ${logins} commit;`))
}

/**
 * Gives one database what a new hosted project has: schemas auth, realtime, storage and extensions. May run again at any time.
 * @param superuserUrl a connection of `supabase_admin` to that database; the roles exist
 */
export async function createPlatform(superuserUrl: string): Promise<void> {
  await connected(superuserUrl, async (sql) => {
    const [row] = await sql<[{ name: string }]>`select current_database() as name`
    const owner = `alter database ${quote(row.name)} owner to postgres;`
    await sql.unsafe(`begin; ${owner} ${PARTS.map(read).join('\n')} commit;`)
  })
}

/**
 * Creates a database owned by `postgres`.
 * @param superuserUrl a connection of `supabase_admin` to another database of the cluster
 * @param options `template` names a database to copy; nobody may be connected to it
 */
export async function createDatabase(superuserUrl: string, name: string, { template }: { template?: string } = {}): Promise<void> {
  const copy = template ? `template ${quote(template)}` : ''
  await connected(superuserUrl, (sql) => sql.unsafe(`create database ${quote(name)} owner postgres ${copy}`))
}

/** Closes a database to connections, so that copies of it never wait for anybody. */
export async function sealTemplate(superuserUrl: string, name: string): Promise<void> {
  await connected(superuserUrl, (sql) => sql.unsafe(`alter database ${quote(name)} with allow_connections false is_template true`))
}

/**
 * Drops a database with the replication slots and connections that hold it.
 * @throws when a reader of its log comes back for longer than 10 s
 */
export async function dropDatabase(superuserUrl: string, name: string): Promise<void> {
  await connected(superuserUrl, async (sql) => {
    // a terminated reader lets go of its slot a moment later; temporary slots vanish with it
    for (const end = Date.now() + 10_000; Date.now() < end; await new Promise((next) => setTimeout(next, 10))) {
      await sql`select pg_terminate_backend(active_pid) from pg_replication_slots where database = ${name} and active`
      await sql`select pg_drop_replication_slot(slot_name) from pg_replication_slots where database = ${name} and not active and not temporary`
      if ((await sql`select from pg_replication_slots where database = ${name}`).length === 0) break
    }
    await sql.unsafe(`drop database if exists ${quote(name)} with (force)`)
  })
}

function quote(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`
}
