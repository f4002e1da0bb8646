import { randomUUID } from 'node:crypto'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { asMember, createPerson, createSite, foundCompany, hire, reportIncident, type Member } from '../support/company.ts'

let database: TestDatabase
let alpha: Member
let beta: Member
let site: string
let incident: string

beforeAll(async () => {
  database = await createTestDatabase('tenancy')
  alpha = await foundCompany(database, await createPerson(database, 'boss@alpha.test'), 'Alpha')
  site = await createSite(alpha, 'Lilas')
  incident = await reportIncident(alpha, site)
  beta = await foundCompany(database, await createPerson(database, 'boss@beta.test'), 'Beta')
})
afterAll(() => database.close())

const everything = 'select id::text from app.sites union all select id::text from app.incidents union all select id::text from app.memberships'

describe('a member of one company', () => {
  it('sees nothing of another by naming it in the header', async () => {
    expect(await beta.rows(alpha.company, everything)).toEqual([])
    await expect(beta.call(alpha.company, 'sync_pull', { cursor: null })).rejects.toMatchObject({ code: 'OUTER' })
    await expect(beta.call(alpha.company, 'archive_site', { command_id: randomUUID(), id: site })).rejects.toMatchObject({ code: 'OUTER' })
  })

  it('sees nothing without a header, or with one that is no id', async () => {
    expect(await alpha.rows(null, everything)).toEqual([])
    expect(await database.sqlAs(alpha.claims, { 'x-company': "x' or true --" }, (sql) => sql.unsafe(everything))).toHaveLength(0)
  })

  it('gains nothing by founding a company that borrows ids of another', async () => {
    const thief = await foundCompany(database, alpha, 'Emprunt')
    await expect(beta.call(null, 'found_company', { id: alpha.company, name: 'Vol', full_name: 'V' })).rejects.toMatchObject({ code: 'TAKEN' })
    const borrower = await foundCompany(database, beta, 'Sosie')
    await borrower.run('create_site', { id: site, name: 'Même clé' })
    await borrower.run('report_incident', { id: incident, site_id: site, type: 'technical', severity: 'low', title: 'Même clé' })
    expect(await borrower.see('select name from app.sites')).toEqual([{ name: 'Même clé' }])
    expect(await borrower.see('select title from app.incidents')).toEqual([{ title: 'Même clé' }])
    expect(await borrower.see('select body from app.incident_events where incident_id = $1', [incident])).toHaveLength(1)
    expect(await alpha.see('select name from app.sites where id = $1', [site])).toEqual([{ name: 'Lilas' }])
    const [ours] = await database.db`select scope_ids from app.sites where company_id = ${alpha.company} and id = ${site}`
    const [theirs] = await database.db`select scope_ids from app.sites where company_id = ${borrower.company} and id = ${site}`
    expect((theirs!.scope_ids as string[]).filter((scope) => (ours!.scope_ids as string[]).includes(scope))).toEqual([])
    expect(thief.company).not.toBe(alpha.company)
  })

  it('cannot boot or pull with the scopes of another company', async () => {
    const [row] = await database.db`select scope_ids from app.sites where company_id = ${alpha.company} and id = ${site}`
    expect(await beta.call(beta.company, 'sync_boot', { scopes: row!.scope_ids })).toBe('{"next": null, "tables": []}\n\\.')
    const first = await beta.call<{ snap: string; schema: string; db: string }>(beta.company, 'sync_pull', { cursor: null })
    await reportIncident(alpha, site)
    const answer = await beta.call<object>(beta.company, 'sync_pull', { cursor: { ...first, scopes: row!.scope_ids } })
    expect(answer).not.toHaveProperty('rows')
    expect(answer).not.toHaveProperty('gone')
  })

  it('cannot point at people or sites of another company', async () => {
    await expect(beta.run('create_site', { id: randomUUID(), name: 'X', project_manager_id: alpha.id })).rejects.toMatchObject({ code: 'GHOST' })
    await expect(
      beta.run('report_incident', { id: randomUUID(), site_id: site, type: 'technical', severity: 'low', title: 'X' }),
    ).rejects.toMatchObject({ code: 'GHOST' })
    await expect(beta.run('assign_incident', { id: incident, assignee_id: beta.id })).rejects.toMatchObject({ code: 'GHOST' })
  })

  it('uses another role in each of two companies, and nothing of one shows in the other', async () => {
    const betaSite = await createSite(beta, 'Chez Beta')
    const both = await hire(database, beta, 'both@test', ['crew'], [betaSite])
    const asFounder = await foundCompany(database, both, 'Gamma')
    expect((await both.call<string>(null, 'my_companies')).length).toBeGreaterThan(0)
    expect(await both.see('select name from app.sites')).toEqual([{ name: 'Chez Beta' }])
    expect(await asFounder.see('select name from app.sites')).toEqual([])
    await expect(both.run('create_site', { id: randomUUID(), name: 'X' })).rejects.toMatchObject({ code: 'RIGHT' })
    await createSite(asFounder, 'Chez Gamma')
  })
})

