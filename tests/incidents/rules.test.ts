import { afterAll, beforeAll, expect, test } from 'vitest'
import { requiredFields, severities, types } from '../../app/features/incidents/rules.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase('incident rules')
})
afterAll(() => database.close())

test('the form asks for the fields that the report must carry', async () => {
  for (const type of types) {
    for (const severity of severities) {
      const [row] = await database.db`select effects.incident_required_fields(${type}, ${severity}) as fields`
      expect(requiredFields(type, severity).toSorted(), `${type} ${severity}`).toEqual((row!.fields as string[]).toSorted())
    }
  }
})
