import { afterAll, beforeAll, expect, test } from 'vitest'
import { campaign, shrink, story } from './campaign.ts'
import { historyOf } from './operations.ts'
import { createWorld, type World } from './world.ts'

/** `npm test` runs the same histories each time, about two minutes of two cores; `npm run prove` draws new ones, as many as fit into its time. */
const SEED = Number(process.env.PROVE_SEED ?? 1)
const UNTIL = Number(process.env.PROVE_UNTIL ?? Infinity)
const COUNT = Number(process.env.PROVE_COUNT ?? (process.env.PROVE_LONG === '1' ? Infinity : 800))
const LENGTH = 100
/** A long run lets everybody of a history begin anew at its end, to compare. */
const settings = process.env.PROVE_LONG === '1' ? undefined : { fresh: 1 }

let world: World
beforeAll(async () => {
  world = await createWorld('faults')
})
afterAll(() => world?.close())

test('whatever fails, each effect happens once, in order, and every device ends like the server', { timeout: 0 }, async () => {
  const { failures, ...sums } = await campaign(world, { seed: SEED, count: COUNT, length: LENGTH, settings, lanes: 4, until: UNTIL })
  console.log(`faults: seed ${SEED}, operations ${LENGTH}, ${JSON.stringify(sums)}`)
  for (const { seed } of failures.slice(0, 2)) {
    const { history, wrongs } = await shrink(world, historyOf(seed, LENGTH), settings)
    console.error(story(history, wrongs))
  }
  expect(failures.map(({ seed, wrongs }) => `seed ${seed}: ${wrongs[0]}`)).toEqual([])
  expect(sums.histories).toBeGreaterThan(0)
  // histories in which nothing succeeds prove nothing
  if (sums.histories > 10) expect(sums.applied).toBeGreaterThan(sums.histories * 5)
})
