import { afterAll, beforeAll, expect, test } from 'vitest'
import { createPerson, foundCompany, hire, type Member } from '../support/company.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
let boss: Member
let crew: Member
let rival: Member

beforeAll(async () => {
  database = await createTestDatabase('sentences')
  boss = await foundCompany(database, await createPerson(database, 'boss@batir.test'), 'Bâtir')
  crew = await hire(database, boss, 'crew@batir.test', ['crew'])
  rival = await foundCompany(database, await createPerson(database, 'rita@rivale.test'), 'Rivale')
})
afterAll(() => database.close())

const said = (who: Member) => who.see('select locale, key, text from app.sentences order by locale, key')
const set = (who: Member, texts: unknown, locale = 'fr') => who.run('set_sentences', { locale, texts })

test('an administrator says “Opération” for “Chantier”: every member reads it, no other company does', async () => {
  await set(boss, { 'nav.sites': '  Opérations ', 'field.site_id': 'Opération' })
  await set(boss, { 'nav.sites': 'Projects' }, 'en')
  const words = [
    { locale: 'en', key: 'nav.sites', text: 'Projects' },
    { locale: 'fr', key: 'field.site_id', text: 'Opération' },
    { locale: 'fr', key: 'nav.sites', text: 'Opérations' },
  ]
  expect(await said(boss)).toEqual(words)
  expect(await said(crew)).toEqual(words)
  expect(await said(rival)).toEqual([])
})

test('a sentence goes back to what it was, in its language alone; the others stay', async () => {
  await set(boss, { 'nav.sites': null, 'field.site_id': 'Ouvrage' })
  await set(boss, { 'nav.sites': null })
  expect(await said(crew)).toEqual([
    { locale: 'en', key: 'nav.sites', text: 'Projects' },
    { locale: 'fr', key: 'field.site_id', text: 'Ouvrage' },
  ])
})

test('who may not edit the company does not choose its words', async () => {
  await expect(set(crew, { 'nav.sites': 'Pwned' })).rejects.toMatchObject({ code: 'RIGHT' })
})

test('of two who choose at once the later one is said, and the journal keeps what the other said', async () => {
  await set(boss, { 'nav.incidents': 'Écarts' })
  await set(boss, { 'nav.incidents': 'Aléas' })
  expect(await said(crew)).toContainEqual({ locale: 'fr', key: 'nav.incidents', text: 'Aléas' })
  const rows = await database.db`
    select old ->> 'text' as before, new ->> 'text' as after from audit.log where table_name = 'sentences' and old ->> 'key' = 'nav.incidents'`
  expect([...rows]).toEqual([{ before: 'Écarts', after: 'Aléas' }])
  await set(boss, { 'nav.incidents': null })
})

test('texts are text: what they say is kept as it is written, within bounds', async () => {
  await set(boss, { 'nav.people': '<img src=x onerror=alert(1)>' })
  expect(await said(boss)).toContainEqual({ locale: 'fr', key: 'nav.people', text: '<img src=x onerror=alert(1)>' })
  await set(boss, { 'nav.people': null })
  for (const texts of [
    [],
    'x',
    { 'nav.sites': 3 },
    { 'nav.sites': { a: 1 } },
    { nav: 'x' },
    { 'NAV.sites': 'x' },
    { 'a.b; drop': 'x' },
    { [`a.${'b'.repeat(80)}`]: 'x' },
  ])
    await expect(set(boss, texts), JSON.stringify(texts)).rejects.toMatchObject({ code: 'WRONG' })
  await expect(set(boss, { 'nav.sites': 'x' }, 'de')).rejects.toMatchObject({ code: 'WRONG' })
  await expect(set(boss, null)).rejects.toMatchObject({ code: 'BLANK' })
  await expect(set(boss, { 'nav.sites': ' ' })).rejects.toMatchObject({ code: 'BLANK' })
  await expect(set(boss, { 'nav.sites': 'x'.repeat(501) })).rejects.toMatchObject({ code: 'LIMIT' })
})

test('a command has at most 500 texts and a language 2,000; what goes beyond changes nothing', async () => {
  const many = (from: number, count: number) => Object.fromEntries(Array.from({ length: count }, (_, place) => [`many.k${from + place}`, 'x']))
  await expect(set(boss, many(0, 501))).rejects.toMatchObject({ code: 'LIMIT' })
  for (let from = 0; from < 1500; from += 500) await set(boss, many(from, 500))
  await set(boss, many(1500, 499)) // with the one from before
  expect(await boss.see("select count(*)::integer as count from app.sentences where locale = 'fr'")).toEqual([{ count: 2000 }])
  await expect(set(boss, { 'one.more': 'x' })).rejects.toMatchObject({ code: 'LIMIT' })
  await set(boss, { 'many.k0': 'y' })
  await set(boss, { 'many.k0': null, 'one.more': 'x' })
  await set(boss, { 'one.more': 'x' }, 'en')
  await set(rival, { 'one.more': 'x' })
})
