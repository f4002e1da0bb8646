import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { removeData } from '../../supabase/local/engine.ts'
import { freePort } from '../../supabase/local/postgres.ts'
import { identityOf, stopOrphan } from '../../supabase/local/processes.ts'
import { startApp, type StartedApp } from '../support/start.ts'

let home: string
let dir: string
let port: number
let started: StartedApp[]
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'aplomb-start-'))
  chmodSync(home, 0o755)
  dir = join(home, 'data')
  port = await freePort()
  started = []
})
afterEach(async () => {
  await Promise.all(started.map((app) => app.end('SIGTERM')))
  await stopOrphan(join(dir, 'pgdata'))
  removeData(dir)
  removeData(home)
})

async function start(...options: string[]): Promise<StartedApp> {
  const app = await startApp('--port', String(port), '--data', dir, ...options)
  started.push(app)
  return app
}

async function config(app: StartedApp): Promise<unknown> {
  return await (await fetch(`${app.url}/config.json`)).json()
}

/** Calls the sign-up or sign-in route and answers the status. */
async function authenticate(app: StartedApp, route: 'signup' | 'token?grant_type=password'): Promise<number> {
  const { publishableKey } = (await config(app)) as { publishableKey: string }
  const answer = await fetch(`${app.url}/auth/v1/${route}`, {
    method: 'POST',
    headers: { apikey: publishableKey, 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'zoe@example.fr', password: 'Un long mot de passe 1' }),
  })
  return answer.status
}

const serverPid = () => Number.parseInt(readFileSync(join(dir, 'pgdata', 'postmaster.pid'), 'utf8'), 10)
const claimant = () => Number.parseInt(readFileSync(join(dir, 'supervisor.pid'), 'utf8'), 10)

describe('npm start', () => {
  test('serves app and settings, ends on Ctrl-C, and starts again on the same data within 5 s', async () => {
    const first = await start()
    const settings = await config(first)
    expect(settings).toMatchObject({ publishableKey: expect.stringMatching(/^sb_publishable_/) })
    expect(await authenticate(first, 'signup')).toBe(200)
    const server = serverPid()
    expect(await first.end()).toBe(0)
    expect(identityOf(server)).toBeUndefined()

    const second = await start()
    expect(await config(second)).toEqual(settings)
    expect(await authenticate(second, 'token?grant_type=password')).toBe(200)
    expect(second.took).toBeLessThan(5_000)
  })

  test('keeps nothing running when its parent is killed', async () => {
    const first = await start()
    const server = serverPid()
    await first.end('SIGKILL')
    await expect.poll(() => identityOf(server), { timeout: 10_000 }).toBeUndefined()
    await config(await start())
  })

  test('keeps nothing running when npm is killed', async () => {
    const npm = spawn('npm', ['start', '--', '--port', String(port), '--data', dir], { stdio: 'ignore' })
    const exit = once(npm, 'exit')
    const lock = join(dir, 'pgdata', 'postmaster.pid')
    await expect.poll(() => existsSync(lock) && readFileSync(lock, 'utf8').includes('ready'), { timeout: 20_000 }).toBe(true)
    const server = serverPid()
    npm.kill('SIGKILL')
    await exit
    await expect.poll(() => identityOf(server), { timeout: 10_000 }).toBeUndefined()
  })

  test('starts again after the server process itself was killed', async () => {
    const first = await start()
    process.kill(claimant(), 'SIGKILL')
    await first.end()
    await config(await start())
  })

  test('goes on serving when Postgres is killed', async () => {
    const app = await start()
    const server = serverPid()
    process.kill(server, 'SIGKILL')
    await expect.poll(() => app.output()).toContain('Postgres ended (SIGKILL) and is being restarted.')
    await expect.poll(() => existsSync(join(dir, 'pgdata', 'postmaster.pid')) && serverPid() !== server).toBe(true)
    await expect.poll(() => authenticate(app, 'signup'), { timeout: 10_000 }).toBe(200)
  })

  test('--fresh begins again, and never deletes a folder that is not its own', async () => {
    const first = await start()
    const settings = await config(first)
    await first.end()
    const second = await start('--fresh')
    expect(await config(second)).not.toEqual(settings)

    const photos = join(home, 'photos')
    mkdirSync(photos)
    writeFileSync(join(photos, 'wedding.jpg'), '')
    await expect(startApp('--fresh', '--data', photos)).rejects.toThrow('is not a data folder of Aplomb')
    expect(existsSync(join(photos, 'wedding.jpg'))).toBe(true)
  })

  test('prints the address and little else, and gives the app its public one', async () => {
    const app = await start('--demo', '--origin', 'https://aplomb.example.fr/')
    expect(await config(app)).toMatchObject({ origin: 'https://aplomb.example.fr', supabaseUrl: app.url })
    const lines = app
      .output()
      .split('\n')
      .filter((line) => line && !/^ {2}(Bâti Garrigue|Charpentes du Vercors) /.test(line))
    expect(lines.filter((line) => line !== 'Building the app…')).toEqual([
      expect.stringMatching(/^Aplomb: http/),
      expect.stringMatching(/^Mails are kept here, not sent: http/),
    ])
  })

  test('says in a sentence what is in the way', async () => {
    await expect(startApp('--origin', 'http://aplomb.example.fr')).rejects.toThrow('--origin takes the public address of the app')
    await expect(startApp('--host', '203.0.113.7', '--data', dir)).rejects.toThrow('203.0.113.7 is no address of this machine')
    await expect(startApp('--port', 'many')).rejects.toThrow('--port takes a number from 1 to 65535, not “many”.')
    await expect(startApp('--colour', 'red')).rejects.toThrow('npm start [-- options]')

    const other = createServer().listen(port, '127.0.0.1')
    await expect(start()).rejects.toThrow(`Port ${port} is taken by another program: choose another one with --port.`)
    await new Promise((closed) => other.close(closed))

    const app = await start()
    await expect(start()).rejects.toThrow(`Aplomb is already running on ${dir}: open ${app.url}, or stop it first.`)
  }, 60_000)
})
