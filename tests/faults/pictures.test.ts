import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeDevice } from './device.ts'
import { phoneLocal } from './phone-local.ts'
import { seeded } from './random.ts'
import { makeTimeline } from './timeline.ts'
import { createWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld('fault_pictures')
})
afterAll(() => world?.close())

test('a device keeps pictures of what the server gave, and none of a photo that it only announced', { timeout: 120_000 }, async () => {
  const company = world.company(await world.found())
  const timeline = makeTimeline()
  const open = async (role: string) => {
    const local = await phoneLocal(company.id, world.lines)
    const person = world.people.find(({ roles }) => roles[0] === role)!
    const device = makeDevice({ person, server: company, local, timeline, random: seeded(1), restored: () => 0, onPush: () => undefined })
    device.open()
    return { device, close: local.close }
  }
  const [boss, manager] = [await open('admin'), await open('site_manager')]
  const seen = await company.rows(manager.device.person)
  const site_id = [...seen.keys()].find((key) => key.startsWith('sites '))!.slice('sites '.length)
  const words = { site_id, incident_id: null, width: 40, height: 30, taken_at: '2026-11-20T09:30:00.000Z', position_source: 'none' as const }

  // the server refuses it; until then its row shows on top of the first download
  const id = crypto.randomUUID()
  manager.device.run('add_photo', { ...words, id, incident_id: crypto.randomUUID(), sha256: 'ab'.repeat(32), bytes: 9 })
  let shown = false
  for (let tenths = 0; tenths < 600; tenths++) {
    await timeline.advance(100)
    shown ||= Boolean((await manager.device.local.rows()).get('photos')?.has(id))
  }
  expect(shown).toBe(true)
  expect(manager.device.disk.commands().map(({ state }) => state)).toEqual(['refused'])
  expect(manager.device.fetched).toEqual(new Set())

  const theirs = crypto.randomUUID()
  boss.device.shoot({ ...words, id: theirs, content: Buffer.from('\xff\xd8\xff theirs', 'latin1') })
  await timeline.advance(100_000)
  expect(await company.verify()).toBe(1)
  await timeline.advance(100_000)
  expect(manager.device.fetched).toEqual(new Set([theirs]))

  await company.leaveSites(manager.device.person)
  await timeline.advance(100_000)
  expect(manager.device.fetched).toEqual(new Set())
  for (const { close } of [boss, manager]) close()
})
