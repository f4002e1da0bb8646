import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { chmodSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import postgres, { type Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deploy, doorOf } from '../../supabase/deploy.ts'
import { removeData } from '../../supabase/local/engine.ts'
import { startGateway } from '../../supabase/local/gateway/index.ts'
import { createDatabase, createPlatform, createRoles } from '../../supabase/local/platform.ts'
import { freePort, readSecrets, startPostgres, type PostgresServer } from '../../supabase/local/postgres.ts'
import { openClient } from '../support/client.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
let dir: string
let server: PostgresServer
let superuser: Sql
let url: string

/** What exists: tables, functions, policies and roles, as one text. */
const inventory = async () =>
  JSON.stringify([
    await superuser`select oid::regclass::text as name from pg_class where relkind in ('r', 'v') and relnamespace::regnamespace::text !~ '^pg_' order by 1`,
    await superuser`select oid::regprocedure::text as name, md5(prosrc) as text from pg_proc where pronamespace::regnamespace::text !~ '^pg_' order by 1, 2`,
    await superuser`select polname, polrelid::regclass::text as name from pg_policy order by 1, 2`,
    await superuser`select rolname from pg_roles order by 1`,
  ])

/** The command line, as an operator types it. */
function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['supabase/local/run.mjs', 'deploy', ...args], {
    cwd: root,
    encoding: 'utf8',
    timeout: 60_000,
  })
  return { status, output: stdout + stderr }
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'aplomb-database-'))
  chmodSync(dir, 0o711)
  server = await startPostgres({ dir, durable: false })
  const admin = server.url('supabase_admin')
  await createRoles(admin, readSecrets(dir).passwords)
  await createPlatform(admin)
  superuser = postgres(admin, { max: 1, onnotice: () => undefined })
  await superuser`drop role app_commands, app_analytics, app_analyst`.catch(async () => {
    await superuser`drop owned by app_commands, app_analytics, app_analyst` // rights that the embedded platform gives them
    await superuser`drop role app_commands, app_analytics, app_analyst`
  })
  url = server.url('postgres')
})
afterAll(async () => {
  await superuser.end()
  await server.stop()
  removeData(dir)
})

