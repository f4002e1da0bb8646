import { parseBootPage } from '../app/kernel/sync/protocol.ts'
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { syncedTables } from '../supabase/deploy.ts'
import { createPerson, createSite, foundCompany, hire, type Member } from './support/company.ts'
import { createTestDatabase, type TestDatabase } from './support/database.ts'

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')

/** The SQL files of the worked example, in the order of the page. */
const example = [...read('CONTRIBUTING.md').matchAll(/^`([\w./-]+\.sql)`\n```sql\n([\s\S]*?)```$/gm)].map(([, path = '', text = '']) => ({
  path,
  text,
}))

let database: TestDatabase
let boss: Member

beforeAll(async () => {
  database = await createTestDatabase('contributing')
  const { db } = database
  const rights = [...read('CONTRIBUTING.md').matchAll(/^ {2}\('(\w+)\.(\w+)\.(\w+)', '(\{[\w,]+\})'\),$/gm)]
  await db.begin(async (sql) => {
    await sql`set local check_function_bodies = off`
    for (const { text } of example) await sql.unsafe(text)
    for (const [, module = '', action = '', scope = '', roles = ''] of rights) {
      await sql`insert into app.role_permissions (role, module, action, scope) select unnest(${roles}::text[]), ${module}, ${action}, ${scope}
        on conflict do nothing`
    }
    await sql.unsafe(read('policies/kernel.sql'))
    for (const { number, name } of [...syncedTables(), { number: 99, name: 'deliveries' }]) await sql`select sync.watch(${number}::smallint, ${name})`
    await sql`select app_private.register_commands()`
  })
  boss = await foundCompany(database, await createPerson(database, 'boss@batir.test'), 'Bâtir')
})
afterAll(() => database?.close())

test('the example shows each SQL file of a module', () => {
  expect(example.map(({ path }) => path.split('/')[1])).toEqual(['migrations', 'effects', 'modules', 'deliveries.sql'])
})

test('the example works as it stands: rights, refusals and sync', async () => {
  const [site, other] = [await createSite(boss, 'Lilas'), await createSite(boss, 'Mûriers')]
  const crew = await hire(database, boss, 'crew@batir.test', ['crew'], [site])
  const [ours, theirs] = [randomUUID(), randomUUID()]
  await boss.run('plan_delivery', { id: ours, site_id: site, supplier: ' Point P ', expected_on: '2026-12-01' })
  await boss.run('plan_delivery', { id: theirs, site_id: other, supplier: 'Point P', expected_on: '2026-12-01' })
  await crew.run('receive_delivery', { id: ours })

  expect(await crew.see('select id, supplier, received_by from app.deliveries')).toEqual([{ id: ours, supplier: 'Point P', received_by: crew.id }])
  await expect(crew.run('receive_delivery', { id: theirs })).rejects.toMatchObject({ code: 'RIGHT' })
  await expect(crew.run('plan_delivery', { id: randomUUID(), site_id: site, supplier: 'X', expected_on: '2026-12-01' })).rejects.toMatchObject({
    code: 'RIGHT',
  })
  await expect(boss.run('plan_delivery', { id: randomUUID(), site_id: site, supplier: ' ', expected_on: '2026-12-01' })).rejects.toMatchObject({
    code: 'BLANK',
  })

  const { gained } = await crew.call<{ gained: string[] }>(boss.company, 'sync_pull', { cursor: null })
  const { rows } = parseBootPage(await crew.call<string>(boss.company, 'sync_boot', { scopes: gained }))
  expect(rows.deliveries).toContain(ours)
  expect(rows.deliveries).not.toContain(theirs)
})
