import { createHash, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createPerson, foundCompany, type Json, type Member } from '../support/company.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

/** The mail of an invitation, as the database prepares it for the worker. */
interface Letter {
  to: string
  token: string
  company: string
  inviter: string
}

let database: TestDatabase
let boss: Member

beforeAll(async () => {
  database = await createTestDatabase('invitation mail')
  boss = await foundCompany(database, await createPerson(database, 'boss@alpha.test'), 'Alpha')
})
afterAll(() => database.close())
beforeEach(() => database.db`delete from app_private.jobs`)

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const invite = async (more: Json = {}) => {
  const id = randomUUID()
  await boss.run('invite_person', { id, token_hash: sha256(id), roles: ['crew'], email: 'ada@chantier.test', by_mail: true, ...more })
  return id
}
const worker = async <T>(call: string, ...values: unknown[]) =>
  (await database.sqlAs({ role: 'service_role' }, {}, (sql) => sql.unsafe(call, values as never[]))) as unknown as T[]
const take = async () => (await worker<{ id: string; attempt: number }>(`select * from app.claim_jobs('ada')`))[0]!
const letterOf = async ({ id, attempt }: { id: string; attempt: number }) =>
  (await worker<{ value: Letter | null }>('select app.job_payload($1, $2) as value', id, attempt))[0]!.value
const jobs = () => database.db`select kind, state from app_private.jobs order by created_at`
const stateOf = async (id: string) =>
  (await boss.see('select mail_state, mailed_at is not null as mailed from app.invitations where id = $1', [id]))[0]

describe('an invitation by mail', () => {
  it('becomes a job whose letter has a link of its own, known here by its hash alone', async () => {
    const id = await invite({ full_name: 'Ada' })
    expect(await stateOf(id)).toEqual({ mail_state: 'waiting', mailed: false })
    const job = await take()
    const letter = (await letterOf(job))!
    expect(letter).toMatchObject({
      to: 'ada@chantier.test',
      company: 'Alpha',
      inviter: 'Fondateur Alpha',
      name: 'Ada',
      locale: 'fr',
      roles: ['crew'],
      sites: [],
    })
    const everything = await database.db`select
      (select string_agg(j::text, '') from app_private.jobs as j) || (select string_agg(l::text, '') from app_private.invitation_links as l)
      || (select string_agg(i::text, '') from app.invitations as i) || (select string_agg(a::text, '') from audit.log as a) as text`
    expect(everything[0]!.text).toContain(sha256(letter.token))
    expect(everything[0]!.text).not.toContain(letter.token)
    await worker('select app.finish_job($1, $2)', job.id, job.attempt)
    expect(await stateOf(id)).toEqual({ mail_state: 'sent', mailed: true })

    const person = await createPerson(database, 'ada@chantier.test')
    expect(await person.rows(null, 'select company_name, email from app.peek_invitation($1)', [letter.token])).toEqual([
      { company_name: 'Alpha', email: 'ada@chantier.test' },
    ])
    await person.call(null, 'accept_invitation', { token: letter.token, full_name: 'Ada' })
    // the author's own link is spent with it
    const other = await createPerson(database, 'eve@chantier.test')
    await expect(other.call(null, 'accept_invitation', { token: id, full_name: 'Eve' })).rejects.toMatchObject({ code: 'STALE' })
  })

  it('written again after a lost worker has another link, and the first mail, if it left, works too', async () => {
    await invite()
    const first = (await letterOf(await take()))!
    await database.db`update app_private.jobs set run_after = now() where state = 'running'`
    const second = (await letterOf(await take()))!
    expect(second.token).not.toBe(first.token)
    const person = await createPerson(database, 'lost@chantier.test')
    await person.call(null, 'accept_invitation', { token: first.token, full_name: 'Lost' })
    expect(await person.call(null, 'accept_invitation', { token: second.token, full_name: 'Lost' })).toBe(boss.company)
  })

  it('revoked or accepted before it leaves is not sent', async () => {
    const revoked = await invite()
    await boss.run('revoke_invitation', { id: revoked })
    const accepted = await invite()
    const person = await createPerson(database, 'quick@chantier.test')
    await person.call(null, 'accept_invitation', { token: accepted, full_name: 'Quick' })
    expect(await jobs()).toEqual([
      { kind: 'send_invitation', state: 'cancelled' },
      { kind: 'send_invitation', state: 'cancelled' },
    ])
  })

  it('revoked after it left opens nothing', async () => {
    const id = await invite()
    const letter = (await letterOf(await take()))!
    await boss.run('revoke_invitation', { id })
    const person = await createPerson(database, 'late@chantier.test')
    expect(await person.rows(null, 'select * from app.peek_invitation($1)', [letter.token])).toEqual([])
    await expect(person.call(null, 'accept_invitation', { token: letter.token, full_name: 'Late' })).rejects.toMatchObject({ code: 'STALE' })
  })

  it('whose author was suspended meanwhile is not sent', async () => {
    const author = await createPerson(database, 'author@alpha.test')
    const hr = await invite({ roles: ['hr'], email: 'author@alpha.test', by_mail: false })
    await author.call(null, 'accept_invitation', { token: hr, full_name: 'RH' })
    const id = randomUUID()
    await author.call(boss.company, 'invite_person', {
      command_id: randomUUID(),
      id,
      token_hash: sha256(id),
      roles: ['crew'],
      email: 'x@chantier.test',
      by_mail: true,
    })
    await database.db`update app.memberships set state = 'suspended' where user_id = ${author.userId}`
    expect(await letterOf(await take())).toBeNull()
    expect(await stateOf(id)).toMatchObject({ mail_state: 'failed' })
    expect(await jobs()).toEqual([{ kind: 'send_invitation', state: 'cancelled' }])
  })

  it('is sent again when somebody asks, once while it waits, and is good for seven more days', async () => {
    const id = await invite({ expires_at: new Date(Date.now() + 3_600_000).toISOString() })
    await boss.run('resend_invitation', { id })
    expect(await jobs()).toHaveLength(1)
    const job = await take()
    await letterOf(job)
    await worker('select app.finish_job($1, $2)', job.id, job.attempt)
    await boss.run('resend_invitation', { id })
    expect(await jobs()).toHaveLength(2)
    const [row] = await boss.see(
      'select round(extract(epoch from expires_at - now()) / 86400)::int as days, mail_state from app.invitations where id = $1',
      [id],
    )
    expect(row).toEqual({ days: 7, mail_state: 'waiting' })
  })

  it('that cannot be delivered says so on the list', async () => {
    const id = await invite()
    const job = await take()
    await letterOf(job)
    await worker(`select app.fail_job($1, $2, '550 no such user', true)`, job.id, job.attempt)
    expect(await stateOf(id)).toEqual({ mail_state: 'failed', mailed: false })
  })

  it('needs an address, and somebody who may give these roles', async () => {
    await expect(invite({ email: null })).rejects.toMatchObject({ code: 'BLANK' })
    const id = await invite({ email: null, by_mail: false })
    await expect(boss.run('resend_invitation', { id })).rejects.toMatchObject({ code: 'BLANK' })
    await expect(boss.run('resend_invitation', { id: randomUUID() })).rejects.toMatchObject({ code: 'GHOST' })
  })
})
