import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { commandCall } from '../../app/kernel/generated/commands.ts'
import { generate, staleFiles } from '../../supabase/generate.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase('generated')
})
afterAll(() => database?.close())

test('the committed files are those that this SQL gives, each time alike', async () => {
  const files = await generate(database.address('postgres'), root)
  expect(staleFiles(files, root)).toEqual([])
  expect([...(await generate(database.address('postgres'), root))]).toEqual([...files])
})

test('a changed signature makes them stale', async () => {
  await database.db`alter function effects.rename_team rename to call_team`
  await database.db`alter function app_private.check_rename_team rename to check_call_team`
  await database.db`select app_private.register_commands()`
  const files = await generate(database.address('postgres'), root)
  expect(staleFiles(files, root)).toEqual(['app/kernel/generated/commands.ts'])
})

test('a call names the arguments that are present, and nothing else that it is given', () => {
  const args = { id: 'x', assignee_id: 'y', body: undefined, 'evil"': 'z' }
  expect(commandCall('assign_incident', args)).toBe(
    'select effects.assign_incident($1::effects.context, "id" => a."id", "assignee_id" => a."assignee_id")' +
      ' from jsonb_to_record($2::jsonb) as a ("id" uuid, "assignee_id" uuid)',
  )
})
