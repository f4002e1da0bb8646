import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mint, until } from '../gateway/support.ts'
import { startCrowd, type Crowd } from './load.ts'
import { expectOnce } from './once.ts'
import { fileSizeLimit, mountSmallDisk, type Room } from './small-disk.ts'
import { startKillableStack, type KillableStack } from './stack.ts'

const disk = mountSmallDisk()
const limit = fileSizeLimit()
afterAll(() => disk.unmount())

const progress = (crowd: Crowd, steps: number) => {
  const before = crowd.acknowledged()
  return until(() => crowd.acknowledged() > before + steps, 60)
}

/**
 * Takes the room away twice under load, until nobody gets anything done, and gives it back.
 * @param worse what else happens while there is none, the second time
 */
async function fillAndFree(stack: KillableStack, room: Room, worse: () => Promise<void> = async () => undefined): Promise<Crowd> {
  const crowd = await startCrowd(stack)
  await progress(crowd, 50)
  for (let turn = 0; turn < 2; turn++) {
    const before = [...crowd.troubles.values()].reduce((sum, n) => sum + n, 0)
    room.fill(stack)
    await until(() => [...crowd.troubles.values()].reduce((sum, n) => sum + n, 0) > before + 50, 30)
    if (turn === 1) await worse()
    room.free(stack)
    await progress(crowd, 50)
  }
  await crowd.finish()
  return crowd
}

describe.runIf(disk.folder)('a disk that is full', () => {
  let stack: KillableStack
  beforeAll(async () => {
    stack = await startKillableStack(disk.folder)
  }, 120_000)
  afterAll(() => stack?.close())

  test('is told, loses nothing, and when there is room again the work goes on by itself', async () => {
    // no room for the next file of the write-ahead log: the server ends itself, and cannot start until there is
    const endOfLog = async () => {
      const superuser = postgres(stack.postgres.url('supabase_admin'), { max: 1, onnotice: () => undefined, backoff: () => 0.05 })
      for (let n = 0; n < 20 && !isDown(); n++)
        await superuser`select pg_switch_wal(), pg_logical_emit_message(true, 'fill', repeat('x', 100000))`.catch(() => undefined)
      await superuser.end({ timeout: 0 })
      await until(isDown)
    }
    const isDown = () => readFileSync(join(stack.dir, 'postgres.log'), 'utf8').includes('shutting down due to startup process failure')
    const crowd = await fillAndFree(stack, disk, endOfLog)
    console.log(`crashes: disk full twice, ${crowd.answers.size} answers and ${crowd.photos.size} photos, ${crowd.tellTroubles()}`)
    await expectOnce(stack, crowd)
  }, 180_000)
})

describe('resources that end', () => {
  let stack: KillableStack
  beforeAll(async () => {
    stack = await startKillableStack()
  }, 120_000)
  afterAll(() => stack?.close())

  test.runIf(limit)(
    'files that may not grow are told, lose nothing, and when they may again the work goes on by itself',
    async () => {
      const crowd = await fillAndFree(stack, limit!)
      console.log(`crashes: files at their limit twice, ${crowd.answers.size} answers and ${crowd.photos.size} photos, ${crowd.tellTroubles()}`)
      expect([...crowd.troubles.keys()]).toContain('507')
      await expectOnce(stack, crowd)
    },
    180_000,
  )

  test('every connection taken: each service says to try again, and serves again as soon as one is free', async () => {
    const hogs = Array.from({ length: 220 }, () =>
      postgres(stack.postgres.url('supabase_admin'), { max: 1, onnotice: () => undefined, backoff: () => 0.05 }),
    )
    const ask = async (path: string, init: RequestInit = {}) => {
      const response = await fetch(stack.url + path, {
        ...init,
        headers: { apikey: stack.publishableKey, 'content-type': 'application/json', ...init.headers },
      })
      return { path, status: response.status, body: await response.text() }
    }
    const token = await mint(stack.jwtSecret, { sub: randomUUID(), session_id: randomUUID() }, 600)
    const everything = () =>
      Promise.all([
        ask('/health'),
        ask('/rest/v1/rpc/peek_invitation', { method: 'POST', headers: { 'content-profile': 'app' }, body: JSON.stringify({ token: 'none' }) }),
        ask('/auth/v1/user', { headers: { authorization: `Bearer ${token}` } }),
        ask(`/storage/v1/object/authenticated/photos/${randomUUID()}/${randomUUID()}/x.jpg`, { headers: { authorization: `Bearer ${token}` } }),
      ])
    const calm = (await everything()).map(({ status }) => status)
    expect(calm).toEqual([200, 200, 403, 400])

    // Somebody else takes what there is, and the services lose what they had.
    let greedy = true
    const held = hogs.map(async (hog) => {
      while (
        greedy &&
        (await hog`select 1`.then(
          () => false,
          () => true,
        ))
      )
        await new Promise((next) => setTimeout(next, 20))
    })
    const count = async () => Number((await stack.db`select count(*) as n from pg_stat_activity where backend_type = 'client backend'`)[0]!['n'])
    await until(async () => (await count().catch(() => Infinity)) >= 190, 30)
    await stack.killGateway()
    await until(async () => (await everything()).every(({ status }) => status === 503), 30)
    for (const { body } of (await everything()).slice(1)) expect(body).toMatch(/"(message|msg)":"\w+/)

    greedy = false
    await Promise.all(held)
    await Promise.all(hogs.map((hog) => hog.end({ timeout: 0 })))
    await until(async () => (await everything()).every(({ status }, place) => status === calm[place]), 30)
  }, 120_000)
})
