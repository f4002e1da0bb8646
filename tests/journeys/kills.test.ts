import { beforeAll, expect, test } from 'vitest'
import { seededRandom } from '../crashes/seed.ts'
import { upToDate } from './gestures.ts'
import { openKilledPhone, type Strike } from './killed-phone.ts'
import { createSite, found, hire, signUp, type Member } from './people.ts'
import { eventually, useStage } from './support.ts'

/** Kills that must have hit who was sending, and those after which we give up. */
const KILLS = 20
const MOST_ROUNDS = 45
/** A kill strikes after this many bytes at most, of anything or of a file: a report is some kilobytes, its pictures some ten. */
const MOST_BYTES = { anything: 2_500, file: 20_000 }

const stage = useStage('kills')
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
  const uploading = phone.network.holdFrom('POST /storage/v1/')
  await phone.report(1)
  await uploading
  await phone.strike('browser')
  // a sound phone keeps the file until the server has read it, however slow it is
  expect(await phone.settle('Le fichier n’est plus sur cet appareil.')).toContain('photos: 1 promised, 1 announced, 0 verified')
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
  phone.network.mend()
  await phone.open('/')
  await eventually(async () => expect((await phone.arrived()).answers).toHaveLength(2)) // a sound phone never sends a second one
  await phone.end()
}, 240_000)

test('twenty kills of page, service worker and browser while they send: every report, answer and photo arrives once', async () => {
  const random = seededRandom()
  const phone = await openKilledPhone(stage, await newManager('Marc Petit'))
  const kills = { page: 0, worker: 0, browser: 0 }
  const idle = { page: 0, worker: 0, browser: 0 }
  const underWay = { anything: 0, file: 0 }
  const sum = (counts: typeof kills) => counts.page + counts.worker + counts.browser
  const kill = async (strike: Strike, what: 'anything' | 'file') => {
    const sent = await phone.sends(what, 1 + random.below(MOST_BYTES[what]))
    await phone.strike(strike)
    if (sent) underWay[what]++
    const counts = sent ? kills : idle
    counts[strike]++
  }
  const strikes = random.shuffle((['page', 'worker', 'browser'] as const).flatMap((strike) => Array<Strike>(MOST_ROUNDS / 3).fill(strike)))
  for (const strike of strikes) {
    if (sum(kills) >= KILLS && Math.min(...Object.values(kills), ...Object.values(underWay)) > 2) break
    phone.network.hold()
    await phone.report(1 + random.below(2))
    await phone.answer()
    const unheard = random.next() < 0.3
    if (unheard) phone.network.muteFrom('sync_push')
    if (strike === 'worker') await phone.leave()
    await kill(strike, unheard || random.next() < 0.5 ? 'anything' : 'file')
    phone.network.mend()
    phone.network.drop()
    phone.network.release()
    await (strike === 'browser' ? phone.open('/incidents/new') : phone.reopen('/incidents/new'))
  }
  await phone.strike('browser')
  const wrongs = await phone.settle()
  const { titles, answers, photos } = phone.promised
  const told = (counts: typeof kills) =>
    `${sum(counts)} (${counts.page} of the page, ${counts.worker} of the service worker, ${counts.browser} of the browser)`
  console.log(
    `crashes: seed ${random.seed}, kills of who was sending ${told(kills)}, ${underWay.file} in the middle of a file; ` +
      `of who was not ${told(idle)}; ` +
      `${titles.length} reports, ${answers.length} answers, ${photos} photos`,
  )
  await phone.end()
  expect(wrongs).toEqual([])
  expect(sum(kills)).toBeGreaterThanOrEqual(KILLS)
  expect(Math.min(...Object.values(kills))).toBeGreaterThan(2)
  expect(Math.min(...Object.values(underWay))).toBeGreaterThan(2)
}, 900_000)