describe('a faulty command', () => {
  it('cannot write into another company, nor touch anything outside a request', async () => {
    await database.db.unsafe(`
      create function app.faulty_command(target uuid) returns jsonb language plpgsql security definer set search_path = '' as $$
      begin
        perform app_private.enter_company();
        insert into app.closures (company_id, id, day, label) values (target, gen_random_uuid(), '2031-01-01', 'x');
        update app.sites set name = 'volé' where company_id <> app_private.company();
        return '{}';
      end $$;
      create function app.careless_command() returns bigint language sql security definer set search_path = '' as 'select count(*) from app.sites';
      alter function app.faulty_command owner to app_commands; alter function app.careless_command owner to app_commands;
      grant execute on function app.faulty_command, app.careless_command to authenticated`)
    await expect(beta.call(beta.company, 'faulty_command', { target: alpha.company })).rejects.toMatchObject({ code: '42501' })
    await beta.call(beta.company, 'faulty_command', { target: beta.company })
    expect(await alpha.see('select count(*)::int from app.sites where name = $1', ['volé'])).toEqual([{ count: 0 }])
    expect(await beta.call(beta.company, 'careless_command')).toBe('0')
  })
})

describe('forged claims', () => {
  it('mean nothing on any login but those of the services', async () => {
    await database.db.unsafe(
      `do $$ begin create role forger login password 'forger'; exception when duplicate_object then null; end $$; grant authenticated to forger`,
    )
    const forger = postgres(database.address('postgres').replace(/\/\/[^@]+@/, '//forger:forger@'), { max: 1 })
    try {
      const seen = await forger.begin(async (sql) => {
        await sql`select set_config('role', 'authenticated', true), set_config('request.jwt.claims', ${JSON.stringify(alpha.claims)}, true),
          set_config('request.headers', ${JSON.stringify({ 'x-company': alpha.company })}, true)`
        return sql.unsafe(everything)
      })
      expect(seen).toHaveLength(0)
    } finally {
      await forger.end()
      await database.db.unsafe('revoke authenticated from forger')
    }
  })

  it('of a person without a living session mean nothing', async () => {
    const ghost = asMember({ ...alpha, claims: { ...alpha.claims, session_id: randomUUID() } }, alpha.company, alpha.id)
    expect(await database.sqlAs(ghost.claims, { 'x-company': alpha.company }, (sql) => sql.unsafe(everything))).toHaveLength(0)
    const asAnonymous = database.sqlAs({ ...alpha.claims, role: 'anon' }, { 'x-company': alpha.company }, (sql) => sql.unsafe(everything))
    await expect(asAnonymous).rejects.toMatchObject({ code: '42501' })
  })
})

describe('the topic of a realtime channel', () => {
  const canRead = (member: Member, topic: string, headers: Record<string, string> = {}) =>
    database.sqlAs(member.claims, headers, async (sql) => {
      await sql`select set_config('realtime.topic', ${topic}, true)`
      const [row] = await sql.unsafe(`select pg_get_expr(polqual, polrelid) as policy from pg_policy where polname = 'select_poke'`)
      return (await sql.unsafe(`select ${row!.policy} as yes from (values ('broadcast')) as messages (extension)`))[0]!.yes as boolean
    })

  it('is open to the holders of its scope alone', async () => {
    const [own] = await database.db`select scope_ids[1] as scope from app.companies where id = ${alpha.company}`
    const topic = `${alpha.company}:${own!.scope}`
    expect(await canRead(alpha, topic)).toBe(true)
    expect(await canRead(beta, topic)).not.toBe(true)
    expect(await canRead(beta, `${beta.company}:${own!.scope}`)).not.toBe(true)
    expect(await canRead(beta, topic, { 'x-company': beta.company })).not.toBe(true)
    expect(await canRead(alpha, 'nonsense')).not.toBe(true)
  })
})

