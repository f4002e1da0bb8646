import { randomBytes } from 'node:crypto'
import { TOTP } from 'otpauth'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { raw } from '../gateway/support.ts'
import { createWorld, type World } from '../support/world.ts'

const PASSWORD = 'une phrase assez longue 12'
let world: World
let people = 0

beforeAll(async () => {
  world = await createWorld('accounts', { gateway: { mailInterval: 0 } })
})
afterAll(() => world?.close())

const address = () => `personne${++people}@comptes.test`
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  raw(world, `/auth/v1/${path}`, { method: 'POST', body: JSON.stringify(body), headers })
const signIn = (email: string, password: string, from = '203.0.113.1') =>
  post('token?grant_type=password', { email, password }, { 'x-forwarded-for': from })
const refresh = async (refresh_token: string) => {
  const response = await post('token?grant_type=refresh_token', { refresh_token })
  return { status: response.status, body: (await response.json()) as { refresh_token?: string; access_token?: string; error_code?: string } }
}

describe('stuffing', () => {
  test('from a thousand addresses, a try each, still locks the account that it aims at', async () => {
    const email = address()
    await world.signUp(email, PASSWORD)
    for (let n = 0; n < 5; n++) expect((await signIn(email, `devine ${n}`, `198.51.100.${n}`)).status).toBe(400)
    const answer = await signIn(email, PASSWORD, '198.51.100.77')
    expect([answer.status, ((await answer.json()) as { msg: string }).msg]).toEqual([400, expect.stringMatching(/^Trop d’essais/)])
  })

  test('from one address over many accounts ends in 429, also when it puts another address before its own', async () => {
    const statuses: number[] = []
    for (let batch = 0; batch < 6; batch++)
      statuses.push(
        ...(await Promise.all(
          Array.from(
            { length: 10 },
            async (_, n) => (await signIn(`liste${batch}-${n}@ailleurs.test`, 'x', `10.0.${batch}.${n}, 192.0.2.66`)).status,
          ),
        )),
      )
    expect(statuses.slice(0, 50).every((status) => status === 400)).toBe(true)
    expect(statuses.slice(50)).toEqual(Array<number>(10).fill(429))
  })

  test('a lock leaves the session of the person who works alone', async () => {
    const email = address()
    const { client } = await world.signUp(email, PASSWORD)
    for (let n = 0; n < 6; n++) await signIn(email, 'faux', `198.51.101.${n}`)
    expect((await client.auth.getUser()).error).toBeNull()
  })
})

describe('a password', () => {
  test('is taken as it was typed: any signs, long ones, and no other case', async () => {
    for (const password of [
      'quatre mots sans signes',
      ' Début et fin d’espace ',
      '密码是一句很长的话呀',
      '🏗️🚧🧱🪜🔨🪚🔧🪛',
      `${'une phrase de soixante-quatre signes '.repeat(3)}x`.slice(0, 128),
    ]) {
      const email = address()
      await world.signUp(email, password)
      expect((await signIn(email, password, '192.0.6.1')).status).toBe(200)
      for (const other of [password.toUpperCase() === password ? `${password}x` : password.toUpperCase(), password.slice(0, -1), `${password} `])
        expect((await signIn(email, other, `192.0.6.${other.length}`)).status).toBe(400)
    }
  })
})

describe('who has an account', () => {
  /** The middle of the times that calls take, ms: for the same number of each, one after the other. */
  async function times(calls: (() => Promise<unknown>)[], rounds = 15): Promise<number[]> {
    const taken = calls.map(() => [] as number[])
    for (let round = 0; round < rounds; round++)
      for (const [n, call] of calls.entries()) {
        const began = performance.now()
        await call()
        taken[n]!.push(performance.now() - began)
      }
    return taken.map((list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)]!)
  }

  test.each(['recover', 'otp', 'resend'])('is told by %s neither in words nor in time', async (path) => {
    const known = address()
    await world.signUp(known, PASSWORD)
    const ask = async (email: string, from: string) => {
      const response = await post(path, { email, type: 'signup', create_user: false }, { 'x-forwarded-for': from })
      return [response.status, await response.text()]
    }
    expect(await ask(known, '192.0.2.10')).toEqual(await ask('personne@ailleurs.test', '192.0.2.11'))
    let n = 0
    const [one, other] = await times([() => ask(known, `192.0.3.${++n}`), () => ask(`rien${++n}@ailleurs.test`, `192.0.4.${n}`)])
    // both answer before anything is looked up: a few milliseconds, whatever the machine does beside
    expect(Math.abs(one! - other!)).toBeLessThan(Math.max(10, 0.75 * Math.max(one!, other!)))
  })

  test('is told by a wrong password in neither: each costs one hash', async () => {
    const known = address()
    await world.signUp(known, PASSWORD)
    const before = world.gateway.stats().passwordHashes
    const answers = [await signIn(known, 'x'.repeat(20), '192.0.5.1'), await signIn('rien@ailleurs.test', 'x'.repeat(20), '192.0.5.2')]
    expect(await Promise.all(answers.map(async (answer) => [answer.status, await answer.text()]))).toEqual(
      Array.from({ length: 2 }, () => [400, expect.stringContaining('Invalid login credentials')]),
    )
    expect(world.gateway.stats().passwordHashes - before).toBe(2)
  })
})

