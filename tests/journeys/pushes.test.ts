import { randomUUID } from 'node:crypto'
import type { BrowserContext } from 'playwright-core'
import { expect, test } from 'vitest'
import { answer, openApp, report, signIn, upToDate } from './gestures.ts'
import { createSite, found, hire, signUp } from './people.ts'
import { eventually, useStage } from './support.ts'

const stage = useStage('pushes')

interface Push {
  url: string
  headers: Record<string, string>
  body: { batch: { client: string; commands: { seq: number }[] } }
}

/** Every push that a device sends, as it sends it. */
function record(context: BrowserContext): () => Promise<Push[]> {
  const pushes: Promise<Push>[] = []
  context.on('request', (request) => {
    if (!request.url().endsWith('/rpc/sync_push')) return
    const body = request.postDataJSON() as Push['body']
    pushes.push(request.allHeaders().then((headers) => ({ url: request.url(), headers, body })))
  })
  return () => Promise.all(pushes)
}

/** Sends a recorded push again, from elsewhere than the browser. */
async function send({ url, headers, body }: Push): Promise<{ results: { status: string }[]; expect: number }> {
  const kept = Object.entries(headers).filter(([name]) => /^(apikey|authorization|x-company|content-type|content-profile)$/.test(name))
  const response = await fetch(url, { method: 'POST', headers: Object.fromEntries(kept), body: JSON.stringify(body) })
  expect(response.status).toBe(200)
  return (await response.json()) as { results: { status: string }[]; expect: number }
}

/** Everything that a command can change, table by table; only when a device was last heard of is left out. */
async function contents(): Promise<Record<string, string>> {
  const { db } = stage.world
  const tables = await db<{ name: string }[]>`select c.oid::regclass::text as name from pg_class as c
    where relkind in ('r', 'p') and not relispartition and (relnamespace::regnamespace::text in ('app', 'app_private', 'sync', 'audit') or oid = 'realtime.messages'::regclass)`
  const columns = (name: string) => (name === 'sync.clients' ? 'id, last_seq' : '*')
  const hashes = await Promise.all(
    tables.map(async ({ name }) => {
      const [row] = await db.unsafe(`select md5(string_agg(t::text, '|' order by t::text)) as hash from (select ${columns(name)} from ${name}) as t`)
      return [name, String(row!.hash)] as const
    }),
  )
  return Object.fromEntries(hashes)
}

test('a push that comes twice, late, early or all at once changes nothing', async () => {
  const claire = await found(await signUp(stage.world, 'Claire Duval'), 'Duval Construction')
  const marc = await hire(claire, await signUp(stage.world, 'Marc Petit'), 'site_manager', [await createSite(claire, 'École Pasteur')])
  const context = await stage.phone()
  const recorded = record(context)
  const pushed = async () => (await stage.world.db`select from app_private.command_log where actor_id = ${marc.id}`).length
  const phone = await openApp(context, stage.url)
  await signIn(phone, marc)
  await upToDate(phone)
  await report(phone, { type: 'Technique', title: 'Réservation oubliée' })
  await eventually(async () => expect(await pushed()).toBe(1))
  await answer(phone, 'Au niveau 2.')
  await eventually(async () => expect(await pushed()).toBe(2))
  await answer(phone, 'Près de l’ascenseur.')
  await eventually(async () => expect(await pushed()).toBe(3))
  await upToDate(phone)
  const pushes = await recorded()
  expect(pushes.map(({ body }) => body.batch.commands.map(({ seq }) => seq))).toEqual([[1], [2], [3]])
  const [first, second, third] = pushes as [Push, Push, Push]
  const before = await contents()

  // Each one again, out of order; then all at once.
  for (const [place, push] of [third, first, second, second, third, first].entries()) {
    expect(await send(push), `push ${place}`).toMatchObject({ results: [{ status: 'applied' }], expect: 4 })
  }
  await Promise.all([second, third, first, third].map(send))
  expect(await contents()).toEqual(before)

  // A device whose first push has not come yet: its third one waits.
  const stranger = { ...third, body: { batch: { ...third.body.batch, client: randomUUID() } } }
  expect(await send(stranger)).toEqual({ results: [], expect: 1 })
  const { 'sync.clients': heard, ...rest } = await contents()
  expect(rest).toEqual(Object.fromEntries(Object.entries(before).filter(([name]) => name !== 'sync.clients')))
  expect(heard).not.toBe(before['sync.clients'])

  // The phone has noticed nothing, and goes on where it was.
  await answer(phone, 'C’est percé.')
  await eventually(async () => expect(await pushed()).toBe(4))
  const steps = await stage.world.db`select body from app.incident_events where kind = 'answer' order by at`
  expect(steps.map(({ body }) => body)).toEqual(['Au niveau 2.', 'Près de l’ascenseur.', 'C’est percé.'])
})
