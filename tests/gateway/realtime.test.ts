import { randomUUID } from 'node:crypto'
import { createClient, type RealtimeChannel, type RealtimeChannelOptions, type RealtimeClientOptions } from '@supabase/supabase-js'
import postgres from 'postgres'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import WebSocket from 'ws'
import { startGateway } from '../../supabase/local/gateway/index.ts'
import type { Client, World } from '../support/world.ts'
import { createFixtureWorld, mint, raw, tokenOf, until, ROOMS } from './support.ts'

let world: World
let ada: { client: Client; id: string }
let bob: { client: Client; id: string }
let eve: { client: Client; id: string }
let room: string

beforeAll(async () => {
  world = await createFixtureWorld('realtime', { gateway: { recheckInterval: 200 } })
  await world.db.unsafe(ROOMS)
  ;[ada, bob, eve] = (await Promise.all(
    ['ada', 'bob', 'eve'].map(async (name) => {
      const { client, user } = await world.signUp(`${name}@example.com`, 'correct horse')
      return { client, id: user.id }
    }),
  )) as [typeof ada, typeof bob, typeof eve]
})
afterAll(() => world.close())

beforeEach(async () => {
  room = `room:${randomUUID()}`
  await world.db`insert into app.fixture_members (room, user_id) values (${room}, ${ada.id}), (${room}, ${bob.id})`
})

interface Heard {
  event: string
  payload: unknown
  meta?: { id: string }
}

/** A channel that remembers what it heard. */
function listen(client: Client, name = room, config: RealtimeChannelOptions['config'] = {}) {
  const heard: Heard[] = []
  const states: string[] = []
  const errors: string[] = []
  const system: { message: string; status: string }[] = []
  const channel: RealtimeChannel = client
    .channel(name, { config: { private: true, ...config } })
    .on('broadcast', { event: '*' }, ({ event, payload, meta }) => void heard.push({ event, payload, meta }))
    .on('system', {}, (message: { message: string; status: string }) => void system.push(message))
  const join = async () => {
    channel.subscribe((state, error) => {
      states.push(state)
      if (error) errors.push(error.message)
    })
    await until(() => states.length > 0)
    return states[0]
  }
  return { channel, heard, states, errors, system, join }
}

async function joined(client: Client, name = room, config: RealtimeChannelOptions['config'] = {}) {
  const listener = listen(client, name, config)
  expect([await listener.join(), ...listener.errors]).toEqual(['SUBSCRIBED'])
  return listener
}

/** A client with a token of our own making, which it has before it joins anything. */
async function withToken(token: () => Promise<string>, options: RealtimeClientOptions = {}): Promise<Client> {
  const client = createClient(world.url, world.publishableKey, {
    db: { schema: 'app' },
    accessToken: token,
    realtime: { transport: WebSocket as unknown as typeof globalThis.WebSocket, ...options },
  })
  await client.realtime.setAuth()
  return client
}

describe('joining', () => {
  test('a private channel is open to those whom the policies let read', async () => {
    await joined(ada.client)
    const stranger = listen(eve.client)
    expect(await stranger.join()).toBe('CHANNEL_ERROR')
    expect(stranger.errors[0]).toBe(`Unauthorized: You do not have permissions to read from this Channel topic: ${room}`)
    const nobody = listen(world.client())
    expect(await nobody.join()).toBe('CHANNEL_ERROR')
    await Promise.all([stranger, nobody].map(({ channel }) => channel.unsubscribe()))
  })

  test('public channels do not exist', async () => {
    const listener = listen(ada.client, `${room}:public`, { private: false })
    expect(await listener.join()).toBe('CHANNEL_ERROR')
    expect(listener.errors[0]).toMatch(/^PrivateOnly/)
    await listener.channel.unsubscribe()
  })

  test('a token that is expired or forged is refused', async () => {
    for (const token of [await mint(world.jwtSecret, { sub: ada.id }, -60), await mint('x'.repeat(40), { sub: ada.id }, 60)]) {
      const client = await withToken(async () => token)
      const listener = listen(client)
      expect(await listener.join()).toBe('CHANNEL_ERROR')
      expect(listener.errors[0]).toMatch(/^InvalidJWTToken/)
      await client.removeAllChannels()
    }
  })

  test('the API key is checked at the door', async () => {
    const socket = new WebSocket(`${world.url.replace('http', 'ws')}/realtime/v1/websocket?apikey=wrong&vsn=2.0.0`)
    const status = await new Promise((resolve) =>
      socket.on('unexpected-response', (_request, response) => resolve(response.statusCode)).on('error', () => undefined),
    )
    expect(status).toBe(403)
  })

  test('asking leaves nothing behind', async () => {
    await joined(ada.client)
    expect(await world.db`select 1 from realtime.messages where topic = ${room}`).toHaveLength(0)
  })

  test('one connection joins a hundred channels and no more', async () => {
    const client = await withToken(() => tokenOf(ada.client))
    const rooms = Array.from({ length: 101 }, (_, i) => `${room}:${i}`)
    await world.db`insert into app.fixture_members ${world.db(rooms.map((name) => ({ room: name, user_id: ada.id })))}`
    const listeners = rooms.map((name) => listen(client, name))
    const states = await Promise.all(listeners.map(({ join }) => join()))
    expect(states.filter((state) => state === 'SUBSCRIBED')).toHaveLength(100)
    expect(listeners.flatMap(({ errors }) => errors)[0]).toMatch(/^ChannelRateLimitReached/)
    await client.removeAllChannels()
  })
})

