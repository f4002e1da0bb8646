import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startJobs } from '../../supabase/local/jobs.ts'
import { createPerson, foundCompany } from '../support/company.ts'
import { createWorld, type World } from '../support/world.ts'

/** The function as it is deployed, in Deno; its mails go to a real SMTP server. */
let world: World
beforeAll(async () => {
  world = await createWorld('notify', { gateway: { functions: { dir: fileURLToPath(new URL('../../edge-functions', import.meta.url)) } } })
})
afterAll(() => world?.close())

const values = {
  token: 'f'.repeat(64),
  locale: 'fr',
  time_zone: 'Europe/Paris',
  company: 'Bâti Garrigue',
  inviter: 'Fondateur Bâti Garrigue',
  name: 'Zoé',
  sites: ['Cœur d’îlot'],
  expires_at: '2026-12-05T10:00:00Z',
}
async function notify(body: unknown, key = world.secretKey): Promise<[status: number, answer: unknown]> {
  const headers = { apikey: key, 'content-type': 'application/json' }
  const response = await fetch(`${world.url}/functions/v1/notify`, { method: 'POST', headers, body: JSON.stringify(body) })
  return [response.status, await response.json()]
}

describe('notify', () => {
  it('sends a mail, in the person’s language', async () => {
    expect(await notify({ to: 'zoe@chantier.test', letter: 'invitation', values })).toEqual([200, { sent: 'mail' }])
    const mail = await world.mailbox.next('zoe@chantier.test', { seconds: 30 })
    expect(mail.subject).toBe('Rejoignez Bâti Garrigue sur Aplomb')
    expect(mail.text).toContain(`${world.url}/invitation#${values.token}`)
    await notify({ channel: 'mail', to: 'joe@chantier.test', letter: 'invitation', values: { ...values, locale: 'en' } })
    expect((await world.mailbox.next('joe@chantier.test', { seconds: 30 })).subject).toBe('Join Bâti Garrigue on Aplomb')
  })

  it('and the jobs send the same letter', async () => {
    const boss = await foundCompany(world, await createPerson(world, 'boss@alpha.test'), 'Bâti Garrigue')
    const stop = await startJobs({ databaseUrl: world.address('authenticator'), url: world.url, secretKey: world.secretKey })
    try {
      const invitation = {
        id: randomUUID(),
        token_hash: 'a'.repeat(64),
        roles: ['crew'],
        email: 'ida@chantier.test',
        full_name: 'Ida',
        by_mail: true,
      }
      await boss.run('invite_person', invitation)
      const byJob = await world.mailbox.next('ida@chantier.test', { seconds: 30 })
      const [, token] = /#([0-9a-f]{64})/.exec(byJob.text)!
      const [row] = await world.db`select expires_at from app.invitations where id = ${invitation.id}`
      const same = { ...values, token, name: 'Ida', sites: [], expires_at: (row!.expires_at as Date).toISOString() }
      expect(await notify({ to: 'ida2@chantier.test', letter: 'invitation', values: same })).toEqual([200, { sent: 'mail' }])
      const byHand = await world.mailbox.next('ida2@chantier.test', { seconds: 30 })
      expect([byHand.subject, byHand.text, byHand.html]).toEqual([byJob.subject, byJob.text, byJob.html])
    } finally {
      await stop()
    }
  })

  it.each([
    ['no address', { letter: 'invitation', values }, 'WRONG: to'],
    ['an address of two', { to: 'a@b.test, c@d.test', letter: 'invitation', values }, 'WRONG: to'],
    ['an address with a header in it', { to: 'a@b.test\r\nBcc: c@d.test', letter: 'invitation', values }, 'WRONG: to'],
    ['a channel that is none yet', { channel: 'sms', to: 'a@b.test', letter: 'invitation', values }, 'WRONG: channel'],
    ['a word that every object knows', { channel: 'constructor', to: 'a@b.test', letter: 'invitation', values }, 'WRONG: channel'],
    ['an unknown letter', { to: 'a@b.test', letter: 'toString', values }, 'WRONG: letter'],
    ['a letter without its values', { to: 'a@b.test', letter: 'invitation', values: { ...values, expires_at: 'soon' } }, 'WRONG: values'],
    ['nothing', null, 'WRONG: to'],
  ])('refuses %s, and sends nothing', async (_, body, message) => {
    const before = world.mailbox.list().length
    expect(await notify(body)).toEqual([400, { code: 'WRONG', message }])
    expect(world.mailbox.list()).toHaveLength(before)
  })

  it('works for nobody but the holder of the secret key', async () => {
    const { client } = await world.signUp('ada@batir.test', 'Echafaudage-17-rouge')
    expect((await client.functions.invoke('notify', { body: { to: 'a@b.test', letter: 'invitation', values } })).error?.context.status).toBe(401)
    expect((await notify({ to: 'a@b.test', letter: 'invitation', values }, world.publishableKey))[0]).toBe(401)
  })
})
