import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Client, World } from '../support/world.ts'
import { createFixtureWorld, mint, raw, tokenOf, until } from './support.ts'

let world: World
let ada: Client
let adaId: string
let bob: Client

beforeAll(async () => {
  world = await createFixtureWorld('rest')
  const [first, second] = await Promise.all([world.signUp('ada@example.com', 'correct horse'), world.signUp('bob@example.com', 'correct horse')])
  ada = first.client
  adaId = first.user.id
  bob = second.client
})
afterAll(() => world.close())

describe('who is asking', () => {
  test('claims, headers, method and path reach the database', async () => {
    const token = await tokenOf(ada)
    const company = '6a0f0f0e-0000-4000-8000-000000000001'
    const client = world.client({ company })
    await client.auth.setSession((await ada.auth.getSession()).data.session!)
    const { data } = await client.rpc('fixture_caller')
    expect(data).toMatchObject({
      role: 'authenticated',
      uid: adaId,
      claims: { sub: adaId, role: 'authenticated', email: 'ada@example.com', aal: 'aal1' },
      headers: { 'x-company': company, authorization: `Bearer ${token}` },
      method: 'POST',
      path: '/rpc/fixture_caller',
      timeout: '8s',
      read_only: 'on',
    })
    expect((await world.client().rpc('fixture_caller')).data).toMatchObject({ role: 'anon', uid: null, headers: {}, timeout: '3s' })
    expect((await world.client({ key: world.secretKey }).rpc('fixture_caller')).data).toMatchObject({ role: 'service_role', uid: null })
  })

  test('an API key is required', async () => {
    expect((await fetch(`${world.url}/rest/v1/fixture_notes`)).status).toBe(401)
    expect((await world.client({ key: 'sb_publishable_wrong' }).from('fixture_notes').select()).status).toBe(401)
  })

  test('forged and expired tokens are refused with 401', async () => {
    const claims = { sub: adaId, role: 'authenticated' }
    const expired = await raw(world, '/rest/v1/fixture_notes', { token: await mint(world.jwtSecret, claims, -3600) })
    expect([expired.status, await expired.json()]).toEqual([401, expect.objectContaining({ code: 'PGRST303', message: 'JWT expired' })])
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify({ ...claims, exp: 4e9 })).toString('base64url')}.`
    for (const token of [await mint('another secret of more than 32 characters', claims, 3600), unsigned, 'abc', `${await tokenOf(ada)}x`]) {
      const response = await raw(world, '/rest/v1/fixture_notes', { token })
      expect([response.status, await response.json()]).toEqual([401, expect.objectContaining({ code: 'PGRST301' })])
    }
  })

  test('a signed token names only roles that the service may become', async () => {
    for (const role of ['postgres', 'supabase_admin', 'app_commands']) {
      const response = await raw(world, '/rest/v1/rpc/fixture_caller', { token: await mint(world.jwtSecret, { sub: adaId, role }, 3600) })
      expect(response.status).toBe(403)
    }
  })

  test('settings of one request do not leak into the next', async () => {
    const callers = await Promise.all(
      Array.from({ length: 60 }, (_, i) => (i % 3 === 0 ? ada : i % 3 === 1 ? bob : world.client()).rpc('fixture_caller')),
    )
    callers.forEach(({ data }, i) =>
      expect((data as { claims: { email?: string } }).claims.email).toBe(['ada@example.com', 'bob@example.com', undefined][i % 3]),
    )
  })

  test('large answers are compressed when the client accepts it', async () => {
    const response = await raw(world, '/rest/v1/rpc/fixture_table?n=500', { headers: { 'accept-encoding': 'br' } })
    expect(response.headers.get('content-encoding')).toBe('br')
    expect(await response.json()).toHaveLength(500)
    const plain = await raw(world, '/rest/v1/rpc/fixture_table?n=500', { headers: { 'accept-encoding': 'identity' } })
    expect(plain.headers.get('content-encoding')).toBeNull()
  })
})

describe('a lost database connection', () => {
  const kill = () => world.db`
    select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename = 'authenticator'`

  test('a request that was under way answers 503, the next ones work', async () => {
    const under = ada.rpc('fixture_wait').then((answer) => answer)
    await until(
      async () =>
        (await world.db`select 1 from pg_stat_activity where state = 'active' and usename = 'authenticator' and query like '%fixture_wait%'`).length >
        0,
    )
    await kill()
    const { status, error } = await under
    expect([status, error?.code]).toEqual([503, 'PGRST001'])
    await until(async () => (await ada.rpc('fixture_sum', { a: 1 })).data === 11)
  })

  test('connections lost while idle are replaced before anybody notices', async () => {
    await Promise.all(Array.from({ length: 20 }, () => ada.rpc('fixture_sum', { a: 1 })))
    await kill()
    await until(
      async () =>
        (
          await world.db`select 1 from pg_stat_activity where usename = 'authenticator' and application_name = 'gateway' and datname = current_database()`
        ).length === 0,
    )
    const answers = await Promise.all(Array.from({ length: 20 }, () => ada.rpc('fixture_sum', { a: 1 })))
    expect(answers.map(({ data }) => data)).toEqual(Array.from({ length: 20 }, () => 11))
  })

  test('the schema cache listens again', async () => {
    await kill()
    await world.db.unsafe(`create function app.fixture_after() returns integer language sql immutable as 'select 7'`)
    await world.db.unsafe('grant execute on function app.fixture_after to authenticated')
    await until(async () => {
      await world.db.unsafe(`notify pgrst`)
      return (await ada.rpc('fixture_after')).data === 7
    })
  })
})