describe('from client to client', () => {
  test('a broadcast reaches the others, and its sender only when asked', async () => {
    const [a, b] = [await joined(ada.client), await joined(bob.client, room, { broadcast: { self: true } })]
    await a.channel.send({ type: 'broadcast', event: 'cursor', payload: { x: 1, é: 'ü' } })
    await until(() => b.heard.length === 1) // two senders have no order
    await b.channel.send({ type: 'broadcast', event: 'hello', payload: {} })
    await until(() => a.heard.length === 1 && b.heard.length === 2)
    expect(a.heard).toMatchObject([{ event: 'hello', payload: {} }])
    expect(b.heard).toMatchObject([{ event: 'cursor', payload: { x: 1, é: 'ü' } }, { event: 'hello' }])
  })

  test('an acknowledged broadcast says ok', async () => {
    const a = await joined(ada.client, room, { broadcast: { ack: true } })
    expect(await a.channel.send({ type: 'broadcast', event: 'x', payload: {} })).toBe('ok')
  })

  test('bytes arrive as bytes', async () => {
    const [a, b] = [await joined(ada.client), await joined(bob.client)]
    await a.channel.send({ type: 'broadcast', event: 'bytes', payload: new Uint8Array([1, 2, 255]).buffer })
    await until(() => b.heard.length === 1)
    expect([...new Uint8Array(b.heard[0]!.payload as ArrayBuffer)]).toEqual([1, 2, 255])
  })

  test('who may only read sends nothing', async () => {
    await world.db`insert into app.fixture_members values (${room}, ${eve.id}, false)`
    const [a, e] = [await joined(ada.client), await joined(eve.client, room, { broadcast: { ack: true } })]
    expect(await e.channel.send({ type: 'broadcast', event: 'x', payload: {} })).toBe('error')
    await e.channel.send({ type: 'broadcast', event: 'y', payload: {} })
    await ada.client.channel(room) // the same channel
    const b = await joined(bob.client)
    await b.channel.send({ type: 'broadcast', event: 'allowed', payload: {} })
    await until(() => a.heard.length > 0)
    expect(a.heard.map(({ event }) => event)).toEqual(['allowed'])
  })

  test('clients of protocol 1.0.0 speak with those of 2.0.0', async () => {
    const old = await withToken(() => tokenOf(bob.client), { vsn: '1.0.0' })
    const [a, o] = [await joined(ada.client), await joined(old)]
    await a.channel.send({ type: 'broadcast', event: 'new', payload: { n: 1 } })
    await o.channel.send({ type: 'broadcast', event: 'old', payload: { n: 2 } })
    await world.db`select realtime.send('{"n": 3}', 'db', ${room}, true)`
    await until(() => a.heard.length === 2 && o.heard.length === 2)
    expect(a.heard.map(({ event }) => event).sort()).toEqual(['db', 'old'])
    expect(o.heard.map(({ event }) => event).sort()).toEqual(['db', 'new'])
    await old.removeAllChannels()
  })

  test('over HTTP, by those who may write', async () => {
    const a = await joined(ada.client)
    const sender = bob.client.channel(room, { config: { private: true } })
    expect(await sender.httpSend('http', { z: 1 })).toEqual({ success: true })
    await until(() => a.heard.length === 1)
    expect(a.heard).toMatchObject([{ event: 'http', payload: { z: 1 } }])
    await expect(eve.client.channel(room, { config: { private: true } }).httpSend('http', {})).rejects.toThrow('Unauthorized')
    const post = (init: Parameters<typeof raw>[2]) => raw(world, '/realtime/v1/api/broadcast', { method: 'POST', ...init })
    const body = JSON.stringify({ messages: [{ topic: room, event: 'batch', payload: { z: 2 }, private: true }] })
    expect((await post({ body })).status).toBe(403)
    expect((await post({ body, key: world.secretKey })).status).toBe(202)
    await until(() => a.heard.length === 2)
    expect((await post({ body: body.replace('true', 'false'), key: world.secretKey })).status).toBe(403)
    expect((await post({ body: '{"messages": 5}', key: world.secretKey })).status).toBe(422)
    expect((await post({ body, key: 'wrong' })).status).toBe(401)
  })

  test('presence: who came, who is there, who left', async () => {
    const seen: string[] = []
    const a = listen(ada.client, room, { presence: { key: 'ada' } })
    a.channel
      .on('presence', { event: 'join' }, ({ key }) => void seen.push(`+${key}`))
      .on('presence', { event: 'leave' }, ({ key }) => void seen.push(`-${key}`))
    expect(await a.join()).toBe('SUBSCRIBED')
    const b = await joined(bob.client, room, { presence: { key: 'bob', enabled: true } })
    expect(await a.channel.track({ name: 'Ada' })).toBe('ok')
    expect(await b.channel.track({ name: 'Bob' })).toBe('ok')
    await until(() => Object.keys(b.channel.presenceState()).length === 2 && seen.includes('+bob'))
    expect(b.channel.presenceState()).toMatchObject({ ada: [{ name: 'Ada' }], bob: [{ name: 'Bob' }] })
    await bob.client.removeChannel(b.channel)
    await until(() => seen.includes('-bob'))
    expect(Object.keys(a.channel.presenceState())).toEqual(['ada'])
  })
})

