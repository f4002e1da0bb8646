import { createHash, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPerson, createSite, foundCompany, hire, type Member } from '../support/company.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
let boss: Member

beforeAll(async () => {
  database = await createTestDatabase('escalation')
  boss = await foundCompany(database, await createPerson(database, 'boss@alpha.test'), 'Alpha')
})
afterAll(() => database.close())

const invite = async (by: Member, roles: unknown[], sites: string[] = []) => {
  const token = randomUUID()
  await by.run('invite_person', { id: randomUUID(), token_hash: createHash('sha256').update(token).digest('hex'), roles, site_ids: sites })
  return token
}

describe('a list of roles', () => {
  it('with a hole in it does not slip past the guard of the last administrator', async () => {
    for (const roles of [[null], ['crew', null]]) {
      await expect(boss.run('set_member_roles', { id: boss.id, roles })).rejects.toMatchObject({ code: 'WRONG' })
      await expect(invite(boss, roles)).rejects.toMatchObject({ code: 'WRONG' })
    }
    expect(await boss.see(`select count(*)::int from app.memberships where 'admin' = any (roles)`)).toEqual([{ count: 1 }])
  })

  it('names each role once', async () => {
    await expect(boss.run('set_member_roles', { id: boss.id, roles: Array(1000).fill('admin') })).rejects.toMatchObject({ code: 'WRONG' })
  })
})

describe('an invitation', () => {
  it('is worth what its author may still give when it is opened', async () => {
    const fired = await hire(database, boss, 'fired@alpha.test', ['admin'])
    const [spare, modest] = [await invite(fired, ['admin']), await invite(fired, ['crew'])]
    const friend = await createPerson(database, 'friend@alpha.test')
    const join = (token: string) => friend.call(null, 'accept_invitation', { token, full_name: 'Ami' })

    await boss.run('set_member_roles', { id: fired.id, roles: ['project_manager'] })
    await expect(join(spare)).rejects.toMatchObject({ code: 'STALE' })
    await boss.run('set_member_state', { id: fired.id, state: 'archived' })
    await expect(join(modest)).rejects.toMatchObject({ code: 'STALE' })
    expect(await friend.rows(null, 'select * from app.peek_invitation($1)', [modest])).toEqual([])
    await boss.run('set_member_state', { id: fired.id, state: 'active' })
    expect(await join(modest)).toBe(boss.company)
  })

  it('gives nothing to its own author', async () => {
    const hr = await hire(database, boss, 'hr@alpha.test', ['hr'])
    await expect(hr.call(null, 'accept_invitation', { token: await invite(hr, ['site_manager']), full_name: 'RH' })).rejects.toMatchObject({
      code: 'RIGHT',
    })
    expect(await boss.see('select roles from app.memberships where id = $1', [hr.id])).toEqual([{ roles: ['hr'] }])
  })

  it('adds its sites to those the person has, and brings back to one they had left', async () => {
    const [first, second] = [await createSite(boss, 'Premier'), await createSite(boss, 'Second')]
    const person = await hire(database, boss, 'mobile@alpha.test', ['crew'], [first])
    await person.call(null, 'accept_invitation', { token: await invite(boss, ['crew'], [first, second]), full_name: 'M' })
    expect((await person.see('select id from app.sites')).map((row) => row.id).toSorted()).toEqual([first, second].toSorted())

    const past = await createSite(boss, 'Passé')
    await boss.run('assign_site_member', { id: randomUUID(), site_id: past, membership_id: person.id, role: 'crew', ends_on: '2020-01-01' })
    await person.call(null, 'accept_invitation', { token: await invite(boss, ['crew'], [past]), full_name: 'M' })
    expect(await person.see('select id from app.sites where id = $1', [past])).toHaveLength(1)
  })
})
