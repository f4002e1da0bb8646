import { chmodSync, existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres, { type Sql } from 'postgres'
import { deploy } from '../../supabase/deploy.ts'
import { removeData } from '../../supabase/local/engine.ts'
import { createPlatform, createRoles } from '../../supabase/local/platform.ts'
import { freePort, readSecrets, startPostgres, type PostgresServer } from '../../supabase/local/postgres.ts'
import { loadGateway, startGatewayProcess, type GatewayProcess } from '../bench/gateway-process.ts'

/** A stack of its own, durable as in production, each part a process that may be killed. */
export interface KillableStack {
  url: string
  publishableKey: string
  jwtSecret: string
  /** A pool of the owner; it connects again after a kill. */
  db: Sql
  postgres: PostgresServer
  /** Folder of the cluster and of the files. */
  dir: string
  /** Memory that the gateway holds after a collection, bytes. */
  memory(): Promise<number>
  /** The processes of gateway and database. */
  pids(): number[]
  /** Ends the server of the database and each process it has, at once, as a power cut does. */
  killPostgres(): void
  /** Ends one process that serves a connection: the server then ends all others and recovers. Answers whether there was one. */
  killBackend(choose: (most: number) => number): Promise<boolean>
  /** Ends the gateway and starts another one on its port. */
  killGateway(): Promise<void>
  close(): Promise<void>
}

/**
 * Starts Postgres and a gateway.
 * @param folder where the data goes; a temporary folder unless told, and kept when told
 */
export async function startKillableStack(folder?: string): Promise<KillableStack> {
  const dir = folder ?? mkdtempSync(join(tmpdir(), 'aplomb-test-kills-'))
  chmodSync(dir, 0o711) // the server's account must pass through
  const server = await startPostgres({ dir })
  const secrets = readSecrets(dir)
  await createRoles(server.url('supabase_admin'), secrets.passwords)
  await createPlatform(server.url('supabase_admin'))
  await deploy(server.url('postgres'))
  const db = postgres(server.url('postgres'), { max: 2, onnotice: () => undefined, backoff: () => 0.1 })
  const port = await freePort()
  let spare = loadGateway()
  const start = () => {
    const next = startGatewayProcess(server.url, { port, storageDir: join(dir, 'storage') }, spare)
    spare = loadGateway()
    return next
  }
  let gateway: GatewayProcess = await start()
  return {
    url: gateway.url,
    publishableKey: gateway.publishableKey,
    jwtSecret: gateway.jwtSecret,
    db,
    postgres: server,
    dir,
    memory: () => gateway.memory(),
    pids: () => [gateway.pid, server.pid, ...childrenOf(server.pid)],
    killPostgres() {
      for (const pid of [server.pid, ...childrenOf(server.pid)]) kill(pid)
    },
    async killBackend(choose) {
      const rows = await db<
        { pid: number }[]
      >`select pid from pg_stat_activity where backend_type = 'client backend' and state = 'active' and pid <> pg_backend_pid()`
      if (rows.length === 0) return false
      return kill(rows[choose(rows.length)]!.pid)
    },
    async killGateway() {
      await gateway.kill()
      gateway = await start()
    },
    async close() {
      spare.kill('SIGKILL')
      await gateway.stop()
      await db.end({ timeout: 1 })
      await server.stop()
      if (!folder) removeData(dir)
    },
  }
}

/** The processes that a process started, where the system tells; Postgres ends its own anyway. */
function childrenOf(pid: number): number[] {
  const list = `/proc/${pid}/task/${pid}/children`
  return existsSync(list) ? readFileSync(list, 'utf8').trim().split(' ').filter(Boolean).map(Number) : []
}

function kill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL')
  } catch {
    return false // gone by itself
  }
}
