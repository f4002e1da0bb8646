import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asMember, createPerson, createSite, foundCompany, hire, type Member } from '../support/company.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
let boss: Member

beforeAll(async () => {
  database = await createTestDatabase('second factor')
  boss = await foundCompany(database, await createPerson(database, 'boss@alpha.test'), 'Alpha')
  await createSite(boss, 'Lilas')
})
afterAll(() => database.close())

const pull = (member: Member) => member.call(member.company, 'sync_pull', { cursor: null })
const push = (member: Member) => member.call(member.company, 'sync_push', { batch: { client: randomUUID(), commands: [] } })
const sites = (member: Member) => member.see('select name from app.sites')
const topicOf = async (member: Member) => {
  const [row] = await database.db`select scope_ids from app_private.accesses where membership_id = ${member.id}`
  return `${member.company}:${(row!.scope_ids as string[])[0]}`
}
/** What Realtime does when somebody joins a channel: tries to read a message of the topic. */
const mayListen = async (member: Member) => {
  const topic = await topicOf(member)
  await database.db`insert into realtime.messages (topic, extension, event, private) values (${topic}, 'broadcast', 'poke', true)`
  const rows = await database.sqlAs(member.claims, {}, async (sql) => {
    await sql`select set_config('realtime.topic', ${topic}, true)`
    return sql`select from realtime.messages where topic = ${topic}`
  })
  return rows.length > 0
}
const verifyFactor = (member: Member) => database.db`
  insert into auth.mfa_factors (id, user_id, factor_type, status, created_at, updated_at, friendly_name)
  values (${randomUUID()}, ${member.userId}, 'totp', 'verified', now(), now(), ${randomUUID()})`
const dropFactors = (member: Member) => database.db`delete from auth.mfa_factors where user_id = ${member.userId}`
/** The member after they gave a code: session and token say so. */
const proven = async (member: Member): Promise<Member> => {
  const { claims } = member
  await database.db`update auth.sessions set aal = 'aal2' where id = ${claims.session_id!}`
  claims.aal = 'aal2'
  return member
}
const outOfGrace = (member: Member) =>
  database.db`update app_private.factor_duties set since = since - interval '8 days' where membership_id = ${member.id}`.then(
    () => database.db`select app_private.refresh_accesses(${database.db.json([{ company_id: member.company, id: member.id }])})`,
  )

describe('who has a verified factor', () => {
  it('reads nothing, syncs nothing, runs nothing and hears nothing until the code is given', async () => {
    const crew = await hire(database, boss, 'crew@alpha.test', ['design_office'])
    expect(await sites(crew)).toHaveLength(1)
    await verifyFactor(crew)
    expect(await sites(crew)).toEqual([])
    await expect(pull(crew)).rejects.toMatchObject({ code: 'PROOF', detail: 'enter' })
    await expect(crew.run('update_member', { id: crew.id, changes: { job: 'X' } })).rejects.toMatchObject({ code: 'PROOF' })
    await expect(crew.call(crew.company, 'sync_push', { batch: { client: randomUUID(), commands: [] } })).rejects.toMatchObject({ code: 'PROOF' })
    expect(await mayListen(crew)).toBe(false)
    await proven(crew)
    expect(await sites(crew)).toHaveLength(1)
    expect(await mayListen(crew)).toBe(true)
    await pull(crew)
  })

  it('is not let in by a token that claims more than its session, nor by a session whose token is older', async () => {
    const crew = await hire(database, boss, 'claims@alpha.test', ['design_office'])
    await verifyFactor(crew)
    crew.claims.aal = 'aal2'
    await expect(pull(crew)).rejects.toMatchObject({ code: 'PROOF' })
    await database.db`update auth.sessions set aal = 'aal2' where id = ${crew.claims.session_id!}`
    crew.claims.aal = 'aal1'
    await expect(pull(crew)).rejects.toMatchObject({ code: 'PROOF' })
  })

  it('still sees their own card, so that the app knows which company asks', async () => {
    const crew = await hire(database, boss, 'card@alpha.test', ['design_office'])
    await verifyFactor(crew)
    expect(await crew.rows(null, 'select company_name from app.my_companies()')).toEqual([{ company_name: 'Alpha' }])
  })

  it('is a stranger elsewhere, not somebody without a code', async () => {
    const beta = await foundCompany(database, await createPerson(database, 'boss@beta.test'), 'Beta')
    await verifyFactor(beta)
    await expect(beta.call(boss.company, 'sync_pull', { cursor: null })).rejects.toMatchObject({ code: 'OUTER' })
  })
})