describe('a refresh token', () => {
  const begin = async () => {
    const { client } = await world.signUp(address(), PASSWORD)
    return (await client.auth.getSession()).data.session!
  }

  test('asked for twenty times at once has one child', async () => {
    const session = await begin()
    const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(session.refresh_token)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(new Set(answers.map(({ body }) => body.refresh_token)).size).toBe(1)
    const [row] = await world.db`select count(*)::int as children from auth.refresh_tokens where parent = ${session.refresh_token}`
    expect(row!.children).toBe(1)
  })

  test('that was stolen ends with its session as soon as both have used it', async () => {
    const session = await begin()
    const thief = await refresh(session.refresh_token)
    const second = await refresh(thief.body.refresh_token!)
    // the owner comes back with the token of before: it has grandchildren by now
    await world.db`update auth.refresh_tokens set updated_at = now() - interval '1 minute' where revoked`
    const owner = await refresh(session.refresh_token)
    expect([owner.status, owner.body.error_code]).toEqual([400, 'refresh_token_already_used'])
    expect((await refresh(second.body.refresh_token!)).body.error_code).toBe('refresh_token_not_found')
    const user = await raw(world, '/auth/v1/user', { token: second.body.access_token! })
    expect(user.status).toBe(403)
  })

  test('of a person who is gone, or made up, or not a text, opens nothing', async () => {
    const session = await begin()
    await world.db`delete from auth.users where id = ${session.user.id}`
    expect((await refresh(session.refresh_token)).status).toBe(400)
    for (const token of [randomBytes(24).toString('base64url'), '', 'x'.repeat(60_000), "' or 1=1 --"])
      expect((await refresh(token)).status).toBe(400)
    for (const token of [null, 1, {}, ['x'], { $ne: '' }])
      expect((await post('token?grant_type=refresh_token', { refresh_token: token })).status).toBe(400)
  })
})

describe('what may be used once', () => {
  test('a recovery link opened by ten at once lets one in', async () => {
    const email = address()
    await world.signUp(email, PASSWORD)
    await post('recover', { email })
    const mail = await world.mailbox.next(email)
    const token = new URL(/https?:\/\/\S+/.exec(mail.text)![0]).hash.slice(1)
    const statuses = await Promise.all(Array.from({ length: 10 }, async () => (await post('verify', { type: 'recovery', token_hash: token })).status))
    expect(statuses.filter((status) => status === 200)).toHaveLength(1)
  })

  test('a code of the second factor is good for no second challenge, in no other session', async () => {
    const email = address()
    const { client } = await world.signUp(email, PASSWORD)
    const { data } = await client.auth.mfa.enroll({ factorType: 'totp' })
    const secret = (data as { totp: { secret: string } }).totp.secret
    const code = new TOTP({ secret }).generate()
    expect((await client.auth.mfa.challengeAndVerify({ factorId: data!.id, code })).error).toBeNull()
    const thief = world.client()
    await thief.auth.signInWithPassword({ email, password: PASSWORD })
    expect((await thief.auth.mfa.challengeAndVerify({ factorId: data!.id, code })).error?.code).toBe('mfa_verification_failed')
    expect((await client.auth.mfa.challengeAndVerify({ factorId: data!.id, code })).error?.code).toBe('mfa_verification_failed')
  })
})

describe('a body', () => {
  const dirty = '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},'

  test('that aims at the prototype changes no object and nobody', async () => {
    const email = address()
    const made = await raw(world, '/auth/v1/signup', {
      method: 'POST',
      body: `${dirty}"email":"${email}","password":"${PASSWORD}","data":${dirty}"role":"service_role"}}`,
    })
    expect(made.status).toBe(200)
    const { user, access_token } = (await made.json()) as { user: { role: string; app_metadata: object }; access_token: string }
    expect(user.role).toBe('authenticated')
    expect(user.app_metadata).toEqual({ provider: 'email', providers: ['email'] })
    const changed = await raw(world, '/auth/v1/user', {
      method: 'PUT',
      token: access_token,
      body: `{"data":${dirty}"a":1},"role":"service_role","app_metadata":{"x":1}}`,
    })
    expect(((await changed.json()) as { role: string }).role).toBe('authenticated')
    for (const path of ['rest/v1/rpc/my_companies', 'rest/v1/rpc/peek_invitation', 'storage/v1/object/list/photos', 'realtime/v1/api/broadcast'])
      expect(
        (
          await raw(world, `/${path}`, {
            method: 'POST',
            token: access_token,
            body: `${dirty}"token":"x","prefix":""}`,
            headers: { 'content-type': 'application/json' },
          })
        ).status,
      ).toBeLessThan(500)
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })

  test('that is compressed is not opened: a bomb is a few kilobytes of nothing', async () => {
    const { gzipSync } = await import('node:zlib')
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, 32))
    for (const path of ['/rest/v1/rpc/my_companies', '/auth/v1/signup', '/storage/v1/object/list/photos']) {
      const response = await raw(world, path, {
        method: 'POST',
        body: bomb,
        headers: { 'content-encoding': 'gzip', 'content-type': 'application/json' },
      })
      expect(response.status).toBeGreaterThanOrEqual(400)
      expect(response.status).toBeLessThan(500)
    }
  })

  test('nested a hundred thousand deep is refused, and the next one served', async () => {
    const deep = `{"token":${'['.repeat(100_000)}${']'.repeat(100_000)}}`
    const response = await raw(world, '/rest/v1/rpc/peek_invitation', { method: 'POST', body: deep, headers: { 'content-type': 'application/json' } })
    expect(response.status).toBeGreaterThanOrEqual(400)
    const tree = `and=(${'and('.repeat(7_000)}id.eq.1${')'.repeat(7_000)})`
    expect((await raw(world, `/rest/v1/companies?${tree}`)).status).toBeGreaterThanOrEqual(400)
    expect((await raw(world, '/health')).status).toBe(200)
  })
})
