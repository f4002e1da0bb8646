import postgres, { type Sql } from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { syncedTables } from '../../supabase/deploy.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { fillTenants } from './tenants.ts'

let database: TestDatabase
let superuser: Sql

beforeAll(async () => {
  database = await createTestDatabase('tenants')
  superuser = postgres(database.address('supabase_admin'), { max: 1, onnotice: () => undefined })
})
afterAll(async () => {
  await superuser?.end()
  await database?.close()
})

test('the companies of the benches have rows in every table that phones hold, for their first person to see', async () => {
  await fillTenants(superuser, 1, 1)
  const [{ company_id, scope_ids }] = await superuser<[{ company_id: string; scope_ids: string[] }]>`
    select company_id, scope_ids from app_private.accesses where user_id = md5('user 1 1')::uuid`
  const empty: string[] = []
  for (const { name } of syncedTables()) {
    const rows = await superuser`select from app.${superuser(name)} where company_id = ${company_id} and scope_ids && ${scope_ids} limit 1`
    if (rows.length === 0) empty.push(name)
  }
  expect(empty).toEqual([])
})
