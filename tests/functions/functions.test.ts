import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { identityOf, waitUntil } from '../../supabase/local/processes.ts'
import { createWorld, type World } from '../support/world.ts'

let world: World

beforeAll(async () => {
  world = await createWorld('functions', {
    gateway: {
      functions: { dir: fileURLToPath(new URL('fixtures', import.meta.url)), limits: { time: 10_000, idle: 400, memory: 300, body: 1 } },
    },
  })
})
afterAll(() => world.close())

const functions = () => world.gateway.functions!
const ask = async (path: string, body = '') => {
  const response = await fetch(`${world.url}/functions/v1/${path}`, { method: 'POST', body })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

describe('a function', () => {
  it('starts at its first request, and is asked with the path, headers and body that came', async () => {
    expect(functions().status('probe')).toEqual({ starts: 0, pid: undefined })
    const { data, error } = await world.client({ company: 'c1' }).functions.invoke('probe/echo', { body: { hello: 'été' } })
    expect(error).toBeNull()
    expect(data).toEqual({ answer: { path: '/probe/echo', method: 'POST', company: 'c1', body: '{"hello":"été"}' } })
    expect(functions().status('probe').starts).toBe(1)
  })

  it('reads the variables that are named for it, connects to the API, and is refused everything else', async () => {
    expect((await ask('probe/address')).body).toEqual({ answer: world.url })
    for (const deed of ['secret', 'home', 'write', 'run', 'net']) expect((await ask(`probe/${deed}`)).body, deed).toEqual({ refused: 'NotCapable' })
  })

  it('that crashes costs its request alone: the next one finds another process', async () => {
    const { pid } = functions().status('probe')
    expect(await ask('probe/crash')).toMatchObject({ status: 502, body: { code: 'WORKER_ERROR' } })
    expect((await ask('probe/address')).status).toBe(200)
    expect(functions().status('probe').pid).not.toBe(pid)
  })

  it('that never answers is ended when its time is over', async () => {
    expect(await ask('probe/spin')).toMatchObject({ status: 504, body: { code: 'WORKER_LIMIT' } })
    expect((await ask('probe/address')).status).toBe(200)
  })

  it('that takes too much memory is ended', async () => {
    expect(await ask('probe/eat')).toMatchObject({ status: 502, body: { code: 'WORKER_ERROR' } })
  })

  it('refuses a body that is too large', async () => {
    expect(await ask('probe/echo', 'x'.repeat(64 * 1024 + 1))).toMatchObject({ status: 413, body: { code: 'TOO_LARGE' } })
  })

  it('goes when nobody asks, and comes back', async () => {
    await ask('probe/address')
    const { pid, starts } = functions().status('probe')
    const identity = identityOf(pid!)
    expect(identity).toBeDefined()
    expect(await waitUntil(() => identityOf(pid!) !== identity, 5_000)).toBe(true)
    expect((await ask('probe/address')).status).toBe(200)
    expect(functions().status('probe').starts).toBe(starts + 1)
  })

  it('is not held up by a client that never sends its body', async () => {
    await ask('probe/address')
    const identity = identityOf(functions().status('probe').pid!)
    const { hostname, port } = new URL(world.url)
    const slow = connect(Number(port), hostname)
    slow.write('POST /functions/v1/probe/echo HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n12')
    // idle as it is, it goes in peace
    expect(await waitUntil(() => identityOf(functions().status('probe').pid ?? 0) !== identity, 5_000)).toBe(true)
    expect((await ask('probe/address')).status).toBe(200)
    slow.write('34567890')
    expect(await new Promise((resolve) => slow.once('data', (data) => resolve(String(data).split('\r\n')[0])))).toBe('HTTP/1.1 200 OK')
    slow.destroy()
  })

  it('opens its answers to no page of another origin', async () => {
    const response = await fetch(`${world.url}/functions/v1/probe/echo`, { method: 'POST', body: 'x', headers: { origin: 'https://elsewhere.test' } })
    expect(response.status).toBe(200)
    expect([...response.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([])
  })

  it('that cannot start says so', async () => {
    expect(await ask('broken')).toMatchObject({
      status: 503,
      body: { code: 'BOOT_ERROR', message: expect.stringContaining('“broken” did not start') },
    })
  })

  it('that nobody wrote is not found', async () => {
    for (const name of ['nothing', 'toString', '..%2fjobs', '']) expect((await ask(name)).status, name).toBe(404)
  })
})

describe('a function for people who are signed in', () => {
  it('is not started for anybody else', async () => {
    const headers = [{}, { authorization: `Bearer ${world.publishableKey}` }, { authorization: 'Bearer a.b.c' }]
    for (const each of headers) {
      const response = await fetch(`${world.url}/functions/v1/locked`, { method: 'POST', headers: each as Record<string, string> })
      expect(response.status).toBe(401)
    }
    expect(functions().status('locked').starts).toBe(0)
  })

  it('gets their token', async () => {
    const { client } = await world.signUp('ada@batir.test', 'Echafaudage-17-rouge')
    const token = (await client.auth.getSession()).data.session!.access_token
    expect((await client.functions.invoke('locked')).data).toEqual({ authorization: `Bearer ${token}` })
  })
})

describe('every function', () => {
  it('is deployed to hosted projects as it runs here', () => {
    const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
    const here = JSON.parse(read('edge-functions/functions.json')) as Record<string, { verify_jwt: boolean }>
    const there = [...read('supabase/config.toml').matchAll(/^\[functions\.([\w-]+)\]\n(?:.+\n)*?verify_jwt = (\w+)\nentrypoint = "(.+)"/gm)]
    expect(there.map(([, name, verify, entry]) => [name, verify, entry]).sort()).toEqual(
      Object.entries(here)
        .map(([name, { verify_jwt }]) => [name, String(verify_jwt), `../edge-functions/${name}/index.ts`])
        .sort(),
    )
  })

  it('names the versions of packages that are installed here', () => {
    const read = (path: string) =>
      JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')) as Record<string, Record<string, string>>
    const installed = read('package.json').dependencies!
    for (const name of Object.keys(read('edge-functions/functions.json'))) {
      for (const [specifier, target] of Object.entries(read(`edge-functions/${name}/deno.json`).imports!)) {
        expect(target, name).toBe(`npm:${specifier}@${installed[specifier]}`)
      }
    }
  })
})
