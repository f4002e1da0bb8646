import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { appVersion } from '../../app/kernel/generated/version.ts'
import { tokenOf } from '../gateway/support.ts'
import { createWorld, type World } from '../support/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld('crowds')
})
afterAll(() => world?.close())

test('phones that all come back at once are served in turn or told to come back; whoever works at a screen notices nothing', async () => {
  const { client } = await world.signUp('anne@foule.test', 'une phrase assez longue 12')
  const token = await tokenOf(client)
  const call = (name: string, args: object, company?: string) =>
    fetch(`${world.url}/rest/v1/rpc/${name}`, {
      method: 'POST',
      headers: {
        apikey: world.publishableKey,
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'content-profile': 'app',
        ...(company && { 'x-company': company }),
      },
      body: JSON.stringify(args),
    })
  const company = (await (await call('found_company', { id: randomUUID(), name: 'Foule', full_name: 'Anne' })).json()) as string
  const push = () => {
    const commands = [{ seq: 1, id: randomUUID(), name: 'create_team', args: { id: randomUUID(), name: 'Équipe' }, at: new Date().toISOString() }]
    return call('sync_push', { batch: { client: randomUUID(), version: appVersion, commands } }, company)
  }

  // Nothing is written while somebody holds the table: pushes pile up.
  const hold = await world.db.reserve()
  await hold`begin`
  await hold`lock table app.teams in exclusive mode`
  const late: Response[] = []
  const crowd = Array.from({ length: 260 }, () => push())
  for (const one of crowd) void one.then((response) => late.push(response))
  await expect.poll(() => late.length, { timeout: 20_000 }).toBe(56) // four at work, two hundred waiting
  expect(new Set(late.map(({ status }) => status))).toEqual(new Set([429]))
  expect(late[0]!.headers.get('retry-after')).toBe('2')
  expect(await late[0]!.json()).toMatchObject({ code: 'BUSY', message: expect.stringMatching(/again/) })
  const began = performance.now()
  expect((await call('my_companies', {})).status).toBe(200)
  expect(performance.now() - began).toBeLessThan(2_000)
  await hold`commit`
  hold.release()

  const statuses = (await Promise.all(crowd)).map(({ status }) => status)
  expect([200, 429].map((status) => statuses.filter((one) => one === status).length)).toEqual([204, 56])
  const [row] = await world.db`select count(*)::int as teams from app.teams`
  expect(row!.teams).toBe(204)
}, 120_000)
