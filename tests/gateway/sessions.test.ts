import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Client, World } from '../support/world.ts'
import { createFixtureWorld, mint, raw, tokenOf } from './support.ts'

const PASSWORD = 'correct horse'
let world: World
let count = 0
const address = () => `person${++count}@example.com`

beforeAll(async () => {
  world = await createFixtureWorld('sessions')
})
afterAll(() => world.close())

const sessionOf = async (client: Client) => (await client.auth.getSession()).data.session!
const refresh = (token: string) => world.client().auth.refreshSession({ refresh_token: token })
const signIn = (email: string, password = PASSWORD) => world.client().auth.signInWithPassword({ email, password })

describe('refreshing', () => {
  test('each token is exchanged once, for a child of it', async () => {
    const { client } = await world.signUp(address(), PASSWORD)
    const first = await sessionOf(client)
    const { data, error } = await refresh(first.refresh_token)
    expect(error).toBeNull()
    expect(data.session!.refresh_token).not.toBe(first.refresh_token)
    expect(decodeJwt(data.session!.access_token).session_id).toBe(decodeJwt(first.access_token).session_id)
    expect(decodeJwt(data.session!.access_token).amr).toEqual([{ method: 'password', timestamp: expect.any(Number) }])
    const [row] = await world.db`select parent, revoked from auth.refresh_tokens where token = ${data.session!.refresh_token}`
    expect(row).toEqual({ parent: first.refresh_token, revoked: false })
  })

  test('the same exchange asked twice answers the same token: the first answer may have been lost', async () => {
    const { client } = await world.signUp(address(), PASSWORD)
    const { refresh_token: token } = await sessionOf(client)
    const answers = await Promise.all([refresh(token), refresh(token), refresh(token)])
    expect(new Set(answers.map(({ data }) => data.session?.refresh_token)).size).toBe(1)
    await world.db`update auth.refresh_tokens set updated_at = updated_at - interval '1 hour' where token = ${token}`
    expect((await refresh(token)).data.session?.refresh_token).toBe(answers[0]!.data.session!.refresh_token)
  })

  test('an older token used again ends the session, also at once', async () => {
    const { client, user } = await world.signUp(address(), PASSWORD)
    const first = await sessionOf(client)
    const second = (await refresh(first.refresh_token)).data.session!
    const third = (await refresh(second.refresh_token)).data.session!
    const { error } = await refresh(first.refresh_token)
    expect([error?.status, error?.code]).toEqual([400, 'refresh_token_already_used'])
    expect((await refresh(third.refresh_token)).error?.status).toBe(400)
    expect((await raw(world, '/auth/v1/user', { token: third.access_token })).status).toBe(403)
    expect(
      await world.db`select 1 from auth.audit_log_entries where payload ->> 'actor_id' = ${user.id} and payload ->> 'action' = 'token_revoked'`,
    ).toHaveLength(1)
  })

  test('an unknown token is refused', async () => {
    const { error } = await refresh('made up')
    expect([error?.status, error?.code]).toEqual([400, 'refresh_token_not_found'])
  })

  test('eight hours without a refresh end the session', async () => {
    const { client, user } = await world.signUp(address(), PASSWORD)
    const { refresh_token: token } = await sessionOf(client)
    await world.db`update auth.sessions set created_at = now() - interval '9 hours' where user_id = ${user.id}`
    const { error } = await refresh(token)
    expect([error?.status, error?.code]).toEqual([400, 'session_expired'])
    expect(await world.db`select 1 from auth.sessions where user_id = ${user.id}`).toHaveLength(0)
  })

  test('activity keeps it alive', async () => {
    const { client, user } = await world.signUp(address(), PASSWORD)
    const { refresh_token: token } = await sessionOf(client)
    await world.db`update auth.sessions set created_at = now() - interval '20 hours', refreshed_at = (now() at time zone 'utc') - interval '7 hours' where user_id = ${user.id}`
    expect((await refresh(token)).error).toBeNull()
  })
})

