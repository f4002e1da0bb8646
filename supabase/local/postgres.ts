import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { clusterFolder, findEngine, give, type Engine } from './engine.ts'
import { claim, stopOrphan, waitUntil } from './processes.ts'
import { ensureSecrets, type Login } from './secrets.ts'

export { readSecrets, type Login, type Secrets } from './secrets.ts'

export interface PostgresOptions {
  /** Data folder: cluster, secrets, log. */
  dir: string
  /** Loopback port; 0 takes a free one. */
  port?: number
  /** false gives up safety against power cuts for speed: tests only. */
  durable?: boolean
  /** Called each time the server ends without having been asked to; it is being restarted meanwhile. */
  onExit?: (reason: { code: number | null; signal: NodeJS.Signals | null }) => void
}

export interface PostgresServer {
  port: number
  /** Number of the running server process; changes when it is restarted. */
  readonly pid: number
  /** Connection address of a login; `db` defaults to `postgres`. */
  url(role: Login, db?: string): string
  /** Resolves when the server accepts connections (again). */
  ready(): Promise<void>
  /** Stops the server and gives the data folder back. */
  stop(): Promise<void>
  /** Kills the server as a crash would (SIGKILL); the supervisor starts it again. */
  kill(): void
}

/** A server that was just killed may leave backends behind that hold its memory for a moment. */
const PASSING = /pre-existing shared memory block|lock file "postmaster\.pid" already exists|Address already in use/

/**
 * Starts Postgres on a data folder, creating the cluster the first time, and keeps it running until `stop`.
 * @throws a sentence with the end of the server's log when it cannot start, or when another process runs the folder
 */
export async function startPostgres({ dir, port = 0, durable = true, onExit }: PostgresOptions): Promise<PostgresServer> {
  const cluster = clusterFolder(dir)
  const release = await claim(dir)
  try {
    await stopOrphan(cluster)
    const engine = findEngine(cluster)
    const { passwords } = ensureSecrets(dir)
    if (!existsSync(cluster)) createCluster(engine, cluster, passwords.supabase_admin, durable)
    const chosen = port || (await freePort())
    const log = join(dir, 'postgres.log')
    return await supervise({
      launch: () => launch({ engine, cluster: realpathSync(cluster), port: chosen, durable, log }),
      port: chosen,
      url: (role, db = 'postgres') => `postgres://${role}:${passwords[role]}@127.0.0.1:${chosen}/${db}`,
      release,
      onExit,
    })
  } catch (error) {
    release()
    throw error
  }
}

