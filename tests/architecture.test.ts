import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readSources, type SchemaRule, type SourceRule } from './architecture/rules.ts'
import { functionRules, rightsRules, tableRules } from './architecture/schema.ts'
import { codeRules } from './architecture/code.ts'
import { fileRules } from './architecture/files.ts'
import { securityRules } from './architecture/security.ts'
import { sqlRules } from './architecture/sql.ts'
import { createTestDatabase, type TestDatabase } from './support/database.ts'

describe.each<[string, SourceRule[]]>([
  ['files', fileRules],
  ['code', codeRules],
  ['SQL', sqlRules],
  ['security', securityRules],
])('%s', (_, rules) => {
  const sources = readSources()

  for (const { name, check, planted } of rules) {
    test(name, () => {
      expect(check(sources)).toEqual([])
    })

    test(`can fail: ${name}`, () => {
      const known = new Set(check(sources))
      const found = check(new Map([...sources, ...Object.entries(planted)]))
      expect(found.filter((offence) => !known.has(offence))).not.toEqual([])
    })
  }
})

describe.each<[string, SchemaRule[]]>([
  ['tables', tableRules],
  ['rights', rightsRules],
  ['functions', functionRules],
])('%s', (_, rules) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await createTestDatabase('architecture')
  })
  afterAll(() => database?.close())

  /** What breaks a rule, exceptions aside, once `planted` has run; nothing stays. */
  async function offences({ query, except = {} }: SchemaRule, planted = ''): Promise<string[]> {
    const undo = new Error('undo')
    let found: string[] = []
    await database.db
      .begin(async (sql) => {
        await sql.unsafe(planted)
        found = (await sql.unsafe(query).values()).flat().map(String)
        throw undo
      })
      .catch((error: unknown) => {
        if (error !== undo) throw error
      })
    return found.filter((offence) => !(offence in except)).sort()
  }

  for (const rule of rules) {
    test(rule.name, async () => {
      expect(await offences(rule)).toEqual([])
    })

    test(`can fail: ${rule.name}`, async () => {
      const known = new Set(await offences(rule))
      expect((await offences(rule, rule.planted)).filter((offence) => !known.has(offence))).not.toEqual([])
    })

    const exceptions = Object.keys(rule.except ?? {})
    if (exceptions.length === 0) continue
    test(`needs its exceptions: ${rule.name}`, async () => {
      const found = await offences({ ...rule, except: {} })
      expect(exceptions.filter((exception) => !found.includes(exception))).toEqual([])
    })
  }
})
