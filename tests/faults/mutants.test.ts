import { readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { campaign, type Campaign } from './campaign.ts'
import { clientMutants, serverMutants, type ServerMutant } from './mutants.ts'
import { historyOf } from './operations.ts'
import { runHistory } from './run.ts'
import { createWorld, type World } from './world.ts'

/** A known one: some bugs show once in twenty histories. */
const SEED = Number(process.env.PROVE_SEED ?? 20261121)
/** A planted bug must show within this many histories. */
const MOST = 400
/** The history that showed each bug when last all were searched (PROVE_SEARCH=1 does and writes it down): it is tried first, but in a long run. */
const SHOWN_BY = new URL('shown-by.json', import.meta.url)
const SEARCH = process.env.PROVE_SEARCH === '1'
const shownBy = JSON.parse(readFileSync(SHOWN_BY, 'utf8')) as Record<string, number>
const tally = { killed: 0, planted: 0, histories: 0 }

let world: World
beforeAll(async () => {
  world = await createWorld('fault_mutants')
})
afterAll(async () => {
  await world?.close()
  if (SEARCH) writeFileSync(SHOWN_BY, `${JSON.stringify(Object.fromEntries(Object.entries(shownBy).sort()), null, 2)}\n`)
  console.log(`protocol bugs: ${tally.killed} of ${tally.planted} caught, in ${tally.histories} histories, seed ${SEED}`)
})

/** Whether histories with this bug go wrong. */
async function caught(name: string, settings?: Campaign['settings']): Promise<boolean> {
  tally.planted++
  const shape = { length: 100, settings, first: true }
  const look = async (search: Pick<Campaign, 'seed' | 'count'>) => {
    const { failures, histories } = await campaign(world, { ...search, ...shape })
    tally.histories += histories
    if (failures.length) shownBy[name] = failures[0]!.seed
    return failures.length > 0
  }
  const known = SEARCH || process.env.PROVE_LONG === '1' ? undefined : shownBy[name]
  const seen = (known !== undefined && (await look({ seed: known, count: 1 }))) || (await look({ seed: SEED, count: MOST }))
  if (seen) tally.killed++
  return seen
}

test('there are many', () => {
  expect(Object.keys({ ...clientMutants, ...serverMutants }).length).toBeGreaterThanOrEqual(30)
})

test.each(Object.entries(clientMutants))('on the phone: %s', { timeout: 900_000 }, async (name, mutant) => {
  expect(await caught(name, { mutant })).toBe(true)
})

/** Runs `work` while a function of the server has a planted bug. */
async function planted<T>({ routine, from, to }: ServerMutant, work: () => Promise<T>): Promise<T> {
  const [row] = await world.above`select pg_get_functiondef(${routine}::regproc) as source`
  const source = row!.source as string
  expect(source.split(from).length).toBe(2)
  await world.above.unsafe(source.replace(from, () => to))
  try {
    return await work()
  } finally {
    await world.above.unsafe(source)
  }
}

test.each(Object.entries(serverMutants))('on the server: %s', { timeout: 900_000 }, async (name, mutant) => {
  expect(await planted(mutant, () => caught(name))).toBe(true)
})

test('a first download without what the history brought shows on a device that begins anew, and on no other', { timeout: 300_000 }, async () => {
  const mutant = { routine: 'sync.boot_incident_events', from: 'r.id > after', to: 'r.id > after and false' }
  await planted(mutant, async () => {
    // where nobody lost their rows or gained a site, all came by pulls
    for (let seed = SEED; seed < SEED + 20; seed++) {
      const history = historyOf(seed, 40, 2)
      if ((await runHistory(world, history, { fresh: 0 })).wrongs.length) continue
      const { wrongs } = await runHistory(world, history)
      if (!wrongs.length) continue
      expect(wrongs.filter((wrong) => !/rows differ from a device that begins today, such as incident_events .*only here/.test(wrong))).toEqual([])
      return
    }
    expect.unreachable()
  })
})
