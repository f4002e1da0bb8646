import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { relationsOf, routinesOf } from './catalog.ts'
import { constraintsOf } from './constraints.ts'
import { firstFault, type Suite } from './kill.ts'
import { constraintMutants, helperMutants, policyMutants, privilegeMutants, routineMutants, rowSecurityMutants, type Mutant } from './mutants.ts'
import { seeded } from './seed.ts'
import { createWorld } from './world.ts'

let suite: Suite
const tally = { killed: 0, planted: 0 }
/** Hundreds of mutants, on a machine that may be busy. */
const LONG_ENOUGH = { timeout: 900_000 }
const LONG = process.env.PROVE_LONG === '1'
const SEED = Number(process.env.PROVE_SEED ?? 20261121)

/** All of them in the long form; else a third of what there are hundreds of, chosen by the seed. */
function some(mutants: Mutant[]): Mutant[] {
  const random = seeded(SEED)
  return LONG ? mutants : mutants.filter(() => random() < 1 / 3)
}

beforeAll(async () => {
  const world = await createWorld('mutants')
  const [{ scope_ids: scopes }] = await world.superuser<[{ scope_ids: string[] }]>`select scope_ids from harness.victim`
  suite = { world, relations: await relationsOf(world.superuser), routines: await routinesOf(world.superuser), scopes: scopes.slice(0, 3) }
})
afterAll(async () => {
  await suite?.world.close()
  console.log(`mutants: ${tally.killed} of ${tally.planted} killed, seed ${SEED}`)
})

/** The mutants that nothing noticed. */
async function survivors(mutants: Mutant[]): Promise<string[]> {
  const alive: string[] = []
  for (const mutant of mutants) {
    tally.planted += 1
    if (await firstFault(suite, mutant)) tally.killed += 1
    else alive.push(mutant.name)
  }
  return alive
}

test('without a mutant the same looks find nothing', LONG_ENOUGH, async () => {
  const mutants = [...(await policyMutants(suite.world.superuser)), ...helperMutants]
  const faults = []
  const looks = new Map(mutants.map((each) => [each.on + String(each.name.includes('select_analytics')), each]))
  for (const mutant of looks.values()) faults.push(await firstFault(suite, { ...mutant, sql: '' }))
  expect(faults.filter(Boolean)).toEqual([])
})

describe('every mutant is noticed', () => {
  test('policies dropped or loosened', LONG_ENOUGH, async () => expect(await survivors(await policyMutants(suite.world.superuser))).toEqual([]))
  test('row security off', LONG_ENOUGH, async () => expect(await survivors(await rowSecurityMutants(suite.world.superuser))).toEqual([]))
  test('helpers that believe what they should check', LONG_ENOUGH, async () => expect(await survivors(helperMutants)).toEqual([]))
  test('privileges given', LONG_ENOUGH, async () => expect(await survivors(some(await privilegeMutants(suite.world.superuser)))).toEqual([]))
  test('functions opened', LONG_ENOUGH, async () => expect(await survivors(some(await routineMutants(suite.world.superuser)))).toEqual([]))
  test('keys and checks dropped', LONG_ENOUGH, async () => {
    const { constraints, untried } = await constraintsOf(suite.world)
    expect(untried).toEqual([])
    const mutants = constraintMutants(constraints)
    const faults = []
    for (const mutant of mutants) faults.push(await firstFault(suite, { ...mutant, sql: '' }))
    expect(faults.filter(Boolean)).toEqual([])
    expect(await survivors(mutants)).toEqual([])
  })
})