describe('who must have a factor', () => {
  it('works without one for the days of grace, then only enrols', async () => {
    const hr = await hire(database, boss, 'hr@alpha.test', ['hr'])
    const [card] = await hr.rows(null, 'select factor_rule, factor_due > now() + $1::interval as far from app.my_companies()', ['6 days'])
    expect(card).toEqual({ factor_rule: 'mandatory', far: true })
    expect(await sites(hr)).toHaveLength(1)
    await outOfGrace(hr)
    expect(await sites(hr)).toEqual([])
    await expect(pull(hr)).rejects.toMatchObject({ code: 'PROOF', detail: 'enrol' })
    expect(await mayListen(hr)).toBe(false)
    await verifyFactor(hr)
    await expect(pull(hr)).rejects.toMatchObject({ code: 'PROOF', detail: 'enter' })
    await proven(hr)
    await pull(hr)
  })

  it('gains no new grace by removing a factor', async () => {
    const hr = await hire(database, boss, 'again@alpha.test', ['hr'])
    await outOfGrace(hr)
    await verifyFactor(hr)
    await dropFactors(hr)
    await expect(pull(hr)).rejects.toMatchObject({ code: 'PROOF', detail: 'enrol' })
  })

  it('is decided by the company, role by role, at once', async () => {
    const crew = await hire(database, boss, 'rules@alpha.test', ['crew'])
    await pull(crew)
    const set = (factor_rules: object, factor_grace_days: number) => boss.run('set_security', { factor_rules, factor_grace_days })
    await set({ crew: 'mandatory' }, 0)
    await expect(pull(crew)).rejects.toMatchObject({ code: 'PROOF', detail: 'enrol' })
    await set({ crew: 'mandatory' }, 3)
    await pull(crew)
    await set({ crew: 'recommended' }, 0)
    await pull(crew)
    expect(await crew.rows(null, 'select factor_rule, factor_due from app.my_companies()')).toEqual([
      { factor_rule: 'recommended', factor_due: null },
    ])
    await set({ admin: 'mandatory', executive: 'mandatory', hr: 'mandatory' }, 7)
  })

  it('starts the grace when the role comes, not when the person came', async () => {
    const crew = await hire(database, boss, 'promoted@alpha.test', ['crew'])
    await database.db`update app.memberships set created_at = now() - interval '1 year' where id = ${crew.id}`
    await boss.run('set_member_roles', { id: crew.id, roles: ['hr'] })
    await pull(crew)
  })

  it.each([
    ['an unknown rule', { crew: 'sometimes' }, 7, 'factor_rules'],
    ['an unknown role', { chief: 'mandatory' }, 7, 'factor_rules'],
    ['no object', ['crew'], 7, 'factor_rules'],
    ['a grace of a year', { crew: 'off' }, 365, 'factor_grace_days'],
  ])('%s is refused', async (_, factor_rules, factor_grace_days, field) => {
    await expect(boss.run('set_security', { factor_rules, factor_grace_days })).rejects.toMatchObject({ code: 'WRONG', detail: field })
  })
})

