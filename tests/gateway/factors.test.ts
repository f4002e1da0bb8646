import { decodeJwt } from 'jose'
import { Secret, TOTP } from 'otpauth'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createWorld, type Client, type World } from '../support/world.ts'
import { tokenOf } from './support.ts'

const PASSWORD = 'correct horse'
let world: World
let count = 0
const address = () => `person${++count}@example.com`

beforeAll(async () => {
  world = await createWorld('factors')
})
afterAll(() => world.close())

/** The code of a moment: now, or some steps of half a minute away. */
const codeOf = (secret: string, steps = 0) => new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + steps * 30_000 })
const aal = async (client: Client) => decodeJwt(await tokenOf(client)).aal

async function enrol(client: Client) {
  const { data, error } = await client.auth.mfa.enroll({ factorType: 'totp', friendlyName: 'Téléphone', issuer: 'Aplomb' })
  if (error) throw error
  return { id: data.id, ...data.totp }
}
/** Gives a code of another step each time: each is good once. */
async function enrolled(email = address()) {
  const { client, user } = await world.signUp(email, PASSWORD)
  const factor = await enrol(client)
  const { error } = await client.auth.mfa.challengeAndVerify({ factorId: factor.id, code: codeOf(factor.secret, -1) })
  if (error) throw error
  return { client, user, email, factor }
}
const signIn = async (email: string) => {
  const client = world.client()
  const { error } = await client.auth.signInWithPassword({ email, password: PASSWORD })
  if (error) throw error
  return client
}

describe('enrolling', () => {
  test('gives a secret as QR code and text, which counts once a code was verified', async () => {
    const email = address()
    const { client } = await world.signUp(email, PASSWORD)
    const factor = await enrol(client)
    expect(factor.uri).toBe(
      `otpauth://totp/Aplomb:${encodeURIComponent(email)}?issuer=Aplomb&secret=${factor.secret}&algorithm=SHA1&digits=6&period=30`,
    )
    expect(factor.qr_code).toMatch(/^data:image\/svg\+xml;utf-8,<svg/)
    expect((await client.auth.mfa.listFactors()).data?.totp).toEqual([])
    const { data, error } = await client.auth.mfa.challengeAndVerify({ factorId: factor.id, code: codeOf(factor.secret) })
    expect([error, data?.user.email]).toEqual([null, email])
    expect((await client.auth.mfa.listFactors()).data?.totp).toEqual([
      expect.objectContaining({ id: factor.id, status: 'verified', friendly_name: 'Téléphone' }),
    ])
    expect(decodeJwt(await tokenOf(client))).toMatchObject({
      aal: 'aal2',
      amr: expect.arrayContaining([expect.objectContaining({ method: 'totp' }), expect.objectContaining({ method: 'password' })]),
    })
    expect((await client.auth.mfa.getAuthenticatorAssuranceLevel()).data).toMatchObject({ currentLevel: 'aal2', nextLevel: 'aal2' })
  })

  test('ends the sessions that gave no code', async () => {
    const email = address()
    await world.signUp(email, PASSWORD)
    const other = await signIn(email)
    const client = await signIn(email)
    const factor = await enrol(client)
    await client.auth.mfa.challengeAndVerify({ factorId: factor.id, code: codeOf(factor.secret) })
    expect((await other.auth.getUser()).error?.name).toBe('AuthSessionMissingError')
    expect((await client.auth.getUser()).error).toBeNull()
  })

  test('a second factor needs the first', async () => {
    const { email } = await enrolled()
    const client = await signIn(email)
    expect((await client.auth.mfa.enroll({ factorType: 'totp', friendlyName: 'Autre' })).error?.code).toBe('insufficient_aal')
  })

  test('by phone or key is refused by name', async () => {
    const { client } = await world.signUp(address(), PASSWORD)
    expect((await client.auth.mfa.enroll({ factorType: 'phone', phone: '+33600000000' })).error?.code).toBe('mfa_phone_enroll_not_enabled')
  })
})

