import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Person } from '../support/company.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { createPeople, populate, reached, type Population, type Reach } from './rows.ts'

const matrix = JSON.parse(readFileSync(new URL('../../policies/matrix.json', import.meta.url), 'utf8')) as Record<string, Record<string, Reach>>
const lines = Object.keys(matrix)
const tables = [...new Set(lines.map(tableOf))]
const roles = Object.keys(matrix.companies ?? {})

/** The same for every company: open to whoever is signed in. */
const REFERENCE: Record<string, string> = { roles: 'key', role_permissions: `concat_ws('.', role, module, action)` }

let database: TestDatabase
let ours: Population
let beside: Population

beforeAll(async () => {
  database = await createTestDatabase('matrix')
  const people = await createPeople(database, roles)
  ours = await populate(database, people)
  beside = await populate(database, people, () => ['admin', 'executive', 'hse'])
  for (const table of Object.keys(REFERENCE)) {
    const rows = await database.db.unsafe(`select ${keyOf(table)} as id from app.${table}`)
    for (const { id } of rows) ours.rows.push({ line: table, id: String(id), owners: [] })
  }
})
afterAll(() => database?.close())

function tableOf(line: string): string {
  return line.split(':')[0] ?? line
}

function keyOf(table: string): string {
  return REFERENCE[table] ?? 'id::text'
}

async function visible(person: Pick<Person, 'rows'>, company: string, table: string): Promise<string[]> {
  const rows = await person.rows<{ id: string }>(company, `select ${keyOf(table)} as id from app.${table}`)
  return rows.map((row) => row.id).sort()
}

function member(role: string) {
  const found = ours.people.get(role)
  if (!found) throw new Error(`Nobody has the role ${role}.`)
  return found
}

/** What a role sees of a line, and of rows that no line knows. */
async function seen(role: string, line: string): Promise<string[]> {
  const others = new Set(ours.rows.filter((row) => tableOf(row.line) === tableOf(line) && row.line !== line).map((row) => row.id))
  return (await visible(member(role), ours.company, tableOf(line))).filter((id) => !others.has(id))
}

function expected(role: string, line: string): string[] {
  const reach = matrix[line]?.[role] ?? 'none'
  return ours.rows
    .filter((row) => row.line === line && reached(row, role, reach))
    .map((row) => row.id)
    .sort()
}

describe('the matrix', () => {
  test('has a line for every table of app', async () => {
    const rows = await database.db`select relname::text as name from pg_class where relnamespace = 'app'::regnamespace and relkind in ('r', 'p')`
    expect(rows.map((row) => row.name as string).sort()).toEqual([...tables].sort())
  })

  test('speaks of every role in every line', async () => {
    const rows = await database.db`select key from app.roles`
    const known = rows.map((row) => row.key as string).sort()
    for (const line of lines) expect(Object.keys(matrix[line] ?? {}).sort(), line).toEqual(known)
  })

  test.each(lines)('is told on rows that differ: %s', (line) => {
    const rows = ours.rows.filter((row) => row.line === line)
    expect(rows).not.toEqual([])
    const reaches = Object.values(matrix[line] ?? {})
    if (reaches.includes('sites')) expect(new Set(rows.map((row) => row.site))).toEqual(new Set(['ours', 'other']))
    if (reaches.includes('own')) expect(rows.every((row) => row.owners.length > 0 && row.owners.length < roles.length)).toBe(true)
    if (!(tableOf(line) in REFERENCE)) expect(beside.rows.filter((row) => row.line === line)).not.toEqual([])
  })
})

describe.each(roles)('%s, who leads the company beside', (role) => {
  test.each(lines.map((line) => [line, matrix[line]?.[role]] as const))('sees %s: %s', async (line) => {
    expect(await seen(role, line)).toEqual(expected(role, line))
  })
})

describe('nothing is seen', () => {
  const tenantTables = tables.filter((table) => !(table in REFERENCE))

  test.each(tables)('without an account: %s', async (table) => {
    const look = database.sqlAs({ role: 'anon' }, { 'x-company': ours.company }, (sql) => sql.unsafe(`select count(*) from app.${table}`))
    await expect(look).rejects.toMatchObject({ code: '42501' })
  })

  test.each(tenantTables)('by a member without the company named: %s', async (table) => {
    expect(await visible(member('executive'), '', table)).toEqual([])
  })

  test.each(['inactive', 'suspended', 'archived'])('by a member who is %s', async (state) => {
    const executive = member('executive')
    await database.db`update app.memberships set state = ${state} where company_id = ${ours.company} and id = ${executive.id}`
    for (const table of tenantTables) expect(await visible(executive, ours.company, table), table).toEqual([])
    await database.db`update app.memberships set state = 'active' where company_id = ${ours.company} and id = ${executive.id}`
    expect(await seen('executive', 'sites')).toEqual(expected('executive', 'sites'))
  })

  test('by a member whose session has ended', async () => {
    const executive = member('executive')
    const sessions = await database.db`select to_jsonb(s) as session from auth.sessions as s where s.user_id = ${executive.userId}`
    await database.db`delete from auth.sessions where user_id = ${executive.userId}`
    for (const table of tenantTables) expect(await visible(executive, ours.company, table), table).toEqual([])
    await database.db`insert into auth.sessions select * from jsonb_populate_recordset(null::auth.sessions, ${database.db.json(sessions.map((row) => row.session))})`
  })

  test('by a stranger who names the company', async () => {
    const [stranger] = (await createPeople(database, ['stranger'])).values()
    for (const table of tenantTables) expect(await visible(stranger!, ours.company, table), table).toEqual([])
  })
})

test('these stories can fail: a policy that forgets the scopes shows a site manager the other site', async () => {
  await database.db`alter policy select_member on app.sites using (company_id = (select app_private.company()))`
  expect(await seen('site_manager', 'sites')).not.toEqual(expected('site_manager', 'sites'))
})