describe('recovery codes', () => {
  const codesOf = (member: Member) => member.call<string[]>(null, 'make_recovery_codes')

  it('are made by who gave the factor, ten of them, and only their hashes stay', async () => {
    const person = await hire(database, boss, 'codes@alpha.test', ['crew'])
    await expect(codesOf(person)).rejects.toMatchObject({ code: 'PROOF' })
    await verifyFactor(person)
    await proven(person)
    const codes = await codesOf(person)
    expect(new Set(codes).size).toBe(10)
    for (const code of codes) expect(code).toMatch(/^[0-9a-hjkmnp-tv-z]{4}(-[0-9a-hjkmnp-tv-z]{4}){3}$/)
    const kept = await database.db`select code_hash from app_private.recovery_codes where user_id = ${person.userId}`
    expect(JSON.stringify(kept)).not.toContain(codes[0]!.slice(0, 9))
    await codesOf(person)
    expect(await person.call(null, 'use_recovery_code', { code: codes[0] })).toBe('wrong')
  })

  it('replace a lost factor once: it is removed, other sessions end, and this one is not raised', async () => {
    const person = await hire(database, boss, 'lost@alpha.test', ['crew'])
    await verifyFactor(person)
    await proven(person)
    const [first, second] = (await codesOf(person)) as [string, string]
    const thief = randomUUID()
    await database.db`insert into auth.sessions (id, user_id, created_at, aal) values (${thief}, ${person.userId}, now(), 'aal2')`
    await database.db`update auth.sessions set aal = 'aal1' where id = ${person.claims.session_id!}`
    person.claims.aal = 'aal1'
    expect(await person.call(null, 'use_recovery_code', { code: ` ${first.toUpperCase().replaceAll('-', ' ')} ` })).toBe('used')
    expect(await database.db`select 1 from auth.mfa_factors where user_id = ${person.userId}`).toHaveLength(0)
    expect(await database.db`select id from auth.sessions where user_id = ${person.userId}`).toEqual([{ id: person.claims.session_id }])
    expect(await person.call(null, 'use_recovery_code', { code: first })).toBe('wrong')
    expect(await person.call(null, 'recovery_codes_left')).toBe(9)
    await pull(person)
    await verifyFactor(person)
    await expect(pull(person)).rejects.toMatchObject({ code: 'PROOF' })
    expect(await person.call(null, 'use_recovery_code', { code: second })).toBe('used')
  })

  it('lock after five wrong ones, also against the right one, and say so in the journal', async () => {
    const person = await hire(database, boss, 'guess@alpha.test', ['crew'])
    await verifyFactor(person)
    await proven(person)
    const [right] = (await codesOf(person)) as [string]
    const tries = []
    for (let n = 0; n < 6; n++) tries.push(await person.call(null, 'use_recovery_code', { code: `aaaa-${n}` }))
    expect(tries).toEqual(['wrong', 'wrong', 'wrong', 'wrong', 'locked', 'locked'])
    expect(await person.call(null, 'use_recovery_code', { code: right })).toBe('locked')
    expect(
      await database.db`select payload ->> 'action' as action from auth.audit_log_entries where payload ->> 'actor_id' = ${person.userId}
        and payload ->> 'action' like 'login%'`,
    ).toEqual([{ action: 'login_locked' }])
  })

  it('open nothing for somebody else', async () => {
    const [one, two] = [await hire(database, boss, 'one@alpha.test', ['crew']), await hire(database, boss, 'two@alpha.test', ['crew'])]
    await verifyFactor(one)
    await proven(one)
    const [code] = (await codesOf(one)) as [string]
    expect(await two.call(null, 'use_recovery_code', { code })).toBe('wrong')
    expect(await one.call(null, 'recovery_codes_left')).toBe(10)
  })
})

describe('the sessions of a member', () => {
  it('are seen and ended by an administrator alone, and it is written down', async () => {
    const crew = await hire(database, boss, 'phone@alpha.test', ['crew'])
    const hr = await hire(database, boss, 'office@alpha.test', ['hr'])
    const list = (by: Member) => by.rows(by.company, 'select session_id from app.member_sessions($1)', [crew.id])
    await expect(list(hr)).rejects.toMatchObject({ code: 'RIGHT' })
    expect(await list(boss)).toEqual([{ session_id: crew.claims.session_id }])
    expect(await boss.call(boss.company, 'end_member_sessions', { id: crew.id })).toBe(1)
    await expect(pull(crew)).rejects.toMatchObject({ code: 'AUTHN' })
    const [entry] = await boss.rows(boss.company, "select actor_id, command, new, old from app.audit_entries($1) where table_name = 'sessions'", [
      crew.id,
    ])
    expect(entry).toMatchObject({ actor_id: boss.id, command: 'end_member_sessions', old: { ended: 1 } })
    const beta = await foundCompany(database, await createPerson(database, 'boss@gamma.test'), 'Gamma')
    await expect(beta.call(beta.company, 'end_member_sessions', { id: crew.id })).rejects.toMatchObject({ code: 'GHOST' })
  })
})

