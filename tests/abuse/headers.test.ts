import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import WebSocket from 'ws'
import { clientAddress, isEncrypted } from '../../supabase/local/gateway/http.ts'
import { tokenOf } from '../gateway/support.ts'
import { createWorld, type World } from '../support/world.ts'

let world: World
let token: string
const dist = mkdtempSync(join(tmpdir(), 'aplomb-headers-'))

beforeAll(async () => {
  mkdirSync(join(dist, 'assets'))
  writeFileSync(join(dist, 'index.html'), '<!doctype html><title>x</title>')
  writeFileSync(join(dist, 'service-worker.js'), '1')
  writeFileSync(join(dist, 'assets', 'app-abcdefgh.js'), '1')
  writeFileSync(join(dist, 'picture.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
  world = await createWorld('headers', { staticDir: dist, gateway: { siteUrl: 'https://chantier.test' } })
  token = await tokenOf((await world.signUp('anne@headers.test', 'une phrase assez longue 12')).client)
})
afterAll(async () => {
  await world?.close()
  rmSync(dist, { recursive: true })
})

interface Answer {
  status: number
  headers: IncomingHttpHeaders
}

function ask(method: string, path: string, headers: Record<string, string> = {}, body = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(world.url)
    const known = { apikey: world.publishableKey, authorization: `Bearer ${token}` }
    httpRequest({ hostname, port, method, path, headers: { ...known, ...headers } }, (response) => {
      response.resume().on('end', () => resolve({ status: response.statusCode!, headers: response.headers }))
    })
      .on('error', reject)
      .end(body)
  })
}

/** Every kind of answer: each service when it serves and when it refuses, each handler's own mistakes. */
const kinds: [string, number, string, string, Record<string, string>?, string?][] = [
  ['a page', 200, 'GET', '/'],
  ['a place of the app', 200, 'GET', '/sites/1', { accept: 'text/html' }],
  ['the service worker', 200, 'GET', '/service-worker.js'],
  ['a script', 200, 'GET', '/assets/app-abcdefgh.js'],
  ['an SVG of the app', 200, 'GET', '/picture.svg'],
  ['a page unchanged', 304, 'GET', '/'],
  ['a file that is not there', 404, 'GET', '/nothing.js'],
  ['a wrong method', 405, 'POST', '/'],
  ['a path that none can be', 400, 'GET', '/%'],
  ['the configuration', 200, 'GET', '/config.json'],
  ['health', 200, 'GET', '/health'],
  ['caught mails', 200, 'GET', '/mail'],
  ['rows', 200, 'GET', '/rest/v1/companies?select=id'],
  ['a function', 200, 'POST', '/rest/v1/rpc/my_companies', { 'content-type': 'application/json' }, '{}'],
  ['a table that is not there', 404, 'GET', '/rest/v1/nothing'],
  ['rows without a key', 401, 'GET', '/rest/v1/companies', { apikey: 'wrong' }],
  ['JSON that is none', 400, 'POST', '/rest/v1/rpc/my_companies', { 'content-type': 'application/json' }, '{'],
  ['the person', 200, 'GET', '/auth/v1/user'],
  ['a wrong password', 400, 'POST', '/auth/v1/token?grant_type=password', {}, '{"email":"a@b.fr","password":"x"}'],
  ['a dead link', 303, 'GET', '/auth/v1/verify?token=x&type=magiclink'],
  ['the keys of Auth', 200, 'GET', '/auth/v1/.well-known/jwks.json'],
  ['what Auth does not serve', 501, 'GET', '/auth/v1/sso'],
  ['a broadcast that is refused', 403, 'POST', '/realtime/v1/api/broadcast', {}, '{"messages":[{"topic":"a","event":"b","private":false}]}'],
  ['no broadcast', 404, 'GET', '/realtime/v1/x'],
  ['an object that is not there', 400, 'GET', '/storage/v1/object/authenticated/photos/a/b/c.jpg'],
  ['an upload in pieces that is refused', 400, 'POST', '/storage/v1/upload/resumable', { 'tus-resumable': '1.0.0' }],
  ['a method of no use', 404, 'OPTIONS', '/storage/v1/upload/resumable'],
  ['no functions', 501, 'POST', '/functions/v1/report-pdf'],
]

