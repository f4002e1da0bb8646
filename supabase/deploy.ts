/** Brings a database to the state of this checkout: migrations of the tables, then every living file whose content changed. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Logger } from '@graphile/logger'
import { migrate } from 'graphile-migrate'
import { clearAllPools } from 'graphile-migrate/dist/pgReal.js'
import postgres from 'postgres'
import { preflight } from './deploy/preflight.ts'
import { scheduleUpkeep } from './deploy/schedule.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

/** The module names of sql/order.txt, in load order. */
export const modules = () => read('sql/order.txt').split('\n').filter(Boolean)

/** The synced tables of sql/sync.txt: number and name, in boot order. */
export const syncedTables = () =>
  read('sql/sync.txt')
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [number, name] = line.split(' ')
      return { number: Number(number), name: name! }
    })

const folder = (path: string) =>
  readdirSync(join(root, path))
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => `${path}/${file}`)
const listed = (path: string, names: string[]) => {
  const present = new Set(folder(path))
  return names.map((name) => `${path}/${name}.sql`).filter((file) => present.has(file))
}

/** The files that the server and the phone both load, in order. */
export const sharedFiles = () => [...listed('sql/effects', ['kernel', ...modules()]), ...folder('sql/kpis')]

/** The schemas whose functions and policies are made by living files alone. */
const OURS = '{app,kpi,effects,app_private,sync,audit,analytics}'

/** The files that decide what a role sees. */
const RIGHTS = ['sql/kernel/rights.sql', 'sql/kernel/tenancy.sql']

/** The names of the functions that a living file makes. */
const functionsIn = (text: string) => [...text.matchAll(/^create or replace function ([\w.]+)/gm)].map(([, name]) => name!)

/** Every living file in the order it is applied. policies/kernel.sql comes last: it grants what the others created. */
export const livingFiles = () => [
  ...folder('sql/kernel'),
  ...sharedFiles(),
  ...listed('sql/modules', modules()),
  ...folder('sql/analytics'),
  ...listed('policies', [...modules(), 'realtime', 'storage']),
  'policies/kernel.sql',
]

/** Runs `attempt` again while it loses the race for a lock: a live system goes on while policies change. */
async function patiently<T>(attempt: () => Promise<T>, tries = 10): Promise<T> {
  try {
    return await attempt()
  } catch (error) {
    const state = (error as { code?: string }).code ?? ''
    if (tries <= 1 || !['55P03', '40P01', '40001'].includes(state)) throw error
    await new Promise((resolve) => setTimeout(resolve, 200 + Math.random() * 300))
    return patiently(attempt, tries - 1)
  }
}

/** Where analysts' programs find the database. */
export interface Door {
  host: string
  port: number
  /** What a pooler wants after the name of a login: `.project` on hosted Supabase. */
  suffix: string
  tls: boolean
}

export interface DeployOptions {
  /** Tells what would be done and changes nothing. */
  dryRun?: boolean
  /** Shown with each new login of an analyst; the address of the deployment unless told. */
  door?: Door
}

/** The door that a connection address tells of: its own host and port, and the project that a pooler reads from the name. */
export function doorOf(databaseUrl: string): Door {
  const { hostname, port, username, searchParams } = new URL(databaseUrl)
  const near = ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
  return {
    host: hostname,
    port: Number(port || 5432),
    suffix: /\.\w+$/.exec(decodeURIComponent(username))?.[0] ?? '',
    tls: (searchParams.get('sslmode') ?? (near ? 'disable' : 'require')) !== 'disable',
  }
}

/**
 * Deploys to the database, which must have Supabase's roles and schemas: after the migrations, the living files all at once or not at all,
 * so no command meets half of a change.
 * @param databaseUrl a connection as the owner role (`postgres`)
 * @param log receives a line per step
 */
