import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync, mkdtempSync, realpathSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import postgres from 'postgres'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { reachable, removeData } from '../../supabase/local/engine.ts'
import { readSecrets, startPostgres, type PostgresServer } from '../../supabase/local/postgres.ts'
import { identityOf } from '../../supabase/local/processes.ts'

const root = process.getuid?.() === 0
const holder = fileURLToPath(new URL('../support/hold-postgres.ts', import.meta.url))
const loser = fileURLToPath(new URL('../support/lose-write.ts', import.meta.url))
const NOBODY = { uid: 65_534, gid: 65_534 }

let dir: string
let running: PostgresServer[]
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'aplomb-pg-'))
  chmodSync(dir, 0o755)
  running = []
})
afterEach(async () => {
  await Promise.all(running.map((server) => server.stop()))
  removeData(dir)
})

async function start(folder = dir): Promise<PostgresServer> {
  const server = await startPostgres({ dir: folder, durable: false })
  running.push(server)
  return server
}

async function ask<T>(server: PostgresServer, query: string): Promise<T> {
  const sql = postgres(server.url('supabase_admin'), { max: 1, onnotice: () => undefined })
  const [row] = await sql.unsafe(query)
  await sql.end()
  return row as T
}

/** Starts Postgres under another process and answers both. */
async function held(options = {}): Promise<{ parent: ChildProcess; pid: number }> {
  const parent = spawn(process.execPath, ['--import', 'tsx', holder, dir], { stdio: ['ignore', 'pipe', 'inherit'], ...options })
  if (!parent.stdout) throw new Error('no output')
  const [line] = (await once(parent.stdout, 'data')) as [Buffer]
  return { parent, pid: Number(line) }
}

async function killHard(parent: ChildProcess): Promise<void> {
  const dead = once(parent, 'exit')
  parent.kill('SIGKILL')
  await dead
}

