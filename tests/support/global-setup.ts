import { chmodSync, existsSync, mkdtempSync, readdirSync, realpathSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { deploy } from '../../supabase/deploy.ts'
import { clusterFolder, removeData } from '../../supabase/local/engine.ts'
import { createDatabase, createPlatform, createRoles, sealTemplate } from '../../supabase/local/platform.ts'
import { readSecrets, startPostgres, type Secrets } from '../../supabase/local/postgres.ts'
import { isClaimed, stopOrphan } from '../../supabase/local/processes.ts'
import { TEMPLATE } from './database.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** `socket` = the path of the server's Unix socket. */
    cluster: { port: number; secrets: Secrets; socket: string }
  }
}

/** One cluster per test run, without fsync, in a temporary folder; every test database is a copy of its template. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await sweep()
  const dir = mkdtempSync(join(tmpdir(), 'aplomb-test-'))
  chmodSync(dir, 0o711) // the server's account must pass through
  const server = await startPostgres({ dir, durable: false })
  const stop = async () => {
    await server.stop()
    removeData(dir)
  }
  try {
    const secrets = readSecrets(dir)
    await createRoles(server.url('supabase_admin'), secrets.passwords)
    await createDatabase(server.url('supabase_admin'), TEMPLATE)
    await createPlatform(server.url('supabase_admin', TEMPLATE))
    await deploy(server.url('postgres', TEMPLATE))
    await sealTemplate(server.url('supabase_admin'), TEMPLATE)
    project.provide('cluster', { port: server.port, secrets, socket: join(realpathSync(clusterFolder(dir)), `.s.PGSQL.${server.port}`) })
  } catch (error) {
    await stop()
    throw error
  }
  return stop
}

/** Stops and removes the clusters of runs that were killed. */
async function sweep(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((entry) => /^aplomb-(test|database)-/.test(entry))) {
    const dir = join(tmpdir(), name)
    if (!existsSync(join(dir, 'supervisor.pid')) || isClaimed(dir)) continue
    await stopOrphan(join(dir, 'pgdata'))
    removeData(dir)
  }
}