export async function deploy(
  databaseUrl: string,
  log: (line: string) => void = () => {},
  { door = doorOf(databaseUrl), dryRun = false }: DeployOptions = {},
): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {}, connection: { application_name: 'aplomb deploy' } })
  try {
    for (const regret of await preflight(sql, databaseUrl)) log(regret)
    const pending = await pendingMigrations(sql)
    if (dryRun) return log(sentenceOf(pending, await changedFiles(sql)))
    if (!(await sql`select pg_try_advisory_lock(hashtextextended('aplomb deploy', 0)) as mine`)[0]!.mine) {
      log('Another deployment is running: waiting for it.')
      await sql`select pg_advisory_lock(hashtextextended('aplomb deploy', 0))`
    }
    await sql.unsafe(read('sql/roles.sql'))
    // until the functions are those of the tables, commands are answered “try again”: see app_private.enter_company
    await sql`select pg_advisory_lock(hashtextextended('aplomb change', 0))`
    await patiently(() => runMigrations(databaseUrl, log))
    for (const file of pending) log(`migrated ${file}`)
    const known = await knownHashes(sql)
    const inventory = sha256(read('sql/sync.txt'))
    const changed = await changedFiles(sql)
    if (changed.length > 0 || known.get('sql/sync.txt') !== inventory) {
      await patiently(() =>
        sql.begin(async (tx) => {
          await tx`select set_config('lock_timeout', '3s', true), set_config('check_function_bodies', 'off', true)`
          for (const file of new Set([...changed, 'policies/kernel.sql'])) {
            await apply(tx, file).catch((error: Error) => {
              throw Object.assign(new Error(`${file}: ${error.message}`, { cause: error }), { code: (error as { code?: string }).code })
            })
          }
          await finish(tx)
          const tables = await tx`select number, name, columns from sync.tables order by number`
          const hash = sha256(JSON.stringify(tables) + sharedFiles().map(read).join('\n')).slice(0, 16)
          await tx`update sync.state set schema_hash = ${hash}`
          await remember(tx, 'sql/sync.txt', inventory)
          await tx`notify pgrst, 'reload schema'`
        }),
      )
      for (const file of changed) log(`applied ${file}`)
    }
    await sql`select pg_advisory_unlock(hashtextextended('aplomb change', 0))`
    await sql`
      insert into app_private.analyst_door ${sql({ ...door })}
      on conflict (only_row) do update set host = excluded.host, port = excluded.port, suffix = excluded.suffix, tls = excluded.tls`
    await sql`select app_private.close_database()`
    await sql`select sync.keep_identity()` // the database may be a restored copy
    const rights = sha256(RIGHTS.map(read).join('\n'))
    if (known.get('accesses') !== rights) {
      await refreshAccesses(sql)
      await remember(sql, 'accesses', rights)
    }
    if (!(await scheduleUpkeep(sql))) log('pg_cron is off: something must run the upkeep (docs/deploy.md#upkeep).')
    log(pending.length + changed.length === 0 ? 'Nothing to do: the database is as this checkout says.' : 'Done.')
  } finally {
    await sql.end()
  }
}

/** The committed migrations that this database has not run. */
async function pendingMigrations(sql: postgres.Sql): Promise<string[]> {
  const [table] = await sql`select to_regclass('graphile_migrate.migrations') is not null as known`
  const done = new Set(table!.known ? (await sql`select hash from graphile_migrate.migrations`).map((row) => row.hash as string) : [])
  return folder('sql/migrations/committed')
    .filter((file) => !done.has(/^--! Hash: (\S+)$/m.exec(read(file))?.[1] ?? ''))
    .map((file) => file.split('/').at(-1)!)
}

/** Runs them, each in its own transaction; one that waits three seconds for a lock gives way. */
async function runMigrations(databaseUrl: string, log: (line: string) => void): Promise<void> {
  const url = new URL(databaseUrl)
  if (!doorOf(databaseUrl).suffix) url.searchParams.set('options', '-c lock_timeout=3s') // a pooler reads this option otherwise
  await migrate({
    connectionString: url.href,
    migrationsFolder: join(root, 'sql/migrations'),
    logger: new Logger(() => (level, message) => {
      if (level === 'error') log(message)
    }),
  }).finally(clearAllPools) // a connection it keeps would end this process when the server stops
}

/** The hash with which each living file was applied; none before the first deployment. */
async function knownHashes(sql: postgres.Sql): Promise<Map<string, string>> {
  const [table] = await sql`select to_regclass('app_private.living_files') is not null as known`
  return new Map(
    table!.known ? (await sql`select name, hash from app_private.living_files`).map((row) => [row.name as string, row.hash as string]) : [],
  )
}

/** The living files whose text is not the one applied, and those whose views a migration had to drop. */
async function changedFiles(sql: postgres.Sql): Promise<string[]> {
  const known = await knownHashes(sql)
  const views = new Set(
    (await sql`select relname from pg_catalog.pg_class where relnamespace = to_regnamespace('analytics') and relkind = 'v'`).map(
      (row) => row.relname as string,
    ),
  )
  const whole = (text: string) => [...text.matchAll(/^create or replace view analytics\.(\w+)/gm)].every(([, view]) => views.has(view!))
  return livingFiles().filter((file) => known.get(file) !== sha256(read(file)) || !whole(read(file)))
}