describe('a database that has only what Supabase gives, deployed to by a role that is no superuser', () => {
  test('is told what a deployment would do, and stays as it was', async () => {
    expect(await superuser`select rolsuper from pg_roles where rolname = 'postgres'`).toEqual([{ rolsuper: false }])
    const before = await inventory()
    const { status, output } = run('--dry-run', url)
    expect(status).toBe(0)
    expect(output).toMatch(/migration 000001-core\.sql[^]*sql\/kernel\/tenancy\.sql[^]*policies\/kernel\.sql/)
    expect(await inventory()).toBe(before)
  })

  test('is deployed to, says so line by line, and finds nothing to do the second time', async () => {
    const first = run(url)
    expect(first.output).toMatch(/migrated 000001-core\.sql[^]*applied sql\/kernel\/tenancy\.sql[^]*Done\./)
    expect(first.output).toContain('pg_cron is off')
    expect(first.status).toBe(0)
    const after = await inventory()
    expect(run(url).output).toContain('Nothing to do')
    expect(run('--dry-run', url).output).toContain('Nothing to do')
    expect(await inventory()).toBe(after)
  })

  test('serves the app: a firm signs up, works, and lets an analyst read', async () => {
    const { jwtSecret, publishableKey, secretKey } = readSecrets(dir)
    const gateway = await startGateway({
      port: await freePort(),
      databaseUrls: {
        authenticator: server.url('authenticator'),
        auth: server.url('supabase_auth_admin'),
        realtime: server.url('supabase_realtime_admin'),
        storage: server.url('supabase_storage_admin'),
        replication: server.url('supabase_replication_admin'),
      },
      jwtSecret,
      publishableKey,
      secretKey,
      storageDir: join(dir, 'storage'),
    } as Parameters<typeof startGateway>[0])
    const company = randomUUID()
    const client = openClient(gateway.url, publishableKey)
    const call = async (name: string, args: Record<string, unknown>) => {
      const { data, error } = await client.rpc(name, args).setHeader('x-company', company)
      expect(error, name).toBeNull()
      return data as Record<string, unknown>
    }
    await client.auth.signUp({ email: 'claire@duval.test', password: 'une-bonne-phrase' })
    await call('found_company', { id: company, name: 'Duval', full_name: 'Claire Duval' })
    await call('create_site', { command_id: randomUUID(), id: randomUUID(), name: 'École' })
    const { login, password } = await call('create_analyst_login', { id: randomUUID(), label: 'psql' })
    const analyst = postgres(server.url('postgres'), { username: login as string, password: password as string, max: 1 })
    expect(await analyst`select name from analytics.sites`).toEqual([{ name: 'École' }])
    await analyst.end()
    await gateway.close()
  })

  test('gets back the views that a migration had to drop', async () => {
    await superuser`drop view analytics.sites`
    await deploy(url)
    expect(await superuser`select has_table_privilege('app_analyst', 'analytics.sites', 'select') as readable`).toEqual([{ readable: true }])
  })

  test('has its upkeep run by pg_cron where that is on, once however often it is deployed to', async () => {
    // a stand-in of its one function: the real one needs a library that this server lacks
    await superuser.unsafe(`create schema cron; create table cron.job (jobname text primary key, schedule text, command text);
      create function cron.schedule(text, text, text) returns void language sql as
        'insert into cron.job values ($1, $2, $3) on conflict (jobname) do update set schedule = excluded.schedule, command = excluded.command';
      grant usage on schema cron to postgres; grant select, insert, update on cron.job to postgres;
      set allow_system_table_mods = on;
      insert into pg_extension select 99999, 'pg_cron', 10, 'cron'::regnamespace, false, '1.6', null, null`)
    const lines: string[] = []
    for (let count = 0; count < 2; count++) await deploy(url, (line) => lines.push(line))
    expect(lines.join()).not.toContain('pg_cron')
    expect(await superuser`select schedule, command from cron.job order by jobname`).toEqual([
      { schedule: '5 seconds', command: 'select app_private.guard_analysts()' },
      { schedule: '17 3 * * *', command: 'select app_private.prune_jobs()' },
      { schedule: '17 3 * * *', command: 'select sync.prune()' },
      { schedule: '* * * * *', command: 'select app_private.wake_workers_when_due()' },
    ])
    await superuser.unsafe(`delete from pg_extension where extname = 'pg_cron'; drop schema cron cascade; reset allow_system_table_mods`)
  })
})

describe('a deployment refuses', () => {
  test('a database without Supabase’s schemas, naming all that is missing', async () => {
    await createDatabase(server.url('supabase_admin'), 'bare')
    const { status, output } = run(server.url('postgres', 'bare'))
    expect(status).toBe(1)
    expect(output).toMatch(/schemas of Supabase: auth, storage, realtime, extensions[^]*auth\.users[^]*realtime\.send/)
    expect(output).not.toContain('    at ')
  })

  test('a role that is not the owner', async () => {
    await expect(deploy(server.url('supabase_auth_admin'))).rejects.toThrow(/BYPASSRLS/)
  })

  test('a transaction pooler, an address that is none, and a server that does not answer', () => {
    expect(run('postgres://postgres:x@127.0.0.1:6543/postgres').output).toContain('transaction pooler')
    expect(run('prod').output).toContain('npm run deploy -- [options] <database url>')
    expect(run('postgres://postgres:x@127.0.0.1:1/postgres').output).toContain('Nothing answers')
    expect(run('--analysts', 'nowhere', url).output).toContain('host:port')
  })
})

test('analysts are told the door of the deployment, with the project behind a pooler', () => {
  expect(doorOf('postgres://postgres.abcdef:x@pooler.example.com:5432/postgres')).toEqual({
    host: 'pooler.example.com',
    port: 5432,
    suffix: '.abcdef',
    tls: true,
  })
  expect(doorOf('postgres://postgres:x@127.0.0.1:5499/postgres')).toEqual({ host: '127.0.0.1', port: 5499, suffix: '', tls: false })
})
