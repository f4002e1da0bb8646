import { randomUUID } from 'node:crypto'
import { createClient } from '@supabase/supabase-js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import WebSocket from 'ws'
import { createWorld, type Client, type World } from '../support/world.ts'
import { tokenOf, until } from './support.ts'

let world: World
let founder: Client
const company = randomUUID()

beforeAll(async () => {
  world = await createWorld('app-path', { gateway: { recheckInterval: 200 } })
  const { client } = await world.signUp('founder@example.com', 'correct horse', { company })
  founder = client
  const { error } = await founder.rpc('found_company', { id: company, name: 'Bâti', full_name: 'Ada Fondatrice' })
  if (error) throw error
})
afterAll(() => world.close())

test('a command wakes the phones of its scope, and the pull brings the row', async () => {
  const first = (await founder.rpc('sync_pull', { cursor: null })).data as { snap: string; schema: string; db: string; gained: string[] }
  const [row] = await world.db`select effects.scope_id(${company}, 'sites', ${company}) as id`
  const scope = row!.id as string
  expect(first.gained).toContain(scope)
  let pokes = 0
  let state = ''
  founder
    .channel(`${company}:${scope}`, { config: { private: true } })
    .on('broadcast', { event: 'poke' }, () => pokes++)
    .subscribe((now) => (state = now))
  await until(() => state === 'SUBSCRIBED')

  const site = randomUUID()
  const created = await founder.rpc('create_site', { command_id: randomUUID(), id: site, code: 'CH-1', name: 'Écluse' })
  expect(created.error).toBeNull()
  await until(() => pokes === 1)
  const { data } = await founder.rpc('sync_pull', { cursor: { snap: first.snap, schema: first.schema, db: first.db, scopes: first.gained } })
  expect(JSON.stringify(data)).toContain(site)
})

test('signing out ends what the token could do: reading, commands, channels', async () => {
  const token = await tokenOf(founder)
  const [row] = await world.db`select effects.scope_id(${company}, 'sites', ${company}) as id`
  const other = createClient(world.url, world.publishableKey, {
    accessToken: async () => token,
    realtime: { transport: WebSocket as unknown as typeof globalThis.WebSocket },
  })
  await other.realtime.setAuth()
  const states: string[] = []
  other.channel(`${company}:${row!.id as string}`, { config: { private: true } }).subscribe((now) => states.push(now))
  await until(() => states.includes('SUBSCRIBED'))

  await founder.auth.signOut()
  await until(() => states.includes('CLOSED'))
  const response = await fetch(`${world.url}/rest/v1/rpc/sync_pull`, {
    method: 'POST',
    body: '{"cursor": null}',
    headers: { apikey: world.publishableKey, authorization: `Bearer ${token}`, 'x-company': company, 'content-type': 'application/json' },
  })
  expect([response.status, await response.json()]).toEqual([401, expect.objectContaining({ code: 'AUTHN' })])
})