describe('a data folder', () => {
  test('gets a cluster with the settings of the platform', async () => {
    const server = await start()
    const row = await ask(
      server,
      `
      select current_setting('server_version_num')::int / 10000 as version, current_setting('server_encoding') as encoding,
        current_setting('wal_level') as wal, current_setting('max_replication_slots')::int as slots,
        current_setting('listen_addresses') as address, current_setting('unix_socket_directories') as sockets,
        current_setting('shared_preload_libraries') as libraries, current_user as superuser`,
    )
    expect(row).toEqual({
      version: 17,
      encoding: 'UTF8',
      wal: 'logical',
      slots: 60,
      address: '127.0.0.1',
      sockets: join(dir, 'pgdata'), // of clusters for tests alone
      libraries: 'pg_stat_statements',
      superuser: 'supabase_admin',
    })
  })

  test('keeps its data and secrets from one start to the next', async () => {
    const first = await start()
    await ask(first, 'create table public.kept as select 1 as n')
    const secrets = readSecrets(dir)
    await first.stop()
    const second = await start()
    expect(await ask(second, 'select n from public.kept')).toEqual({ n: 1 })
    expect(readSecrets(dir)).toEqual(secrets)
  })

  test('gives a login that is new since it was made its password, and keeps the others', async () => {
    await (await start()).stop()
    const { passwords, ...keys } = readSecrets(dir)
    const { supabase_replication_admin: _, ...older } = passwords
    writeFileSync(join(dir, 'secrets.json'), JSON.stringify({ ...keys, passwords: older }), { mode: 0o600 })
    await (await start()).stop()
    const now = readSecrets(dir)
    expect(now).toMatchObject({ ...keys, passwords: older })
    expect(now.passwords.supabase_replication_admin).toMatch(/^[\w-]{32}$/)
  })

  test('hides its secrets from other accounts, and opens to no wrong password', async () => {
    const server = await start()
    expect(statSync(join(dir, 'secrets.json')).mode & 0o777).toBe(0o600)
    const { publishableKey, secretKey } = readSecrets(dir)
    expect(publishableKey).toMatch(/^sb_publishable_/)
    expect(secretKey).toMatch(/^sb_secret_/)
    const stranger = postgres(server.url('supabase_admin'), { password: 'guess', max: 1 })
    await expect(stranger`select 1`).rejects.toMatchObject({ code: '28P01' })
    await stranger.end()
  })

  test('is safe against power cuts unless told otherwise', async () => {
    const server = await startPostgres({ dir })
    running.push(server)
    expect(await ask(server, `select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit`)).toEqual({
      fsync: 'on',
      commit: 'on',
    })
  })

  test('is run by one process at a time', async () => {
    const { parent } = await held()
    await expect(startPostgres({ dir, durable: false })).rejects.toThrow(`(process ${parent.pid}) is running on ${dir}`)
    await killHard(parent)
    await start() // and takes the orphan with it
  }, 20_000)

  test.runIf(root)('closed to the server’s account has its cluster elsewhere', async () => {
    chmodSync(dir, 0o700)
    const server = await start()
    const cluster = realpathSync(join(dir, 'pgdata'))
    expect(lstatSync(join(dir, 'pgdata')).isSymbolicLink()).toBe(true)
    expect(cluster).toMatch(/^\/var\/lib\/aplomb\//)
    expect(await ask(server, 'select 1 as n')).toEqual({ n: 1 })
    await server.stop()
    removeData(dir)
    expect(existsSync(cluster)).toBe(false)
  })

  const open = root && reachable(process.execPath, NOBODY) && reachable(dirname(holder), NOBODY)
  test.runIf(open)('serves an ordinary account too', async () => {
    chownSync(dir, NOBODY.uid, NOBODY.gid)
    const { parent, pid } = await held(NOBODY)
    expect(statSync(join(dir, 'pgdata')).uid).toBe(NOBODY.uid)
    expect(identityOf(pid)).toBeDefined()
    await killHard(parent)
    await start() // root goes on under the account that owns the data
    expect(statSync(join(dir, 'pgdata', 'postmaster.pid')).uid).toBe(NOBODY.uid)
  })
})

describe('a killed parent', () => {
  test('leaves a server that the next start replaces', async () => {
    const { parent, pid } = await held()
    await killHard(parent)
    expect(identityOf(pid)).toBeDefined()
    const server = await start()
    expect(server.pid).not.toBe(pid)
    expect(identityOf(pid)).toBeUndefined()
    expect(await ask(server, 'select 1 as n')).toEqual({ n: 1 })
  })

  test('leaves a lock file whose number is now a stranger’s, and the next start goes on', async () => {
    await (await start()).stop()
    const stranger = spawn('sleep', ['60'])
    const file = join(dir, 'pgdata', 'postmaster.pid')
    writeFileSync(file, `${stranger.pid}\n${join(dir, 'pgdata')}\n1\n`)
    const { uid, gid } = statSync(join(dir, 'pgdata'))
    chownSync(file, uid, gid)
    const server = await start()
    expect(await ask(server, 'select 1 as n')).toEqual({ n: 1 })
    expect(identityOf(stranger.pid ?? 0)).toBeDefined()
    stranger.kill()
  })

  test('in the middle of the first start leaves no half cluster', async () => {
    mkdirSync(join(dir, 'pgdata.new'))
    writeFileSync(join(dir, 'pgdata.new', 'PG_VERSION'), '17\n')
    expect(await ask(await start(), 'select 1 as n')).toEqual({ n: 1 })
  })
})

describe('a killed server', () => {
  test('is started again with what was committed', async () => {
    const exits = vi.fn()
    const server = await startPostgres({ dir, durable: false, onExit: exits })
    running.push(server)
    await ask(server, 'create table public.kept as select 1 as n')
    const before = server.pid
    server.kill()
    await server.ready()
    expect(server.pid).not.toBe(before)
    expect(await ask(server, 'select n from public.kept')).toEqual({ n: 1 })
    expect(exits).toHaveBeenCalledExactlyOnceWith({ code: null, signal: 'SIGKILL' })
  })

  test('is started again while its old backends still work', async () => {
    const server = await start()
    const busy = postgres(server.url('supabase_admin'), { max: 1 })
    const work = busy`select count(*) from generate_series(1, 3000000)`.catch(() => 'cut off')
    await expect
      .poll(() => ask<{ n: number }>(server, `select count(*)::int as n from pg_stat_activity where query like 'select count(*) from gen%'`))
      .toEqual({ n: 1 })
    server.kill()
    await server.ready()
    expect(await ask(server, 'select 1 as n')).toEqual({ n: 1 })
    await work
    await busy.end()
  })

  test('stays down once it was asked to stop', async () => {
    const server = await start()
    const { pid } = server
    await server.stop()
    expect(identityOf(pid)).toBeUndefined()
    expect(existsSync(join(dir, 'supervisor.pid'))).toBe(false)
    expect(existsSync(join(dir, 'pgdata', 'postmaster.pid'))).toBe(false)
  })

  test('ends a client that writes to a connection it has just lost, unless it is one of ours', async () => {
    const server = await start()
    const lose = promisify(execFile)
    const run = (how: string) => lose(process.execPath, ['--import', 'tsx', loser, server.url('supabase_admin'), how], { timeout: 60_000 })
    await expect(run('bare')).rejects.toThrow("null (reading 'write')")
    expect((await run('guarded')).stdout).toBe('alive\n')
  })
})
