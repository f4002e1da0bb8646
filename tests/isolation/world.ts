/** Two companies in one database: ours, from which everything is tried, and the victim, each of whose texts carries a canary. */
import { randomBytes, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import postgres, { type Sql } from 'postgres'
import { inject } from 'vitest'
import { createDatabase } from '../../supabase/local/platform.ts'
import { createPeople, populate, type Population, type Reach } from '../policies/rows.ts'
import { createPerson, type Person } from '../support/company.ts'
import { createTestDatabase, type Claims, type TestDatabase } from '../support/database.ts'

export const CANARY = 'kanari7'
/** Every id of the victim begins so: an id that comes back without having been sent is a leak. */
export const ID_PREFIX = 'b0b0b0b0-'

export const matrix = JSON.parse(readFileSync(new URL('../../policies/matrix.json', import.meta.url), 'utf8')) as Record<
  string,
  Record<string, Reach>
>
export const roles = Object.keys(matrix.companies ?? {})

/** Somebody who tries: how they sign in, and which company their requests may name. */
export interface Actor {
  name: string
  claims: Claims
  /** What the header x-company says. */
  company: string | null
  /** Their role in our company, when they are in it and name it: the matrix then tells what they see. */
  role?: string
}

export interface IsolationWorld {
  database: TestDatabase
  /** A connection above all, to change what protects. */
  superuser: Sql
  ours: Population
  victim: Population
  /** The ids of the victim's rows by table, in a fixed order. */
  ids: Map<string, string[]>
  actors: Actor[]
  /** A photo of our company whose file has not arrived; every other photo has one. */
  announced: string
  /** Database logins of an analyst of each company. */
  analysts: { ours: string; victim: string }
  close(): Promise<void>
}

/** Makes the database: both companies, people in every role, strangers, analysts, files. */
export async function createWorld(name: string): Promise<IsolationWorld> {
  const database = await createTestDatabase(name)
  const superuser = postgres(database.address('supabase_admin'), { max: 2, onnotice: () => undefined })
  await superuser.unsafe(readFileSync(new URL('harness.sql', import.meta.url), 'utf8'))

  const people = await createPeople(database, roles)
  const ours = await populate(database, people)
  const beside = await populate(database, people, () => ['admin', 'executive', 'hse'])
  const victims = await createPeople(database, roles, `${CANARY}.test`)
  const victim = await populate(
    database,
    victims,
    (role) => [role],
    () => ID_PREFIX + randomUUID().slice(9),
  )
  const left = await createPerson(database, 'left@batir.test')
  await superuser`insert into app.memberships (company_id, id, user_id, full_name, email, roles, state)
    values (${victim.company}, ${ID_PREFIX + randomUUID().slice(9)}, ${left.userId}, 'Parti', 'left@batir.test', '{admin}', 'archived')`
  // real commands leave their traces too: the log of commands, the phones' counters, the audit
  for (const { company, people: members } of [ours, victim]) {
    const boss = members.get('admin')!
    await boss.run('update_company', { changes: { name: 'Bâtir & fils' } })
    const command = { seq: 1, id: randomUUID(), name: 'update_company', args: { changes: { name: 'Bâtir' } }, at: '2026-01-01T00:00:00Z' }
    await boss.call(company, 'sync_push', { batch: { client: randomUUID(), commands: [command] } })
  }
  const analystOf = async ({ company, people: members }: Population) =>
    (await members.get('admin')!.call<{ login: string }>(company, 'create_analyst_login', { id: randomUUID(), label: 'Analyse' })).login
  const analysts = { ours: await analystOf(ours), victim: await analystOf(victim) }
  // as if an administrator who sees budgets and safety had made them
  await superuser`update app_private.analyst_logins set access_scopes = access_scopes
    || effects.scope_id(company_id, 'sites:finance', company_id) || effects.scope_id(company_id, 'sites:safety', company_id)`
  await superuser`update app.closures set day = '2026-08-05' where company_id = ${victim.company}`
  const announced = ours.rows.find(({ line }) => line === 'photos')?.id ?? ''
  await storeFiles(superuser, announced)
  await plantCanaries(superuser, victim.company)
  await superuser`insert into harness.victim select ${victim.company}, ${CANARY}, ${ID_PREFIX},
    array(select distinct unnest(scope_ids) from app_private.accesses where company_id = ${victim.company})`
  await superuser`analyze`

  const ids = new Map<string, string[]>()
  for (const { line, id } of victim.rows) ids.set(tableOf(line), [...(ids.get(tableOf(line)) ?? []), id])
  return {
    database,
    superuser,
    ours,
    victim,
    ids,
    actors: actorsOf(people, left, await createPerson(database, 'stranger@batir.test'), ours.company, beside.company, victim.company),
    announced,
    analysts,
    async close() {
      for (const login of Object.values(analysts)) await superuser.unsafe(`drop owned by ${login}; drop role ${login}`)
      await superuser.end()
      await database.close()
    },
  }
}

/** The table of a line of the matrix. */
export const tableOf = (line: string): string => line.split(':')[0] ?? line

/** Everybody who tries, each naming each company: theirs, the one beside, the victim's, none. */
function actorsOf(people: Map<string, Person>, left: Person, stranger: Person, ours: string, beside: string, victim: string): Actor[] {
  const actors: Actor[] = []
  for (const [role, person] of people) {
    actors.push({ name: `${role} at home`, claims: person.claims, company: ours, role })
    for (const [where, company] of [
      ['beside', beside],
      ['at the victim', victim],
      ['nowhere', null],
    ] as const)
      actors.push({ name: `${role} ${where}`, claims: person.claims, company })
  }
  const executive = people.get('executive')!
  return [
    ...actors,
    { name: 'a stranger', claims: stranger.claims, company: victim },
    { name: 'somebody the victim archived', claims: left.claims, company: victim },
    { name: 'a session that ended', claims: { ...executive.claims, session_id: randomUUID() }, company: ours },
    { name: 'nobody', claims: { role: 'anon' }, company: victim },
    { name: 'the service key', claims: { role: 'service_role' }, company: victim },
  ]
}

/** The files of all photos but one, and each company's pictures, as Storage keeps them. */
async function storeFiles(superuser: Sql, announced: string): Promise<void> {
  await superuser`insert into storage.objects (bucket_id, name)
    select distinct 'photos', concat(company_id, '/', site_id, '/', sha256, '.jpg') from app.photos as p
    where not exists (select from app.photos as a where a.id = ${announced} and a.company_id = p.company_id and a.site_id = p.site_id and a.sha256 = p.sha256)`
  await superuser`insert into storage.objects (bucket_id, name)
    select 'pictures', concat(id, '/', kind, '/', encode(sha256(concat(id, kind)::bytea), 'hex'), '.', ending)
    from app.companies, (values ('logo', 'png'), ('people', 'jpg')) as pictures (kind, ending)`
}

/** Puts the canary into every free text of the victim that lets itself be written, without a trigger hearing of it. */
async function plantCanaries(superuser: Sql, company: string): Promise<void> {
  const columns = await superuser<{ relation: string; name: string; type: string }[]>`
    select a.attrelid::regclass::text as relation, quote_ident(a.attname) as name, a.atttypid::regtype::text as type
    from pg_attribute as a join pg_class as c on c.oid = a.attrelid
    where c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' and a.atttypid in ('text'::regtype, 'jsonb'::regtype)
      and c.relnamespace::regnamespace::text in ('app', 'app_private', 'sync', 'audit')
      and exists (select from pg_attribute as k where k.attrelid = c.oid and k.attname = 'company_id')`
  let planted = 0
  for (const { relation, name, type } of columns) {
    const value = type === 'jsonb' ? `jsonb_build_object('${CANARY}', '${CANARY}', 'was', ${name})` : `coalesce(${name}, '') || ' ${CANARY}'`
    const set = (sql: Sql) => sql.unsafe(`update ${relation} set ${name} = ${value} where company_id = '${company}'`)
    await superuser
      .begin(async (sql) => {
        await sql`set local session_replication_role = replica`
        planted += (await set(sql as unknown as Sql)).count
      })
      .catch((error: { code?: string }) => {
        // a column with a list of values or a shape holds no canary
        if (!error.code?.startsWith('23')) throw error
      })
  }
  if (planted === 0) throw new Error('No canary was planted.')
}

/** A copy of the world in which the victim lives another life: fewer rows, other words. What we see must be the same. */
export async function createTwin(world: IsolationWorld): Promise<{ address: string; superuser: Sql; close(): Promise<void> }> {
  const { port, secrets } = inject('cluster')
  const name = `twin_${randomBytes(4).toString('hex')}`
  const at = (login: 'supabase_admin' | 'authenticator', database: string) =>
    `postgres://${login}:${secrets.passwords[login]}@127.0.0.1:${port}/${database}`
  // a template must have no visitors; the pools come back by themselves
  const admin = postgres(at('supabase_admin', 'postgres'), { max: 1, onnotice: () => undefined })
  await admin`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${world.database.name}`
  await createDatabase(at('supabase_admin', 'postgres'), name, { template: world.database.name })
  const superuser = postgres(at('supabase_admin', name), { max: 2, onnotice: () => undefined })
  await superuser.begin(async (sql) => {
    await sql`set local session_replication_role = replica`
    const company = world.victim.company
    await sql`delete from app.incidents where company_id = ${company} and type = 'safety'`
    await sql`delete from app.site_members where company_id = ${company}`
    await sql`delete from app.invitations where company_id = ${company}`
    await sql`update app.companies set name = ${`Tout autre ${CANARY}`} where id = ${company}`
    await sql`update app.sites set name = ${`Autre chantier ${CANARY}`}, status = 'finished' where company_id = ${company}`
    await sql`update app.memberships set full_name = ${`Autre ${CANARY}`}, phone = '0611111111' where company_id = ${company}`
  })
  return {
    address: at('authenticator', name),
    superuser,
    async close() {
      await superuser.end()
      await admin.unsafe(`drop database ${name} with (force)`)
      await admin.end()
    },
  }
}
