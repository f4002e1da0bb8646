import { afterAll, beforeAll, expect, test } from 'vitest'
import { campaign, shrink, story } from './campaign.ts'
import { historyOf } from './operations.ts'
import { createWorld, type World } from './world.ts'

/** A new seed for each run; a failure prints its own. */
const SEED = Number(process.env.PROVE_SEED ?? Math.floor(Date.now() / 1000) % 1_000_000_000)
const LONG = process.env.PROVE_LONG === '1'
const COUNT = Number(process.env.PROVE_COUNT ?? (LONG ? 2000 : 150))
const LENGTH = 100

let world: World
beforeAll(async () => {
  world = await createWorld('faults')
})
afterAll(() => world?.close())

test('whatever fails, each effect happens once, in order, and every device ends like the server', { timeout: 7_200_000 }, async () => {
  const { failures, ...sums } = await campaign(world, { seed: SEED, count: COUNT, length: LENGTH })
  console.log(`faults: seed ${SEED}, ${JSON.stringify(sums)}`)
  for (const { seed } of failures.slice(0, 2)) {
    const { history, wrongs } = await shrink(world, historyOf(seed, LENGTH))
    console.error(story(history, wrongs))
  }
  expect(failures.map(({ seed, wrongs }) => `seed ${seed}: ${wrongs[0]}`)).toEqual([])
  expect(sums.histories).toBe(COUNT)
  expect(sums.applied).toBeGreaterThan(COUNT * 5)
})
