/** Whether the suite notices a mutant: the attempts that speak of its object, tried in the transaction that holds the defect. */
import type { TransactionSql } from 'postgres'
import { calls, reads, writes, type Attempt } from './attempts.ts'
import type { Relation, Routine } from './catalog.ts'
import { commandAttempts } from './commands.ts'
import { REFUSALS } from './constraints.ts'
import { mayCall, type ApiRole } from './declared.ts'
import type { Mutant } from './mutants.ts'
import { matrixFaults } from './oracle.ts'
import { attempt, become, fault, transcript, Undo, type Bench } from './run.ts'
import { seeded } from './seed.ts'
import { analyses, channels, identities, storage } from './services.ts'
import { roles, type Actor, type IsolationWorld } from './world.ts'

/** People outside the company that they name. */
const OUTSIDE = ['executive at the victim', 'a stranger', 'somebody the victim archived', 'a session that ended']

export interface Suite {
  world: IsolationWorld
  relations: Relation[]
  routines: Routine[]
  scopes: string[]
  /** What an analyst reads when nothing is wrong: filled by the first look. */
  analysis?: string
}

/** The first fault that the suite finds with the mutant in place (none: it survived), or without any when `mutant.sql` is empty. */
export async function firstFault(suite: Suite, mutant: Mutant): Promise<string | null> {
  let found: string | null = null
  await suite.world.superuser
    .begin(async (sql) => {
      if (mutant.sql) await sql.unsafe(mutant.sql)
      found = await look(suite, mutant, sql)
      throw new Undo()
    })
    .catch((error: unknown) => {
      if (!(error instanceof Undo)) throw error
    })
  return found
}

async function look(suite: Suite, mutant: Mutant, sql: TransactionSql): Promise<string | null> {
  const { world, relations, routines, scopes } = suite
  const { on, kind, constraint } = mutant
  if (constraint) return await refusal(sql, mutant)
  await sql`set local session authorization authenticator`
  const relation = relations.find(({ name }) => name === on)
  if (kind === 'routine') {
    const routine = routines.filter(({ name }) => `${name}()` === on)
    const attempts = routine.flatMap((each) => calls(world, each, seeded(1), 2, mayCall(mutant.role!, each.name)))
    return await tryAs(sql, actorOf(world, mutant.role!), attempts)
  }
  if (kind === 'privilege') {
    if (!relation) return null
    const who = { role: mutant.role!, member: mutant.role === 'authenticated' }
    return (
      (await heldBesides(sql, mutant.role!, on)) ??
      (await tryAs(sql, actorOf(world, mutant.role!), [...reads(world, relation, who), ...writes(world, relation)]))
    )
  }
  if (mutant.name.includes('policy select_analytics')) return await asAnalyst(suite, sql, on)
  if (on.startsWith('storage.')) return await asStorage(world, sql)
  const tables =
    kind === 'helper' ? relations.filter(({ name }) => ['app.sites', 'app.incidents', 'app.companies'].includes(name)) : relation ? [relation] : []
  for (const table of tables) {
    if (table.name.startsWith('app.')) {
      const [wrong] = await matrixFaults(
        world,
        sql,
        table.name.slice(4),
        kind === 'helper' ? ['crew'] : ['crew', 'executive', 'hr', 'hse', 'analyst'].filter((role) => roles.includes(role)),
      )
      if (wrong) return wrong
    }
    for (const name of ['crew at home', 'admin beside', ...OUTSIDE]) {
      const wrong = await tryAs(
        sql,
        world.actors.find((actor) => actor.name === name)!,
        [
          ...reads(world, table, { role: 'authenticated', member: !OUTSIDE.includes(name) }),
          ...writes(world, table),
          ...(OUTSIDE.includes(name) ? identities() : []),
        ],
      )
      if (wrong) return wrong
    }
    const wrong = await tryAs(
      sql,
      world.actors.find(({ name }) => name === 'executive at home')!,
      commandAttempts(world, table),
      'attempt_as_command',
    )
    if (wrong) return wrong
  }
  if (on === 'realtime.messages')
    return (await tryAs(sql, actorOf(world, 'authenticated'), channels(world, scopes))) ?? (await ownChannel(world, sql))
  return null
}

const actorOf = (world: IsolationWorld, role: ApiRole): Actor =>
  world.actors.find(({ name }) => name === { anon: 'nobody', authenticated: 'crew at home', service_role: 'the service key' }[role])!

async function tryAs(sql: TransactionSql, actor: Actor, attempts: Attempt[], bench?: Bench): Promise<string | null> {
  await become(sql, actor)
  const outcomes = await attempt(sql, actor, attempts, bench)
  for (const [place, each] of attempts.entries()) {
    const wrong = fault(each, outcomes[place]!)
    if (wrong) return `${actor.name}: ${wrong}`
  }
  return null
}

