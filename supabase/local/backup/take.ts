import { spawnSync } from 'node:child_process'
import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import postgres, { type ReservedSql } from 'postgres'
import { claim, isClaimed, stopOrphan } from '../processes.ts'
import { readSecrets } from '../secrets.ts'
import { openVault, type Entry, type Manifest, type Vault } from './vault.ts'

export interface BackupOptions {
  /** Data folder; its system may be running. */
  dir: string
  /** Folder of backups. */
  to: string
  /** Encrypts the folder of backups. */
  passphrase?: string
  /** Backups older than so many days are forgotten. */
  keepDays?: number
}

export interface BackupReport {
  name: string
  files: number
  /** Size of what is restored, in bytes. */
  bytes: number
  forgotten: number
}

/** What a restored cluster makes anew; the folders themselves are kept. Postgres' own backup tool leaves out the same. */
const EMPTIED = /^pgdata\/(?:pg_wal|pg_replslot|pg_dynshmem|pg_notify|pg_serial|pg_snapshots|pg_stat_tmp|pg_subtrans)\/./
const LEFT_OUT =
  /^(?:supervisor\.pid|postgres\.log|secrets\.json\.new|pgdata\.(?:new|pw).*|pgdata\/(?:postmaster\.(?:pid|opts)|backup_label|tablespace_map))$|^pgdata\/.*(?:pgsql_tmp|\/pg_internal\.init$)/

/**
 * Backs up a data folder: database, files, secrets. The system may go on working meanwhile: what is restored is the moment at which the
 * database's part ended, and every file that its rows name.
 * @throws a sentence when the data folder is none, or the key is not that of the backups
 */
export async function takeBackup({ dir, to, passphrase, keepDays = 30 }: BackupOptions): Promise<BackupReport> {
  if (!existsSync(join(dir, 'secrets.json'))) throw new Error(`${dir} is not a data folder of Aplomb.`)
  const vault = openVault(to, passphrase)
  const release = await claim(to) // two backups at once would sweep away each other's contents
  try {
    await vault.sweep()
    const manifest = isClaimed(dir) ? await takeRunning(vault, dir) : await takeStopped(vault, dir)
    spawnSync('sync') // the contents are on the disk before the backup exists
    const name = await vault.keep(manifest)
    const bytes = manifest.files.reduce((sum, { size }) => sum + size, 0)
    return { name, files: manifest.files.length, bytes, forgotten: await vault.rotate(keepDays) }
  } finally {
    release()
  }
}

/** A stopped cluster is its files, write-ahead log included. */
async function takeStopped(vault: Vault, dir: string): Promise<Manifest> {
  const release = await claim(dir)
  try {
    await stopOrphan(realpathSync(join(dir, 'pgdata')))
    const at = new Date().toISOString()
    const { files, folders } = list(dir, (path) => !LEFT_OUT.test(path))
    return { version: 1, at, folders, files: await putAll(vault, dir, files) }
  } finally {
    release()
  }
}

/** A running cluster is copied between Postgres' two marks, with the log of what changed meanwhile: it then recovers as after a crash. */
async function takeRunning(vault: Vault, dir: string): Promise<Manifest> {
  const wanted = (path: string) => !LEFT_OUT.test(path) && !EMPTIED.test(path)
  const isDatabase = (path: string) => path.startsWith('pgdata/')
  const first = list(dir, wanted)
  const beside = await putAll(
    vault,
    dir,
    first.files.filter((path) => !isDatabase(path)),
  )
  const database = await onServer(dir, async (sql) => {
    await sql`select pg_create_physical_replication_slot(${`aplomb_backup_${randomBytes(4).toString('hex')}`}, true, true)` // keeps the log
    const [{ start }] = await sql<[{ start: string }]>`select pg_walfile_name(pg_backup_start('aplomb', true)) as start`
    const { files, folders } = list(dir, (path) => isDatabase(`${path}/`) && wanted(path))
    const entries = await putAll(vault, dir, files.filter(isDatabase))
    const [{ stop, label }] = await sql<[{ stop: string; label: string }]>`
      select pg_walfile_name(lsn - 1) as stop, labelfile as label from pg_backup_stop(false)`
    const log = readdirSync(join(dir, 'pgdata/pg_wal')).filter((name) => /^[0-9A-F]{24}$/.test(name) && name >= start && name <= stop)
    entries.push(
      ...(await putAll(
        vault,
        dir,
        log.map((name) => `pgdata/pg_wal/${name}`),
      )),
    )
    entries.push({ path: 'pgdata/backup_label', mode: 0o600, ...(await vault.putText(label)) })
    return { entries, folders, at: new Date().toISOString() }
  })
  // a file that came while the database was copied may be named by a row of it
  const known = new Set(beside.map(({ path }) => path))
  const last = list(dir, wanted)
  const later = await putAll(
    vault,
    dir,
    last.files.filter((path) => !isDatabase(path) && !known.has(path)),
  )
  const folders = [...new Set([...first.folders, ...database.folders, ...last.folders])].sort()
  return { version: 1, at: database.at, folders, files: [...database.entries, ...beside, ...later] }
}

/** One connection of the superuser to the running server of a data folder. */
async function onServer<T>(dir: string, work: (sql: ReservedSql) => Promise<T>): Promise<T> {
  const [, , , port] = readFileSync(join(dir, 'pgdata/postmaster.pid'), 'utf8').split('\n')
  const password = readSecrets(dir).passwords.supabase_admin
  const pool = postgres({
    host: '127.0.0.1',
    port: Number(port),
    database: 'postgres',
    username: 'supabase_admin',
    password,
    max: 1,
    onnotice: () => undefined,
  })
  try {
    return await work(await pool.reserve())
  } finally {
    await pool.end({ timeout: 5 })
  }
}

/** Every folder and file of a data folder, by its path inside; the cluster counts as inside even where only a link stands. */
function list(dir: string, wanted: (path: string) => boolean): { files: string[]; folders: string[] } {
  const files: string[] = []
  const folders: string[] = []
  const visit = (folder: string) => {
    for (const name of readdirSync(join(dir, folder))) {
      const path = folder ? `${folder}/${name}` : name
      const state = statSync(join(dir, path), { throwIfNoEntry: false })
      if (!state || (path !== 'pgdata' && lstatSync(join(dir, path)).isSymbolicLink())) continue
      if (state.isDirectory()) {
        if (!wanted(`${path}/`)) continue
        folders.push(path)
        visit(path)
      } else if (state.isFile() && wanted(path)) files.push(path)
    }
  }
  visit('')
  return { files, folders }
}

async function putAll(vault: Vault, dir: string, paths: string[]): Promise<Entry[]> {
  const entries: Entry[] = []
  const waiting = [...paths]
  const worker = async () => {
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      const state = statSync(join(dir, path), { throwIfNoEntry: false })
      const kept = state && (await vault.put(join(dir, path)))
      if (kept) entries.push({ path, mode: state.mode & 0o777, ...kept })
    }
  }
  await Promise.all(Array.from({ length: 8 }, worker))
  return entries
}
