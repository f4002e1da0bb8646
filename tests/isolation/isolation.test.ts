import { afterAll, beforeAll, expect, test } from 'vitest'
import postgres, { type Sql } from 'postgres'
import { calls, channels, impersonations, ofPlatform, reads, relationsOf, routinesOf, writes, type Attempt } from './attempts.ts'
import { mayCall } from './declared.ts'
import { attemptAs, fault, transcript } from './run.ts'
import { seeded } from './seed.ts'
import { createTwin, createWorld, type Actor, type IsolationWorld } from './world.ts'

const SEED = Number(process.env.PROVE_SEED ?? 20261121)
const TRIES = Number(process.env.PROVE_TRIES ?? 12)

let world: IsolationWorld
let twin: Awaited<ReturnType<typeof createTwin>>
let service: Sql
let beside: Sql
let aboutRelations: Attempt[]
let aboutFunctions: (role: 'anon' | 'authenticated' | 'service_role') => Attempt[]
let cells = 0

beforeAll(async () => {
  world = await createWorld('isolation')
  twin = await createTwin(world)
  const quiet = { max: 1, onnotice: () => undefined }
  service = postgres(world.database.address('authenticator'), quiet)
  beside = postgres(twin.address, quiet)
  const relations = await relationsOf(world.superuser)
  const routines = await routinesOf(world.superuser)
  const logins = await world.superuser<{ rolname: string }[]>`select rolname from pg_roles where rolname !~ '^pg_' order by 1`
  const [{ scope_ids: scopes }] = await world.superuser<[{ scope_ids: string[] }]>`select scope_ids from harness.victim`
  aboutRelations = [
    ...relations.flatMap((relation) => [...reads(world, relation), ...writes(world, relation)]),
    ...impersonations(world, logins.map(({ rolname }) => rolname)),
    ...channels(world, scopes.toSorted().slice(0, 8)),
  ]
  aboutFunctions = (role) => {
    const random = seeded(SEED)
    return routines.flatMap((routine) => calls(world, routine, random, TRIES, mayCall(role, routine.name)))
  }
})
afterAll(async () => {
  await Promise.all([service?.end(), beside?.end()])
  await twin?.close()
  await world?.close()
  console.log(`isolation: ${cells} cells, seed ${SEED}`)
})

/** Tries everything as an actor in both worlds; answers what is wrong. */
async function attack(actor: Actor): Promise<string[]> {
  const role = actor.claims.role ?? 'authenticated'
  // the service key stands above the policies of the platform's own tables, by the design of the hosted service
  const attempts = [...aboutRelations.filter(({ on }) => role !== 'service_role' || !(ofPlatform(on) || on === 'service_role')), ...aboutFunctions(role)]
  const [here, there] = await Promise.all([attemptAs(service, actor, attempts), attemptAs(beside, actor, attempts)])
  cells += 2 * attempts.length
  const [one, other] = [transcript(attempts, here), transcript(attempts, there)]
  return attempts.flatMap((each, place) => {
    const differs = one.lines[place] === other.lines[place] ? null : `the victim's life shows: ${each.technique} on ${each.on}: ${each.sql.slice(0, 300)}\n${here[place]!.answer.slice(0, 300)}\n${there[place]!.answer.slice(0, 300)}`
    return [fault(each, here[place]!), fault(each, there[place]!), differs].filter((line) => line !== null)
  })
}

test('nobody reads, changes or senses anything of another company', async () => {
  const wrong = new Map<string, string>()
  for (const actor of world.actors.filter((_, i) => i === 1 || i === 2 || i > 55)) {
    const t = performance.now()
    const faults = await attack(actor)
    console.log(actor.name, Math.round(performance.now() - t), faults.length)
    for (const line of faults) { const k = line.slice(0, 60); if (!wrong.has(k)) wrong.set(k, `${actor.name}: ${line}`) }
  }
  expect([...wrong.values()].slice(0, 60).map((x) => x.slice(0, 500))).toEqual([])
})