/** A free loopback port. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  await new Promise((closed) => probe.close(closed))
  return port
}

interface Supervised extends Pick<PostgresServer, 'port' | 'url'> {
  launch: () => Promise<ChildProcess>
  release: () => void
  onExit: PostgresOptions['onExit']
}

async function supervise({ launch, port, url, release, onExit }: Supervised): Promise<PostgresServer> {
  let closing = false
  let child = await launch()
  let starting: Promise<void> = Promise.resolve()
  let dying: Promise<unknown> = Promise.resolve()

  const restart = async () => {
    for (let pause = 100; !closing; pause = Math.min(pause * 2, 5_000)) {
      try {
        child = await launch()
        watch()
        return
      } catch (error) {
        console.error(error)
        await new Promise((next) => setTimeout(next, pause))
      }
    }
  }
  const watch = () =>
    child.once('exit', (code, signal) => {
      if (closing) return
      starting = restart()
      onExit?.({ code, signal })
    })
  watch()

  const stop = async () => {
    closing = true
    await starting
    const gone = () => child.exitCode !== null || child.signalCode !== null
    // fast shutdown first; an unanswered replication client can hold it up
    for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
      if (gone()) break
      child.kill(signal)
      if (await waitUntil(gone, 10_000)) break
    }
    release()
  }
  let stopped: Promise<void> | undefined

  return {
    port,
    url,
    get pid() {
      return child.pid ?? 0
    },
    async ready() {
      await dying
      await starting
    },
    stop: () => (stopped ??= stop()),
    kill() {
      dying = once(child, 'exit')
      child.kill('SIGKILL')
    },
  }
}

/** The server inherits nothing of ours that could bend it (PG* variables, locale). */
const ENV = { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', TZ: 'UTC' }

function createCluster({ bin, account }: Engine, cluster: string, password: string, durable: boolean): void {
  const fresh = `${cluster}.new`
  const pwfile = `${cluster}.pw`
  rmSync(fresh, { recursive: true, force: true })
  mkdirSync(fresh, { mode: 0o700 })
  give(fresh, account)
  writeFileSync(pwfile, password, { mode: 0o600 })
  give(pwfile, account)
  try {
    const { status, stderr, error } = spawnSync(
      join(bin, 'initdb'),
      [
        '-D',
        fresh,
        '-U',
        'supabase_admin',
        `--pwfile=${pwfile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C.UTF-8',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        ...(durable ? [] : ['--no-sync']),
      ],
      { ...account, env: ENV, encoding: 'utf8', cwd: '/' },
    )
    if (status !== 0) throw new Error(`The database cluster could not be created: ${stderr || error?.message}`)
    renameSync(fresh, cluster) // an interrupted creation leaves no half cluster
  } finally {
    rmSync(pwfile, { force: true })
  }
}

interface Launch {
  engine: Engine
  cluster: string
  port: number
  durable: boolean
  log: string
}

function settings({ cluster, port, durable }: Launch): Record<string, string | number> {
  return {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: durable ? '' : cluster, // tests that call by the hundred thousand save half of what a call costs
    max_connections: 200,
    wal_level: 'logical',
    max_wal_senders: 60,
    max_replication_slots: 60,
    max_slot_wal_keep_size: '1GB', // an abandoned slot must not fill the disk
    temp_file_limit: '5GB', // nor one query of an analyst
    shared_preload_libraries: 'pg_stat_statements',
    password_encryption: 'scram-sha-256',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_checkpoints: 'off',
    ...(durable ? {} : { fsync: 'off', full_page_writes: 'off' }),
  }
}

/** Starts the server once and waits until it accepts connections, through the passing troubles of a crash just before. */
async function launch(options: Launch): Promise<ChildProcess> {
  const end = Date.now() + 30_000
  for (;;) {
    const start = size(options.log)
    const child = startOnce(options)
    const ready = () => readyPid(options.cluster) === child.pid
    const ended = () => child.exitCode !== null || child.signalCode !== null || child.pid === undefined
    // recovery after a crash may take long: wait for as long as the server lives
    while (!(await waitUntil(() => ready() || ended(), 60_000)));
    if (!ended()) return child
    const words = readFileSync(options.log, 'utf8').slice(start).trim().split('\n').slice(-5).join('\n')
    if (!PASSING.test(words) || Date.now() > end) throw new Error(`Postgres did not start:\n${words}`)
    await new Promise((next) => setTimeout(next, 100))
  }
}

function startOnce(options: Launch): ChildProcess {
  const { engine, cluster, log } = options
  const output = openSync(log, size(log) > 10_000_000 ? 'w' : 'a', 0o600)
  const flags = Object.entries(settings(options)).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const child = spawn(join(engine.bin, 'postgres'), ['-D', cluster, ...flags], {
    ...engine.account,
    env: ENV,
    cwd: cluster,
    stdio: ['ignore', output, output],
    detached: true, // Ctrl-C reaches us alone: we close the gateway before the database
  })
  child.on('error', () => undefined) // an unstartable program has no pid, which `launch` reports
  closeSync(output)
  const farewell = () => child.kill('SIGINT') // a process that ends without stop() takes its server with it
  process.once('exit', farewell)
  child.once('exit', () => process.off('exit', farewell))
  return child
}

function size(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}

/** The server states in the eighth line of its lock file when it accepts connections. */
function readyPid(cluster: string): number | undefined {
  try {
    const lines = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')
    return lines[7]?.trim() === 'ready' ? Number(lines[0]) : undefined
  } catch {
    return undefined
  }
}
