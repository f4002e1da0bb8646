import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createPerson, createSite, foundCompany, hire, type Member } from '../support/company.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
let boss: Member
let crew: Member
let site: string

beforeAll(async () => {
  database = await createTestDatabase('favourites')
  boss = await foundCompany(database, await createPerson(database, 'boss@batir.test'), 'Bâtir')
  site = await createSite(boss, 'Lilas')
  crew = await hire(database, boss, 'crew@batir.test', ['crew'], [site])
})
afterAll(() => database.close())

const kept = async (who: Member) => (await who.see('select href from app.favourites order by place')).map(({ href }) => href)
const keep = (who: Member, href: string) => who.run('keep_favourite', { id: randomUUID(), href, label: 'Écran' })

test('everybody keeps their own screens, once each, in their own order', async () => {
  await keep(crew, `/sites/${site}`)
  await keep(crew, '/incidents?mine=1')
  await keep(crew, '/photos')
  await keep(crew, '/photos') // from a second device that did not know yet
  expect(await kept(crew)).toEqual([`/sites/${site}`, '/incidents?mine=1', '/photos'])
  await crew.run('move_favourite', { href: '/photos', place: 0.5 })
  await crew.run('drop_favourite', { href: '/incidents?mine=1' })
  await crew.run('drop_favourite', { href: '/incidents?mine=1' })
  expect(await kept(crew)).toEqual(['/photos', `/sites/${site}`])
})

test('nobody sees, moves or drops what others keep', async () => {
  expect(await kept(boss)).toEqual([])
  await boss.run('drop_favourite', { href: '/photos' })
  await boss.run('move_favourite', { href: '/photos', place: 99 })
  expect(await kept(crew)).toEqual(['/photos', `/sites/${site}`])
})

test('an address that leads out of the app is refused, and so are too many', async () => {
  for (const href of ['//evil.test', 'javascript:alert(1)', '/', '/a b', '/\\evil.test', `/${'a'.repeat(301)}`])
    await expect(keep(crew, href), href).rejects.toMatchObject({ code: 'WRONG' })
  await expect(crew.run('keep_favourite', { id: randomUUID(), href: '/sites', label: ' ' })).rejects.toMatchObject({ code: 'BLANK' })
  await expect(crew.run('move_favourite', { href: '/photos', place: 1e12 })).rejects.toMatchObject({ code: 'WRONG' })
  for (let place = 0; place < 98; place++) await keep(crew, `/sites?q=${place}`)
  await expect(keep(crew, '/sites?q=last')).rejects.toMatchObject({ code: 'LIMIT' })
})
