import { afterAll, beforeAll, expect, test } from 'vitest'
import { campaign, type Campaign } from './campaign.ts'
import { clientMutants, serverMutants } from './mutants.ts'
import { createWorld, type World } from './world.ts'

/** A known one: some bugs show once in twenty histories. */
const SEED = Number(process.env.PROVE_SEED ?? 20261121)
const LONG = process.env.PROVE_LONG === '1'
/** A planted bug must show within this many histories. */
const MOST = 120
const tally = { killed: 0, planted: 0, histories: 0 }

/** All of them in the long form; else a quarter, each run another one. */
function some<T>(mutants: Record<string, T>): [string, T][] {
  const entries = Object.entries(mutants)
  const turn = Math.floor(Date.now() / 1000) % 4
  return LONG ? entries : entries.filter((_, place) => place % 4 === turn)
}

let world: World
beforeAll(async () => {
  world = await createWorld('fault_mutants')
})
afterAll(async () => {
  await world?.close()
  console.log(`protocol bugs: ${tally.killed} of ${tally.planted} caught, in ${tally.histories} histories, seed ${SEED}`)
})

/** Whether histories with this bug go wrong. */
async function caught(settings?: Campaign['settings']): Promise<boolean> {
  const { failures, histories } = await campaign(world, { seed: SEED, count: MOST, length: 100, settings, first: true })
  tally.planted++
  tally.histories += histories
  if (failures.length) tally.killed++
  return failures.length > 0
}

test('there are many', () => {
  expect(Object.keys({ ...clientMutants, ...serverMutants }).length).toBeGreaterThanOrEqual(30)
})

test.each(some(clientMutants))('on the phone: %s', { timeout: 600_000 }, async (_name, mutant) => {
  expect(await caught({ mutant })).toBe(true)
})

test.each(some(serverMutants))('on the server: %s', { timeout: 600_000 }, async (_name, { routine, from, to }) => {
  const [row] = await world.above`select pg_get_functiondef(${routine}::regproc) as source`
  const source = row!.source as string
  expect(source.split(from).length).toBe(2)
  await world.above.unsafe(source.replace(from, () => to))
  try {
    expect(await caught()).toBe(true)
  } finally {
    await world.above.unsafe(source)
  }
})
