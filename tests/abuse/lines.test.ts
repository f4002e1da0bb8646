import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bodies } from '../../supabase/local/gateway/http.ts'
import { startGateway, type Gateway, type GatewayOptions } from '../../supabase/local/gateway/index.ts'
import { tokenOf, until } from '../gateway/support.ts'
import { createWorld, type World } from '../support/world.ts'

let world: World
let token: string
const dist = mkdtempSync(join(tmpdir(), 'aplomb-lines-'))

beforeAll(async () => {
  writeFileSync(join(dist, 'index.html'), '<!doctype html><title>x</title>')
  writeFileSync(join(dist, 'large.bin'), randomBytes(32 * 1024 * 1024))
  world = await createWorld('lines')
  token = await tokenOf((await world.signUp('anne@lignes.test', 'une phrase assez longue 12')).client)
})
afterAll(async () => {
  await world?.close()
  rmSync(dist, { recursive: true })
})

/** Another gateway over the same database. */
const another = (settings: Partial<GatewayOptions>): Promise<Gateway> =>
  startGateway({
    port: 0,
    databaseUrls: {
      authenticator: world.address('authenticator'),
      auth: world.address('supabase_auth_admin'),
      realtime: world.address('supabase_realtime_admin'),
      storage: world.address('supabase_storage_admin'),
      replication: world.address('supabase_replication_admin'),
    },
    jwtSecret: world.jwtSecret,
    publishableKey: world.publishableKey,
    secretKey: world.secretKey,
    ...settings,
  })

/** A line to a gateway, what came over it, and whether it was cut. */
function line(url: string, first = ''): { socket: Socket; heard: () => string; cut: () => boolean } {
  const { hostname, port } = new URL(url)
  const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true })
  let heard = ''
  let cut = false
  socket.on('data', (data: Buffer) => (heard += data.toString('latin1')))
  socket.on('error', () => (cut = true)).on('close', () => (cut = true))
  socket.write(first)
  return { socket, heard: () => heard, cut: () => cut }
}

const call = (length: number, signedIn = true) =>
  `POST /rest/v1/rpc/my_companies HTTP/1.1\r\nhost: x\r\napikey: ${world.publishableKey}\r\ncontent-type: application/json\r\n` +
  `${signedIn ? `authorization: Bearer ${token}\r\n` : ''}content-length: ${length}\r\n\r\n`

describe('memory', () => {
  test('is not lent at length to whoever has not signed in', async () => {
    const nobody = line(world.url, call(70_000, false))
    await until(() => nobody.heard().startsWith('HTTP/1.1 413 '))
    const anne = line(world.url, call(70_000))
    anne.socket.write(`{"x":"${'x'.repeat(69_992)}"}`)
    await until(() => anne.heard().startsWith('HTTP/1.1 404 ')) // there is no such argument
    for (const { socket } of [nobody, anne]) socket.destroy()
  })

  test('of all bodies together has an end, and is given back', async () => {
    const { limit } = bodies
    bodies.limit = 1024 * 1024
    try {
      await until(() => bodies.held === 0)
      const half = [1, 2].map(() => line(world.url, call(900_000)))
      for (const { socket } of half) socket.write('x'.repeat(700_000))
      await until(() => half.filter(({ heard }) => heard().startsWith('HTTP/1.1 503 ')).length === 1)
      for (const { socket } of half) socket.destroy()
      await until(() => bodies.held === 0)
      const next = line(world.url, call(900_000))
      next.socket.write(`{"x":"${'x'.repeat(899_992)}"}`)
      await until(() => next.heard().startsWith('HTTP/1.1 404 '))
      next.socket.destroy()
      await until(() => bodies.held === 0)
    } finally {
      bodies.limit = limit
    }
  })
})

describe('memory of a request that waits behind another one', () => {
  test('is given back when their line breaks', async () => {
    const gateway = await another({ staticDir: dist })
    await until(() => bodies.held === 0)
    const idle = line(gateway.url)
    idle.socket.pause()
    idle.socket.write(`GET /large.bin HTTP/1.1\r\nhost: x\r\n\r\n${call(60_000)}{"x":"${'x'.repeat(59_992)}"}`)
    await until(() => bodies.held === 60_000)
    idle.socket.destroy()
    await until(() => bodies.held === 0)
    await gateway.close()
  })
})

