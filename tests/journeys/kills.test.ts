import { beforeAll, expect, test } from 'vitest'
import { seededRandom } from '../crashes/seed.ts'
import { upToDate } from './gestures.ts'
import { openKilledPhone, type Strike } from './killed-phone.ts'
import { createSite, found, hire, signUp, type Member } from './people.ts'
import { eventually, useStage } from './support.ts'

/** Kills that must have hit a phone with work under way, and the starts of the browser after which we give up. */
const KILLS = 20
const MOST_STARTS = 16

const stage = useStage('kills')
const pause = (ms: number) => new Promise((next) => setTimeout(next, ms))
let newManager: (name: string) => Promise<Member>

beforeAll(async () => {
  const claire = await found(await signUp(stage.world, 'Claire Duval'), 'Duval Construction')
  const site = await createSite(claire, 'École Pasteur')
  newManager = async (name) => hire(claire, await signUp(stage.world, name), 'site_manager', [site])
})

test('a phone that lets go of a photo before the server has it is found out by one kill', async () => {
  const phone = await openKilledPhone(stage, await newManager('Nora Haddad'), () => {
    const real = self.fetch
    self.fetch = async (input, init) => {
      if (String(input).includes('/storage/v1/') && init?.method === 'POST')
        await new Promise<void>((done) => {
          const opening = indexedDB.open('aplomb-photos')
          opening.onsuccess = () => {
            const transaction = opening.result.transaction('files', 'readwrite')
            transaction.objectStore('files').clear()
            transaction.oncomplete = () => done()
          }
        })
      return real(input, init)
    }
  })
  phone.network.slow(8_000)
  const sent = phone.network.sent()
  await phone.report(1, 960)
  await eventually(() => expect(phone.network.sent()).toBeGreaterThan(sent + 50_000), 60_000) // the upload is under way
  await phone.strike('browser')
  expect(await phone.settle(10_000)).toContain('photos: 1 promised, 1 announced, 0 verified')
  await phone.end()
}, 240_000)

test('a phone that sends a command under another number each time is found out by one kill', async () => {
  const phone = await openKilledPhone(stage, await newManager('Jules Caron'), () => {
    const real = self.fetch
    self.fetch = async (input, init) => {
      if (!String(input).includes('sync_push')) return real(input, init)
      const { batch } = JSON.parse(String(init!.body)) as { batch: { client: string; commands: { seq: number; id: string }[] } }
      const again = batch.commands.map((command, n) => ({ ...command, id: crypto.randomUUID(), seq: n + 1 }))
      const response = await real(input, { ...init, body: JSON.stringify({ batch: { ...batch, client: crypto.randomUUID(), commands: again } }) })
      const answer = (await response.json()) as { results: { id: string; seq: number }[]; expect: number }
      const results = answer.results.map((result, n) => ({ ...result, id: batch.commands[n]!.id, seq: batch.commands[n]!.seq }))
      return Response.json({ ...answer, results, expect: (batch.commands.at(-1)?.seq ?? 0) + 1 })
    }
  })
  await phone.report(0)
  await upToDate(phone.page())
  phone.network.muteFrom('sync_push')
  await phone.answer()
  await eventually(async () => expect((await phone.arrived()).answers).toHaveLength(1))
  await phone.strike('browser')
  expect(await phone.settle(10_000)).toContain('answers: 1 promised, 2 on the server')
  await phone.end()
}, 240_000)

test('twenty kills of page, service worker and browser while they send: every report, answer and photo arrives once', async () => {
  const random = seededRandom()
  const phone = await openKilledPhone(stage, await newManager('Marc Petit'))
  const kills = { page: 0, worker: 0, browser: 0 }
  const sum = () => kills.page + kills.worker + kills.browser
  let idle = 0
  const kill = async (strike: Strike) => {
    const sending = await phone.sending()
    if (!(await phone.strike(strike)) || !sending) idle++
    else kills[strike]++
  }
  const firsts = random.shuffle([...Array<Strike>(MOST_STARTS / 2).fill('page'), ...Array<Strike>(MOST_STARTS / 2).fill('worker')])
  for (const first of firsts) {
    if (sum() >= KILLS) break
    phone.network.hold()
    phone.network.slow(15_000 + random.below(45_000))
    await phone.report(1 + random.below(2))
    await phone.answer()
    if (random.next() < 0.3) phone.network.muteFrom('sync_push')
    phone.network.release()
    await pause(random.next() * 1200)
    await kill(first)
    await pause(random.next() * 600)
    await kill('browser')
    phone.network.mend()
    phone.network.slow(Infinity)
    await phone.open('/incidents/new')
  }
  await phone.strike('browser')
  const wrongs = await phone.settle(60_000)
  const { titles, answers, photos } = phone.promised
  console.log(
    `crashes: seed ${random.seed}, ${sum()} kills (${kills.page} of the page, ${kills.worker} of the service worker, ${kills.browser} of the browser) ` +
      `with work under way, ${idle} without; ${titles.length} reports, ${answers.length} answers, ${photos} photos`,
  )
  await phone.end()
  expect(wrongs).toEqual([])
  expect(sum()).toBeGreaterThanOrEqual(KILLS)
  expect(Math.min(...Object.values(kills))).toBeGreaterThan(2)
}, 480_000)