describe('signing in with a factor', () => {
  test('begins at aal1, rises by a code and stays there when refreshed', async () => {
    const { email, factor } = await enrolled()
    const client = await signIn(email)
    expect((await client.auth.mfa.getAuthenticatorAssuranceLevel()).data).toMatchObject({ currentLevel: 'aal1', nextLevel: 'aal2' })
    expect((await client.auth.mfa.challengeAndVerify({ factorId: factor.id, code: codeOf(factor.secret) })).error).toBeNull()
    expect(await aal(client)).toBe('aal2')
    await client.auth.refreshSession()
    expect(await aal(client)).toBe('aal2')
  })

  test('a code is good once, in whatever session, also twice at once', async () => {
    const { email, factor } = await enrolled()
    const clients = await Promise.all([signIn(email), signIn(email), signIn(email)])
    const code = codeOf(factor.secret)
    const answers = await Promise.all(clients.map((client) => client.auth.mfa.challengeAndVerify({ factorId: factor.id, code })))
    expect(answers.map(({ error }) => error?.code ?? 'in').sort()).toEqual(['in', 'mfa_verification_failed', 'mfa_verification_failed'])
    const late = await signIn(email)
    expect((await late.auth.mfa.challengeAndVerify({ factorId: factor.id, code: codeOf(factor.secret, -1) })).error?.code).toBe(
      'mfa_verification_failed',
    )
  })

  test('five wrong codes lock it, against the right one too', async () => {
    const { email, factor } = await enrolled()
    const client = await signIn(email)
    for (let n = 0; n < 5; n++)
      expect((await client.auth.mfa.challengeAndVerify({ factorId: factor.id, code: '000000' })).error?.code).toBe('mfa_verification_failed')
    const { error } = await client.auth.mfa.challengeAndVerify({ factorId: factor.id, code: codeOf(factor.secret) })
    expect([error?.status, error?.code, error?.message]).toEqual([403, 'mfa_verification_rejected', expect.stringMatching(/Trop d’essais/)])
  })

  test('a challenge is good once and for five minutes, and a stranger’s factor does not exist', async () => {
    const { email, factor } = await enrolled()
    const client = await signIn(email)
    const challengeId = (await client.auth.mfa.challenge({ factorId: factor.id })).data!.id
    await world.db`update auth.mfa_challenges set created_at = now() - interval '6 minutes' where id = ${challengeId}`
    expect((await client.auth.mfa.verify({ factorId: factor.id, challengeId, code: codeOf(factor.secret) })).error?.code).toBe(
      'mfa_challenge_expired',
    )
    const { client: stranger } = await world.signUp(address(), PASSWORD)
    expect((await stranger.auth.mfa.challenge({ factorId: factor.id })).error?.code).toBe('mfa_factor_not_found')
    expect((await stranger.auth.mfa.unenroll({ factorId: factor.id })).error?.code).toBe('mfa_factor_not_found')
  })
})

describe('what a password alone does not do', () => {
  test('it changes neither password nor address, and removes no factor', async () => {
    const { email, factor } = await enrolled()
    const client = await signIn(email)
    expect((await client.auth.updateUser({ password: 'thief’s own one' })).error?.code).toBe('insufficient_aal')
    expect((await client.auth.updateUser({ email: address() })).error?.code).toBe('insufficient_aal')
    expect((await client.auth.mfa.unenroll({ factorId: factor.id })).error?.code).toBe('insufficient_aal')
  })

  test('nor does a link by mail', async () => {
    const { email } = await enrolled()
    await world.client().auth.resetPasswordForEmail(email)
    const url = new URL(/https?:\/\/\S+/.exec((await world.mailbox.next(email)).text)![0])
    const client = world.client()
    await client.auth.verifyOtp({ type: 'recovery', token_hash: url.hash.slice(1) })
    expect(await aal(client)).toBe('aal1')
    expect((await client.auth.updateUser({ password: 'thief’s own one' })).error?.code).toBe('insufficient_aal')
  })
})

describe('removing a factor', () => {
  test('lets the session fall back to aal1', async () => {
    const { client, factor } = await enrolled()
    expect((await client.auth.mfa.unenroll({ factorId: factor.id })).error).toBeNull()
    await client.auth.refreshSession()
    expect(await aal(client)).toBe('aal1')
    expect((await client.auth.getUser()).data.user?.factors ?? []).toEqual([])
  })
})

describe('the company behind it', () => {
  test('refuses REST, sync and Realtime to a session that gave no code', async () => {
    const { client: first, email, factor } = await enrolled()
    const company = crypto.randomUUID()
    expect((await first.rpc('found_company', { id: company, name: 'Alpha', full_name: 'Ada' })).error).toBeNull()
    const client = world.client({ company })
    await client.auth.signInWithPassword({ email, password: PASSWORD })
    expect((await client.from('companies').select('id')).data).toEqual([])
    const { error, status } = await client.rpc('sync_pull', { cursor: null })
    expect([status, error?.code, error?.details]).toEqual([403, 'PROOF', 'enter'])
    expect((await client.rpc('create_site', { command_id: crypto.randomUUID(), id: crypto.randomUUID(), name: 'X' })).error?.code).toBe('PROOF')
    const [{ scope }] = (await world.db`select scope_ids[1] as scope from app.companies where id = ${company}`) as unknown as [{ scope: string }]
    const joined = async () => {
      await client.realtime.setAuth()
      const channel = client.channel(`${company}:${scope}`, { config: { private: true } })
      const state = await new Promise<string>((resolve) => channel.subscribe(resolve))
      await client.removeChannel(channel)
      return state
    }
    expect(await joined()).toBe('CHANNEL_ERROR')
    await client.auth.mfa.challengeAndVerify({ factorId: factor.id, code: codeOf(factor.secret) })
    expect((await client.from('companies').select('id')).data).toEqual([{ id: company }])
    expect((await client.rpc('sync_pull', { cursor: null })).error).toBeNull()
    expect(await joined()).toBe('SUBSCRIBED')
  })
})
