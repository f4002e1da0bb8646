import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import postgres, { type Sql } from 'postgres'
import { calls, ofPlatform, reads, writes, type Attempt } from './attempts.ts'
import { relationsOf, routinesOf, type Relation } from './catalog.ts'
import { mayCall, type ApiRole } from './declared.ts'
import { matrixFaults } from './oracle.ts'
import { attempt, attemptAs, become, fault, transcript, Undo } from './run.ts'
import { seeded } from './seed.ts'
import { analyses, channels, identities, impersonations, storage } from './services.ts'
import { CANARY, createTwin, createWorld, roles, tableOf, matrix, type Actor, type IsolationWorld } from './world.ts'

const SEED = Number(process.env.PROVE_SEED ?? 20261121)
/** `npm run prove` tries everybody, and more arguments; `npm test` outsiders and some of the others. */
const LONG = process.env.PROVE_LONG === '1'
const TRIES = LONG ? 40 : 5
const AT_HOME = 8
const ELSEWHERE = 3

let world: IsolationWorld
let twin: Awaited<ReturnType<typeof createTwin>>
let service: Sql
let beside: Sql
let relations: Relation[]
let aboutOthers: Attempt[]
let aboutFunctions: (role: ApiRole) => Attempt[]
let cells = 0

beforeAll(async () => {
  world = await createWorld('isolation')
  twin = await createTwin(world)
  const quiet = { max: 1, onnotice: () => undefined }
  service = postgres(world.database.address('authenticator'), quiet)
  beside = postgres(twin.address, quiet)
  relations = await relationsOf(world.superuser)
  const routines = await routinesOf(world.superuser)
  const logins = await world.superuser<{ rolname: string }[]>`select rolname from pg_roles where rolname !~ '^(?:pg_|analyst_)' order by 1`
  const [{ scope_ids: scopes }] = await world.superuser<[{ scope_ids: string[] }]>`select scope_ids from harness.victim`
  aboutOthers = [
    ...impersonations(
      world,
      logins.map(({ rolname }) => rolname),
    ),
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

/** Everybody in the long form; else all outsiders, and some of those at home and elsewhere, chosen by the seed. */
function actors(): Actor[] {
  if (LONG) return world.actors
  const random = seeded(SEED)
  const some = (pattern: RegExp, n: number) =>
    world.actors
      .filter(({ name }) => pattern.test(name))
      .map((actor) => ({ actor, at: random() }))
      .toSorted((a, b) => a.at - b.at)
      .slice(0, n)
      .map(({ actor }) => actor)
  const outsiders = world.actors.filter(({ name }) => !/ (?:at home|beside|at the victim|nowhere)$/.test(name))
  return [...some(/ at home$/, AT_HOME), ...some(/ (?:beside|at the victim|nowhere)$/, ELSEWHERE), ...outsiders]
}

/** Tries everything as an actor in both worlds; answers what is wrong. */
async function attack(actor: Actor): Promise<string[]> {
  const role = actor.claims.role ?? 'authenticated'
  const member = Boolean(actor.role) || actor.name.endsWith(' beside')
  const attempts = [
    ...relations.flatMap((relation) => [...reads(world, relation, { role, member }), ...writes(world, relation)]),
    ...aboutOthers,
    ...(member ? [] : identities()),
    ...aboutFunctions(role),
    // the service key stands above the policies of the platform's own tables, by the design of the hosted service
  ].filter(({ on }) => role !== 'service_role' || !(ofPlatform(on) || on === 'service_role'))
  const [here, there] = await Promise.all([attemptAs(service, actor, attempts), attemptAs(beside, actor, attempts)])
  cells += 2 * attempts.length
  const [one, other] = [transcript(attempts, here), transcript(attempts, there)]
  return attempts.flatMap((each, place) => {
    const differs =
      one.lines[place] === other.lines[place]
        ? null
        : `the victim's life shows: ${each.technique} on ${each.on}: ${each.sql.slice(0, 300)}\n${here[place]!.answer.slice(0, 300)}\n${there[place]!.answer.slice(0, 300)}`
    return [fault(each, here[place]!), fault(each, there[place]!), differs].filter((line) => line !== null)
  })
}

test('nobody reads, changes or senses anything of another company', { timeout: 1_200_000 }, async () => {
  const wrong: string[] = []
  for (const actor of actors()) for (const line of await attack(actor)) wrong.push(`${actor.name}: ${line}`)
  expect(wrong.slice(0, 20)).toEqual([])
  expect(cells).toBeGreaterThanOrEqual(LONG ? 1_000_000 : 200_000)
})

test('everybody sees what the matrix gives them, in both worlds', async () => {
  const tables = [...new Set(Object.keys(matrix).map(tableOf))]
  for (const sql of [service, beside]) {
    const faults: string[] = []
    await sql
      .begin(async (transaction) => {
        for (const table of tables) faults.push(...(await matrixFaults(world, transaction, table, roles)))
        throw new Undo()
      })
      .catch((error: unknown) => {
        if (!(error instanceof Undo)) throw error
      })
    expect(faults).toEqual([])
    cells += tables.length * roles.length
  }
})

test('an analyst reads the views of one company alone, whatever they pretend', async () => {
  const attempts = analyses(world, relations)
  const seen = await Promise.all(
    [world.superuser, twin.superuser].map(async (sql) => {
      let outcomes: Awaited<ReturnType<typeof attempt>> = []
      await sql
        .begin(async (transaction) => {
          await transaction.unsafe(`set local session authorization ${world.analysts.ours}`)
          outcomes = await attempt(transaction, { company: null }, attempts)
          throw new Undo()
        })
        .catch((error: unknown) => {
          if (!(error instanceof Undo)) throw error
        })
      return outcomes
    }),
  )
  cells += 2 * attempts.length
  const [here, there] = seen as [Awaited<ReturnType<typeof attempt>>, Awaited<ReturnType<typeof attempt>>]
  expect(attempts.flatMap((each, place) => [fault(each, here[place]!), fault(each, there[place]!)]).filter(Boolean)).toEqual([])
  expect(transcript(attempts, here).whole).toBe(transcript(attempts, there).whole)
  const own = attempts.findIndex(({ sql }) => sql === 'select * from analytics.sites')
  expect(here[own]).toMatchObject({ state: 'ok', count: 2 })
})

test('Storage shows and takes the files of photos that the caller may see and announced', async () => {
  const attempts = (actor: Actor) => storage(world, actor.name === 'admin at home')
  const login = postgres(world.database.address('supabase_storage_admin'), { max: 1, onnotice: () => undefined })
  for (const actor of world.actors.filter(({ role }) => role)) {
    const outcomes = await attemptAs(login, actor, attempts(actor))
    cells += outcomes.length
    expect(attempts(actor).flatMap((each, place) => fault(each, outcomes[place]!) ?? [])).toEqual([])
  }
  await login.end()
})

describe('outside a statement', () => {
  const crew = () => world.actors.find(({ name }) => name === 'crew at home')!
  const companyTables = () => relations.filter(({ kind, columns }) => kind === 'r' && columns.some(({ name }) => name === 'company_id'))

  test('COPY gives nobody more than SELECT', async () => {
    for (const { name, columns } of companyTables()) {
      const lines: string[] = []
      const copied = service.begin(async (sql) => {
        await become(sql, crew())
        const stream = await sql.unsafe(`copy (select ${columns[0]!.name}, to_jsonb(t)::text from ${name} as t) to stdout`).readable()
        for await (const chunk of stream) lines.push(String(chunk))
      })
      const state = await copied.then(
        () => 'ok',
        (error: { code?: string }) => error.code,
      )
      expect([name, ['ok', '42501'].includes(state!)]).toEqual([name, true])
      expect(lines.join('')).not.toContain(CANARY)
      cells += 1
    }
  })

  test('a prepared plan forgets whose it was', async () => {
    const victim = world.victim.people.get('admin')!
    const sql = postgres(world.database.address('authenticator'), { max: 1, onnotice: () => undefined })
    const settle = async (actor: Pick<Actor, 'claims' | 'company'>) => {
      const headers = JSON.stringify({ 'x-company': actor.company })
      await sql`select set_config('role', 'authenticated', false), set_config('request.jwt.claims', ${JSON.stringify({ ...actor.claims, role: 'authenticated' })}, false),
        set_config('request.headers', ${headers}, false), set_config('plan_cache_mode', 'force_generic_plan', false)`
    }
    try {
      for (const { name, columns } of companyTables().filter((each) => each.name.startsWith('app.'))) {
        const statement = name.replace('app.', 'plan_')
        await settle({ claims: victim.claims, company: world.victim.company })
        await sql.unsafe(`prepare ${statement} as select id::text from ${name}`)
        const theirs = await sql.unsafe(`execute ${statement}`)
        await settle(crew())
        const ours = (await sql.unsafe(`execute ${statement}`)).map((row) => row.id as string)
        expect([name, ours.filter((id) => theirs.some((row) => row.id === id))]).toEqual([name, []])
        expect(columns.length).toBeGreaterThan(0)
        cells += 1
      }
    } finally {
      await sql.end()
    }
  })
})