const sentenceOf = (migrations: string[], files: string[]) =>
  migrations.length + files.length === 0
    ? 'Nothing to do: the database is as this checkout says.'
    : ['A deployment would run', ...[...migrations.map((file) => `migration ${file}`), ...files].map((line) => `  ${line}`)].join('\n')

const remember = (tx: postgres.ISql, name: string, hash: string) => tx`
  insert into app_private.living_files (name, hash) values (${name}, ${hash})
  on conflict (name) do update set hash = excluded.hash, applied_at = now()`

/** Runs a living file, and drops what its functions were before when they took other arguments or answered something else. */
async function apply(tx: postgres.TransactionSql, file: string): Promise<void> {
  const text = read(file)
  const run = async (): Promise<void> => {
    try {
      await tx.savepoint((part) => part.unsafe(text))
    } catch (error) {
      const { code, hint } = error as { code?: string; hint?: string }
      const old = code === '42P13' && /DROP FUNCTION (.+) first/.exec(hint ?? '')?.[1]
      const views = old || code === '42P16' ? [...text.matchAll(/^create or replace view ([\w.]+)/gm)].map(([, name]) => name!) : []
      if (!old && views.length === 0) throw error
      if (views.length > 0) await tx.unsafe(`drop view if exists ${views.join(', ')}`)
      if (old) await tx.unsafe(`drop function ${old}`)
      await run()
    }
  }
  await run()
  const names = functionsIn(text)
  const stale = await tx`
    select p.oid::regprocedure::text as signature from pg_catalog.pg_proc as p
    where p.pronamespace::regnamespace || '.' || p.proname = any (${names})
      and age(p.xmin) > age(pg_current_xact_id()::xid) -- not written by this transaction`
  for (const { signature } of stale) await tx.unsafe(`drop function ${signature}`)
  await remember(tx, file, sha256(text))
}

/** What depends on all modules at once: what no file makes any more goes, then sync triggers and selects, and the doors to the commands. */
async function finish(tx: postgres.TransactionSql): Promise<void> {
  const texts = livingFiles().map(read)
  const functions = texts.flatMap(functionsIn)
  const policies = texts.flatMap((text) => [...text.matchAll(/^create policy (\w+) on ([\w.]+)/gm)].map(([, name, table]) => `${table} ${name}`))
  const generated = [
    ...functions.filter((name) => name.startsWith('effects.')).map((name) => name.replace('effects.', 'app.')),
    ...syncedTables().flatMap(({ name }) => [`sync.changed_${name}`, `sync.boot_${name}`]),
  ]
  const orphans = await tx`
    select 'function ' || p.oid::regprocedure as object from pg_catalog.pg_proc as p
    where p.pronamespace = any (${OURS}::regnamespace[]) and p.pronamespace::regnamespace || '.' || p.proname <> all (${[...functions, ...generated, 'effects.scope_id']})
    union all
    select format('policy %I on %s', p.polname, p.polrelid::regclass) from pg_catalog.pg_policy as p join pg_catalog.pg_class as c on c.oid = p.polrelid
    where c.relnamespace = any (${OURS}::regnamespace[]) and p.polrelid::regclass || ' ' || p.polname <> all (${policies})`
  for (const { object } of orphans) await tx.unsafe(`drop ${object}`)
  for (const table of syncedTables()) await tx`select sync.watch(${table.number}::smallint, ${table.name})`
  await tx`select app_private.register_commands()`
  const views = texts.flatMap((text) => [...text.matchAll(/^create or replace view analytics\.(\w+)/gm)].map(([, name]) => name!))
  await tx`select app_private.publish_analytics(${views})`
}

/** Brings what members see to the rights of now, a few hundred at a time: the system goes on meanwhile. */
async function refreshAccesses(sql: postgres.Sql): Promise<void> {
  const first = '00000000-0000-0000-0000-000000000000'
  for (let last = { company_id: first, id: first }; ;) {
    const members = await sql<{ company_id: string; id: string }[]>`
      select company_id, id from app.memberships where (company_id, id) > (${last.company_id}, ${last.id}) order by company_id, id limit 500`
    if (members.length === 0) return
    last = members.at(-1)!
    await patiently(() =>
      sql.begin(async (tx) => {
        await tx`set local lock_timeout = '3s'`
        await tx`select app_private.refresh_accesses(${tx.json([...members])})`
      }),
    )
  }
}
