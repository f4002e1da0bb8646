import { createHash, randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startJobs } from '../../supabase/local/jobs.ts'
import type { Mailbox } from '../../supabase/local/mailbox/index.ts'
import { wearLogo } from '../reports/site.ts'
import { createPerson, createSite, foundCompany, type Json, type Member } from '../support/company.ts'
import { logo } from '../support/pictures.ts'
import { createWorld, type World } from '../support/world.ts'

/** From the command to the mail: the real worker, a real SMTP server that keeps what it gets. */
let world: World
let mailbox: Mailbox
let stop: () => Promise<void>
let boss: Member

beforeAll(async () => {
  world = await createWorld('mails', { gateway: { functions: { dir: fileURLToPath(new URL('../../edge-functions', import.meta.url)) } } })
  mailbox = world.mailbox
  stop = await startJobs({ databaseUrl: world.address('authenticator'), url: world.url, secretKey: world.secretKey })
  boss = await foundCompany(world, await createPerson(world, 'boss@alpha.test'), 'Bâti <Garrigue> & Fils')
})
afterAll(async () => {
  await stop?.()
  await world?.close()
})

const invite = async (email: string, more: Json = {}) => {
  const id = randomUUID()
  const token_hash = createHash('sha256').update(id).digest('hex')
  await boss.run('invite_person', { id, token_hash, roles: ['crew'], email, by_mail: true, ...more })
  return id
}

describe('an invitation by mail', () => {
  it('reaches the person, and its link opens the company', async () => {
    const site = await createSite(boss, 'Cœur d’îlot')
    const id = await invite('zoe@chantier.test', { full_name: 'Zoé', site_ids: [site] })
    const mail = await mailbox.next('zoe@chantier.test', { seconds: 30 })
    expect(mail.subject).toBe('Rejoignez Bâti <Garrigue> & Fils sur Aplomb')
    expect(mail.text).toContain('Bonjour Zoé,')
    expect(mail.text).toContain('Chantiers : Cœur d’îlot.')
    expect(mail.html).not.toContain('<Garrigue>')
    const [, address, token] = /(http\S+\/invitation)#([0-9a-f]{64})/.exec(mail.text)!
    expect(address).toBe(`${world.url}/invitation`)
    const person = await createPerson(world, 'zoe@chantier.test')
    expect(await person.call(null, 'accept_invitation', { token, full_name: 'Zoé' })).toBe(boss.company)
    expect(await boss.see('select mail_state from app.invitations where id = $1', [id])).toEqual([{ mail_state: 'sent' }])
  })

  it('speaks the company’s language', async () => {
    await world.db`update app.companies set locale = 'en' where id = ${boss.company}`
    await invite('joe@chantier.test')
    expect((await mailbox.next('joe@chantier.test', { seconds: 30 })).text).toContain('invites you to join')
  })

  it('is signed with the company’s name, colour and logo, which travels in the mail', async () => {
    await wearLogo(world, boss, logo())
    await boss.run('update_company', { changes: { accent: '#1b5891' } })
    await invite('lou@chantier.test')
    const { html, pictures } = await mailbox.next('lou@chantier.test', { seconds: 30 })
    expect(html).toContain('Bâti &lt;Garrigue&gt; &amp; Fils</p>')
    expect(html).toContain('background:#1b5891;color:#ffffff')
    const [, cid] = /<img src="cid:([^"]+)"/.exec(html)!
    expect(pictures).toEqual({ [cid!]: `data:image/png;base64,${logo().toString('base64')}` })
    // a logo that is not there holds back no mail
    await boss.run('update_company', { changes: { logo: 'f'.repeat(64) } })
    await invite('max@chantier.test')
    const without = await mailbox.next('max@chantier.test', { seconds: 30 })
    expect([without.html.includes('cid:'), without.pictures]).toEqual([false, {}])
    await boss.run('update_company', { changes: { logo: null, accent: '#ffe100' } })
    await invite('ana@chantier.test')
    expect((await mailbox.next('ana@chantier.test', { seconds: 30 })).html).toContain('background:#ffe100;color:#000000')
  })

  it('is one mail per person, however many are asked for at once', async () => {
    const people = Array.from({ length: 30 }, (_, place) => `crew${place}@chantier.test`)
    await Promise.all(people.map((email) => invite(email)))
    await expect.poll(async () => (await boss.see(`select from app.invitations where mail_state = 'waiting'`)).length, { timeout: 30_000 }).toBe(0)
    for (const email of people) expect(mailbox.list().filter(({ to }) => to.includes(email))).toHaveLength(1)
  })
})
