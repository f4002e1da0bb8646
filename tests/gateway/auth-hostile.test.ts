import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createWorld, type World } from '../support/world.ts'
import { raw, tokenOf, until } from './support.ts'

const [P1, P2] = ['the squatter’s horse', 'the owner’s horse']
let world: World
let strict: World
let patient: World
let count = 0
const address = () => `hostile${++count}@example.com`

beforeAll(async () => {
  world = await createWorld('hostile')
  strict = await createWorld('hostile confirmed', { gateway: { confirmEmail: true } })
  patient = await createWorld('hostile patient', { gateway: { confirmEmail: true, mailInterval: 60 } })
})
afterAll(() => Promise.all([world, strict, patient].map((each) => each?.close())))

const post = (where: World, path: string, body: unknown, from = '203.0.113.1') =>
  raw(where, `/auth/v1/${path}`, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'x-forwarded-for': from },
  })
const signIn = (where: World, email: string, password: string, from?: string) => post(where, 'token?grant_type=password', { email, password }, from)
const codeOf = async (response: Response) => ((await response.json()) as { error_code?: string }).error_code
const mailsTo = (where: World, email: string) => where.mailbox.list().filter(({ to }) => to.includes(email))
/** The newest link to an address, once as many mails have come. */
async function link(where: World, email: string, mails: number): Promise<URL> {
  await until(() => mailsTo(where, email).length >= mails)
  return new URL(/https?:\/\/\S+/.exec(mailsTo(where, email)[0]!.text)![0])
}
/** Follows a link and answers the session's client. */
async function follow(where: World, url: URL) {
  const client = where.client()
  const { error } = await client.auth.verifyOtp({ type: url.searchParams.get('type') as 'signup', token_hash: url.hash.slice(1) })
  expect(error).toBeNull()
  return client
}

describe('an address that is not confirmed yet', () => {
  test.each([
    ['first', [P1, P2]],
    ['after its owner', [P2, P1]],
  ])('and for which a stranger signs up %s lets in who followed the link, under no password but one chosen then', async (_when, passwords) => {
    const email = address()
    for (const [n, password] of passwords.entries()) {
      await strict.client().auth.signUp({ email, password, options: { data: { full_name: `Name of ${password}` } } })
      await link(strict, email, n + 1)
    }
    const url = await link(strict, email, 2)
    expect(url.searchParams.get('next')).toBe('/new-password')
    const owner = await follow(strict, url)
    for (const password of [P1, P2]) expect(await codeOf(await signIn(strict, email, password))).toBe('invalid_credentials')
    expect((await owner.auth.getUser()).data.user?.user_metadata).toEqual({})
    expect((await owner.auth.updateUser({ password: P2 })).error).toBeNull()
    expect((await signIn(strict, email, P2)).status).toBe(200)
    expect(await codeOf(await signIn(strict, email, P1))).toBe('invalid_credentials')
  })

  test.each(['otp', 'recover', 'invite'])('keeps no stranger’s password behind the link of %s', async (path) => {
    const email = address()
    await strict.client().auth.signUp({ email, password: P1, options: { data: { full_name: 'Squatter' } } })
    await link(strict, email, 1)
    const asked = await raw(strict, `/auth/v1/${path}`, {
      method: 'POST',
      key: path === 'invite' ? strict.secretKey : strict.publishableKey,
      body: JSON.stringify({ email }),
    })
    expect(asked.status).toBe(200)
    const owner = await follow(strict, await link(strict, email, 2))
    expect((await owner.auth.getUser()).data.user?.user_metadata).toEqual({})
    expect(await codeOf(await signIn(strict, email, P1))).toBe('invalid_credentials')
  })

  test('is told by the first link that makes its account who the person is, by a second one no more', async () => {
    const email = address()
    for (const [mails, expected] of [[1, { full_name: 'Owner' }] as const, [2, {}] as const]) {
      await strict.client().auth.signInWithOtp({ email, options: { data: { full_name: 'Owner' } } })
      await link(strict, email, mails)
      const [row] = await strict.db`select raw_user_meta_data as said from auth.users where email = ${email}`
      expect(row!.said).toEqual(expected)
    }
  })

  test('keeps the password of who asks twice with the same one', async () => {
    const email = address()
    for (const mails of [1, 2]) {
      await strict.client().auth.signUp({ email, password: P2, options: { data: { full_name: 'Owner' } } })
      await link(strict, email, mails)
    }
    await follow(strict, await link(strict, email, 2))
    expect((await signIn(strict, email, P2)).status).toBe(200)
  })

  test('gets one mail an interval, however often somebody signs up, and still loses a first password to a second', async () => {
    const email = address()
    const answers = [P1, P2].map((password) => post(patient, 'signup', { email, password }))
    const bodies = (await Promise.all(answers.map(async (answer) => (await answer).json()))) as object[]
    expect(bodies.map((body) => Object.keys(body).sort())[0]).toEqual(Object.keys(bodies[1]!).sort())
    await follow(patient, await link(patient, email, 1))
    expect(mailsTo(patient, email)).toHaveLength(1)
    for (const password of [P1, P2]) expect(await codeOf(await signIn(patient, email, password))).toBe('invalid_credentials')
  })
})

