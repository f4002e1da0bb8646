import { randomUUID } from 'node:crypto'
import postgres from 'postgres'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createPerson, foundCompany, type Member } from '../support/company.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

interface Taken {
  id: string
  kind: string
  attempt: number
}

let database: TestDatabase
let boss: Member

beforeAll(async () => {
  database = await createTestDatabase('jobs')
  boss = await foundCompany(database, await createPerson(database, 'boss@alpha.test'), 'Alpha')
})
afterAll(() => database.close())
beforeEach(() => database.db`delete from app_private.jobs`)

/** Calls a function of the workers with the secret key's role. */
async function worker<T>(call: string, ...values: unknown[]): Promise<T[]> {
  return (await database.sqlAs({ role: 'service_role' }, {}, (sql) => sql.unsafe(call, values as never[]))) as unknown as T[]
}
const take = (name: string, n = 1) => worker<Taken>(`select * from app.claim_jobs($1, $2, '1 minute')`, name, n)
const payload = async ({ id, attempt }: Taken) => (await worker<{ value: unknown }>('select app.job_payload($1, $2) as value', id, attempt))[0]!.value
const finish = async ({ id, attempt }: Taken, result: unknown = null) =>
  (await worker<{ value: string }>('select app.finish_job($1, $2, $3) as value', id, attempt, result))[0]!.value
const fail = async ({ id, attempt }: Taken, error: string, final = false) =>
  (await worker<{ value: string }>('select app.fail_job($1, $2, $3, $4) as value', id, attempt, error, final))[0]!.value
const enqueue = async (kind: string, key: string = randomUUID(), content: object = {}) =>
  (await database.db`select app_private.enqueue_job(${boss.company}, ${kind}, ${database.db.json(content as never)}, ${key}) as id`)[0]!.id as string
const job = async (id: string) => (await database.db`select * from app_private.jobs where id = ${id}`)[0]!
/** The worker of every running job is killed and its lease has passed. */
const lose = () => database.db`update app_private.jobs set run_after = now() - interval '1 second' where state = 'running'`
const due = () => database.db`update app_private.jobs set run_after = now() where state = 'waiting'`

