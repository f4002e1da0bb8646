import { afterAll, beforeAll, expect, test } from 'vitest'
import { createPerson, foundCompany, hire, type Member } from '../support/company.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
let boss: Member
let crew: Member

beforeAll(async () => {
  database = await createTestDatabase('menus')
  boss = await foundCompany(database, await createPerson(database, 'boss@batir.test'), 'Bâtir')
  crew = await hire(database, boss, 'crew@batir.test', ['crew'])
})
afterAll(() => database.close())

const menu = (who: Member) => who.see('select hrefs from app.menus')
const arrange = (who: Member, hrefs: unknown) => who.run('arrange_menu', { hrefs })

test('everybody puts the menu into their own order, which nobody else sees or changes', async () => {
  await arrange(crew, ['/photos', '/', '/incidents'])
  await arrange(boss, ['/dashboard', '/'])
  await arrange(crew, ['/incidents', '/photos', '/'])
  expect(await menu(crew)).toEqual([{ hrefs: ['/incidents', '/photos', '/'] }])
  expect(await menu(boss)).toEqual([{ hrefs: ['/dashboard', '/'] }])
})

test('no order at all is the usual one again, said once or twice', async () => {
  await arrange(crew, [])
  await arrange(crew, [])
  expect(await menu(crew)).toEqual([])
  expect(await menu(boss)).toHaveLength(1)
})

test('what is no screen of the app is refused, and so is one said twice', async () => {
  for (const hrefs of [['//evil.test'], ['javascript:alert(1)'], ['/sites/1'], ['/a b'], ['/sites', '/sites'], [null], [`/${'a'.repeat(41)}`]])
    await expect(arrange(crew, hrefs), String(hrefs)).rejects.toMatchObject({ code: 'WRONG' })
  const many = Array.from({ length: 31 }, (_, place) => `/${String.fromCharCode(97 + (place % 26)).repeat(1 + Math.floor(place / 26))}`)
  await expect(arrange(crew, many)).rejects.toMatchObject({ code: 'WRONG' })
  await arrange(crew, many.slice(1))
})
