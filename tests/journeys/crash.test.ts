import { createHash, randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres, { type Sql } from 'postgres'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { newId } from '../../app/kernel/ids.ts'
import { remoteOf } from '../../app/kernel/remote.ts'
import type { Remote } from '../../app/kernel/sync/protocol.ts'
import { removeData } from '../../supabase/local/engine.ts'
import { freePort } from '../../supabase/local/postgres.ts'
import { stopOrphan } from '../../supabase/local/processes.ts'
import { readSecrets } from '../../supabase/local/secrets.ts'
import { makeDevice, type Device } from '../client/device.ts'
import { makeRandom } from '../client/simulator.ts'
import { openClient, type Client } from '../support/client.ts'
import { startApp, type StartedApp } from '../support/start.ts'

const home = mkdtempSync(join(tmpdir(), 'aplomb-crash-'))
const dir = join(home, 'data')
const password = 'un-bon-secret'
const lockFile = join(dir, 'pgdata', 'postmaster.pid')
const devices: Device[] = []
let app: StartedApp
let start: () => Promise<StartedApp>
let open: () => Client

const eventually = (check: () => Promise<void> | void) => vi.waitFor(check, { timeout: 60_000, interval: 25 })

beforeAll(async () => {
  chmodSync(home, 0o711)
  const port = await freePort()
  start = () => startApp('--port', String(port), '--data', dir)
  app = await start()
  open = () => openClient(app.url, readSecrets(dir).publishableKey)
}, 120_000)
afterAll(async () => {
  for (const device of devices) await device.close()
  await app?.end('SIGTERM')
  await stopOrphan(join(dir, 'pgdata'))
  removeData(home)
})

const lines = (file: string) => readFileSync(file, 'utf8').split('\n')

/** The database dies as in a power cut: the server, and with it every process of its own, without a word. */
function killPostgres(): void {
  const pid = lines(lockFile)[0]!
  const children = `/proc/${pid}/task/${pid}/children`
  const all = [pid, ...(existsSync(children) ? readFileSync(children, 'utf8').trim().split(' ') : [])]
  for (const each of all) process.kill(Number(each), 'SIGKILL')
}

/** The process of the gateway dies, and what supervises the database with it. */
const killGateway = () => process.kill(Number.parseInt(lines(join(dir, 'supervisor.pid'))[0]!, 10), 'SIGKILL')

async function query<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
  const sql = postgres(`postgres://postgres:${readSecrets(dir).passwords.postgres}@127.0.0.1:${lines(lockFile)[3]}/postgres`, { max: 1 })
  return work(sql).finally(() => sql.end())
}

/** A kill to come: `after` ms into the next push. */
interface Kill {
  after: number
  strike: () => void
  struck: boolean
  missed: boolean
}

/** A phone that remembers what was acknowledged, and whose next push can be struck by a kill. */
async function openPhone(client: Client, company: string) {
  let kill: Kill | null = null
  const acknowledged = new Set<string>()
  const sentAgain: string[] = []
  const watched = (remote: Remote): Remote => ({
    ...remote,
    async push(batch) {
      sentAgain.push(...batch.commands.filter(({ id }) => acknowledged.has(id)).map(({ id }) => id))
      const mine = kill
      kill = null
      if (mine)
        setTimeout(() => {
          mine.strike()
          mine.struck = true
        }, mine.after)
      const answer = await remote.push(batch)
      if (mine) mine.missed = !mine.struck
      for (const { id, status } of answer.results) if (status === 'applied') acknowledged.add(id)
      return answer
    },
  })
  const device = await makeDevice(client, company, watched)
  devices.push(device)
  return {
    device,
    acknowledged,
    sentAgain,
    expect: (next: Kill) => {
      kill = next
    },
  }
}

const call = (client: Client, company: string, name: string, args: Record<string, unknown>) =>
  remoteOf(client).rpc(name, { command_id: newId(), ...args }, company)

it('loses and doubles nothing when the database and the gateway are killed in the middle of pushes', async () => {
  const random = makeRandom(20260301)
  const boss = open()
  await boss.auth.signUp({ email: 'anne@panne.test', password })
  const company = await remoteOf(boss).rpc<string>('found_company', { id: newId(), name: 'Les Murs', full_name: 'Anne Chef' })
  const site = newId()
  await call(boss, company, 'create_site', { id: site, name: 'Nord' })
  const token = randomBytes(32).toString('base64url')
  await call(boss, company, 'invite_person', {
    id: newId(),
    token_hash: createHash('sha256').update(token).digest('hex'),
    roles: ['site_manager'],
    site_ids: [site],
  })
  const client = open()
  await client.auth.signUp({ email: 'bruno@panne.test', password })
  await remoteOf(client).rpc('accept_invitation', { token, full_name: 'Bruno Chantier' })

  const phone = await openPhone(client, company)
  const { device } = phone
  await eventually(() => expect(device.status()?.phase).toBe('idle'))
  const incident = newId()
  await device.run('report_incident', { id: incident, site_id: site, type: 'technical', severity: 'low', title: 'Panne' })
  const bodies: string[] = []
  const commands: string[] = []

  /** Writes without a network, sends, and kills. Answers whether the push was under way. */
  async function round(strike: () => void): Promise<boolean> {
    await eventually(() => expect(device.status()?.phase).toBe('idle'))
    device.setOnline(false)
    for (let n = 0; n < 12; n++) {
      bodies.push(`Étape ${bodies.length + 1}`)
      commands.push((await device.run('answer_incident', { id: incident, body: bodies.at(-1) })).id)
    }
    const kill: Kill = { after: random() * 30, strike, struck: false, missed: false }
    phone.expect(kill)
    device.setOnline(true)
    await eventually(() => expect(kill.struck).toBe(true))
    if (strike === killGateway) {
      await app.end()
      app = await start()
    }
    await eventually(async () => {
      device.engine.retryNow()
      expect(await device.outbox.pending()).toEqual([])
    })
    return !kill.missed
  }

  for (const strike of [killPostgres, killGateway]) {
    let cut = 0
    for (let rounds = 0; cut < 3 && rounds < 8; rounds++) cut += Number(await round(strike))
    expect(cut).toBe(3)
  }

  const kept = await query(async (sql) => ({
    bodies: (
      await sql`select new ->> 'body' as body from audit.log where table_name = 'incident_events' and new ->> 'kind' = 'answer' order by id`
    ).map((row) => row['body']),
    rows: (await sql`select body from app.incident_events where incident_id = ${incident} and kind = 'answer'`).map((row) => row['body']),
    logged: (await sql`select id from app_private.command_log where name = 'answer_incident'`).map((row) => row['id']),
  }))
  expect(kept.bodies).toEqual(bodies)
  expect(kept.rows.toSorted()).toEqual(bodies.toSorted())
  expect(kept.logged.toSorted()).toEqual(commands.toSorted())
  expect(commands.filter((id) => !phone.acknowledged.has(id))).toEqual([])
  // An answer is a promise: the server forgot none of what it acknowledged.
  expect(phone.sentAgain).toEqual([])
  expect(
    (await device.rows<{ body: string }>(`select body from app.incident_events where kind = 'answer'`)).map((row) => row.body).toSorted(),
  ).toEqual(bodies.toSorted())
}, 180_000)