describe('invitations', () => {
  it('work once, only before their end, and only while not revoked', async () => {
    const hash = async (token: string) => (await database.db`select encode(sha256(convert_to(${token}, 'UTF8')), 'hex') as hash`)[0]!.hash as string
    const invite = async (token: string, more: object = {}) => {
      const id = randomUUID()
      await alpha.run('invite_person', { id, token_hash: await hash(token), roles: ['crew'], site_ids: [site], ...more })
      return id
    }
    const person = await createPerson(database, 'worker@alpha.test')
    await invite('first')
    expect(await person.rows(null, 'select company_name, site_names from app.peek_invitation($1)', ['first'])).toEqual([
      { company_name: 'Alpha', site_names: ['Lilas'] },
    ])
    expect(await person.call(null, 'accept_invitation', { token: 'first', full_name: 'Wim' })).toBe(alpha.company)
    expect(await person.call(null, 'accept_invitation', { token: 'first', full_name: 'Wim' })).toBe(alpha.company)
    const other = await createPerson(database, 'other@alpha.test')
    await expect(other.call(null, 'accept_invitation', { token: 'first', full_name: 'Z' })).rejects.toMatchObject({ code: 'STALE' })
    await invite('late', { expires_at: '2020-01-01T00:00:00Z' })
    await expect(other.call(null, 'accept_invitation', { token: 'late', full_name: 'Z' })).rejects.toMatchObject({ code: 'STALE' })
    await alpha.run('revoke_invitation', { id: await invite('revoked') })
    await expect(other.call(null, 'accept_invitation', { token: 'revoked', full_name: 'Z' })).rejects.toMatchObject({ code: 'STALE' })
    await expect(other.call(null, 'accept_invitation', { token: 'guessed', full_name: 'Z' })).rejects.toMatchObject({ code: 'STALE' })
  })

  it('cannot give more rights than their author may give', async () => {
    const chief = await hire(database, alpha, 'pm@alpha.test', ['project_manager'])
    const invite = (roles: string[]) =>
      chief.run('invite_person', { id: randomUUID(), token_hash: randomUUID().replaceAll('-', '').repeat(2), roles })
    await expect(invite(['admin'])).rejects.toMatchObject({ code: 'RIGHT' })
    await expect(invite(['nobody'])).rejects.toMatchObject({ code: 'WRONG' })
    expect(await invite(['site_manager'])).toEqual({ status: 'applied' })
    const crew = await hire(database, alpha, 'crew@alpha.test', ['crew'], [site])
    await expect(crew.run('invite_person', { id: randomUUID(), token_hash: 'a'.repeat(64), roles: ['crew'] })).rejects.toMatchObject({
      code: 'RIGHT',
    })
    await expect(crew.run('set_member_roles', { id: crew.id, roles: ['admin'] })).rejects.toMatchObject({ code: 'RIGHT' })
  })
})

describe('the last administrator', () => {
  it('cannot be suspended nor demoted', async () => {
    await expect(beta.run('set_member_state', { id: beta.id, state: 'archived' })).rejects.toMatchObject({ code: 'OWNER' })
    await expect(beta.run('set_member_roles', { id: beta.id, roles: ['executive'] })).rejects.toMatchObject({ code: 'OWNER' })
    const second = await hire(database, beta, 'second@beta.test', ['admin'])
    await Promise.allSettled([
      beta.run('set_member_state', { id: second.id, state: 'archived' }),
      second.run('set_member_state', { id: beta.id, state: 'archived' }),
    ])
    const admins =
      await database.db`select count(*)::int from app.memberships where company_id = ${beta.company} and state = 'active' and 'admin' = any (roles)`
    expect(admins).toEqual([{ count: 1 }])
  })
})