describe('the user', () => {
  test('is shown to a living session only', async () => {
    const { client, user } = await world.signUp(address(), PASSWORD)
    expect((await client.auth.getUser()).data.user?.id).toBe(user.id)
    const token = await tokenOf(client)
    await client.auth.signOut()
    const response = await raw(world, '/auth/v1/user', { token, headers: { 'x-supabase-api-version': '2024-01-01' } })
    expect([response.status, await response.json()]).toEqual([403, expect.objectContaining({ code: 'session_not_found' })])
  })

  test('forged, expired and missing tokens are refused', async () => {
    const { user } = await world.signUp(address(), PASSWORD)
    const status = async (token?: string) => (await raw(world, '/auth/v1/user', { token })).status
    expect(await status()).toBe(401)
    expect(await status(world.publishableKey)).toBe(401)
    expect(await status(await mint(world.jwtSecret, { sub: user.id }, -60))).toBe(403)
    expect(await status(await mint('x'.repeat(40), { sub: user.id }, 60))).toBe(403)
    expect(await status(await mint(world.jwtSecret, { sub: user.id }, 60))).toBe(403) // ours, but of no session
  })

  test('metadata is merged, null removes', async () => {
    const { client } = await world.signUp(address(), PASSWORD)
    await client.auth.updateUser({ data: { a: 1, b: 2 } })
    const { data } = await client.auth.updateUser({ data: { b: null, c: 3 } })
    expect(data.user?.user_metadata).toEqual({ a: 1, c: 3 })
  })

  test('a new password ends the other sessions and opens the next', async () => {
    const email = address()
    const { client } = await world.signUp(email, PASSWORD)
    const other = await signIn(email)
    expect((await client.auth.updateUser({ password: PASSWORD })).error?.code).toBe('same_password')
    expect((await client.auth.updateUser({ password: 'short' })).error?.code).toBe('weak_password')
    expect((await client.auth.updateUser({ password: 'another horse' })).error).toBeNull()
    expect((await client.auth.getUser()).error).toBeNull()
    expect((await refresh(other.data.session!.refresh_token)).error?.code).toBe('refresh_token_not_found')
    expect((await signIn(email)).error?.code).toBe('invalid_credentials')
    expect((await signIn(email, 'another horse')).error).toBeNull()
  })

  test('another address is taken at once, unless somebody has it', async () => {
    const [email, next, third] = [address(), address(), address()]
    const { client } = await world.signUp(email, PASSWORD)
    await world.signUp(third, PASSWORD)
    expect((await client.auth.updateUser({ email: third })).error?.code).toBe('email_exists')
    expect((await client.auth.updateUser({ email: next })).data.user).toMatchObject({ email: next, identities: [{ identity_data: { email: next } }] })
    expect((await signIn(next)).error).toBeNull()
    expect((await signIn(email)).error?.code).toBe('invalid_credentials')
  })
})

describe('signing out', () => {
  const three = async () => {
    const email = address()
    const { client, user } = await world.signUp(email, PASSWORD)
    const others = [await signIn(email), await signIn(email)].map(({ data }) => data.session!)
    const left = async () => (await world.db`select 1 from auth.sessions where user_id = ${user.id}`).length
    return { client, others, left }
  }

  test.each([
    ['local', 2],
    ['others', 1],
    ['global', 0],
  ] as const)('%s leaves %i of three sessions', async (scope, expected) => {
    const { client, left } = await three()
    expect((await client.auth.signOut({ scope })).error).toBeNull()
    expect(await left()).toBe(expected)
  })

  test('takes the refresh tokens along', async () => {
    const { client, others } = await three()
    await client.auth.signOut({ scope: 'global' })
    for (const { refresh_token: token } of others) expect((await refresh(token)).error?.code).toBe('refresh_token_not_found')
  })

  test('is written down, with signing up and in', async () => {
    const { client, user } = await world.signUp(address(), PASSWORD)
    await client.auth.signOut()
    const rows = await world.db`select payload ->> 'action' as action, ip_address from auth.audit_log_entries
      where payload ->> 'actor_id' = ${user.id} order by created_at, payload ->> 'action' desc`
    expect(rows.map(({ action }) => action as string).sort()).toEqual(['login', 'logout', 'user_signedup'])
    expect(rows.every(({ ip_address: ip }) => ip === '127.0.0.1')).toBe(true)
  })
})