describe('every answer', () => {
  test.each(kinds)('%s is not sniffed, not framed, and runs no inline script', async (_, status, method, path, headers = {}, body) => {
    const etag: Record<string, string> = status === 304 ? { 'if-none-match': String((await ask(method, path)).headers.etag) } : {}
    const answer = await ask(method, path, { ...headers, ...etag }, body)
    expect(answer.status).toBe(status)
    expect(answer.headers['x-content-type-options']).toBe('nosniff')
    expect(answer.headers['referrer-policy']).toBe('no-referrer')
    const policy = String(answer.headers['content-security-policy'])
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).toContain("base-uri 'none'")
    const scripts = /script-src ([^;]*)/.exec(policy)?.[1] ?? /default-src ([^;]*)/.exec(policy)![1]!
    expect(scripts).not.toMatch(/unsafe-inline|unsafe-eval'? |\*|http:|data:/)
    expect(answer.headers['strict-transport-security']).toBeUndefined()
    expect(answer.headers['x-powered-by'] ?? answer.headers.server).toBeUndefined()
  })

  test.each(kinds)('%s is no answer to a page of another origin, and leaves no cookie', async (_, __, method, path, headers = {}, body) => {
    const foreign = { ...headers, origin: 'https://elsewhere.test' }
    const preflight = { origin: 'https://elsewhere.test', 'access-control-request-method': 'POST', 'access-control-request-headers': 'apikey' }
    for (const answer of [await ask(method, path, foreign, body), await ask('OPTIONS', path, preflight)]) {
      expect(answer.headers['access-control-allow-origin']).toBeUndefined()
      expect(answer.headers['access-control-allow-credentials']).toBeUndefined()
      expect(answer.headers['set-cookie']).toBeUndefined()
    }
  })

  test.each(kinds)('%s, come over TLS, keeps the browser to TLS', async (_, status, method, path, headers = {}, body) => {
    const etag: Record<string, string> = status === 304 ? { 'if-none-match': String((await ask(method, path)).headers.etag) } : {}
    const answer = await ask(method, path, { ...headers, ...etag, 'x-forwarded-proto': 'https' }, body)
    expect(answer.headers['strict-transport-security']).toBe('max-age=31536000; includeSubDomains')
  })

  test.each(kinds.filter(([, , , path]) => /^\/(rest|auth|config|health|mail)/.test(path)))(
    '%s is kept by nobody',
    async (_, __, method, path, headers, body) => {
      expect((await ask(method, path, headers, body)).headers['cache-control']).toBe('no-store')
    },
  )
})

describe('a proxy', () => {
  const from = (remoteAddress: string, headers: IncomingHttpHeaders) => ({ socket: { remoteAddress }, headers }) as never
  test('on this machine is believed: the hop it added itself, and how the client came', () => {
    const headers = { 'x-forwarded-for': '198.51.100.7, 203.0.113.9', 'x-forwarded-proto': 'https' }
    expect(clientAddress(from('127.0.0.1', headers))).toBe('203.0.113.9')
    expect(isEncrypted(from('::1', headers))).toBe(true)
  })

  test('elsewhere is not: whoever sends these words says nothing by them', () => {
    const headers = { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https' }
    expect(clientAddress(from('198.51.100.7', headers))).toBe('198.51.100.7')
    expect(isEncrypted(from('198.51.100.7', headers))).toBe(false)
  })
})

describe('methods', () => {
  test.each(['TRACE', 'PATCH', 'DELETE', 'PUT'])('%s of a page or a row is refused', async (method) => {
    for (const path of ['/', '/rest/v1/companies?id=eq.1']) expect((await ask(method, path)).status).toBeGreaterThanOrEqual(400)
  })
})

describe('a socket', () => {
  /** The status of the answer to an upgrade that a page of this origin asks for; 101 = it is open. */
  const open = (origin?: string): Promise<number> =>
    new Promise((resolve, reject) => {
      const address = `${world.url.replace('http', 'ws')}/realtime/v1/websocket?vsn=1.0.0&apikey=${world.publishableKey}`
      const socket = new WebSocket(address, origin === undefined ? {} : { origin })
      socket.on('open', () => {
        socket.close()
        resolve(101)
      })
      socket.on('unexpected-response', (request, response) => {
        request.destroy()
        resolve(response.statusCode!)
      })
      socket.on('error', reject)
    })

  test('opens for pages of the app, by the address they were opened at and by the public one, and for programs that are no page', async () => {
    for (const origin of [undefined, world.url, 'https://chantier.test']) expect(await open(origin)).toBe(101)
  })

  test.each(['https://elsewhere.test', 'https://chantier.test.elsewhere.test', 'http://chantier.test', 'http://127.0.0.1:1', 'null', 'nonsense'])(
    'of a page of %s is refused, although it knows the public key',
    async (origin) => expect(await open(origin)).toBe(403),
  )
})