describe('signing up', () => {
  test('for a taken address hashes nothing, where it is told that it is taken', async () => {
    const email = address()
    await world.signUp(email, P1)
    const before = world.gateway.stats().passwordHashes
    expect(await codeOf(await post(world, 'signup', { email, password: P2 }))).toBe('user_already_exists')
    expect(world.gateway.stats().passwordHashes).toBe(before)
  })

  test('two hundred times from one address is enough for a quarter of an hour; others go on', async () => {
    const email = address()
    await world.signUp(email, P1)
    for (let batch = 0; batch < 10; batch++) {
      const answers = await Promise.all(Array.from({ length: 20 }, () => post(world, 'signup', { email, password: P2 }, '192.0.2.8')))
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([422]))
    }
    expect(await codeOf(await post(world, 'signup', { email, password: P2 }, '192.0.2.8'))).toBe('over_request_rate_limit')
    expect((await post(world, 'signup', { email, password: P2 }, '192.0.2.9')).status).toBe(422)
  })

  test('by a crowd leaves room for those who sign in', async () => {
    const email = address()
    await world.signUp(email, P1)
    const crowd = Array.from({ length: 230 }, (_, n) => post(world, 'signup', { email: address(), password: P2 }, `198.51.100.${n}`))
    expect((await Promise.race(crowd)).status).toBeGreaterThan(0)
    expect((await signIn(world, email, P1, '192.0.2.20')).status).toBe(200)
    const statuses = (await Promise.all(crowd)).map(({ status }) => status)
    expect(new Set(statuses)).toEqual(new Set([200, 429]))
  })
})

describe('guesses', () => {
  test('sent two hundred at once from one address are fifty', async () => {
    const answers = await Promise.all(Array.from({ length: 200 }, (_, n) => signIn(world, `nobody${n}@example.com`, 'wrong', '192.0.2.30')))
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(50)
    expect((await signIn(world, 'nobody@example.com', 'wrong', '192.0.2.31')).status).toBe(400)
  })

  test('from the addresses of one IPv6 network count together, and its neighbour’s apart', async () => {
    const from = (n: number, network = '2001:db8:7:1') => signIn(world, `six${n}@example.com`, 'wrong', `${network}:${n.toString(16)}::${n + 1}`)
    for (let batch = 0; batch < 5; batch++) await Promise.all(Array.from({ length: 10 }, (_, n) => from(batch * 10 + n)))
    expect((await from(99)).status).toBe(429)
    expect((await signIn(world, 'six@example.com', 'wrong', '2001:DB8:0007:1::1')).status).toBe(429)
    expect((await from(99, '2001:db8:7:2')).status).toBe(400)
  })

  test('that are right cost nothing', async () => {
    const email = address()
    await world.signUp(email, P1)
    for (let batch = 0; batch < 6; batch++)
      for (const { status } of await Promise.all(Array.from({ length: 10 }, () => signIn(world, email, P1, '192.0.2.40')))) expect(status).toBe(200)
  })
})

