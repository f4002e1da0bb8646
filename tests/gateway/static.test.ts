import { readFileSync } from 'node:fs'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createWorld, type World } from '../support/world.ts'

const INDEX = `<!doctype html><title>Aplomb</title>${'<!-- filler -->'.repeat(100)}`
const SCRIPT = `export default ${JSON.stringify('x'.repeat(3000))};`
let world: World
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'aplomb-static-'))
  const dist = join(folder, 'dist')
  mkdirSync(join(dist, 'assets'), { recursive: true })
  mkdirSync(join(dist, '.hidden'))
  writeFileSync(join(folder, 'secret.txt'), 'not for you')
  writeFileSync(join(dist, '.hidden', 'file.txt'), 'not for you')
  writeFileSync(join(dist, 'index.html'), INDEX)
  writeFileSync(join(dist, 'service-worker.js'), SCRIPT)
  writeFileSync(join(dist, 'manifest.webmanifest'), '{"name":"Aplomb"}')
  writeFileSync(join(dist, 'assets', 'main-Bx3k9_Qz.js'), SCRIPT)
  writeFileSync(join(dist, 'assets', 'made-Bx3k9_Qz.js'), SCRIPT)
  writeFileSync(join(dist, 'assets', 'made-Bx3k9_Qz.js.br'), 'compressed before')
  writeFileSync(join(dist, 'assets', 'module-Ab12Cd34.wasm'), Buffer.alloc(5000))
  symlinkSync(join(folder, 'secret.txt'), join(dist, 'link.txt'))
  world = await createWorld('static', { staticDir: dist })
})
afterAll(async () => {
  await world.close()
  rmSync(folder, { recursive: true })
})

interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: Buffer
}

/** A request whose path and encoding nobody tidies up. */
function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  const { hostname, port } = new URL(world.url)
  return new Promise((resolve, reject) => {
    request({ hostname, port, path, headers, method }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks) }))
    })
      .on('error', reject)
      .end()
  })
}

