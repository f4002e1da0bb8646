import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPerson, createSite, foundCompany, hire, type Member } from '../support/company.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
let boss: Member

beforeAll(async () => {
  database = await createTestDatabase('people')
  boss = await foundCompany(database, await createPerson(database, 'boss@alpha.test'), 'Alpha')
})
afterAll(() => database.close())

describe('a person', () => {
  it('edits their own card; others leave it to the office', async () => {
    const crew = await hire(database, boss, 'crew@alpha.test', ['crew'])
    await crew.run('update_member', { id: crew.id, changes: { phone: ' 06 12 34 56 78 ' }, was: { phone: null } })
    expect(await boss.see('select phone from app.memberships where id = $1', [crew.id])).toEqual([{ phone: '06 12 34 56 78' }])
    await expect(crew.run('update_member', { id: boss.id, changes: { phone: '0' } })).rejects.toMatchObject({ code: 'RIGHT' })
    await expect(crew.run('update_member', { id: crew.id, changes: { roles: ['admin'] } })).rejects.toMatchObject({ code: 'WRONG' })
    await expect(crew.run('update_member', { id: crew.id, changes: { full_name: ' ' } })).rejects.toMatchObject({ code: 'BLANK' })
  })

  it('who is a member already keeps their roles and gains those of a new invitation', async () => {
    const site = await createSite(boss, 'Lilas')
    const person = await hire(database, boss, 'twice@alpha.test', ['crew'])
    const token = randomUUID()
    const [{ hash }] = (await database.db`select encode(sha256(convert_to(${token}, 'UTF8')), 'hex') as hash`) as unknown as [{ hash: string }]
    await boss.run('invite_person', { id: randomUUID(), token_hash: hash, roles: ['design_office'], site_ids: [site] })
    await person.call(null, 'accept_invitation', { token, full_name: 'Autre nom' })
    expect(await boss.see('select full_name, roles from app.memberships where id = $1', [person.id])).toEqual([
      { full_name: 'twice', roles: expect.arrayContaining(['crew', 'design_office']) },
    ])
    expect(await boss.see('select site_id from app.site_members where membership_id = $1', [person.id])).toEqual([{ site_id: site }])
  })

  it('who is suspended cannot come back by an invitation', async () => {
    const person = await hire(database, boss, 'out@alpha.test', ['crew'])
    await boss.run('set_member_state', { id: person.id, state: 'suspended' })
    const token = randomUUID()
    const [{ hash }] = (await database.db`select encode(sha256(convert_to(${token}, 'UTF8')), 'hex') as hash`) as unknown as [{ hash: string }]
    await boss.run('invite_person', { id: randomUUID(), token_hash: hash, roles: ['crew'] })
    await expect(person.call(null, 'accept_invitation', { token, full_name: 'X' })).rejects.toMatchObject({ code: 'OUTER' })
  })

  it('sees their sessions and ends any of them; it can do nothing from then on', async () => {
    const person = await hire(database, boss, 'sessions@alpha.test', ['crew'])
    const other = randomUUID()
    await database.db`insert into auth.sessions (id, user_id, created_at, user_agent, ip) values (${other}, ${person.userId}, now(), 'Téléphone', '203.0.113.9')`
    expect(await person.rows(null, 'select id, user_agent, ip, current from app.my_sessions() where not current')).toEqual([
      { id: other, user_agent: 'Téléphone', ip: '203.0.113.9', current: false },
    ])
    expect(await boss.call(null, 'end_session', { id: other })).toBe(false)
    expect(await person.call(null, 'end_session', { id: other })).toBe(true)
    const ended = { ...person.claims, session_id: other }
    await expect(database.sqlAs(ended, { 'x-company': boss.company }, (sql) => sql.unsafe('select app.sync_pull()'))).rejects.toMatchObject({
      code: 'AUTHN',
    })
  })
})

describe('founding and joining', () => {
  it('are written down with who did them and how', async () => {
    const [founded] =
      await database.db`select actor_id, command, command_id, device_at from audit.log where row_id = ${boss.company} and table_name = 'companies' and op = 'I'`
    expect(founded).toEqual({ actor_id: boss.id, command: 'found_company', command_id: boss.company, device_at: expect.any(Date) })
    const site = await createSite(boss, 'Écluse')
    const person = await hire(database, boss, 'joiner@alpha.test', ['crew'], [site])
    const joined = await database.db`select table_name, actor_id, command from audit.log
      where company_id = ${boss.company} and command = 'accept_invitation' and actor_id = ${person.id} order by table_name`
    expect(joined).toEqual(
      ['invitations', 'memberships', 'site_members'].map((table_name) => ({ table_name, actor_id: person.id, command: 'accept_invitation' })),
    )
  })
})

describe('teams', () => {
  it('hold people once, however often they are added', async () => {
    const id = randomUUID()
    await boss.run('create_team', { id, name: 'Gros œuvre' })
    await boss.run('add_team_member', { team_id: id, membership_id: boss.id })
    await boss.run('add_team_member', { team_id: id, membership_id: boss.id })
    expect(await boss.see('select membership_id from app.team_members where team_id = $1', [id])).toEqual([{ membership_id: boss.id }])
    await boss.run('rename_team', { id, name: 'Maçonnerie' })
    await boss.run('remove_team_member', { team_id: id, membership_id: boss.id })
    expect(
      await boss.see('select t.name, m.id from app.teams as t left join app.team_members as m on m.team_id = t.id where t.id = $1', [id]),
    ).toEqual([{ name: 'Maçonnerie', id: null }])
    await expect(boss.run('add_team_member', { team_id: randomUUID(), membership_id: boss.id })).rejects.toMatchObject({ code: 'GHOST' })
    await expect(boss.run('add_team_member', { team_id: id, membership_id: randomUUID() })).rejects.toMatchObject({ code: 'GHOST' })
  })
})
