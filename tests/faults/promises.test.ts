import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeDevice } from './device.ts'
import { phoneLocal } from './phone-local.ts'
import { faultsOf } from './promises.ts'
import { seeded } from './random.ts'
import { makeTimeline } from './timeline.ts'
import type { ClientMutant } from './tab.ts'
import { createWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld('fault_promises')
})
afterAll(() => world?.close())

/** What shows, and what is wrong, on the device of somebody suspended `before` their report is sent, or right `after` the server has taken it. */
async function suspended(when: 'before' | 'after', mutant?: ClientMutant): Promise<{ rows: string[]; wrongs: string[] }> {
  const company = world.company(await world.found())
  const timeline = makeTimeline()
  const local = await phoneLocal(company.id, world.lines)
  const person = world.people.find(({ roles }) => roles[0] === 'crew')!
  const suspend = () => timeline.outside(company.setState(person, 'suspended'))
  const onPush = () => void suspend()
  const device = makeDevice({ person, server: company, local, timeline, random: seeded(1), restored: () => 0, onPush, mutant })
  device.open()
  await timeline.advance(60_000)
  const [site_id] = (await local.rows()).get('sites')!.keys()
  if (when === 'before') {
    await suspend()
    await timeline.advance(100_000)
  }
  const words = {
    type: 'question',
    severity: 'low',
    title: 'Which door?',
    description: 'The left one?',
    occurred_at: '2026-11-21T07:00:00.000Z',
    details: {},
  }
  device.run('report_incident', { id: crypto.randomUUID(), site_id, ...words })
  await timeline.advance(100_000)
  const answer = { rows: [...(await local.rows()).keys()], wrongs: await faultsOf(device, company, false) }
  local.close()
  return answer
}

test('who is no member any more keeps and sees what they wrote, and no row of the company', { timeout: 120_000 }, async () => {
  const { rows, wrongs } = await suspended('before')
  expect(rows).toContain('incidents')
  expect(wrongs).toEqual([])
})

test('a row of the company that stays is found, whatever shows on top', { timeout: 120_000 }, async () => {
  const { wrongs } = await suspended('before', {
    local: (store) => ({ ...store, apply: (change, pending) => store.apply({ ...change, reset: false }, pending) }),
  })
  expect(wrongs).toEqual([expect.stringMatching(/\d+ rows stay on the device/)])
})

test('what the company has taken leaves with its rows', { timeout: 120_000 }, async () => {
  const { rows, wrongs } = await suspended('after')
  expect(rows).toEqual([])
  expect(wrongs).toEqual([])
})
