import { chmodSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres, { type Sql } from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { removeData } from '../../supabase/local/engine.ts'
import { freePort } from '../../supabase/local/postgres.ts'
import { stopOrphan } from '../../supabase/local/processes.ts'
import { readSecrets } from '../../supabase/local/secrets.ts'
import { openClient } from '../support/client.ts'
import { startApp, type StartedApp } from '../support/start.ts'
import { answer, entry, goTo, openApp, report, signIn, syncState, upToDate } from './gestures.ts'
import { createSite, found, hire, signUp } from './people.ts'
import { eventually, useStage } from './support.ts'

const stage = useStage('power_cut')
const home = mkdtempSync(join(tmpdir(), 'aplomb-cut-'))
const data = join(home, 'data')
let app: StartedApp
let start: () => Promise<StartedApp>

beforeAll(async () => {
  chmodSync(home, 0o711) // the server's account must pass through
  const port = await freePort()
  start = () => startApp('--port', String(port), '--data', data)
  app = await start()
}, 120_000)
afterAll(async () => {
  await app?.end('SIGTERM')
  await stopOrphan(join(data, 'pgdata'))
  removeData(home)
})

const line = (file: string, place: number) => Number.parseInt(readFileSync(join(data, file), 'utf8').split('\n')[place]!, 10)
const killPostgres = () => process.kill(line('pgdata/postmaster.pid', 0), 'SIGKILL')
const gateway = () => line('supervisor.pid', 0)

/** A connection of the owner to the database as it runs now. */
const connect = (): Sql =>
  postgres(`postgres://postgres:${readSecrets(data).passwords.postgres}@127.0.0.1:${line('pgdata/postmaster.pid', 3)}/postgres`, {
    max: 2,
    onnotice: () => undefined,
  })

async function query<T>(ask: (sql: Sql) => Promise<T>): Promise<T> {
  const sql = connect()
  return ask(sql).finally(() => sql.end())
}

/** Makes pushes stop in the middle of their transaction. `reached` waits for one; `release` lets it go on. */
async function holdPushes(): Promise<{ reached: () => Promise<void>; release: () => Promise<void> }> {
  const sql = connect()
  const lock = await sql.reserve()
  await lock`begin`
  await lock`lock table app.incident_events in exclusive mode`
  return {
    reached: () =>
      eventually(async () => {
        expect(await sql`select from pg_stat_activity where wait_event_type = 'Lock' and query like '%sync_push%'`).toHaveLength(1)
      }),
    release: () => sql.end({ timeout: 0 }).catch(() => undefined),
  }
}

const answers = () =>
  query((sql) =>
    sql<{ body: string }[]>`select body from app.incident_events where kind = 'answer' order by at, id`.then((rows) => rows.map(({ body }) => body)),
  )

test('a push in the middle of which Postgres or the gateway dies is neither lost nor done twice', async () => {
  const server = {
    async signUp(email: string, password: string) {
      const client = openClient(app.url, readSecrets(data).publishableKey)
      const { data: signed, error } = await client.auth.signUp({ email, password })
      if (error || !signed.user) throw error ?? new Error(`${email} got no account`)
      return { client, user: signed.user }
    },
  }
  const claire = await found(await signUp(server, 'Claire Duval'), 'Duval Construction')
  const marc = await hire(claire, await signUp(server, 'Marc Petit'), 'site_manager', [await createSite(claire, 'École Pasteur')])
  const phone = await openApp(await stage.phone(), app.url)
  await signIn(phone, marc)
  await upToDate(phone)
  await report(phone, { type: 'Technique', title: 'Fuite au sous-sol' })
  await upToDate(phone)
  const back = () => syncState(phone, 'À jour').waitFor({ timeout: 60_000 })

  // The database dies while it works on the push. Marc goes on writing.
  let hold = await holdPushes()
  await answer(phone, 'Vanne fermée.')
  await hold.reached()
  killPostgres()
  await answer(phone, 'Pompe en route.')
  await back()
  await hold.release()
  expect(await answers()).toEqual(['Vanne fermée.', 'Pompe en route.'])

  // The gateway dies while the database works on the push.
  hold = await holdPushes()
  await answer(phone, 'Plombier appelé.')
  await hold.reached()
  process.kill(gateway(), 'SIGKILL')
  await app.end('SIGTERM')
  await hold.release()
  await syncState(phone, 'Hors ligne, 1 à envoyer').waitFor()
  await answer(phone, 'Il arrive à 14 h.')
  app = await start()
  await back()
  expect(await answers()).toEqual(['Vanne fermée.', 'Pompe en route.', 'Plombier appelé.', 'Il arrive à 14 h.'])

  // The push is done and committed, and the gateway dies before it can say so.
  hold = await holdPushes()
  await answer(phone, 'Fuite réparée.')
  await hold.reached()
  process.kill(gateway(), 'SIGSTOP')
  await hold.release()
  await eventually(async () => expect(await answers()).toContain('Fuite réparée.'))
  process.kill(gateway(), 'SIGKILL')
  await app.end('SIGTERM')
  await syncState(phone, 'Hors ligne, 1 à envoyer').waitFor()
  app = await start()
  await back()
  const all = ['Vanne fermée.', 'Pompe en route.', 'Plombier appelé.', 'Il arrive à 14 h.', 'Fuite réparée.']
  expect(await answers()).toEqual(all)
  expect(await query((sql) => sql`select from app_private.command_log where status <> 'applied'`)).toHaveLength(0)

  // Phone and office read the same.
  const desk = await openApp(await stage.desk(), app.url)
  await signIn(desk, claire)
  await goTo(desk, 'Incidents')
  await entry(desk, 'Fuite au sous-sol').click()
  for (const screen of [phone, desk]) {
    const steps = screen.getByRole('list', { name: 'Suivi' }).getByRole('listitem')
    await eventually(async () => expect(await steps.count()).toBe(all.length + 1))
    for (const [place, words] of all.entries()) expect(await steps.nth(place + 1).textContent()).toContain(words)
  }
}, 180_000)
