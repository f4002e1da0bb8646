import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import postgres from 'postgres'
import { clusterFolder, findEngine, give, removeData } from '../engine.ts'
import { startPostgres } from '../postgres.ts'
import { openVault } from './vault.ts'

export interface RestoreOptions {
  /** Folder of backups. */
  from: string
  /** Data folder to make: it must not exist yet, or be empty. */
  dir: string
  passphrase?: string
  /** Name of a backup, or the beginning of one (`2026-11-21`): the newest that begins so. The newest of all unless told. */
  at?: string
}

/**
 * Makes a data folder from a backup: every byte is checked, the cluster recovers, and the database gets a new identity, so that phones know
 * and offer again what they had sent since.
 * @throws a sentence when the data folder is taken or the backup is damaged; the data folder is then as before
 * @returns the name of the backup
 */
export async function restoreBackup({ from, dir, passphrase, at = '' }: RestoreOptions): Promise<string> {
  if (!existsSync(from)) throw new Error(`There are no backups in ${from}.`)
  if (existsSync(dir) && readdirSync(dir).length > 0) throw new Error(`${dir} is not empty: restore beside it, or move it away first.`)
  const vault = openVault(from, passphrase)
  const name = vault.list().findLast((each) => each.startsWith(at.replaceAll(':', '-')))
  if (!name)
    throw new Error(at ? `No backup begins with “${at}”: there are ${vault.list().join(', ') || 'none'}.` : `There are no backups in ${from}.`)
  const { files, folders } = await vault.read(name)
  if (existsSync(dir)) rmdirSync(dir)
  try {
    const cluster = clusterFolder(dir)
    mkdirSync(cluster, { recursive: true, mode: 0o700 })
    const { account } = findEngine(cluster)
    const target = (path: string) => (path.startsWith('pgdata/') ? join(cluster, path.slice('pgdata/'.length)) : join(dir, path))
    for (const folder of folders)
      if (folder !== 'pgdata') mkdirSync(target(folder), { recursive: true, mode: folder.startsWith('pgdata/') ? 0o700 : 0o755 })
    const waiting = [...files]
    const worker = async () => {
      for (let entry = waiting.pop(); entry; entry = waiting.pop()) await vault.get(entry, target(entry.path))
    }
    await Promise.all(Array.from({ length: 8 }, worker))
    for (const path of [
      '',
      ...[...folders, ...files.map((entry) => entry.path)].filter((each) => each.startsWith('pgdata/')).map((each) => each.slice(7)),
    ]) {
      give(join(cluster, path), account)
    }
    spawnSync('sync')
    await renewIdentity(dir)
  } catch (error) {
    removeData(dir)
    throw error
  }
  return name
}

/** Lets the cluster recover and stamps the database: it is a copy, whatever its cluster says. */
async function renewIdentity(dir: string): Promise<void> {
  const server = await startPostgres({ dir })
  const sql = postgres(server.url('postgres'), { max: 1, onnotice: () => undefined })
  try {
    await sql`update sync.state set restore_stamp = gen_random_uuid(), started_at = null`
    await sql`select sync.keep_identity()`
  } finally {
    await sql.end()
    await server.stop()
  }
}