describe('from the database', () => {
  test('a committed message reaches those who listen, with its id', async () => {
    const [a, b] = [await joined(ada.client), await joined(bob.client)]
    await world.db`select realtime.send('{"hello": "db"}', 'poke', ${room}, true)`
    await until(() => a.heard.length === 1 && b.heard.length === 1)
    const [row] = await world.db`select id from realtime.messages where topic = ${room}`
    expect(a.heard).toEqual([{ event: 'poke', payload: { hello: 'db', id: row!.id }, meta: { id: row!.id } }])
  })

  test('a rolled back one does not, nor a public one', async () => {
    const a = await joined(ada.client)
    await world.db
      .begin(async (sql) => {
        await sql`select realtime.send('{}', 'lost', ${room}, true)`
        throw new Error('roll back')
      })
      .catch(() => undefined)
    await world.db`select realtime.send('{}', 'public', ${room}, false)`
    await world.db`select realtime.send('{}', 'private', ${room}, true)`
    await until(() => a.heard.length > 0)
    expect(a.heard.map(({ event }) => event)).toEqual(['private'])
  })

  test('after the connection to the log is lost, channels join again and hear', async () => {
    const a = await joined(ada.client)
    const superuser = postgres(world.address('supabase_admin'), { max: 1 })
    await superuser`select pg_terminate_backend(active_pid) from pg_replication_slots where database = current_database() and active`
    await superuser.end()
    await until(() => a.states.filter((state) => state === 'SUBSCRIBED').length === 2)
    await world.db`select realtime.send('{}', 'again', ${room}, true)`
    await until(() => a.heard.some(({ event }) => event === 'again'))
  })
})

