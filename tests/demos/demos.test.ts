import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { asMember, createPerson, createSite, foundCompany, hire, type Member, type Person } from '../support/company.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
let person: Person
let own: Member
let demo: Member

const create = (who: Person) => who.call<string>(null, 'create_demo', { id: randomUUID(), full_name: 'Anne Essai' })

/** How many rows each table holds of a company, the audit included; tables without any are left out. */
async function census(company: string): Promise<Record<string, number>> {
  const tables = await database.db<{ name: string }[]>`
    select c.oid::regclass::text as name from pg_class as c join pg_attribute as a on a.attrelid = c.oid and a.attname = 'company_id'
    where c.relkind = 'r'`
  const counts: Record<string, number> = {}
  for (const { name } of tables) {
    const [row] = await database.db.unsafe<{ count: number }[]>(`select count(*)::integer as count from ${name} where company_id = $1`, [company])
    if (row!.count) counts[name] = row!.count
  }
  return counts
}

beforeAll(async () => {
  database = await createTestDatabase('demos')
  person = await createPerson(database, 'anne@essai.test')
  own = await foundCompany(database, person, 'La vraie')
  await createSite(own, 'Le vrai chantier')
  const company = await create(person)
  const [{ id }] = (await database.db`select id from app.memberships where company_id = ${company} and user_id = ${person.userId}`) as unknown as [
    { id: string },
  ]
  demo = asMember(person, company, id)
})
afterAll(() => database.close())

it('is filled for whoever asks, and says that it is a demo', async () => {
  expect(await demo.see('select id from app.demos')).toEqual([{ id: demo.company }])
  expect(await own.see('select id from app.demos')).toEqual([])
  const [counts] =
    await demo.see(`select (select count(*)::integer from app.sites) as sites, (select count(*)::integer from app.memberships) as people,
    (select count(distinct date_trunc('week', reported_at))::integer >= 11 from app.incidents) as weeks, (select count(*)::integer > 100 from app.incidents) as incidents`)
  expect(counts).toEqual({ sites: 6, people: 12, weeks: true, incidents: true })
})

it('tells nothing of the future, and every step after the one before', async () => {
  const [told] = await demo.see(`select (select count(*)::integer from app.incident_events where at > now()) as future,
    (select count(*)::integer from app.incidents where reported_at < occurred_at or resolved_at < reported_at or closed_at < resolved_at) as backwards,
    (select count(*)::integer from app.incidents as i where (status in ('resolved', 'closed')) <> (resolved_at is not null)) as odd`)
  expect(told).toEqual({ future: 0, backwards: 0, odd: 0 })
  expect(await demo.see('select kpi from kpi.tiles(now()) where value is null')).toEqual([])
})

it('is one per person, and works like any company', async () => {
  expect(await create(person)).toBe(demo.company)
  const id = await createSite(demo, 'Un chantier de plus')
  expect(await demo.see('select name from app.sites where id = $1', [id])).toEqual([{ name: 'Un chantier de plus' }])
})

it('is removed by nobody but its founder, and no other company is', async () => {
  const guest = await hire(database, demo, 'guest@essai.test', ['admin'])
  await expect(guest.call(null, 'remove_demo', { id: demo.company })).rejects.toMatchObject({ code: 'RIGHT' })
  const stranger = await createPerson(database, 'stranger@essai.test')
  await expect(stranger.call(null, 'remove_demo', { id: demo.company })).rejects.toMatchObject({ code: 'RIGHT' })
  await expect(person.call(null, 'remove_demo', { id: own.company })).rejects.toMatchObject({ code: 'RIGHT' })
  const nobody = database.sqlAs({ role: 'anon' }, {}, (sql) => sql`select app.remove_demo(${demo.company})`)
  await expect(nobody).rejects.toMatchObject({ code: '42501' })
})

it('goes wholly, with its photos and analysts: the audit alone remembers it, and the session lives on', async () => {
  const before = await census(own.company)
  const [site] = await demo.see('select id from app.sites limit 1')
  const photo = { site_id: site!.id, sha256: 'a'.repeat(64), bytes: 9, width: 1, height: 1 }
  await demo.run('add_photo', { id: randomUUID(), ...photo })
  const { login } = await demo.call<{ login: string }>(demo.company, 'create_analyst_login', { id: randomUUID(), label: 'Metabase' })
  await person.call(null, 'remove_demo', { id: demo.company })
  expect(await census(demo.company)).toEqual({ 'audit.log': expect.any(Number) as number, 'app_private.jobs': 2 }) // its files go after it
  expect(await database.db`select from pg_roles where rolname = ${login}`).toHaveLength(0)
  expect(await census(own.company)).toEqual(before)
  expect(await demo.see('select id from app.sites')).toEqual([])
  expect(await person.call(null, 'my_companies')).toBeTruthy()
  expect(await own.see('select name from app.sites')).toEqual([{ name: 'Le vrai chantier' }])
  const [{ actor }] =
    (await database.db`select distinct actor_id as actor from audit.log where company_id = ${demo.company} and command = 'remove_demo'`) as unknown as [
      { actor: string },
    ]
  expect(actor).toBe(demo.id)
  await person.call(null, 'remove_demo', { id: demo.company })
  expect(await create(person)).not.toBe(demo.company)
})

it('is made five times a day and no more, removed or not', async () => {
  const busy = await createPerson(database, 'busy@essai.test')
  for (let n = 1; n <= 5; n++) await busy.call(null, 'remove_demo', { id: await create(busy) })
  await expect(create(busy)).rejects.toMatchObject({ code: 'OFTEN' })
  await database.db`update app_private.attempts set failures = array[now() - interval '25 hours'] where user_id = ${busy.userId}`
  const company = await create(busy)
  expect(await create(busy)).toBe(company) // who has one is shown that one
})
