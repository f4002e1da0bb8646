import { afterAll, beforeAll, expect, test } from 'vitest'
import { sha256 } from './camera.ts'
import { makeDevice } from './device.ts'
import { memoryLocal } from './memory-local.ts'
import { phoneLocal } from './phone-local.ts'
import { faultsOfFiles, faultsOfPhotos } from './promises.ts'
import { seeded } from './random.ts'
import { makeTimeline } from './timeline.ts'
import type { ClientMutant } from './tab.ts'
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

/** Somebody announces a photo and leaves the site before its file goes; what came of it is damaged. Later they are back. */
async function leavingAuthor(mutant?: ClientMutant) {
  const company = world.company(await world.found())
  const timeline = makeTimeline()
  const local = memoryLocal((table, lines) => world.derive(company.id, table, lines), { now: timeline.now, delay: () => 0 })
  const person = world.people.find(({ roles }) => roles[0] === 'site_manager')!
  const deps = { person, server: company, local, timeline, random: seeded(1), restored: () => 0, onPush: () => undefined, mutant }
  const device = makeDevice(deps)
  device.open()
  await timeline.advance(60_000)
  const [site_id] = (await local.rows()).get('sites')!.keys()
  const [id, content] = [crypto.randomUUID(), Buffer.from('\xff\xd8\xff theirs', 'latin1')]
  device.shoot({
    id,
    site_id: site_id!,
    incident_id: null,
    width: 40,
    height: 30,
    taken_at: '2026-11-20T09:30:00.000Z',
    position_source: 'none',
    content,
  })
  while (device.disk.commands()[0]?.state !== 'acknowledged') await timeline.advance(10)
  await company.leaveSites(person)
  await timeline.advance(200_000)
  const seen = device.photos.photos().map(({ state, reason }) => `${state} ${reason}`)
  const [photo] = await company.photos()
  company.file(`${company.id}/${site_id}/${photo!.sha256}.jpg`)?.fill(0)
  await company.verify()
  await timeline.advance(200_000)
  await company.joinSites(person)
  for (let minutes = 0; minutes < 10; minutes++) {
    await timeline.advance(60_000)
    await company.verify()
  }
  const faults = [...(await faultsOfFiles(company)), ...(await faultsOfPhotos(device, company, { restored: false, active: true }))]
  return { seen, faults, there: (await company.photos()).map(({ state, sha256 }) => ({ state, sha256 })), hash: sha256(content) }
}

test('a photo that its author may no longer see goes up, and stays here until they see it verified', { timeout: 120_000 }, async () => {
  const { seen, faults, there, hash } = await leavingAuthor()
  expect(seen).toEqual(['stored UNSEEN'])
  expect(faults).toEqual([])
  expect(there).toEqual([{ state: 'verified', sha256: hash }])
})

test('a phone that lets go of a photo that it no longer sees is found out', { timeout: 120_000 }, async () => {
  const { faults } = await leavingAuthor({
    photos: (queue) => ({
      ...queue,
      async wait(id, reason, patient) {
        if (reason !== 'UNSEEN') return queue.wait(id, reason, patient)
        await queue.verified(id)
        await queue.makeRoom()
      },
    }),
  })
  expect(faults).toContainEqual(expect.stringMatching(/^site_manager .*: photo .* is gone here, refused on the server, and its file is nowhere$/))
})