describe('a job', () => {
  it('is asked for twice and done once', async () => {
    const id = await enqueue('clean_gutters', 'today', { roof: 1 })
    expect(await enqueue('clean_gutters', 'today', { roof: 1 })).toBe(id)
    const [taken] = await take('ada')
    expect(taken).toEqual({ id, kind: 'clean_gutters', attempt: 1 })
    expect(await payload(taken!)).toEqual({ roof: 1 })
    expect(await take('bob')).toEqual([])
    expect(await finish(taken!, { leaves: 3 })).toBe('done')
    expect(await finish(taken!, { leaves: 4 })).toBe('done')
    expect(await job(id)).toMatchObject({ state: 'done', result: { leaves: 3 }, payload: {}, attempts: 1 })
    expect(await enqueue('clean_gutters', 'today')).toBe(id)
    expect(await take('ada')).toEqual([])
  })

  it('whose worker is killed goes to another one, and the first one can end it no more', async () => {
    const id = await enqueue('clean_gutters')
    const [first] = await take('ada')
    await lose()
    const [second] = await take('bob')
    expect(second).toEqual({ id, kind: 'clean_gutters', attempt: 2 })
    await expect(finish(first!)).rejects.toMatchObject({ code: 'LEASE' })
    await expect(fail(first!, 'late')).rejects.toMatchObject({ code: 'LEASE' })
    await expect(payload(first!)).rejects.toMatchObject({ code: 'LEASE' })
    expect(await finish(second!)).toBe('done')
  })

  it('that its worker ends after the lease, before anybody else took it, is done', async () => {
    await enqueue('clean_gutters')
    const [taken] = await take('ada')
    await lose()
    expect(await finish(taken!)).toBe('done')
    expect(await take('bob')).toEqual([])
  })

  it('that fails comes back after a pause that grows', async () => {
    const id = await enqueue('clean_gutters')
    const pauses: number[] = []
    for (let attempt = 1; attempt <= 3; attempt++) {
      const [taken] = await take('ada')
      expect(await fail(taken!, `it rained ${attempt}`)).toBe('waiting')
      expect(await take('ada')).toEqual([])
      const [row] = await database.db`select extract(epoch from run_after - now())::float as pause, error from app_private.jobs where id = ${id}`
      expect(row!.error).toBe(`it rained ${attempt}`)
      pauses.push(row!.pause as number)
      await due()
    }
    for (const [place, pause] of pauses.entries()) {
      expect(pause).toBeGreaterThan(7 * 2 ** place)
      expect(pause).toBeLessThan(12.5 * 2 ** place)
    }
  })

  it('that always fails is given up, where the administrator sees it', async () => {
    const id = await enqueue('clean_gutters', 'poison', { secret: 'x' })
    let state = ''
    for (let attempt = 1; state !== 'dead'; attempt++) {
      expect(attempt).toBeLessThanOrEqual(12)
      state = await fail((await take('ada'))[0]!, 'the ladder broke')
      await due()
    }
    expect(await job(id)).toMatchObject({ state: 'dead', attempts: 12, payload: {}, error: 'the ladder broke' })
    expect(await take('ada')).toEqual([])
    expect(await boss.see('select table_name, command, new from app.audit_entries($1)', [id])).toEqual([
      { table_name: 'jobs', command: 'clean_gutters', new: { kind: 'clean_gutters', state: 'dead', attempts: 12, error: 'the ladder broke' } },
    ])
  })

  it('that kills its worker each time is given up too, and others go on', async () => {
    const poison = await enqueue('clean_gutters')
    for (let attempt = 1; attempt <= 12; attempt++) {
      expect((await take('ada'))[0]).toMatchObject({ id: poison, attempt })
      await lose()
    }
    const other = await enqueue('clean_gutters')
    expect((await take('ada'))[0]).toMatchObject({ id: other, attempt: 1 })
    expect(await job(poison)).toMatchObject({ state: 'dead', error: 'the worker was lost' })
  })

  it('whose burial fails is given up all the same, and others go on', async () => {
    await database.db.unsafe(`create function app_private.bury_clean_gutters(job app_private.jobs) returns void language sql as 'select 1 / 0'`)
    try {
      const poison = await enqueue('clean_gutters')
      await database.db`update app_private.jobs set state = 'running', attempts = 12, run_after = now() - interval '1 second'`
      const other = await enqueue('clean_roof')
      expect((await take('ada'))[0]).toMatchObject({ id: other })
      expect(await job(poison)).toMatchObject({ state: 'dead' })
    } finally {
      await database.db`drop function app_private.bury_clean_gutters`
    }
  })

  it('without hope is given up at once', async () => {
    const id = await enqueue('clean_gutters')
    expect(await fail((await take('ada'))[0]!, 'no such house', true)).toBe('dead')
    expect(await job(id)).toMatchObject({ state: 'dead', attempts: 1 })
  })

  it('called off is neither taken nor ended', async () => {
    const id = await enqueue('clean_gutters', 'roof')
    const [taken] = await take('ada')
    await database.db`select app_private.cancel_job(${boss.company}, 'clean_gutters', 'roof')`
    expect(await payload(taken!)).toBeNull()
    expect(await finish(taken!)).toBe('cancelled')
    expect(await job(id)).toMatchObject({ state: 'cancelled', result: null })
  })
})