describe('staying', () => {
  test('who is removed loses the channel', async () => {
    const [a, b] = [await joined(ada.client), await joined(bob.client)]
    await world.db`delete from app.fixture_members where room = ${room} and user_id = ${ada.id}`
    await until(() => a.states.includes('CLOSED'))
    expect(a.system.at(-1)).toMatchObject({ status: 'error', message: `You no longer have permission to read from this Channel topic: ${room}` })
    await world.db`select realtime.send('{}', 'after', ${room}, true)`
    await until(() => b.heard.length === 1)
    expect([a.heard, b.states]).toEqual([[], ['SUBSCRIBED']])
  })

  test('a channel ends with its token, and lives on with a new one', async () => {
    const clients = await Promise.all(
      [1, 2].map(async () => {
        let token = await mint(world.jwtSecret, { sub: ada.id }, 2)
        return { client: await withToken(async () => token), renew: async () => (token = await mint(world.jwtSecret, { sub: ada.id }, 600)) }
      }),
    )
    const [ends, lives] = [await joined(clients[0]!.client), await joined(clients[1]!.client)]
    await clients[1]!.renew()
    await clients[1]!.client.realtime.setAuth()
    await until(() => ends.states.includes('CLOSED'))
    expect(ends.system.at(-1)).toMatchObject({ status: 'error', message: 'JWT expired' })
    await world.db`select realtime.send('{}', 'later', ${room}, true)`
    await until(() => lives.heard.length === 1)
    expect(lives.states).toEqual(['SUBSCRIBED'])
    await Promise.all(clients.map(({ client }) => client.removeAllChannels()))
  })

  test('a new token that may not read ends the channel', async () => {
    let token = await mint(world.jwtSecret, { sub: ada.id }, 600)
    const client = await withToken(async () => token)
    const listener = await joined(client)
    token = await mint(world.jwtSecret, { sub: eve.id }, 600)
    await client.realtime.setAuth()
    await until(() => listener.states.includes('CLOSED'))
    await client.removeAllChannels()
  })

  test('a database that is away changes nothing for those who joined', async () => {
    const a = await joined(ada.client)
    await world.db`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename = 'supabase_realtime_admin'`
    await world.db`select realtime.send('{}', 'still', ${room}, true)`
    await until(() => a.heard.some(({ event }) => event === 'still'))
    expect(a.states).toEqual(['SUBSCRIBED'])
  })

  test('a client that floods is cut off', async () => {
    const socket = new WebSocket(`${world.url.replace('http', 'ws')}/realtime/v1/websocket?apikey=${world.publishableKey}&vsn=2.0.0`)
    const code = await new Promise((resolve) => {
      socket
        .on('open', () => {
          for (let i = 0; i < 600; i++) socket.send(JSON.stringify([null, String(i), 'phoenix', 'heartbeat', {}]))
        })
        .on('close', resolve)
    })
    expect(code).toBe(1008)
  })

  test('a channel whose right nobody confirms any more ends, and may be joined again when somebody does', async () => {
    const a = await joined(ada.client)
    await world.db`alter table realtime.messages rename to away`
    try {
      await until(() => a.states.includes('CHANNEL_ERROR'))
    } finally {
      await world.db`alter table realtime.away rename to messages`
    }
    await until(() => a.states.at(-1) === 'SUBSCRIBED', 30)
    await ada.client.removeAllChannels()
  })

  test('a client that does not read is dropped, the others are served', async () => {
    const a = await joined(ada.client)
    const slow = new WebSocket(`${world.url.replace('http', 'ws')}/realtime/v1/websocket?apikey=${world.publishableKey}&vsn=2.0.0`)
    const token = await tokenOf(bob.client)
    await new Promise((resolve) => {
      slow
        .on('open', () => slow.send(JSON.stringify(['1', '1', `realtime:${room}`, 'phx_join', { config: { private: true }, access_token: token }])))
        .once('message', resolve)
    })
    const before = world.gateway.stats().channels
    slow.pause()
    const payload = { text: 'x'.repeat(500_000) }
    let sent = 0
    await until(async () => {
      await raw(world, `/realtime/v1/api/broadcast/${room}/events/big?private=true`, {
        method: 'POST',
        key: world.secretKey,
        body: JSON.stringify(payload),
      })
      sent++
      return world.gateway.stats().channels < before
    })
    await until(() => a.heard.length === sent)
    slow.terminate()
  })

  test('old messages are deleted, recent ones are kept', async () => {
    await world.db`insert into realtime.messages (topic, extension, inserted_at) values (${room}, 'old', localtimestamp - interval '2 hours'), (${room}, 'new', localtimestamp)`
    const login = world.address
    const other = await startGateway({
      port: 0,
      jwtSecret: world.jwtSecret,
      publishableKey: world.publishableKey,
      secretKey: world.secretKey,
      databaseUrls: {
        authenticator: login('authenticator'),
        auth: login('supabase_auth_admin'),
        realtime: login('supabase_realtime_admin'),
        storage: login('supabase_storage_admin'),
        replication: login('supabase_replication_admin'),
      },
    })
    const left = async () =>
      (await world.db`select extension from realtime.messages where topic = ${room}`).map(({ extension }) => extension as string)
    await until(async () => (await left()).length === 1)
    expect(await left()).toEqual(['new'])
    await other.close()
  })

  test('what is no message of the protocol is ignored', async () => {
    const socket = new WebSocket(`${world.url.replace('http', 'ws')}/realtime/v1/websocket?apikey=${world.publishableKey}&vsn=2.0.0`)
    const answer = await new Promise<string>((resolve) => {
      socket
        .on('open', () => {
          for (const garbage of ['', '{', '[]', 'null', '[1,2,3]', Buffer.from([3, 255, 255, 255]), Buffer.from([9]), Buffer.alloc(0)])
            socket.send(garbage)
          socket.send(JSON.stringify([null, 'alive', 'phoenix', 'heartbeat', {}]))
        })
        .on('message', (data) => resolve(String(data)))
    })
    expect(JSON.parse(answer)).toEqual([null, 'alive', 'phoenix', 'phx_reply', { status: 'ok', response: {} }])
    socket.close()
  })
})
