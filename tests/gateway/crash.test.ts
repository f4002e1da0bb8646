import { chmodSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import WebSocket from 'ws'
import { removeData } from '../../supabase/local/engine.ts'
import { startGateway, type Gateway } from '../../supabase/local/gateway/index.ts'
import { createDatabase, createPlatform, createRoles } from '../../supabase/local/platform.ts'
import { readSecrets, startPostgres, type PostgresServer } from '../../supabase/local/postgres.ts'
import { mint, until } from './support.ts'

/** A cluster of its own, because it gets killed. */
let dir: string
let server: PostgresServer
let gateway: Gateway
let client: SupabaseClient<any, any, any> // oxlint-disable-line no-explicit-any -- rows are typed where they are read
let owner: postgres.Sql

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'aplomb-test-crash-'))
  chmodSync(dir, 0o711)
  server = await startPostgres({ dir })
  const secrets = readSecrets(dir)
  await createRoles(server.url('supabase_admin'), secrets.passwords)
  await createDatabase(server.url('supabase_admin'), 'crash')
  await createPlatform(server.url('supabase_admin', 'crash'))
  owner = postgres(server.url('postgres', 'crash'), { max: 1, onnotice: () => undefined, backoff: () => 0.1 })
  await owner.unsafe(`
    create schema app;
    grant usage on schema app to authenticated;
    create table app.counted (id integer primary key);
    grant select, insert on app.counted to authenticated;
    create function app.count_one(id integer) returns integer language sql as 'insert into app.counted values (id) returning id';
    create policy everybody on realtime.messages for select to authenticated using (true)`)
  const login = (role: Parameters<PostgresServer['url']>[0]) => server.url(role, 'crash')
  gateway = await startGateway({
    port: 0,
    databaseUrls: {
      authenticator: login('authenticator'),
      auth: login('supabase_auth_admin'),
      realtime: login('supabase_realtime_admin'),
      storage: login('supabase_storage_admin'),
      replication: login('supabase_replication_admin'),
    },
    jwtSecret: secrets.jwtSecret,
    publishableKey: secrets.publishableKey,
    secretKey: secrets.secretKey,
  })
  const token = await mint(secrets.jwtSecret, { sub: '00000000-0000-4000-8000-000000000001' }, 600)
  client = createClient(gateway.url, secrets.publishableKey, {
    db: { schema: 'app' },
    accessToken: async () => token,
    realtime: { transport: WebSocket as unknown as typeof globalThis.WebSocket },
  })
  await client.realtime.setAuth()
}, 60_000)
afterAll(async () => {
  await client.removeAllChannels()
  await gateway.close()
  await owner.end()
  await server.stop()
  removeData(dir)
})

test('a database killed under load answers 503, comes back, and what was answered is stored once', async () => {
  const answers = new Map<number, number>()
  let next = 0
  let working = true
  const workers = Array.from({ length: 8 }, async () => {
    while (working) {
      const id = next++
      answers.set(id, (await client.rpc('count_one', { id })).status)
    }
  })
  const answered = (status: number) => [...answers.values()].filter((one) => one === status).length
  await until(() => answered(200) > 200)
  server.kill()
  await until(() => answered(503) > 0)
  const before = answered(200)
  await until(() => answered(200) > before + 200, 30)
  working = false
  await Promise.all(workers)

  expect(new Set(answers.values())).toEqual(new Set([200, 503]))
  const stored = new Set((await owner<{ id: number }[]>`select id from app.counted`).map(({ id }) => id))
  const confirmed = [...answers].filter(([, status]) => status === 200).map(([id]) => id)
  expect(confirmed.filter((id) => !stored.has(id))).toEqual([])
}, 60_000)

test('channels and health come back too', async () => {
  const heard: string[] = []
  const states: string[] = []
  client
    .channel('everybody', { config: { private: true } })
    .on('broadcast', { event: '*' }, ({ event }) => void heard.push(event))
    .subscribe((state) => void states.push(state))
  await until(() => states.includes('SUBSCRIBED'))
  server.kill()
  await until(async () => (await fetch(`${gateway.url}/health`)).status === 503)
  await until(async () => (await fetch(`${gateway.url}/health`)).status === 200, 30)
  await until(() => states.filter((state) => state === 'SUBSCRIBED').length > 1, 30)
  await owner`select realtime.send('{}', 'back', 'everybody', true)`.catch(() => owner`select realtime.send('{}', 'back', 'everybody', true)`)
  await until(() => heard.includes('back'))
}, 90_000)
