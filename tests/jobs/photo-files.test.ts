import { createHash, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { removeFiles } from '../../edge-functions/jobs/handlers/remove-files.ts'
import { verifyPhoto } from '../../edge-functions/jobs/handlers/verify-photo.ts'
import { mint } from '../gateway/support.ts'
import { jpeg, kept } from '../storage/support.ts'
import { openClient } from '../support/client.ts'
import { asMember, createPerson, createSite, foundCompany, hire, type Member } from '../support/company.ts'
import { createWorld, type World } from '../support/world.ts'

/** The workers' hands on files that people sent: the real handlers over the real storage. */
let world: World
let boss: Member
let crew: Member
let site: string
let seed = 0

beforeAll(async () => {
  world = await createWorld('photo files')
  boss = await foundCompany(world, await createPerson(world, 'boss@alpha.test'), 'Alpha')
  site = await createSite(boss, 'Lilas')
  crew = await hire(world, boss, 'crew@alpha.test', ['crew'], [site])
})
afterAll(() => world.close())

interface Hand {
  job_id: string
  attempt: number
}

const service = () => openClient(world.url, world.secretKey)
async function rpc<T>(name: string, args: object): Promise<T> {
  const { data, error } = await service().rpc(name, args)
  if (error) throw new Error(`${name}: ${error.code}`)
  return data as T
}
const take = async (): Promise<Hand> => {
  const [job] = await rpc<{ id: string; attempt: number }[]>('claim_jobs', { worker: 'test', n: 1 })
  return { job_id: job!.id, attempt: job!.attempt }
}
const payloadOf = (hand: Hand) => rpc<Record<string, string>>('job_payload', hand)
const loseLease = () => world.db`update app_private.jobs set run_after = now() - interval '1 second' where state = 'running'`

/** Announces a photo, sends these bytes in its name and confirms it. */
async function send(who: Member, where: string, content: Buffer, wrong?: Buffer) {
  const sha256 = createHash('sha256').update(content).digest('hex')
  const id = randomUUID()
  const name = `${who.company}/${where}/${sha256}.jpg`
  await who.run('add_photo', { id, site_id: where, sha256, bytes: content.length, width: 8, height: 8 })
  const put = async (bytes: Buffer) => {
    const token = await mint(world.jwtSecret, who.claims, 3600)
    const url = `${world.url}/storage/v1/object/photos/${name}`
    const answer = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'image/jpeg' },
      body: bytes as BodyInit,
    })
    expect(answer.status).toBe(200)
    await who.run('confirm_photo', { id })
  }
  await put(wrong ?? content)
  return { id, name, put }
}

/** The service's storage, where something happens after the n-th download. */
function storageThat(meanwhile: () => Promise<void>, after: number) {
  let downloads = 0
  return {
    storage: {
      from: (bucket: string) => {
        const files = service().storage.from(bucket)
        return {
          info: (path: string) => files.info(path),
          remove: (paths: string[]) => files.remove(paths),
          list: (path: string) => files.list(path),
          download: async (path: string) => {
            const answer = await files.download(path)
            if (++downloads === after) await meanwhile()
            return answer
          },
        }
      },
    },
  }
}
const tools = (hand: Hand, supabase: object, signal = new AbortController().signal) =>
  ({
    supabase,
    signal,
    job: { id: hand.job_id, kind: 'verify_photo', attempt: hand.attempt },
    hold: () => rpc('job_payload', { ...hand, lease: '1 minute' }),
  }) as never

