import { randomBytes } from 'node:crypto'
import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import WebSocket from 'ws'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { mint } from '../gateway/support.ts'
import { createPerson, foundCompany, hire, type Member } from '../support/company.ts'
import { createWorld, type World } from '../support/world.ts'
import { jpeg } from './support.ts'

let world: World
let boss: Member
let crew: Member
let client: Member
let rival: Member
const png = (bytes: number) => Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), randomBytes(bytes)])
const hash = () => randomBytes(32).toString('hex')

beforeAll(async () => {
  world = await createWorld('storage pictures')
  boss = await foundCompany(world, await createPerson(world, 'boss@alpha.test'), 'Alpha')
  crew = await hire(world, boss, 'crew@alpha.test', ['crew'])
  client = await hire(world, boss, 'client@alpha.test', ['client'])
  rival = await foundCompany(world, await createPerson(world, 'boss@beta.test'), 'Beta')
})
afterAll(() => world?.close())

/** A person's pictures in storage, as the app reaches them. */
async function pictures(who: Member): Promise<ReturnType<SupabaseClient['storage']['from']>> {
  const token = await mint(world.jwtSecret, who.claims, 3600)
  const options = { accessToken: () => Promise.resolve(token), realtime: { transport: WebSocket as unknown as typeof globalThis.WebSocket } }
  return createClient(world.url, world.publishableKey, options).storage.from('pictures')
}
const put = async (who: Member, name: string, content: Buffer, contentType = 'image/png') =>
  (await (await pictures(who)).upload(name, content, { contentType })).error
const get = async (who: Member, name: string) => (await pictures(who)).download(name)
const refused = { statusCode: '403', message: 'new row violates row-level security policy' }

test('the logo is put by who edits the company, and seen by its members alone', async () => {
  const logo = `${boss.company}/logo/${hash()}.png`
  const content = png(9000)
  expect(await put(crew, logo, content)).toMatchObject(refused)
  expect(await put(rival, logo, content)).toMatchObject(refused)
  expect(await put(boss, logo, content)).toBeNull()
  for (const who of [boss, crew, client]) expect((await get(who, logo)).data?.size).toBe(content.length)
  expect((await get(rival, logo)).error).toMatchObject({ statusCode: '404' })
  expect((await (await pictures(rival)).list(`${boss.company}/logo`)).data).toEqual([])
})

test('a portrait is put by everybody of the house, and seen by who sees the directory', async () => {
  const portrait = `${boss.company}/people/${hash()}.jpg`
  const content = jpeg(9000, 1)
  expect(await put(client, portrait, content, 'image/jpeg')).toMatchObject(refused)
  expect(await put(crew, portrait, content, 'image/jpeg')).toBeNull()
  expect((await get(boss, portrait)).data?.size).toBe(content.length)
  for (const who of [client, rival]) expect((await get(who, portrait)).error).toMatchObject({ statusCode: '404' })
})

test('a name once given keeps its content, and no other shape of name is taken', async () => {
  const logo = `${boss.company}/logo/${hash()}.png`
  expect(await put(boss, logo, png(100))).toBeNull()
  expect(await put(boss, logo, png(200))).toMatchObject({ statusCode: '409' })
  expect((await (await pictures(boss)).remove([logo])).data).toEqual([])
  for (const name of ['logo/x.png', `logo/${hash()}.svg`, `other/${hash()}.png`, `logo/a/${hash()}.png`, `people/${hash()}.png`])
    expect(await put(boss, `${boss.company}/${name}`, png(100)), name).toMatchObject(refused)
  expect(await put(boss, `${boss.company}/logo/${hash()}.png`, png(300_000))).toMatchObject({ statusCode: '413' })
})

test('a company wears a colour and a logo, nothing else in their place', async () => {
  await boss.run('update_company', { changes: { accent: '#1b5891', logo: 'a'.repeat(64) } })
  expect(await boss.rows(null, 'select accent, logo from app.my_companies()')).toEqual([{ accent: '#1b5891', logo: 'a'.repeat(64) }])
  for (const changes of [{ accent: 'red' }, { accent: '#1b5891;x' }, { logo: '../x' }])
    await expect(boss.run('update_company', { changes }), JSON.stringify(changes)).rejects.toMatchObject({ code: 'WRONG' })
  await expect(crew.run('update_company', { changes: { accent: null } })).rejects.toMatchObject({ code: 'RIGHT' })
  await boss.run('update_company', { changes: { accent: null, logo: null } })
  await crew.run('update_member', { id: crew.id, changes: { department: 'Gros œuvre', portrait: 'b'.repeat(64) } })
  await expect(crew.run('update_member', { id: crew.id, changes: { portrait: 'x' } })).rejects.toMatchObject({ code: 'WRONG' })
  expect(await crew.see('select department from app.memberships where id = $1', [crew.id])).toEqual([{ department: 'Gros œuvre' }])
})
