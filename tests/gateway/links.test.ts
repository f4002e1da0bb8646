import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CaughtMail } from '../../supabase/local/mailbox/index.ts'
import { createWorld, type World } from '../support/world.ts'
import { raw, tokenOf } from './support.ts'

const PASSWORD = 'correct horse'
let world: World
let strict: World
let count = 0
const address = () => `person${++count}@example.com`

beforeAll(async () => {
  world = await createWorld('links', { gateway: { siteUrl: 'https://chantiers.example.com/' } })
  strict = await createWorld('links confirmed', { gateway: { confirmEmail: true, mailInterval: 60 } })
})
afterAll(() => Promise.all([world.close(), strict.close()]))

/** The link of a mail: where it leads, and what it spends. */
function linkOf(mail: CaughtMail): { url: URL; type: string; token_hash: string } {
  const url = new URL(/https?:\/\/\S+/.exec(mail.text)![0])
  return { url, type: url.searchParams.get('type')!, token_hash: url.hash.slice(1) }
}
const follow = (mail: CaughtMail, where = world) => {
  const { type, token_hash } = linkOf(mail)
  return where.client().auth.verifyOtp({ type: type as 'email', token_hash })
}

describe('a magic link', () => {
  test('arrives as text and HTML in the person’s language, leads to the public address, and works once', async () => {
    const email = address()
    const { user } = await world.signUp(email, PASSWORD)
    const { error } = await world.client().auth.signInWithOtp({ email, options: { shouldCreateUser: false, data: {} } })
    expect(error).toBeNull()
    const mail = await world.mailbox.next(email)
    expect(mail).toMatchObject({ from: 'no-reply@aplomb.test', to: [email], subject: 'Votre lien de connexion' })
    const { url } = linkOf(mail)
    expect(url.origin + url.pathname).toBe('https://chantiers.example.com/verify')
    expect(url.search).toBe('?type=magiclink')
    expect(mail.html).toContain(`href="${url.href.replaceAll('&', '&amp;')}"`)
    const first = await follow(mail)
    expect([first.data.user?.id, first.data.session?.token_type]).toEqual([user.id, 'bearer'])
    expect((await follow(mail)).error).toMatchObject({ status: 403, code: 'otp_expired' })
  })

  test('of two at once, one gets in', async () => {
    const email = address()
    await world.signUp(email, PASSWORD)
    await world.client().auth.signInWithOtp({ email })
    const mail = await world.mailbox.next(email)
    const answers = await Promise.all([1, 2, 3, 4].map(() => follow(mail)))
    expect(answers.filter(({ error }) => !error)).toHaveLength(1)
  })

  test('is dead after an hour, and when a newer one was asked', async () => {
    const email = address()
    const { user } = await world.signUp(email, PASSWORD)
    await world.client().auth.signInWithOtp({ email })
    const old = await world.mailbox.next(email)
    await world.client().auth.signInWithOtp({ email })
    await expect.poll(() => world.mailbox.list().filter(({ to }) => to.includes(email)).length).toBe(2)
    expect((await follow(old)).error?.code).toBe('otp_expired')
    await world.db`update auth.one_time_tokens set created_at = created_at - interval '61 minutes' where user_id = ${user.id}`
    expect((await follow(world.mailbox.list()[0]!)).error?.code).toBe('otp_expired')
  })

  test('an unknown address gets the same answer and no mail; with create_user it gets an account', async () => {
    const [unknown, wanted] = [address(), address()]
    expect((await world.client().auth.signInWithOtp({ email: unknown, options: { shouldCreateUser: false } })).error).toBeNull()
    expect((await world.client().auth.resetPasswordForEmail(unknown)).error).toBeNull()
    await world.client().auth.signInWithOtp({ email: wanted })
    const mail = await world.mailbox.next(wanted)
    expect((await follow(mail)).data.user).toMatchObject({ email: wanted, email_confirmed_at: expect.any(String) })
    expect(world.mailbox.list().filter(({ to }) => to.includes(unknown))).toEqual([])
  })

  test('may be a link to the service itself, which leads on with the session, and nowhere but to the app', async () => {
    const email = address()
    await world.signUp(email, PASSWORD)
    await world.client().auth.signInWithOtp({ email })
    const { token_hash } = linkOf(await world.mailbox.next(email))
    const visit = async (redirect: string) => {
      const query = new URLSearchParams({ token: token_hash, type: 'magiclink', redirect_to: redirect })
      const response = await fetch(`${world.url}/auth/v1/verify?${query}`, { redirect: 'manual' })
      return [response.status, response.headers.get('location')!] as const
    }
    const [status, location] = await visit('https://chantiers.example.com/sites')
    expect([status, location]).toEqual([
      303,
      expect.stringMatching(/^https:\/\/chantiers\.example\.com\/sites#access_token=.+refresh_token=.+type=magiclink/),
    ])
    const [, refused] = await visit('https://evil.example/steal')
    expect(refused).toMatch(/^https:\/\/chantiers\.example\.com\/#error=access_denied&error_code=otp_expired/)
  })

  test('is sent once a minute to an address, known or not', async () => {
    for (const email of ['known@example.com', 'unknown@example.com']) {
      if (email.startsWith('known')) await strict.client({ key: strict.secretKey }).auth.admin.createUser({ email, email_confirm: true })
      expect((await strict.client().auth.signInWithOtp({ email, options: { shouldCreateUser: false } })).error).toBeNull()
      const { error } = await strict.client().auth.signInWithOtp({ email, options: { shouldCreateUser: false } })
      expect([email, error?.status, error?.code, error?.message]).toEqual([
        email,
        429,
        'over_email_send_rate_limit',
        expect.stringMatching(/after \d+ seconds/),
      ])
    }
  })
})

describe('a forgotten password', () => {
  test('is replaced through a link that works once, and the person is told', async () => {
    const email = address()
    const { client } = await world.signUp(email, PASSWORD)
    await world.client().auth.resetPasswordForEmail(email)
    const mail = await world.mailbox.next(email, { subject: /nouveau mot de passe/ })
    const { type, token_hash } = linkOf(mail)
    expect(type).toBe('recovery')
    const recovering = world.client()
    expect((await recovering.auth.verifyOtp({ type: 'recovery', token_hash })).error).toBeNull()
    expect((await recovering.auth.updateUser({ password: 'un tout autre secret' })).error).toBeNull()
    await world.mailbox.next(email, { subject: /a changé/ })
    expect((await follow(mail)).error?.code).toBe('otp_expired')
    expect((await world.client().auth.signInWithPassword({ email, password: PASSWORD })).error?.code).toBe('invalid_credentials')
    expect((await world.client().auth.signInWithPassword({ email, password: 'un tout autre secret' })).error).toBeNull()
    expect((await client.auth.getUser()).error?.name).toBe('AuthSessionMissingError')
  })
})

describe('a password', () => {
  test.each([
    ['seven77', 'length'],
    ['x1'.repeat(65), 'length'],
    ['motdepasse1!', 'pwned'],
    ['12345678', 'characters'],
    ['aaaaaaaaaa', 'characters'],
  ])('%s is refused for its %s', async (password, reason) => {
    const { error } = await world.client().auth.signUp({ email: address(), password })
    expect([error?.code, (error as { reasons?: string[] }).reasons]).toEqual(['weak_password', [reason]])
  })

  test('made of the person’s own name is refused', async () => {
    const { error } = await world.client().auth.signUp({ email: 'jeandupont@example.com', password: 'jeandupont1' })
    expect(error?.code).toBe('weak_password')
  })

  test('that was one of the last five is refused, the sixth before is not', async () => {
    const email = address()
    const { client } = await world.signUp(email, PASSWORD)
    const change = async (password: string) => (await client.auth.updateUser({ password })).error?.code
    for (let n = 1; n <= 4; n++) expect(await change(`another horse ${n}`)).toBeUndefined()
    expect(await change(PASSWORD)).toBe('same_password')
    expect(await change('another horse 4')).toBe('same_password')
    expect(await change('another horse 5')).toBeUndefined()
    expect(await change(PASSWORD)).toBeUndefined()
  })

  test('is changed by a session older than a day with a code from a mail only', async () => {
    const email = address()
    const { client, user } = await world.signUp(email, PASSWORD)
    await world.db`update auth.sessions set created_at = now() - interval '25 hours' where user_id = ${user.id}`
    expect((await client.auth.updateUser({ password: 'a newer horse' })).error?.code).toBe('reauthentication_needed')
    expect((await client.auth.reauthenticate()).error).toBeNull()
    const code = /^\d{8}$/m.exec((await world.mailbox.next(email)).text)![0]
    expect((await client.auth.updateUser({ password: 'a newer horse', nonce: '00000000' })).error?.code).toBe('reauthentication_not_valid')
    expect((await client.auth.updateUser({ password: 'a newer horse', nonce: code })).error).toBeNull()
    expect((await client.auth.updateUser({ password: 'the next horse', nonce: code })).error?.code).toBe('reauthentication_not_valid')
  })
})

describe('a new address', () => {
  test('opens no account before its link was followed', async () => {
    const email = address()
    const client = strict.client()
    const { data, error } = await client.auth.signUp({ email, password: PASSWORD, options: { data: { locale: 'en' } } })
    expect([error, data.session, data.user?.email]).toEqual([null, null, email])
    expect((await client.auth.signInWithPassword({ email, password: PASSWORD })).error?.code).toBe('email_not_confirmed')
    const mail = await strict.mailbox.next(email, { subject: /Confirm your address/ })
    expect(linkOf(mail).url.origin).toBe(strict.url)
    expect((await follow(mail, strict)).data.session).not.toBeNull()
    expect((await client.auth.signInWithPassword({ email, password: PASSWORD })).error).toBeNull()
  })

  test('that is taken looks like any other', async () => {
    const email = address()
    await strict.client({ key: strict.secretKey }).auth.admin.createUser({ email, password: PASSWORD, email_confirm: true })
    const { data, error } = await strict.client().auth.signUp({ email, password: 'somebody else' })
    expect([error, data.session, data.user?.identities]).toEqual([null, null, []])
  })

  test('of an account is agreed to by the old one and the new one', async () => {
    const [email, next] = [address(), address()]
    await strict.client({ key: strict.secretKey }).auth.admin.createUser({ email, password: PASSWORD, email_confirm: true })
    const client = strict.client()
    await client.auth.signInWithPassword({ email, password: PASSWORD })
    const { data } = await client.auth.updateUser({ email: next })
    expect([data.user?.email, data.user?.new_email]).toEqual([email, next])
    const [old, fresh] = [await strict.mailbox.next(email), await strict.mailbox.next(next)]
    expect((await follow(fresh, strict)).data.session).toBeNull()
    expect((await client.auth.getUser()).data.user?.email).toBe(email)
    expect((await follow(old, strict)).data.user?.email).toBe(next)
    expect((await strict.client().auth.signInWithPassword({ email: next, password: PASSWORD })).error).toBeNull()
  })
})

describe('notices', () => {
  test('tell of a lock and of a new device', async () => {
    const email = address()
    await world.signUp(email, PASSWORD)
    await raw(world, '/auth/v1/token?grant_type=password', {
      method: 'POST',
      headers: { 'user-agent': 'Mozilla/5.0 (X11; Linux) Firefox/140.0' },
      body: JSON.stringify({ email, password: PASSWORD }),
    })
    expect((await world.mailbox.next(email, { subject: /Nouvelle connexion/ })).text).toContain('Firefox/140.0')
    for (let n = 0; n < 5; n++) await world.client().auth.signInWithPassword({ email, password: 'wrong' })
    await world.mailbox.next(email, { subject: /verrouillé/ })
  })
})

describe('invitations', () => {
  test('are sent by the holder of the secret key alone', async () => {
    const email = address()
    const { client } = await world.signUp(address(), PASSWORD)
    expect((await raw(world, '/auth/v1/invite', { method: 'POST', token: await tokenOf(client), body: JSON.stringify({ email }) })).status).toBe(403)
    const { error } = await world.client({ key: world.secretKey }).auth.admin.inviteUserByEmail(email)
    expect(error).toBeNull()
    const { data } = await follow(await world.mailbox.next(email, { subject: /invité/ }))
    expect(data.user?.email).toBe(email)
  })
})

describe('the mails of this machine', () => {
  test('are read on it alone, and their scripts never run', async () => {
    const list = await fetch(`${world.url}/mail`)
    expect([list.status, list.headers.get('content-security-policy')]).toEqual([200, expect.stringContaining("default-src 'none'")])
    expect(await list.text()).toContain('Votre lien de connexion')
    const [mail] = world.mailbox.list()
    const page = await (await fetch(`${world.url}/mail/${mail!.id}`)).text()
    expect(page).toContain('sandbox="allow-popups allow-popups-to-escape-sandbox"')
    expect((await fetch(`${world.url}/mail`, { headers: { 'x-forwarded-for': '203.0.113.7' } })).status).toBe(403)
    expect((await fetch(`${world.url}/mail/none`)).status).toBe(404)
  })
})