describe('the sessions of somebody who works in two companies', () => {
  it('are ended by each administrator for their own company alone, and seen where they acted there', async () => {
    const boris = await foundCompany(database, await createPerson(database, 'boss@delta.test'), 'Delta')
    const crew = await hire(database, boss, 'both@alpha.test', ['crew'])
    const second = await hire(database, boris, 'both2@alpha.test', ['crew'])
    // the same person in both
    await database.db`update app.memberships set user_id = ${crew.userId} where id = ${second.id}`
    const there = asMember(crew, boris.company, second.id)
    const list = (by: Member, id: string) => by.rows(by.company, 'select session_id from app.member_sessions($1)', [id])

    expect(await list(boris, second.id)).toEqual([]) // opened for Alpha: no business of Delta's
    await push(there)
    expect(await list(boris, second.id)).toEqual([{ session_id: crew.claims.session_id }])
    expect(await list(boss, crew.id)).toEqual([])

    expect(await boris.call(boris.company, 'end_member_sessions', { id: second.id })).toBe(1)
    await expect(pull(there)).rejects.toMatchObject({ code: 'AUTHN' })
    await expect(push(there)).rejects.toMatchObject({ code: 'AUTHN' })
    expect(await there.see('select id from app.sites')).toEqual([])
    expect(await list(boris, second.id)).toEqual([])
    await pull(crew) // Alpha goes on with the same session
    await push(crew)
    expect(await list(boss, crew.id)).toEqual([{ session_id: crew.claims.session_id }])

    // signed in again, they are back
    const again = randomUUID()
    await database.db`insert into auth.sessions (id, user_id, created_at, updated_at) values (${again}, ${crew.userId}, now(), now())`
    const renewed = { 'x-company': boris.company }
    const sites = await database.sqlAs({ ...crew.claims, session_id: again }, renewed, (sql) => sql`select app_private.company() as company`)
    expect([...sites]).toEqual([{ company: boris.company }])

    // one that only read is not listed, and is ended with all others; neither the answer nor the audit tells that it was there
    expect(await list(boris, second.id)).toEqual([])
    expect(await boris.call(boris.company, 'end_member_sessions', { id: second.id })).toBe(0)
    expect(
      await boris.rows(boris.company, "select old -> 'ended' as ended from app.audit_entries($1) where table_name = 'sessions' order by at", [
        second.id,
      ]),
    ).toEqual([{ ended: 1 }, { ended: 0 }])
    const [shut] = await database.sqlAs({ ...crew.claims, session_id: again }, renewed, (sql) => sql`select app_private.company() as company`)
    expect(shut).toEqual({ company: null })

    // who has left Delta is Alpha's alone: the session itself ends
    await boris.run('set_member_state', { id: second.id, state: 'suspended' })
    expect(await list(boss, crew.id)).toHaveLength(2)
    expect(await boss.call(boss.company, 'end_member_sessions', { id: crew.id, session_id: crew.claims.session_id })).toBe(1)
    expect(await database.db`select id from auth.sessions where user_id = ${crew.userId}`).toEqual([{ id: again }])
  })
})

describe('an old password', () => {
  it('of an account from before passwords were remembered ends too', async () => {
    const person = await hire(database, boss, 'older@alpha.test', ['crew'])
    await database.db`update auth.users set encrypted_password = 'hash', created_at = now() - interval '2 years' where id = ${person.userId}`
    await database.db`delete from app_private.password_hashes where user_id = ${person.userId}`
    const expired = async () => (await database.db`select app_private.password_expired(${person.userId}) as expired`)[0]!.expired as boolean
    await boss.run('set_security', { factor_rules: {}, factor_grace_days: 7, password_days: 90 })
    expect(await expired()).toBe(true)
    await database.db`update auth.users set created_at = null where id = ${person.userId}`
    expect(await expired()).toBe(true)
    await database.db`update auth.users set encrypted_password = 'new' where id = ${person.userId}`
    expect(await expired()).toBe(false)
    await boss.run('set_security', { factor_rules: {}, factor_grace_days: 7, password_days: null })
  })

  it('opens nothing where a company gives passwords an end', async () => {
    const person = await hire(database, boss, 'old@alpha.test', ['crew'])
    await database.db`update auth.users set encrypted_password = 'hash' where id = ${person.userId}`
    const ask = async (valid: boolean) => {
      const [row] = await database.db`
        select app_private.hook_password_verification_attempt(${database.db.json({ user_id: person.userId, valid })}) as answer`
      return row!.answer as { decision: string; message?: string }
    }
    await database.db`update app_private.password_hashes set at = now() - interval '91 days' where user_id = ${person.userId}`
    expect(await ask(true)).toEqual({ decision: 'continue' })
    await boss.run('set_security', { factor_rules: {}, factor_grace_days: 7, password_days: 90 })
    expect(await ask(true)).toMatchObject({ decision: 'reject', message: expect.stringMatching(/expiré.*expired/) })
    expect(await ask(false)).toEqual({ decision: 'continue' })
    await database.db`update auth.users set encrypted_password = 'another' where id = ${person.userId}`
    expect(await ask(true)).toEqual({ decision: 'continue' })
  })
})

describe('a session in the wrong hands', () => {
  it('learns the password by asking for old ones no sooner than by signing in', async () => {
    const crew = await hire(database, boss, 'asked@alpha.test', ['design_office'])
    await database.db`insert into app_private.password_hashes (user_id, password_hash)
      values (${crew.userId}, extensions.crypt('la bonne', extensions.gen_salt('bf', 4)))`
    const ask = (password: string) => crew.call(null, 'was_my_password', { password })
    for (let count = 0; count < 4; count++) expect(await ask(`essai ${count}`)).toBe(false)
    expect(await ask('la bonne')).toBe(true)
    await expect(ask('la bonne')).rejects.toMatchObject({ code: 'LIMIT' })
  })
})