describe('the app', () => {
  test('the page is asked for anew each time, and answers 304 when it is the same', async () => {
    const { status, headers, body } = await get('/')
    expect([status, body.toString(), headers['cache-control'], headers['content-type']]).toEqual([200, INDEX, 'no-cache', 'text/html; charset=utf-8'])
    const again = await get('/index.html', { 'if-none-match': String(headers.etag) })
    expect([again.status, again.body.length]).toEqual([304, 0])
    expect((await get('/service-worker.js')).headers['cache-control']).toBe('no-cache')
    expect((await get('/manifest.webmanifest')).headers['content-type']).toMatch(/^application\/manifest\+json/)
  })

  test('a changed file is served as it is now', async () => {
    const file = join(folder, 'dist', 'changing.txt')
    writeFileSync(file, 'before')
    expect((await get('/changing.txt')).body.toString()).toBe('before')
    writeFileSync(file, 'behind')
    utimesSync(file, new Date(), new Date(Date.now() + 5000))
    expect((await get('/changing.txt')).body.toString()).toBe('behind')
  })

  test('assets with a hash in their name are kept for ever', async () => {
    const { headers } = await get('/assets/main-Bx3k9_Qz.js')
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable')
    expect((await get('/assets/module-Ab12Cd34.wasm')).headers['content-type']).toBe('application/wasm')
  })

  test('text is compressed as the browser likes it', async () => {
    const br = await get('/assets/main-Bx3k9_Qz.js', { 'accept-encoding': 'gzip, deflate, br' })
    expect([br.headers['content-encoding'], brotliDecompressSync(br.body).toString()]).toEqual(['br', SCRIPT])
    const gzip = await get('/assets/main-Bx3k9_Qz.js', { 'accept-encoding': 'gzip, br;q=0' })
    expect([gzip.headers['content-encoding'], gunzipSync(gzip.body).toString()]).toEqual(['gzip', SCRIPT])
    const plain = await get('/assets/main-Bx3k9_Qz.js')
    expect([plain.headers['content-encoding'], plain.body.toString(), plain.headers.vary]).toEqual([undefined, SCRIPT, 'accept-encoding'])
  })

  test('a file compressed beforehand is preferred', async () => {
    const { body } = await get('/assets/made-Bx3k9_Qz.js', { 'accept-encoding': 'br' })
    expect(body.toString()).toBe('compressed before')
  })

  test('HEAD answers the headers alone, other methods are refused', async () => {
    const head = await get('/', {}, 'HEAD')
    expect([head.status, head.headers['content-length'], head.body.length]).toEqual([200, String(INDEX.length), 0])
    expect((await get('/', {}, 'POST')).status).toBe(405)
  })

  test('any address of the app opens the page; a missing file does not', async () => {
    const html = { accept: 'text/html,application/xhtml+xml' }
    for (const path of ['/sites', '/sites/42/incidents?x=1', '/invitation/abc']) expect((await get(path, html)).body.toString()).toBe(INDEX)
    expect((await get('/anything.js', html)).status).toBe(404)
    expect((await get('/sites')).status).toBe(404)
    expect((await get('/sites.v2', { 'sec-fetch-mode': 'navigate' })).body.toString()).toBe(INDEX)
  })

  test('nothing outside the folder is read', async () => {
    const paths = [
      '/../secret.txt',
      '/..%2fsecret.txt',
      '/%2e%2e/secret.txt',
      '/%2e%2e%2fsecret.txt',
      '/assets/..%2f..%2fsecret.txt',
      '/..%5csecret.txt',
      '/link.txt',
      '/.hidden/file.txt',
      '/%00',
      '/index.html%00.txt',
      '/%',
      '//etc/passwd',
      '/assets',
    ]
    for (const path of paths) {
      const { status, body } = await get(path)
      expect([path, status >= 400, body.toString().includes('not for you')]).toEqual([path, true, false])
    }
  })

  test('pages carry the security headers', async () => {
    const { headers } = await get('/')
    const policy = String(headers['content-security-policy'])
    expect(policy).toContain("default-src 'self'")
    expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval';")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).toContain("require-trusted-types-for 'script'; trusted-types default")
    expect(policy).toContain(`connect-src 'self' ${world.url.replace('http', 'ws')}`)
    expect(policy.replace("style-src-attr 'unsafe-inline'", '')).not.toContain('unsafe-inline')
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' })
    const odd = await get('/', { host: "evil'; script-src *" })
    expect(String(odd.headers['content-security-policy'] ?? '')).not.toContain('evil')
  })

  test('and the page on deployment tells other hosts to send the same', async () => {
    const { headers } = await get('/')
    const told = readFileSync(new URL('../../docs/deploy.md', import.meta.url), 'utf8')
    const hosted = String(headers['content-security-policy']).replace(
      /connect-src [^;]+/,
      "connect-src 'self' https://<ref>.supabase.co wss://<ref>.supabase.co",
    )
    expect(told).toContain(`content-security-policy: ${hosted}\n`)
    for (const name of ['x-content-type-options', 'referrer-policy', 'cross-origin-opener-policy', 'permissions-policy'])
      expect(told).toContain(`${name}: ${String(headers[name])}\n`)
  })
})

describe('beside the app', () => {
  test('the configuration names the origin that was asked, and says that mails are kept here', async () => {
    const { body, headers } = await get('/config.json')
    expect(JSON.parse(body.toString())).toEqual({ supabaseUrl: world.url, publishableKey: world.publishableKey, mailsKept: true })
    expect(headers['cache-control']).toBe('no-store')
    const elsewhere = await get('/config.json', { host: 'phone.local:8080' })
    expect(JSON.parse(elsewhere.body.toString())).toMatchObject({ supabaseUrl: 'http://phone.local:8080' })
  })

  test('health, and what is not served yet', async () => {
    expect(JSON.parse((await get('/health')).body.toString())).toEqual({ status: 'ok', database: true })
    for (const path of ['/storage/v1/s3/x', '/functions/v1/x']) {
      const { status, body } = await get(path)
      expect([status, JSON.parse(body.toString())]).toEqual([501, expect.objectContaining({ message: expect.stringMatching(/\.$/) })])
    }
  })
})
