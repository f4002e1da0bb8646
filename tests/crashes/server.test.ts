import { afterAll, beforeAll, test } from 'vitest'
import { until } from '../gateway/support.ts'
import { startCrowd } from './load.ts'
import { expectOnce } from './once.ts'
import { seededRandom } from './seed.ts'
import { startKillableStack, type KillableStack } from './stack.ts'

let stack: KillableStack

beforeAll(async () => {
  stack = await startKillableStack()
}, 120_000)
afterAll(() => stack?.close())

test('thirty-two kills of database, connection or gateway under load: what was answered is there, and everything once', async () => {
  const random = seededRandom()
  const crowd = await startCrowd(stack)
  const strikes = random.shuffle([
    ...Array<'power'>(8).fill('power'),
    ...Array<'backend'>(8).fill('backend'),
    ...Array<'gateway'>(16).fill('gateway'),
  ])
  const kills = { power: 0, backend: 0, gateway: 0 }
  for (const strike of strikes) {
    const before = crowd.acknowledged()
    await until(() => crowd.acknowledged() > before + 25, 30) // everybody is at work again
    await new Promise((next) => setTimeout(next, random.next() * 60))
    if (strike === 'power') stack.killPostgres()
    else if (strike === 'gateway') await stack.killGateway()
    else await until(() => stack.killBackend(random.below).catch(() => false))
    kills[strike]++
  }
  await crowd.finish()
  console.log(
    `crashes: seed ${random.seed}, ${strikes.length} kills (${kills.power} of the database, ${kills.backend} of a connection, ${kills.gateway} of the gateway), ` +
      `${crowd.answers.size} answers and ${crowd.photos.size} photos, ${crowd.tellTroubles()}`,
  )

  await expectOnce(stack, crowd)
}, 420_000)
