import { chmodSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deploy } from '../deploy.ts'
import { removeData } from './engine.ts'
import { createPlatform, createRoles } from './platform.ts'
import { readSecrets, startPostgres, type Login } from './postgres.ts'
import { createShutdown } from './shutdown.ts'

/**
 * Runs `work` on a database of this checkout that lives as long as the call: a cluster in a temporary folder, deployed.
 * @param work gets the connection address of the owner, role `postgres`, and a way to get any login's
 * @param durable whether a commit waits for the disk, as in production
 */
export async function withDeployedDatabase<T>(
  work: (databaseUrl: string, address: (login: Login) => string) => Promise<T>,
  { durable = false } = {},
): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'aplomb-database-'))
  chmodSync(dir, 0o711) // the server's account must pass through
  const server = await startPostgres({ dir, durable })
  const remove = async () => {
    await server.stop()
    removeData(dir)
  }
  createShutdown().add(remove) // an interrupted command leaves nothing behind
  try {
    const superuser = server.url('supabase_admin')
    await createRoles(superuser, readSecrets(dir).passwords)
    await createPlatform(superuser)
    const databaseUrl = server.url('postgres')
    await deploy(databaseUrl)
    return await work(databaseUrl, (login) => server.url(login))
  } finally {
    await remove()
  }
}
