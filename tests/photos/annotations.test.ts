import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createPerson, createSite, foundCompany, hire, type Json, type Member } from '../support/company.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
let boss: Member
let chief: Member
let crew: Member
let mate: Member
let buyer: Member
let stranger: Member
let site: string

beforeAll(async () => {
  database = await createTestDatabase('annotations')
  boss = await foundCompany(database, await createPerson(database, 'boss@alpha.test'), 'Alpha')
  stranger = await foundCompany(database, await createPerson(database, 'boss@beta.test'), 'Beta')
  site = await createSite(boss, 'Lilas')
  chief = await hire(database, boss, 'chief@alpha.test', ['site_manager'], [site])
  crew = await hire(database, boss, 'crew@alpha.test', ['crew'], [site])
  mate = await hire(database, boss, 'mate@alpha.test', ['crew'], [site])
  buyer = await hire(database, boss, 'buyer@alpha.test', ['buyer'])
})
afterAll(() => database.close())

async function addPhoto(by: Member): Promise<string> {
  const id = randomUUID()
  const sha256 = createHash('sha256').update(randomBytes(16)).digest('hex')
  await by.run('add_photo', { id, site_id: site, sha256, bytes: 290_000, width: 1920, height: 1440 })
  return id
}
const seen = async (by: Member, id: string) => (await by.see('select * from app.photos where id = $1', [id]))[0]

const arrow: Json = { kind: 'arrow', colour: 'red', points: [0.1, 0.2, 0.5, 0.6] }
const words: Json = { kind: 'text', colour: 'white', points: [0.5, 0.5], text: 'Fissure <b>ici</b>' }
const line: Json = { kind: 'line', colour: 'yellow', points: [0, 0, 0.5, 0.25, 1, 1] }

it('what is drawn over a photo is seen by who sees the photo, and leaves the picture and its proof as they were', async () => {
  const id = await addPhoto(crew)
  const before = await seen(crew, id)
  const shapes = [arrow, words, line, { ...arrow, kind: 'rectangle', colour: 'blue' }, { ...arrow, kind: 'ellipse' }]
  await crew.run('annotate_photo', { id, shapes, was: [] })
  expect(await seen(buyer, id)).toEqual({ ...before, annotations: shapes, updated_at: expect.any(Date) })
  expect(await seen(stranger, id)).toBeUndefined()
  await crew.run('annotate_photo', { id, shapes: [], was: shapes })
  expect(await seen(chief, id)).toMatchObject({ annotations: [] })
})

it('is drawn by the author of the photo and those who lead its site', async () => {
  const id = await addPhoto(crew)
  for (const by of [crew, chief, boss]) await by.run('annotate_photo', { id, shapes: [arrow] })
  for (const by of [mate, buyer]) await expect(by.run('annotate_photo', { id, shapes: [line] })).rejects.toMatchObject({ code: 'RIGHT' })
  await expect(stranger.run('annotate_photo', { id, shapes: [line] })).rejects.toMatchObject({ code: 'GHOST' })
  await expect(boss.run('update_photo', { id, changes: { annotations: [line] } })).rejects.toMatchObject({ code: 'WRONG' })
  expect(await seen(boss, id)).toMatchObject({ annotations: [arrow] })
})

it('of two who draw at once without a network, the later one shows and the other drawing is kept', async () => {
  const id = await addPhoto(crew)
  await crew.run('annotate_photo', { id, shapes: [arrow], was: [] })
  await chief.run('annotate_photo', { id, shapes: [line], was: [] })
  expect(await seen(crew, id)).toMatchObject({ annotations: [line] })
  expect(await crew.see('select column_name, kept, lost from app.conflicts where row_id = $1', [id])).toEqual([
    { column_name: 'annotations', kept: [line], lost: [arrow] },
  ])
  await chief.run('annotate_photo', { id, shapes: [line, words], was: [line] })
  expect(await crew.see('select id from app.conflicts where row_id = $1', [id])).toHaveLength(1)
})

it('is refused with a code that says why when nobody could have drawn it, and changes nothing', async () => {
  const id = await addPhoto(crew)
  const many = (count: number, shape: Json) => Array.from({ length: count }, () => shape)
  const long = { ...line, points: many(200, 0.5 as never).flatMap((each) => [each, each]) }
  const refused: [unknown, string][] = [
    [null, 'BLANK'],
    ['arrow', 'WRONG'],
    [{ 0: arrow }, 'WRONG'],
    [[null], 'WRONG'],
    [[[arrow]], 'WRONG'],
    [[{}], 'WRONG'],
    [[{ ...arrow, kind: 'script' }], 'WRONG'],
    [[{ ...arrow, kind: null }], 'WRONG'],
    [[{ ...arrow, kind: ['arrow'] }], 'WRONG'],
    [[{ ...arrow, colour: 'url(//evil.test)' }], 'WRONG'],
    [[{ ...arrow, colour: undefined }], 'WRONG'],
    [[{ ...arrow, onclick: 'alert(1)' }], 'WRONG'],
    [[{ ...arrow, text: 'x' }], 'WRONG'],
    [[{ ...arrow, points: [0.1, 0.2] }], 'WRONG'],
    [[{ ...arrow, points: '0.1 0.2 0.5 0.6' }], 'WRONG'],
    [[{ ...arrow, points: [0.1, 0.2, 0.5, '0.6'] }], 'WRONG'],
    [[{ ...arrow, points: [0.1, 0.2, 0.5, null] }], 'WRONG'],
    [[{ ...arrow, points: [0.1, 0.2, 0.5, 1.0001] }], 'WRONG'],
    [[{ ...arrow, points: [-0.1, 0.2, 0.5, 0.6] }], 'WRONG'],
    [[{ ...arrow, points: [1e308, 0.2, 0.5, 0.6] }], 'WRONG'],
    [[{ ...arrow, points: [1e-300, 0.2, 0.5, 0.6] }], 'WRONG'], // small for us, 300 digits where it is written out
    [[{ ...line, points: [0, 0, 1] }], 'WRONG'],
    [[{ ...line, points: [0, 0] }], 'WRONG'],
    [[{ ...line, points: [...long.points, 1, 1] }], 'WRONG'],
    [[{ ...words, text: '  ' }], 'WRONG'],
    [[{ ...words, text: 5 }], 'WRONG'],
    [[{ ...words, text: undefined }], 'WRONG'],
    [[{ ...words, text: 'x'.repeat(121) }], 'LIMIT'],
    [many(201, arrow), 'LIMIT'],
    [many(11, long), 'LIMIT'],
  ]
  for (const [shapes, code] of refused)
    await expect(crew.run('annotate_photo', { id, shapes }), JSON.stringify(shapes)?.slice(0, 200)).rejects.toMatchObject({ code })
  await expect(crew.run('annotate_photo', { id: randomUUID(), shapes: [arrow] })).rejects.toMatchObject({
    code: expect.stringMatching(/RIGHT|GHOST/),
  })
  expect(await seen(crew, id)).toMatchObject({ annotations: [] })
  await crew.run('annotate_photo', { id, shapes: [...many(10, long)] })
  await crew.run('annotate_photo', { id, shapes: many(200, arrow) })
})

it('stops when the site is archived', async () => {
  const place = await createSite(boss, 'Fini')
  const id = randomUUID()
  await boss.run('add_photo', { id, site_id: place, sha256: '0'.repeat(64), bytes: 1, width: 1, height: 1 })
  await boss.run('archive_site', { id: place })
  await expect(boss.run('annotate_photo', { id, shapes: [arrow] })).rejects.toMatchObject({ code: 'FROZE' })
})
