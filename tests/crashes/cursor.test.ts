import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { appendFileSync, chmodSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres, { type Sql, type TransactionSql } from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { nextCursor, type Cursor, type PullAnswer } from '../../app/kernel/sync/protocol.ts'
import { deploy } from '../../supabase/deploy.ts'
import { removeData } from '../../supabase/local/engine.ts'
import { createPlatform, createRoles } from '../../supabase/local/platform.ts'
import { readSecrets, startPostgres, type PostgresServer } from '../../supabase/local/postgres.ts'
import { createPerson, createSite, foundCompany, hire, reportIncident, type Member } from '../support/company.ts'
import { openDatabase, type OpenDatabase } from '../support/database.ts'
import { until } from '../gateway/support.ts'

const dir = mkdtempSync(join(tmpdir(), 'aplomb-test-cursor-'))
let server: PostgresServer
let superuser: Sql
let database: OpenDatabase
let boss: Member
let chief: Member
let site: string

beforeAll(async () => {
  chmodSync(dir, 0o711) // the server's account must pass through
  server = await startPostgres({ dir, durable: false })
  const { passwords } = readSecrets(dir)
  await createRoles(server.url('supabase_admin'), passwords)
  await createPlatform(server.url('supabase_admin'))
  await deploy(server.url('postgres'))
  superuser = postgres(server.url('supabase_admin'), { max: 1, onnotice: () => undefined, backoff: () => 0.1 })
  await superuser`alter system set autovacuum = off` // it would take the numbers that this is about
  await superuser`select pg_reload_conf()`
  database = openDatabase((login) => server.url(login))
  boss = await foundCompany(database, await createPerson(database, 'boss@alpha.test'), 'Alpha')
  site = await createSite(boss, 'Lilas')
  chief = await hire(database, boss, 'chief@alpha.test', ['site_manager'], [site])
}, 120_000)
afterAll(async () => {
  await database?.end()
  await superuser?.end({ timeout: 1 })
  await server?.stop()
  removeData(dir)
})

const pull = (member: Member, cursor: Cursor | null) => member.call<PullAnswer>(member.company, 'sync_pull', { cursor })
const start = async (member: Member): Promise<Cursor> => nextCursor(null, await pull(member, null))
const settled = async () =>
  until(async () => {
    const [row] = await superuser`select pg_current_wal_flush_lsn() >= pg_current_wal_insert_lsn() as settled`
    return row!.settled as boolean
  })

/** Stops what writes the log to the disk in the background; commits still do. */
async function holdLog(): Promise<number[]> {
  const rows = await superuser<
    { pid: number }[]
  >`select pid from pg_stat_activity where backend_type in ('walwriter', 'background writer', 'checkpointer')`
  for (const { pid } of rows) process.kill(pid, 'SIGSTOP')
  return rows.map(({ pid }) => pid)
}

/** The number of a transaction that is given up and of which nothing reaches the disk. */
async function loseTransaction(): Promise<bigint> {
  let lost = ''
  await superuser
    .begin(async (sql) => {
      ;[{ lost }] = await sql<[{ lost: string }]>`select pg_current_xact_id()::text as lost`
      throw new Error('given up')
    })
    .catch((error: Error) => expect(error.message).toBe('given up'))
  return BigInt(lost)
}

/** Waits until the server has recovered from a crash and every connection is a new one. */
async function recovered(crash: () => void): Promise<void> {
  const ask = (sql: Sql | TransactionSql) => sql<[{ pid: number }]>`select pg_backend_pid() as pid`
  const pids = async () => {
    const [[first], [second]] = [await ask(superuser), await database.sqlAs(boss.claims, {}, ask)]
    return [first.pid, second.pid]
  }
  const old = await pids()
  crash()
  const renewed = () =>
    pids().then(
      (now) => now.every((pid) => !old.includes(pid)),
      () => false, // not yet
    )
  await until(renewed, 30)
}

/** Gives away the numbers below `wanted`. */
async function handOutUpTo(wanted: bigint): Promise<void> {
  const next = async () => {
    const [row] = await superuser<[{ next: string }]>`select pg_snapshot_xmax(pg_current_snapshot())::text as next`
    return BigInt(row.next)
  }
  while ((await next()) < wanted) await superuser`select pg_current_xact_id()`
  expect(await next(), 'the number is free again').toBe(wanted)
}

const crashes = {
  'the whole server': (held: number[]) => {
    server.kill()
    for (const pid of held) process.kill(pid, 'SIGKILL')
  },
  // the others end too, and the log in memory with them; the server itself stays and starts them anew
  'its processes alone': (held: number[]) => {
    for (const pid of held) process.kill(pid, 'SIGKILL')
  },
}

test.each(Object.keys(crashes) as (keyof typeof crashes)[])(
  'a transaction number freed by a crash of %s, given to another transaction, hides its rows from no cursor',
  async (what) => {
    await settled()
    const before = await start(boss)
    const newcomer = await start(chief)
    const held = await holdLog()
    const shown = await reportIncident(boss, site)
    const lost = await loseTransaction()
    const answers = {
      rows: await pull(boss, before),
      gained: await pull(boss, { ...before, scopes: before.scopes.slice(1) }),
      idle: await pull(chief, { ...newcomer, snap: (await pull(chief, newcomer)).snap }),
      new: await pull(boss, null),
    }
    expect(answers.rows.rows?.incidents).toContain(shown)
    expect(Object.keys(answers.idle)).toEqual(['snap'])

    await recovered(() => crashes[what](held))
    await handOutUpTo(lost)
    const reused = await reportIncident(boss, site)
    const [{ xid }] = await superuser<[{ xid: string }]>`select xid::text from sync.log where row_id = ${reused} limit 1`
    expect(BigInt(xid), 'the row has the number of the lost transaction').toBe(lost)

    const missed: string[] = []
    for (const [name, { snap }] of Object.entries(answers)) {
      const answer = await (name === 'idle' ? pull(chief, { ...newcomer, snap }) : pull(boss, { ...before, snap }))
      if (!answer.rows?.incidents?.includes(reused)) missed.push(`${name}: ${JSON.stringify(answer)}`)
      if (name === 'rows') expect(answer.rows?.incidents ?? '', 'what was shown does not come again').not.toContain(shown)
    }
    expect(missed).toEqual([])
  },
)

test('a replica, which does not tell what is under way, hides nothing that ends later', async () => {
  const copy = mkdtempSync(join(tmpdir(), 'aplomb-test-replica-'))
  chmodSync(copy, 0o711)
  const before = await start(boss)
  await server.stop()
  spawnSync('cp', ['-a', `${dir}/.`, copy])
  appendFileSync(join(copy, 'pgdata', 'postgresql.auto.conf'), `primary_conninfo = '${server.url('supabase_admin')}'\nhot_standby = on\n`)
  writeFileSync(join(copy, 'pgdata', 'standby.signal'), '')
  server = await startPostgres({ dir, port: server.port, durable: false })
  const standby = await startPostgres({ dir: copy, durable: false })
  const replica = openDatabase((login) => standby.url(login))
  try {
    const caughtUp = async () => {
      const [{ here }] = await superuser<[{ here: string }]>`select pg_current_wal_flush_lsn()::text as here`
      await until(async () => (await replica.db`select 1 where pg_last_wal_replay_lsn() >= ${here}::pg_lsn`).length > 0)
    }
    const pullThere = (cursor: Cursor) =>
      replica.sqlAs(boss.claims, { 'x-company': boss.company }, async (sql) => {
        const [row] = await sql<[{ answer: PullAnswer }]>`select app.sync_pull(${sql.json({ ...cursor })}) as answer`
        return row.answer
      })
    await until(() =>
      superuser`select 1`.then(
        () => true,
        () => false,
      ),
    )
    const slow = randomUUID()
    let snap = ''
    await database.sqlAs(chief.claims, { 'x-company': chief.company }, async (sql) => {
      await sql`select app.report_incident(${randomUUID()}, ${slow}, ${site}, 'technical', 'low', 'Lent')`
      const quick = await reportIncident(boss, site)
      await caughtUp()
      const answer = await pullThere(before)
      expect(answer.rows?.incidents).toContain(quick)
      snap = answer.snap
    })
    await caughtUp()
    expect((await pullThere({ ...before, snap })).rows?.incidents).toContain(slow)
  } finally {
    await replica.end()
    await standby.stop()
    removeData(copy)
  }
})
