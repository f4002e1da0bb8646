import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startJobs } from '../../supabase/local/jobs.ts'
import { createPerson, foundCompany } from '../support/company.ts'
import { createWorld, type World } from '../support/world.ts'

/** A real worker, in Deno, with handlers made for these stories; the waker of the embedded stack calls it. */
let world: World
let company: string
let stop: (() => Promise<void>) | undefined

beforeAll(async () => {
  const dir = fileURLToPath(new URL('../functions/fixtures', import.meta.url))
  world = await createWorld('worker', { gateway: { functions: { dir } } })
  company = (await foundCompany(world, await createPerson(world, 'boss@alpha.test'), 'Alpha')).company
})
afterAll(() => world.close())
beforeEach(() => world.db`delete from app_private.jobs`)
afterEach(async () => {
  await stop?.()
  stop = undefined
})

const wake = async () => {
  stop = await startJobs({ databaseUrl: world.address('authenticator'), url: world.url, secretKey: world.secretKey })
}
const enqueue = async (kind: string, payload: object = {}) => {
  const [row] = await world.db`select app_private.enqueue_job(${company}, ${kind}, ${world.db.json(payload as never)}, ${randomUUID()}) as id`
  return row!.id as string
}
const job = async (id: string) => (await world.db`select state, attempts, result, error from app_private.jobs where id = ${id}`)[0]
const ends = (id: string, as: object) => expect.poll(() => job(id), { timeout: 20_000, interval: 25 }).toMatchObject(as)

describe('a worker', () => {
  it('is not started while there is nothing to do, and does a job as it comes', async () => {
    await wake()
    expect(world.gateway.functions!.status('jobs').starts).toBe(0)
    const id = await enqueue('add', { a: 2, b: 40 })
    await ends(id, { state: 'done', attempts: 1, result: { sum: 42 } })
    expect(world.gateway.functions!.status('jobs').starts).toBe(1)
  })

  it('finds the jobs that came while nobody listened', async () => {
    const ids = [await enqueue('add', { a: 1, b: 1 }), await enqueue('add', { a: 2, b: 2 }), await enqueue('add', { a: 3, b: 3 })]
    await wake()
    for (const [place, id] of ids.entries()) await ends(id, { state: 'done', result: { sum: 2 * (place + 1) } })
  })

  it('killed in the middle of a job loses it to the next one, once its lease is over', async () => {
    const id = await enqueue('die')
    await wake()
    await ends(id, { state: 'done', attempts: 2, result: { survived: 2 } })
  })

  it('leaves what failed for later, with the reason, and goes on', async () => {
    await wake()
    const failing = await enqueue('fail', { words: 'the server is away' })
    const fine = await enqueue('add', { a: 1, b: 2 })
    await ends(fine, { state: 'done' })
    await ends(failing, { state: 'waiting', attempts: 1, error: 'the server is away' })
  })

  it('gives up what cannot work, and keeps for a newer worker what it does not know', async () => {
    await wake()
    const hopeless = await enqueue('hopeless')
    const unknown = await enqueue('fly')
    await ends(hopeless, { state: 'dead', attempts: 1, error: 'no such house' })
    await ends(unknown, { state: 'waiting', attempts: 1, error: 'Nobody here does “fly”.' })
  })

  it('works for nobody but the holder of the secret key', async () => {
    const id = await enqueue('add', { a: 1, b: 2 })
    const { client } = await world.signUp('ada@batir.test', 'Echafaudage-17-rouge')
    expect((await client.functions.invoke('jobs')).error?.context.status).toBe(401)
    expect((await fetch(`${world.url}/functions/v1/jobs`, { method: 'POST' })).status).toBe(401)
    expect(await job(id)).toMatchObject({ state: 'waiting', attempts: 0 })
  })
})

describe('the waker', () => {
  it('does not call again and again for a job that somebody holds locked, and hears the next one at once', async () => {
    const calls: number[] = []
    const idle = createServer((_, response) => {
      calls.push(performance.now())
      response.end('{"done":0,"failed":0}')
    })
    await new Promise<void>((resolve) => idle.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(idle.address() as AddressInfo).port}`
    await enqueue('add')
    stop = await startJobs({ databaseUrl: world.address('authenticator'), url, secretKey: world.secretKey })
    try {
      await expect.poll(() => calls.length, { timeout: 10_000 }).toBe(3)
      expect(calls[2]! - calls[0]!).toBeGreaterThan(2_500) // one second, then two
      await enqueue('add')
      await expect.poll(() => calls.length, { timeout: 2_000 }).toBe(4)
    } finally {
      idle.close()
    }
  })
})