describe('a line', () => {
  test('that is slow keeps nobody from signing in', async () => {
    const gateway = await another({})
    const head = `POST /auth/v1/token?grant_type=password HTTP/1.1\r\nhost: x\r\napikey: ${world.publishableKey}\r\ncontent-length: 10\r\n\r\n{`
    const slow = Array.from({ length: 310 }, () => line(gateway.url, head))
    await until(() => bodies.held >= 310)
    const response = await fetch(`${gateway.url}/auth/v1/token?grant_type=password`, {
      method: 'POST',
      headers: { apikey: world.publishableKey },
      body: JSON.stringify({ email: 'anne@lignes.test', password: 'une phrase assez longue 12' }),
    })
    expect(response.status).toBe(200)
    for (const { socket } of slow) socket.destroy()
    await until(() => bodies.held === 0)
    await gateway.close()
  })

  test('beyond the last one is cut; who does not read his answer loses his', async () => {
    const gateway = await another({ staticDir: dist, maxConnections: 1, unreadTimeout: 500 })
    const idle = line(gateway.url)
    idle.socket.pause()
    idle.socket.write('GET /large.bin HTTP/1.1\r\nhost: x\r\n\r\n')
    const ask = async () => {
      const one = line(gateway.url, 'GET /config.json HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
      one.socket.on('end', () => one.socket.end())
      await until(one.cut)
      return one.heard()
    }
    expect(await ask()).toBe('')
    await until(async () => (await ask()).startsWith('HTTP/1.1 200 '), 20)
    idle.socket.destroy()
    await gateway.close()
  })

  test('that asked for a WebSocket and was refused is let go of, also by a client that holds on to it', async () => {
    const gateway = await another({})
    const upgrade = (path: string, more = '') =>
      line(gateway.url, `GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n${more}\r\n`)
    const refused = [
      upgrade('/nothing'),
      upgrade('/realtime/v1/websocket?apikey=wrong', 'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n'),
      upgrade('/realtime/v1/websocket', 'origin: https://elsewhere.test\r\n'),
    ]
    await until(() => refused.every(({ heard }) => /^HTTP\/1.1 40[34] /.test(heard())))
    await until(() => refused.every(({ socket, cut }) => cut() || !socket.write('x') || cut()))
    await gateway.close()
  })
})

describe('a request inside another', () => {
  const hidden = 'GET /config.json HTTP/1.1\r\nhost: x\r\n\r\n'
  const head = 'POST /rest/v1/rpc/my_companies HTTP/1.1\r\nhost: x\r\n'
  test.each([
    ['two lengths of different kinds', `${head}content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`],
    ['the same the other way', `${head}transfer-encoding: chunked\r\ncontent-length: ${hidden.length}\r\n\r\n0\r\n\r\n${hidden}`],
    ['two lengths', `${head}content-length: 0\r\ncontent-length: ${hidden.length}\r\n\r\n${hidden}`],
    ['a length with a sign', `${head}content-length: +0\r\n\r\n${hidden}`],
    ['an encoding that is none', `${head}transfer-encoding: xchunked\r\n\r\n0\r\n\r\n${hidden}`],
    ['lines that end by LF alone', `POST /rest/v1/rpc/my_companies HTTP/1.1\nhost: x\ncontent-length: 0\n\n${hidden}`],
    ['a header that ends by LF alone', `${head}x: y\ncontent-length: 0\r\n\r\n${hidden}`],
    ['a space before the colon', `${head}content-length : 0\r\n\r\n${hidden}`],
    ['a folded header', `${head}x: y\r\n content-length: 0\r\n\r\n${hidden}`],
    ['a chunk that ends by LF alone', `${head}transfer-encoding: chunked\r\n\r\n1\nx\n0\n\n${hidden}`],
  ])('by %s is not read', async (_title, bytes) => {
    const one = line(world.url, bytes)
    one.socket.on('end', () => one.socket.end())
    await until(one.cut)
    expect(one.heard().match(/HTTP\/1.1 (\d+)/g)).toEqual(['HTTP/1.1 400'])
  })
})