describe('a file that is not what was announced', () => {
  it('is taken away, and sent again', async () => {
    const content = jpeg(5000, ++seed)
    const { id, name, put } = await send(crew, site, content, jpeg(5000, 1000 + seed))
    const hand = await take()
    await rpc('finish_job', { ...hand, result: await verifyPhoto(await payloadOf(hand), tools(hand, service())) })
    expect(await crew.see('select state, refusal from app.photos where id = $1', [id])).toEqual([{ state: 'refused', refusal: 'hash' }])
    expect(await world.db`select from storage.objects where name = ${name}`).toHaveLength(0)
    await put(content)
    const again = await take()
    await rpc('finish_job', { ...again, result: await verifyPhoto(await payloadOf(again), tools(again, service())) })
    expect(await crew.see('select state from app.photos where id = $1', [id])).toEqual([{ state: 'verified' }])
  })

  it.each([1, 2])('stays when it was sent again while a worker that lost its job slept after look %i', async (look) => {
    const content = jpeg(5000, ++seed)
    const { id, name, put } = await send(crew, site, content, jpeg(5000, 1000 + seed))
    const slow = await take()
    const supabase = storageThat(async () => {
      await loseLease()
      const quick = await take()
      await rpc('finish_job', { ...quick, result: await verifyPhoto(await payloadOf(quick), tools(quick, service())) })
      await put(content)
    }, look)
    const outcome = await verifyPhoto(await payloadOf(slow), tools(slow, supabase)).catch((error: Error) => error.message)
    expect(outcome === 'job_payload: LEASE' || (outcome as { sha256: string }).sha256 === name.slice(-68, -4)).toBe(true)
    const { data } = await service().storage.from('photos').download(name)
    expect(Buffer.from(await data!.arrayBuffer()).equals(content)).toBe(true)
    const next = await take()
    await rpc('finish_job', { ...next, result: await verifyPhoto(await payloadOf(next), tools(next, service())) })
    expect(await crew.see('select state from app.photos where id = $1', [id])).toEqual([{ state: 'verified' }])
  })

  it('stays when its worker runs out of time, and while a worker looks again nobody else gets the job', async () => {
    const { name } = await send(crew, site, jpeg(5000, ++seed), jpeg(5000, 1000 + seed))
    const hand = await take()
    await expect(verifyPhoto(await payloadOf(hand), tools(hand, service(), AbortSignal.abort()))).rejects.toThrow(/abort/i)
    expect(await world.db`select from storage.objects where name = ${name}`).toHaveLength(1)
    await loseLease()
    expect(await rpc('job_payload', { ...hand, lease: '1 minute' })).toMatchObject({ name })
    expect(await rpc('claim_jobs', { worker: 'other', n: 1 })).toEqual([])
    await rpc('finish_job', { ...hand, result: await verifyPhoto(await payloadOf(hand), tools(hand, service())) })
  })
})

describe('a removed demo', () => {
  it('leaves no file in storage, and nothing of another company goes with it', async () => {
    const anne = await createPerson(world, 'anne@essai.test')
    const company = await anne.call<string>(null, 'create_demo', { id: randomUUID(), full_name: 'Anne' })
    const [{ id }] = (await world.db`select id from app.memberships where company_id = ${company} and user_id = ${anne.userId}`) as unknown as [
      { id: string },
    ]
    const demo = asMember(anne, company, id)
    const before = kept(world).length
    for (const place of await demo.see<{ id: string }>('select id from app.sites limit 3')) await send(demo, place.id, jpeg(3000, ++seed))
    await world.db`delete from app_private.jobs`
    expect(kept(world)).toHaveLength(before + 3)

    const living =
      await world.db`select app_private.enqueue_job(${boss.company}, 'remove_files', ${world.db.json({ bucket: 'photos', folder: boss.company })}, 'x')`
    expect(living).toHaveLength(1)
    const fraud = await take()
    expect(await payloadOf(fraud)).toBeNull() // a company that lives keeps its files

    await demo.call(null, 'remove_demo', { id: company })
    let removed = 0
    let hand = await take()
    for (const turn of ['photos', 'pictures']) {
      if (turn === 'pictures') hand = await take()
      const result = await removeFiles(await payloadOf(hand), tools(hand, service()))
      removed += result.removed
      expect(await rpc('finish_job', { ...hand, result })).toBe('done')
    }
    expect(removed).toBe(3)
    expect(await world.db`select from storage.objects where name like ${`${company}/%`}`).toHaveLength(0)
    expect(kept(world)).toHaveLength(before)
    expect(await removeFiles({ bucket: 'photos', folder: company }, tools(hand, service()))).toEqual({ removed: 0 })
    await expect(removeFiles({ bucket: 'photos', folder: '' }, tools(hand, service()))).rejects.toThrow('folder')
  })
})