describe('workers', () => {
  it('who ask at the same moment never get the same job', async () => {
    await Promise.all(Array.from({ length: 60 }, () => enqueue('clean_gutters')))
    const service = postgres(database.address('authenticator'), { max: 6, onnotice: () => undefined })
    try {
      const rounds = Array.from({ length: 6 }, async (_, lane) => {
        const mine: string[] = []
        for (;;) {
          const taken = await service.begin(async (sql) => {
            await sql`set local role service_role`
            return sql<Taken[]>`select * from app.claim_jobs(${`lane ${lane}`}, 3)`
          })
          if (taken.length === 0) return mine
          mine.push(...taken.map(({ id }) => id))
        }
      })
      const all = (await Promise.all(rounds)).flat()
      expect(all).toHaveLength(60)
      expect(new Set(all).size).toBe(60)
    } finally {
      await service.end()
    }
  })

  it('take and end jobs, and read no table', async () => {
    for (const table of ['app.sites', 'app.memberships', 'app_private.jobs', 'audit.log']) {
      await expect(worker(`select * from ${table}`)).rejects.toMatchObject({ code: '42501' })
    }
    await expect(worker('select app_private.enqueue_job($1, $2, $3, $4)', boss.company, 'x', {}, 'x')).rejects.toMatchObject({ code: '42501' })
  })

  it('are nobody else', async () => {
    for (const call of [`claim_jobs('ada')`, 'next_job_at()']) {
      await expect(boss.see(`select app.${call}`)).rejects.toMatchObject({ code: '42501' })
      await expect(database.sqlAs({ role: 'anon' }, {}, (sql) => sql.unsafe(`select app.${call}`))).rejects.toMatchObject({ code: '42501' })
    }
  })

  it('are woken when a job comes, once per transaction, and learn when the next one is due', async () => {
    const ears = postgres(database.address('authenticator'), { max: 1, onnotice: () => undefined })
    let calls = 0
    try {
      await ears.listen('jobs', () => calls++)
      await database.db.begin(async (sql) => {
        await sql`select app_private.enqueue_job(${boss.company}, 'clean_gutters', '{}', 'a', now() + interval '1 hour')`
        await sql`select app_private.enqueue_job(${boss.company}, 'clean_gutters', '{}', 'b', now() + interval '2 hours')`
      })
      await expect.poll(() => calls).toBe(1)
      const [next] = await worker<{ minutes: number }>('select round(extract(epoch from app.next_job_at() - now()) / 60)::int as minutes')
      expect(next).toEqual({ minutes: 60 })
    } finally {
      await ears.end()
    }
  })

  it('on a hosted project are woken by a request with the key that the vault holds', async () => {
    const undo = new Error('undo')
    await database.db
      .begin(async (sql) => {
        await sql`create schema net`
        await sql`create schema vault`
        await sql`create table vault.decrypted_secrets (name text, decrypted_secret text)`
        await sql`insert into vault.decrypted_secrets values ('jobs_url', 'http://127.0.0.1/functions/v1/jobs'), ('jobs_key', 'the key')`
        await sql`create table net.sent (url text, headers jsonb)`
        await sql`create function net.http_post(url text, body jsonb default '{}', params jsonb default '{}', headers jsonb default '{}', timeout_milliseconds integer default 5000)
          returns bigint language sql as $$ insert into net.sent values (url, headers) returning 1::bigint $$`
        await sql`select app_private.enqueue_job(${boss.company}, 'clean_gutters', '{}', 'a')`
        expect([...(await sql`select * from net.sent`)]).toEqual([
          { url: 'http://127.0.0.1/functions/v1/jobs', headers: { apikey: 'the key', 'content-type': 'application/json' } },
        ])
        throw undo
      })
      .catch((error: unknown) => {
        if (error !== undo) throw error
      })
  })
})

describe('a command', () => {
  it('asks for jobs of its own company alone', async () => {
    const other = await foundCompany(database, await createPerson(database, 'boss@beta.test'), 'Beta')
    await expect(
      database.db.begin(async (sql) => {
        await sql`select set_config('app.company', ${boss.company}, true)`
        await sql`select app_private.enqueue_job(${other.company}, 'clean_gutters', '{}', 'a')`
      }),
    ).rejects.toMatchObject({ code: 'RIGHT' })
  })
})
