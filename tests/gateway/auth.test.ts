import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { World } from '../support/world.ts'
import { createFixtureWorld, raw, tokenOf, until } from './support.ts'

const PASSWORD = 'correct horse'
let world: World
let count = 0
const address = () => `person${++count}@example.com`

beforeAll(async () => {
  world = await createFixtureWorld('auth')
})
afterAll(() => world.close())

const signIn = (email: string, password = PASSWORD) => world.client().auth.signInWithPassword({ email, password })

describe('signing up', () => {
  test('gives a session whose token says what GoTrue’s says', async () => {
    const email = address()
    const client = world.client()
    const { data, error } = await client.auth.signUp({ email: email.toUpperCase(), password: PASSWORD, options: { data: { full_name: 'Ada' } } })
    expect(error).toBeNull()
    expect(data.user).toMatchObject({
      email,
      aud: 'authenticated',
      role: 'authenticated',
      app_metadata: { provider: 'email', providers: ['email'] },
      user_metadata: { full_name: 'Ada' },
      identities: [expect.objectContaining({ provider: 'email', user_id: data.user!.id, identity_data: expect.objectContaining({ email }) })],
      is_anonymous: false,
    })
    expect(data.session).toMatchObject({ token_type: 'bearer', expires_in: 3600 })
    const claims = decodeJwt(data.session!.access_token)
    expect(claims).toMatchObject({
      sub: data.user!.id,
      email,
      phone: '',
      aud: 'authenticated',
      role: 'authenticated',
      aal: 'aal1',
      is_anonymous: false,
      iss: `${world.url}/auth/v1`,
      app_metadata: { provider: 'email', providers: ['email'] },
      user_metadata: { full_name: 'Ada' },
      amr: [{ method: 'password', timestamp: expect.any(Number) }],
      session_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
    expect(claims.exp! - claims.iat!).toBe(3600)
    const [session] = await world.db`select user_id, aal, user_agent, host(ip) as ip from auth.sessions where id = ${claims.session_id as string}`
    expect(session).toEqual({ user_id: data.user!.id, aal: 'aal1', user_agent: expect.stringContaining('node'), ip: '127.0.0.1' })
  })

  test('stores the password as Argon2id only', async () => {
    const { user } = await world.signUp(address(), PASSWORD)
    const [row] = await world.db`select encrypted_password from auth.users where id = ${user.id}`
    expect(row!.encrypted_password).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  })

  test.each([
    ['a taken address', () => ({ email: 'taken@example.com', password: PASSWORD }), 422, 'user_already_exists'],
    ['a short password', () => ({ email: address(), password: 'seven77' }), 422, 'weak_password'],
    ['no address', () => ({ email: 'not an address', password: PASSWORD }), 400, 'validation_failed'],
  ])('%s is refused', async (_title, credentials, status, code) => {
    await world.client().auth.signUp({ email: 'taken@example.com', password: PASSWORD })
    const { error, data } = await world.client().auth.signUp(credentials())
    expect([error?.status, error?.code, data.session]).toEqual([status, code, null])
  })

  test('anonymous and phone sign-ups are off', async () => {
    expect((await world.client().auth.signInAnonymously()).error?.code).toBe('anonymous_provider_disabled')
    expect((await world.client().auth.signUp({ phone: '33600000000', password: PASSWORD })).error?.code).toBe('phone_provider_disabled')
  })

  test('two at once for one address make one account', async () => {
    const email = address()
    const answers = await Promise.all([1, 2, 3].map(() => world.client().auth.signUp({ email, password: PASSWORD })))
    expect(answers.filter(({ error }) => !error)).toHaveLength(1)
    expect(answers.filter(({ error }) => error?.code === 'user_already_exists')).toHaveLength(2)
  })
})

describe('signing in', () => {
  test('a wrong password and an unknown address answer the same and cost one hash each', async () => {
    const email = address()
    await world.signUp(email, PASSWORD)
    await signIn('nobody-yet@example.com') // the first unknown address also makes the hash that all are compared with
    const cost = async (attempt: () => ReturnType<typeof signIn>) => {
      const before = world.gateway.stats().passwordHashes
      const { error } = await attempt()
      return [world.gateway.stats().passwordHashes - before, error?.status, error?.code, error?.message]
    }
    const wrong = await cost(() => signIn(email, 'wrong password'))
    const unknown = await cost(() => signIn('nobody@example.com', 'wrong password'))
    expect(wrong).toEqual([1, 400, 'invalid_credentials', 'Invalid login credentials'])
    expect(unknown).toEqual(wrong)
  })

  test('five wrong passwords lock the account, right password or not, and an unknown address alike', async () => {
    const email = address()
    const { user } = await world.signUp(email, PASSWORD)
    for (const tried of [email, 'ghost@example.com']) {
      for (let i = 0; i < 5; i++) expect((await signIn(tried, 'wrong')).error?.message).toBe('Invalid login credentials')
      const { error } = await signIn(tried)
      expect([error?.status, error?.code, error?.message]).toEqual([
        400,
        'invalid_credentials',
        expect.stringMatching(/^Trop d’essais.*Too many attempts/),
      ])
    }
    const entries = await world.db`select payload ->> 'action' as action from auth.audit_log_entries
      where payload ->> 'actor_id' = ${user.id} and payload ->> 'action' like 'login_%' order by created_at`
    expect(entries.map(({ action }) => action as string)).toEqual([
      ...Array.from({ length: 4 }, () => 'login_failed'),
      'login_locked',
      'login_failed',
      'login_failed',
    ])
  })

  test('guesses sent all at once are counted one by one', async () => {
    const email = address()
    await world.signUp(email, PASSWORD)
    const answers = await Promise.all(Array.from({ length: 12 }, () => signIn(email, 'wrong')))
    expect(answers.filter(({ error }) => error?.message === 'Invalid login credentials')).toHaveLength(5)
  })

  test('the lock ends, and a right password wipes the count', async () => {
    const email = address()
    const { user } = await world.signUp(email, PASSWORD)
    for (let i = 0; i < 6; i++) await signIn(email, 'wrong')
    expect((await signIn(email)).error).not.toBeNull()
    await world.db`update app_private.attempts set failures = array(select f - interval '16 minutes' from unnest(failures) f) where user_id = ${user.id}`
    expect((await signIn(email)).error).toBeNull()
    expect(await world.db`select 1 from app_private.attempts where user_id = ${user.id}`).toHaveLength(0)
  })

  test('a hash that another GoTrue made with bcrypt still opens', async () => {
    const email = address()
    const { user } = await world.signUp(email, PASSWORD)
    await world.db`update auth.users set encrypted_password = extensions.crypt('imported secret', extensions.gen_salt('bf', 6)) where id = ${user.id}`
    expect((await signIn(email, 'imported secret')).error).toBeNull()
    expect((await signIn(email, 'other secret')).error?.code).toBe('invalid_credentials')
  })

  test('an address that fails on many accounts is slowed down, others are not', async () => {
    const attempt = (from: string, i: number) =>
      raw(world, '/auth/v1/token?grant_type=password', {
        method: 'POST',
        headers: { 'x-forwarded-for': from },
        body: JSON.stringify({ email: `guess${i}@example.com`, password: 'wrong' }),
      })
    const statuses = await Promise.all(Array.from({ length: 50 }, async (_, i) => (await attempt('203.0.113.9', i)).status))
    expect(new Set(statuses)).toEqual(new Set([400]))
    expect((await attempt('203.0.113.9', 99)).status).toBe(429)
    expect((await attempt('203.0.113.10', 99)).status).toBe(400)
  })

  test('nobody but the service calls the hook', async () => {
    const { client } = await world.signUp(address(), PASSWORD)
    expect((await client.schema('app_private').rpc('hook_password_verification_attempt', { event: {} })).status).toBe(406)
    await expect(
      world.sqlAs({ role: 'authenticated' }, {}, (sql) => sql`select app_private.hook_password_verification_attempt('{}')`),
    ).rejects.toThrow('permission denied')
  })
})

describe('administration', () => {
  test('creates, lists, reads, changes and deletes users with the secret key', async () => {
    const admin = world.client({ key: world.secretKey }).auth.admin
    const email = address()
    const created = await admin.createUser({
      email,
      password: PASSWORD,
      email_confirm: true,
      user_metadata: { full_name: 'Made' },
      app_metadata: { plan: 'x' },
    })
    expect(created.error).toBeNull()
    const id = created.data.user!.id
    expect(created.data.user).toMatchObject({ email, user_metadata: { full_name: 'Made' }, app_metadata: { provider: 'email', plan: 'x' } })
    expect((await signIn(email)).error).toBeNull()
    expect((await admin.createUser({ email, password: PASSWORD })).error?.code).toBe('email_exists')
    expect((await admin.getUserById(id)).data.user?.email).toBe(email)
    const page = await admin.listUsers({ page: 1, perPage: 2 })
    expect(page.data.users).toHaveLength(2)
    expect(page.data).toMatchObject({ nextPage: 2, total: expect.any(Number) })
    expect((await admin.updateUserById(id, { password: 'yet another one', ban_duration: '1h' })).error).toBeNull()
    expect((await signIn(email, 'yet another one')).error?.code).toBe('user_banned')
    await admin.updateUserById(id, { ban_duration: 'none' })
    expect((await signIn(email, 'yet another one')).error).toBeNull()
    expect((await admin.deleteUser(id)).error).toBeNull()
    expect((await admin.getUserById(id)).error?.status).toBe(404)
    expect(await world.db`select 1 from auth.identities where user_id = ${id}`).toHaveLength(0)
  })

  test('is nobody else’s', async () => {
    const { client } = await world.signUp(address(), PASSWORD)
    const response = await raw(world, '/auth/v1/admin/users', { token: await tokenOf(client) })
    expect(response.status).toBe(403)
    expect((await raw(world, '/auth/v1/admin/users')).status).toBe(403)
    expect((await raw(world, '/auth/v1/admin/users', { key: 'sb_secret_wrong' })).status).toBe(401)
  })

  test('an unconfirmed account cannot sign in', async () => {
    const email = address()
    await world.client({ key: world.secretKey }).auth.admin.createUser({ email, password: PASSWORD })
    expect((await signIn(email)).error?.code).toBe('email_not_confirmed')
  })
})

describe('the rest', () => {
  test('settings, health and keys', async () => {
    expect(await (await raw(world, '/auth/v1/settings')).json()).toMatchObject({ external: { email: true, phone: false }, mailer_autoconfirm: true })
    expect((await fetch(`${world.url}/auth/v1/health`)).status).toBe(200)
    expect(await (await fetch(`${world.url}/auth/v1/.well-known/jwks.json`)).json()).toEqual({ keys: [] })
    expect((await fetch(`${world.url}/auth/v1/settings`)).status).toBe(401)
  })

  test('what is not served says so', async () => {
    const routes = ['POST /sso', 'GET /authorize', 'POST /factors/recovery-codes', 'POST /admin/generate_link']
    for (const route of routes) {
      const [method, path] = route.split(' ')
      const response = await raw(world, `/auth/v1${path}`, { method })
      expect([route, response.status, await response.json()]).toEqual([route, 501, expect.objectContaining({ msg: expect.stringMatching(/\.$/) })])
    }
    expect((await raw(world, '/auth/v1/nothing')).status).toBe(404)
  })

  test('bad bodies get a sentence', async () => {
    const send = async (path: string, body: string) => (await raw(world, path, { method: 'POST', body })).json()
    expect(await send('/auth/v1/signup', '{')).toMatchObject({ code: 400, error_code: 'bad_json', msg: expect.any(String) })
    expect(await send('/auth/v1/signup', '{"email": 5, "password": []}')).toMatchObject({ error_code: 'validation_failed' })
    expect(await send('/auth/v1/token?grant_type=password', '{}')).toMatchObject({ error_code: 'validation_failed' })
    expect(await send('/auth/v1/token?grant_type=nothing', '{}')).toMatchObject({ error_code: 'validation_failed' })
    expect((await raw(world, '/auth/v1/signup', { method: 'POST', body: JSON.stringify({ email: 'x'.repeat(100_000) }) })).status).toBe(413)
  })

  test('killed database connections are replaced', async () => {
    const { client } = await world.signUp(address(), PASSWORD)
    await world.db`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename = 'supabase_auth_admin'`
    await until(async () => (await client.auth.getUser()).error === null)
  })
})
