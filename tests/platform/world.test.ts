import { afterAll, beforeAll, expect, test } from 'vitest'
import { createWorld, type World } from '../support/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld('world')
})
afterAll(() => world.close())

test('a world serves its settings', async () => {
  const settings = await (await fetch(`${world.url}/config.json`)).json()
  expect(settings).toMatchObject({ publishableKey: world.publishableKey })
})

test('a user signs up in this world alone', async () => {
  const { client, user } = await world.signUp('zoe@example.fr', 'Un long mot de passe 1')
  const { data } = await client.auth.getUser()
  expect(data.user?.id).toBe(user.id)
  expect(await world.db`select email from auth.users`).toEqual([{ email: 'zoe@example.fr' }])

  const other = await createWorld('world')
  expect(await other.db`select from auth.users`).toHaveLength(0)
  await other.close()
})

test('two worlds stream their own messages side by side', async () => {
  const other = await createWorld('world')
  const slots = await world.db<{ database: string }[]>`select database from pg_replication_slots where database in (${world.name}, ${other.name})`
  expect(new Set(slots.map((slot) => slot.database)).size).toBe(2)
  await other.close()
})
