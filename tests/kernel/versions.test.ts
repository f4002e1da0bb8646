import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { appVersion } from '../../app/kernel/generated/version.ts'
import { createPerson, foundCompany, type Member } from '../support/company.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

interface Push {
  results: { status: string; code?: string }[]
  expect: number
}

let database: TestDatabase
let boss: Member
const client = randomUUID()
const team = { seq: 1, id: randomUUID(), name: 'create_team', at: '2026-05-04T06:00:00Z', args: { id: randomUUID(), name: 'Gros œuvre' } }
const push = (version: number | undefined, ...commands: object[]) =>
  boss.call<Push>(boss.company, 'sync_push', { batch: { client, version, commands } })
const teams = async () => (await database.db`select name from app.teams order by name`).map((row) => row['name'] as string)

beforeAll(async () => {
  database = await createTestDatabase('versions')
  boss = await foundCompany(database, await createPerson(database, 'boss@alpha.test'), 'Alpha')
})
afterAll(() => database.close())

/** The server is deployed with an app of which create_team means something else. */
const deployNext = () =>
  database.db.unsafe(`
    create or replace function sync.app_version() returns integer language sql immutable as 'select ${appVersion + 1}';
    create or replace function sync.least_version(command text) returns integer language sql immutable
      as $$ select case command when 'create_team' then ${appVersion + 1} else 1 end $$`)

describe('a server', () => {
  it('does not run what an app newer than itself wrote: it asks to be tried again later', async () => {
    await expect(push(appVersion + 1, team)).rejects.toMatchObject({ code: '55000' })
    expect(await teams()).toEqual([])
  })

  it('reads the first apps, which named no version', async () => {
    expect(await push(undefined, team)).toMatchObject({ results: [{ status: 'applied' }], expect: 2 })
  })

  it('upgraded meanwhile, refuses a whole push that it could misread, before it runs any of it', async () => {
    await deployNext()
    const rename = { seq: 2, id: randomUUID(), name: 'update_company', at: team.at, args: { changes: { name: 'Alpha bis' }, was: { name: 'Alpha' } } }
    const second = { ...team, seq: 3, id: randomUUID(), args: { id: randomUUID(), name: 'Second œuvre' } }
    await expect(push(appVersion, rename, second)).rejects.toMatchObject({ code: 'OLDER' })
    expect(await boss.see('select name from app.companies')).toEqual([{ name: 'Alpha' }])
    // Commands that still mean the same go through from an old app.
    expect(await push(appVersion, rename)).toMatchObject({ results: [{ status: 'applied' }], expect: 3 })
    expect(await push(appVersion + 1, second)).toMatchObject({ results: [{ status: 'applied' }], expect: 4 })
  })

  it('knows a command by its first form when the updated app repeats it in the new one, and only then', async () => {
    const upgraded = { ...team, args: { ...team.args, name: 'Gros œuvre (nouvelle forme)' } }
    expect(await push(appVersion + 1, { ...upgraded, written: team.args })).toMatchObject({ results: [{ status: 'applied' }] })
    expect(await push(appVersion + 1, upgraded)).toMatchObject({ results: [{ status: 'refused', code: 'TWICE' }] })
    expect(await teams()).toEqual(['Gros œuvre', 'Second œuvre'])
  })
})
