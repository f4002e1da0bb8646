import { afterAll, beforeAll, expect, test } from 'vitest'
import { campaign, shrink, story } from './campaign.ts'
import { historyOf } from './operations.ts'
import { phoneLocal } from './phone-local.ts'
import type { Settings } from './run.ts'
import { createWorld, type World } from './world.ts'

const SEED = Number(process.env.PROVE_SEED ?? 1)
const COUNT = Number(process.env.PROVE_PHONES ?? (process.env.PROVE_LONG === '1' ? Infinity : 50))
const UNTIL = Number(process.env.PROVE_UNTIL ?? Infinity)
/** A PGlite takes 100 MB: fewer devices than elsewhere. */
const SHAPE = { length: 40, most: 3 }

let world: World
beforeAll(async () => {
  world = await createWorld('fault_phones')
})
afterAll(() => world?.close())

test('the same holds where the local database is the real one', { timeout: 0 }, async () => {
  const settings: Settings = { openLocal: (company) => phoneLocal(company, world.lines), fresh: 1 }
  const { failures, ...sums } = await campaign(world, { seed: SEED, count: COUNT, ...SHAPE, settings, lanes: 1, until: UNTIL })
  console.log(`faults on PGlite: seed ${SEED}, operations ${SHAPE.length}, ${JSON.stringify(sums)}`)
  for (const { seed } of failures.slice(0, 1)) {
    const { history, wrongs } = await shrink(world, historyOf(seed, SHAPE.length, SHAPE.most), settings, 60)
    console.error(story(history, wrongs))
  }
  expect(failures.map(({ seed, wrongs }) => `seed ${seed}: ${wrongs[0]}`)).toEqual([])
  expect(sums.histories).toBeGreaterThan(0)
  if (COUNT < Infinity && UNTIL === Infinity) expect(sums.histories).toBe(COUNT)
})
