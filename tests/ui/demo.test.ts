import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { roles } from '../../app/kernel/generated/rights.ts'
import { seedDemo, type SignIn } from '../../supabase/local/demo.ts'
import { verifyPhotos } from '../support/worker.ts'
import { createWorld, type World } from '../support/world.ts'

let world: World
let people: SignIn[]

const target = () => ({ url: world.url, publishableKey: world.publishableKey, databaseUrl: world.address('postgres') })
const count = async () =>
  (
    await world.db`select (select count(*) from app.companies) as companies, (select count(*) from app.sites) as sites, (select count(*) from app.incidents) as incidents,
    (select count(*) from app_private.command_log) as commands, (select count(*) from auth.users) as users`
  )[0]

beforeAll(async () => {
  world = await createWorld('demo')
  people = await seedDemo(target())
}, 120_000)
afterAll(() => world.close())

describe('the demo', () => {
  it('has two companies of three sites, and somebody in every role', async () => {
    expect(await count()).toMatchObject({ companies: '2', sites: '6' })
    expect(new Set(people.map((person) => person.role))).toEqual(new Set(roles.map((role) => role.key)))
  })

  it('lets each of them in', async () => {
    const { email, password } = people.find((person) => person.role === 'site_manager')!
    const client = world.client()
    expect((await client.auth.signInWithPassword({ email, password })).error).toBeNull()
    expect((await client.rpc('my_companies')).data).toHaveLength(1)
  })

  it('tells incidents in every status, with their past', async () => {
    const rows = await world.db`select distinct status from app.incidents`
    expect(rows.map((row) => row['status']).toSorted()).toEqual(['answered', 'assigned', 'closed', 'open', 'resolved', 'waiting'])
    const [oldest] = await world.db`select now() - min(reported_at) > interval '5 days' as old from app.incidents`
    expect(oldest).toMatchObject({ old: true })
    expect(await world.db`select from app_private.command_log where status = 'refused'`).toHaveLength(0)
  })

  it('shows photos, verified by the worker, around their sites and over many days', async () => {
    await verifyPhotos(world)
    const rows = await world.db`select p.state, p.taken_at::date::text as day, p.position_source, p.author_id, p.company_id,
        abs(p.latitude - s.latitude) + abs(p.longitude - s.longitude) as off
      from app.photos as p join app.sites as s on s.id = p.site_id`
    expect(rows).toHaveLength(18)
    expect(new Set(rows.map((row) => row['state']))).toEqual(new Set(['verified']))
    expect(new Set(rows.map((row) => row['day'])).size).toBeGreaterThan(9)
    expect(new Set(rows.map((row) => row['author_id'])).size).toBeGreaterThan(6)
    expect(rows.filter((row) => row['position_source'] === 'none')).toHaveLength(2)
    for (const { off } of rows) if (off !== null) expect(off).toBeLessThan(0.002)
  })

  it('changes nothing when it is asked for again', async () => {
    const before = await count()
    expect(await seedDemo(target())).toEqual(people)
    expect(await count()).toEqual(before)
  })
})
