import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import WebSocket from 'ws'
import { createFixtureWorld, ROOMS, tokenOf, until } from '../gateway/support.ts'
import type { Client, World } from '../support/world.ts'

let world: World
let ada: { client: Client; id: string }
let bob: { client: Client; id: string }
const room = `room:${randomUUID()}`

beforeAll(async () => {
  world = await createFixtureWorld('sockets')
  await world.db.unsafe(ROOMS)
  const people = ['ada', 'bob'].map(async (name) => {
    const { client, user } = await world.signUp(`${name}@example.com`, 'correct horse')
    await world.db`insert into app.fixture_members (room, user_id) values (${room}, ${user.id})`
    return { client, id: user.id }
  })
  ;[ada, bob] = (await Promise.all(people)) as [typeof ada, typeof bob]
})
afterAll(() => world?.close())

/** A WebSocket without supabase-js. */
async function opened(): Promise<WebSocket> {
  const socket = new WebSocket(`${world.url.replace('http', 'ws')}/realtime/v1/websocket?apikey=${world.publishableKey}&vsn=2.0.0`)
  await new Promise((resolve) => socket.on('open', resolve))
  return socket
}

test('a client that pings without end is cut off', async () => {
  const socket = await opened()
  for (let i = 0; i < 600; i++) socket.ping()
  expect(await new Promise((resolve) => socket.on('close', resolve))).toBe(1008)
})

test('a client that says more than the database lets us answer is cut off', async () => {
  const socket = await opened()
  const end = new Promise((resolve) => socket.on('close', (_code, reason) => resolve(String(reason))))
  const hold = await world.db.reserve()
  await hold`begin`
  await hold`lock table realtime.messages in access exclusive mode`
  const token = await tokenOf(ada.client)
  socket.send(JSON.stringify(['1', '1', `realtime:${room}`, 'phx_join', { config: { private: true }, access_token: token }]))
  for (let i = 0; i < 5; i++)
    socket.send(JSON.stringify(['1', '2', `realtime:${room}`, 'broadcast', { event: 'x', payload: { x: 'x'.repeat(900_000) } }]))
  expect(await end).toBe('too many messages are waiting')
  await hold`rollback`
  hold.release()
})

test('joins of one connection are taken at a pace', async () => {
  const socket = await opened()
  const token = await tokenOf(ada.client)
  const answers: unknown[] = []
  socket.on('message', (data: Buffer) => answers.push(JSON.parse(String(data))))
  const began = performance.now()
  for (let i = 0; i < 50; i++)
    socket.send(JSON.stringify(['1', `${i}`, `realtime:${room}`, 'phx_join', { config: { private: true }, access_token: token }]))
  await until(() => answers.length === 50)
  expect(performance.now() - began).toBeGreaterThan(1_400)
  socket.terminate()
})

test('names longer than the protocol can say are not answered: nothing of a client is sent back at length', async () => {
  const socket = await opened()
  const answers: string[] = []
  socket.on('message', (data: Buffer) => answers.push(String(data)))
  const long = 'x'.repeat(100_000)
  socket.send(JSON.stringify([null, '1', `realtime:${long}`, 'phx_join', {}]))
  socket.send(JSON.stringify([long, long, 'phoenix', 'heartbeat', {}]))
  socket.send(JSON.stringify([null, '3', 'phoenix', 'heartbeat', {}]))
  await until(() => answers.some((answer) => answer.includes('"3"')))
  expect(answers.every((answer) => answer.length < 200)).toBe(true)
  socket.terminate()
})

test('a client that does not read who is present is dropped', async () => {
  const slow = await opened()
  const token = await tokenOf(bob.client)
  const config = { private: true, presence: { enabled: true } }
  slow.send(JSON.stringify(['1', '1', `realtime:${room}`, 'phx_join', { config, access_token: token }]))
  await new Promise((resolve) => slow.once('message', resolve))
  const a = ada.client.channel(room, { config: { private: true, presence: { key: 'ada', enabled: true } } })
  let state = ''
  a.subscribe((now) => (state = now))
  await until(() => state === 'SUBSCRIBED')
  const before = world.gateway.stats().sockets
  slow.pause()
  await until(async () => {
    await a.track({ text: 'x'.repeat(400_000) })
    return world.gateway.stats().sockets < before
  }, 30)
  await ada.client.removeAllChannels()
  slow.terminate()
})