/** Privileges that no statement of an API role can use, since it may create nothing: read from the catalog. */
async function heldBesides(sql: TransactionSql, role: ApiRole, relation: string): Promise<string | null> {
  const [held] = await sql`select has_any_column_privilege(${role}, c.oid, 'references') as held from pg_class as c
    where format('%I.%I', c.relnamespace::regnamespace, c.relname) = ${relation} and c.relkind in ('r', 'p')`
  return held?.held ? `${role} may reference ${relation}` : null
}

/** Whether a constraint answers, alone and by its name: the others of its table are taken away first. */
async function refusal(sql: TransactionSql, { constraint }: Mutant): Promise<string | null> {
  const { kind, name, relation, sql: statement } = constraint!
  const others = await sql<{ drop: string }[]>`
    select format('alter table %s drop constraint if exists %I cascade', k.conrelid::regclass, k.conname) as drop from pg_constraint as k
    where k.conrelid = ${relation}::regclass and k.contype in ('f', 'p', 'u', 'c', 'x') and quote_ident(k.conname) <> ${name}
      and not exists (select from pg_constraint as self where self.conrelid = k.conrelid and quote_ident(self.conname) = ${name} and self.conindid <> 0 and self.conindid = k.conindid)
    union all
    select format('drop index if exists %s cascade', i.indexrelid::regclass) from pg_index as i join pg_class as c on c.oid = i.indexrelid
    where i.indrelid = ${relation}::regclass and i.indisunique and quote_ident(c.relname) <> ${name} and not exists (select from pg_constraint as k where k.conindid = i.indexrelid)`
  for (const { drop } of others) await sql.unsafe(drop)
  await sql.unsafe(`alter table ${relation} disable trigger user`)
  const answer = await sql
    .savepoint(async (inner) => {
      await inner.unsafe(statement)
      await inner`set constraints all immediate`
      return 'nothing'
    })
    .catch((error: { code?: string; constraint_name?: string }) => `${error.code} ${error.constraint_name}`)
  return answer === `${REFUSALS[kind]} ${name.replaceAll('"', '')}` ? null : `${name} was to refuse ${statement.slice(0, 200)}: ${answer}`
}

/** What an analyst of ours reads is what they read without a mutant, and nothing of the victim. */
async function asAnalyst(suite: Suite, sql: TransactionSql, on: string): Promise<string | null> {
  const { world, relations } = suite
  const attempts = analyses(
    world,
    relations.filter(({ name }) => name.startsWith('analytics.')),
  )
  await sql.unsafe(`reset session authorization; set local session authorization ${world.analysts.ours}`)
  const outcomes = await attempt(sql, { company: null }, attempts)
  for (const [place, each] of attempts.entries()) {
    const wrong = fault(each, outcomes[place]!)
    if (wrong) return `an analyst: ${wrong}`
  }
  const careless = (company: string, expect: Attempt['expect']): Attempt => ({
    on,
    technique: 'a careless view',
    sql: `select id from ${on} where company_id = '${company}'`,
    mode: 'rows',
    expect,
  })
  const views = [careless(world.victim.company, 'nothing'), careless(world.ours.company, 'some')]
  const shown = await attempt(sql, { company: null }, views, 'attempt_as_analytics')
  for (const [place, each] of views.entries()) {
    const wrong = fault(each, shown[place]!)
    if (wrong) return wrong
  }
  const { whole } = transcript(attempts, outcomes)
  suite.analysis ??= whole
  return whole === suite.analysis ? null : 'an analyst reads something else'
}

/** What Storage does for people of our company. */
async function asStorage(world: IsolationWorld, sql: TransactionSql): Promise<string | null> {
  await sql.unsafe('reset session authorization; set local session authorization supabase_storage_admin')
  for (const name of ['admin at home', 'crew at home']) {
    const wrong = await tryAs(
      sql,
      world.actors.find((actor) => actor.name === name)!,
      storage(world, name === 'admin at home'),
    )
    if (wrong) return wrong
  }
  return null
}

/** A member hears the channel of their own company. */
async function ownChannel(world: IsolationWorld, sql: TransactionSql): Promise<string | null> {
  const actor = world.actors.find(({ name }) => name === 'executive at home')!
  await become(sql, actor)
  const [row] = await sql`select app_private.my_scopes() as scopes`
  await sql`select set_config('realtime.topic', ${`${actor.company}:${(row!.scopes as string[])[0]}`}, true)`
  const [heard] = await sql`select count(*)::integer as n from realtime.messages`
  return heard!.n > 0 ? null : 'a member does not hear their own channel'
}