describe('what a person says of themselves', () => {
  test('is eight kilobytes at most, also bit by bit', async () => {
    const tooMuch = await post(world, 'signup', { email: address(), password: P1, data: { full_name: 'é'.repeat(4_200) } })
    expect([tooMuch.status, await codeOf(tooMuch)]).toEqual([400, 'validation_failed'])
    const { client } = await world.signUp(address(), P1)
    expect((await client.auth.updateUser({ data: { a: 'x'.repeat(5_000) } })).error).toBeNull()
    expect((await client.auth.updateUser({ data: { b: 'x'.repeat(5_000) } })).error?.code).toBe('validation_failed')
    expect((await client.auth.updateUser({ data: { a: null, b: 'x'.repeat(8_000) } })).error).toBeNull()
    expect((await client.auth.refreshSession()).error).toBeNull()
    expect((await client.auth.getUser()).error).toBeNull()
  })

  test('makes no token that is taken above sixteen kilobytes', async () => {
    const { client, user } = await world.signUp(address(), P1)
    const own = await tokenOf(client)
    const { session_id } = JSON.parse(Buffer.from(own.split('.')[1]!, 'base64url').toString()) as { session_id: string }
    const sign = (fill: number) =>
      new SignJWT({ role: 'authenticated', session_id, fill: 'x'.repeat(fill) })
        .setProtectedHeader({ alg: 'HS256' })
        .setSubject(user.id)
        .setExpirationTime('1h')
        .sign(new TextEncoder().encode(world.jwtSecret))
    expect((await raw(world, '/auth/v1/user', { token: await sign(8_000) })).status).toBe(200)
    expect((await raw(world, '/auth/v1/user', { token: await sign(13_000) })).status).toBe(403)
  })

  test.each([
    ['an address', '{"email":"nul\\u0000l@example.com","password":"correct horse"}'],
    ['a password', '{"email":"null@example.com","password":"correct\\u0000 horse"}'],
    ['a name', '{"email":"null@example.com","password":"correct horse","data":{"full_name":"a\\u0000b"}}'],
    ['half a sign', '{"email":"half@example.com","password":"correct horse","data":{"full_name":"\\ud83c"}}'],
  ])('holds no NUL in %s, and is told so', async (_what, body) => {
    for (const path of ['signup', 'token?grant_type=password', 'otp']) {
      // each reads what it needs
      if ((path !== 'signup' && body.includes('"data"')) || (path === 'otp' && body.includes('correct\\u0000'))) continue
      const answer = await post(world, path, body)
      expect([path, answer.status, await codeOf(answer)]).toEqual([path, 400, 'validation_failed'])
    }
  })

  test('may speak of \\u0000 in so many letters', async () => {
    const answer = await post(world, 'signup', '{"email":"letters@example.com","password":"correct horse","data":{"full_name":"\\\\u0000"}}')
    expect(answer.status).toBe(200)
  })
})

test('looking with HEAD spends no link', async () => {
  const email = address()
  await world.signUp(email, P1)
  await post(world, 'recover', { email })
  const token = (await link(world, email, 1)).hash.slice(1)
  for (const path of [`verify?type=recovery&token=${token}`, 'reauthenticate', 'user'])
    expect((await raw(world, `/auth/v1/${path}`, { method: 'HEAD', redirect: 'manual' })).status).toBe(405)
  expect((await raw(world, '/auth/v1/health', { method: 'HEAD' })).status).toBe(200)
  expect((await post(world, 'verify', { type: 'recovery', token_hash: token })).status).toBe(200)
})

test('a lock on the accounts is answered within seconds, and once it is gone people sign in', async () => {
  const email = address()
  await world.signUp(email, P1)
  let answers: Response[] = []
  await world.db.begin(async (db) => {
    await db`lock table auth.users in access exclusive mode`
    answers = await Promise.all(Array.from({ length: 7 }, () => signIn(world, email, P1, '192.0.2.50')))
  })
  expect(answers.map(({ status }) => status)).toEqual(Array<number>(7).fill(503))
  expect((await signIn(world, email, P1, '192.0.2.50')).status).toBe(200)
}, 30_000)

test('when the database stands still, three hundred wait and the others are told at once', async () => {
  const email = address()
  await world.signUp(email, P1)
  await world.db.begin(async (db) => {
    await db`lock table auth.users in access exclusive mode`
    const began = performance.now()
    const waiting = Array.from({ length: 320 }, (_, n) => post(world, 'signup', { email, password: P2 }, `10.1.${n % 250}.${n % 7}`))
    expect((await Promise.any(waiting)).status).toBe(503)
    expect(performance.now() - began).toBeLessThan(4_500)
    void Promise.allSettled(waiting)
  })
}, 30_000)
