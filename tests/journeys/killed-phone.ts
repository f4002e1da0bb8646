// A phone whose page, service worker or whole browser is killed while it sends, and what must be true of its work afterwards.
import { mkdtempSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserContext, CDPSession, Page } from 'playwright-core'
import { expect } from 'vitest'
import { makeJpeg } from '../support/camera-files.ts'
import { launchCamera } from '../support/chromium.ts'
import { createProxy } from '../support/proxy.ts'
import { verifyPhotos } from '../support/worker.ts'
import { answer, openApp, signIn, syncState } from './gestures.ts'
import type { Member } from './people.ts'
import { eventually, readyForFlight, type Stage } from './support.ts'

/** What ends at once: the tab's process, the service worker that sends after the tab was closed, or the browser with everything in it. */
export type Strike = 'page' | 'worker' | 'browser'

/** Who sends has this long to begin. */
const PATIENCE_MS = 12_000
/** What is left has this long to arrive on a good network. */
const SETTLE_MS = 90_000

export type KilledPhone = Awaited<ReturnType<typeof openKilledPhone>>

/** The phone of `person` on a network of its own; `defect` runs in each page before the app. */
export async function openKilledPhone({ world, watch }: Stage, person: Member, defect?: () => void) {
  const network = await createProxy(world.url)
  const folder = mkdtempSync(join(tmpdir(), 'aplomb-kills-'))
  /** What is safe on the device, by the app's own word. */
  const promised = { titles: [] as string[], answers: [] as string[], photos: 0 }
  let device: BrowserContext
  let page: Page
  /** An empty tab: the way to the service workers of the browser. */
  let beside: CDPSession
  let running: Set<string>

  /** Opens the app in another tab of the browser that runs. */
  async function reopen(path: string): Promise<void> {
    page = await openApp(device, `${network.url}${path}`)
  }

  /** Starts the browser with what the last one left on the disk, and opens the app. */
  async function open(path: string): Promise<void> {
    device = watch(await launchCamera(folder))
    if (defect) await device.addInitScript(defect)
    beside = await device.newCDPSession(device.pages()[0]!)
    running = new Set()
    beside.on('ServiceWorker.workerVersionUpdated', ({ versions }) => {
      for (const { versionId, runningStatus } of versions) running[runningStatus === 'running' ? 'add' : 'delete'](versionId)
    })
    await beside.send('ServiceWorker.enable')
    await reopen(path)
  }

  /** What the server has: reports, answers, and photos whose file has come. */
  async function arrived() {
    const titles = await world.db`select title from app.incidents where reporter_id = ${person.id}`
    const answers = await world.db`select body from app.incident_events where actor_id = ${person.id} and kind = 'answer'`
    const photos = await world.db`select state, sha256 from app.photos where author_id = ${person.id}`
    return { titles: titles.map((row) => row['title'] as string), answers: answers.map((row) => row['body'] as string), photos }
  }

  /** Whether something that was promised has not arrived. */
  async function sending(): Promise<boolean> {
    const { titles, answers, photos } = await arrived()
    const files = photos.filter(({ state }) => state !== 'announced').length
    return titles.length < promised.titles.length || answers.length < promised.answers.length || files < promised.photos
  }

  async function wrongsNow(): Promise<string[]> {
    const { titles, answers, photos } = await arrived()
    const wrongs: string[] = []
    const same = (what: string, there: string[], here: string[]) => {
      if (there.toSorted().join('\n') !== here.toSorted().join('\n')) wrongs.push(`${what}: ${here.length} promised, ${there.length} on the server`)
    }
    same('reports', titles, promised.titles)
    same('answers', answers, promised.answers)
    const verified = photos.filter(({ state }) => state === 'verified')
    if (verified.length !== promised.photos || photos.length !== promised.photos)
      wrongs.push(`photos: ${promised.photos} promised, ${photos.length} announced, ${verified.length} verified`)
    const files = await world.db`select name from storage.objects where bucket_id = 'photos' and owner_id = ${person.userId}`
    same(
      'files',
      files.map(({ name }) => (name as string).split('/').at(-1)!),
      photos.map(({ sha256 }) => `${sha256}.jpg`),
    )
    const commands = await world.db`select name, status from app_private.command_log where actor_id = ${person.id} and name <> 'confirm_photo'`
    const wanted = promised.titles.length + promised.answers.length + promised.photos
    const applied = commands.filter(({ status }) => status === 'applied').length
    if (applied !== wanted || commands.length !== wanted)
      wrongs.push(`commands: ${wanted} written, ${applied} applied, ${commands.length - applied} refused`)
    const says = await page.getByText(/^Tout ce que vous avez (saisi|validé) est sur le serveur/).count()
    if (!says || (await page.getByText('à envoyer ou à vérifier').count())) wrongs.push('the phone does not say that all is sent')
    return wrongs
  }

  await open('/')
  await signIn(page!, person)
  await syncState(page!, 'À jour').waitFor({ timeout: 120_000 }) // the first reception
  await readyForFlight(page!)

  return {
    network,
    promised,
    open,
    reopen,
    arrived,
    page: () => page,
    /** Reports an incident with pictures; from then on all of it is safe on the device. */
    async report(pictures: number): Promise<void> {
      const title = `${person.name}, incident ${promised.titles.length + 1}`
      if (!page.url().endsWith('/incidents/new')) await page.goto(`${network.url}/incidents/new`)
      await page.getByRole('radio', { name: 'Technique' }).check()
      await page.getByLabel('En une phrase').fill(title)
      const files = Array.from({ length: pictures }, (_, n) => makeJpeg(480 + 240 * n, 360 + 180 * n, promised.photos + n))
      await page.setInputFiles(
        'input[type=file][multiple]',
        files.map((buffer, n) => ({ name: `${n}.jpg`, mimeType: 'image/jpeg', buffer })),
      )
      await page.getByRole('button', { name: 'Signaler', exact: true }).click()
      await page.getByRole('heading', { level: 1, name: title }).waitFor()
      await eventually(async () => expect(await page.locator('.photo-tile img').count()).toBe(pictures))
      promised.titles.push(title)
      promised.photos += pictures
    },
    /** Answers in the thread of the last report; it is safe on the device. */
    async answer(): Promise<void> {
      const words = `Suite de ${promised.titles.at(-1)}`
      await answer(page, words)
      promised.answers.push(words)
    },
    /** The tab closes, and what it had sent half is lost: from now on only the service worker sends. */
    async leave(): Promise<void> {
      network.drop()
      await page.close()
    },
    /** Lets this many more bytes go to the server and holds the rest. False when nobody sends as many: all has arrived, or who should send rests. */
    async sends(bytes: number): Promise<boolean> {
      const before = network.sent()
      let done = false
      const gone = network.holdAfter(bytes).then(() => (done = true))
      network.release()
      const over = eventually(async () => expect(done || !(await sending())).toBe(true), PATIENCE_MS).catch(() => undefined)
      await Promise.race([gone, over])
      network.hold()
      return network.sent() >= before + bytes && (await sending())
    },
    /** Kills. */
    async strike(strike: Strike): Promise<void> {
      if (strike === 'browser') {
        process.kill(Number(readlinkSync(join(folder, 'SingletonLock')).split('-').at(-1)), 'SIGKILL')
        await device.close().catch(() => undefined)
      } else if (strike === 'page') {
        const crashed = page.waitForEvent('crash')
        const cdp = await device.newCDPSession(page)
        void cdp.send('Page.crash').catch(() => undefined)
        await crashed
      } else {
        await beside.send('ServiceWorker.stopAllWorkers')
        await eventually(() => expect(running.size).toBe(0), 5_000)
      }
    },
    /**
     * Opens the app on a good network, lets it send what is left, and answers what is wrong in the end: once nothing is, or once the phone shows
     * `sign`, which must come.
     */
    async settle(sign?: string): Promise<string[]> {
      network.mend()
      network.slow(Infinity)
      network.release()
      await open('/sync')
      if (sign) {
        await page.getByText(sign).first().waitFor({ timeout: SETTLE_MS })
        return wrongsNow()
      }
      let wrongs = ['never looked']
      await eventually(async () => {
        const again = page.getByRole('button', { name: 'Envoyer maintenant' })
        if (await again.isVisible()) await again.click({ timeout: 2_000 }).catch(() => undefined)
        await verifyPhotos(world)
        wrongs = await wrongsNow()
        expect(wrongs).toEqual([])
      }, SETTLE_MS).catch(() => undefined)
      return wrongs
    },
    async end(): Promise<void> {
      await device.close().catch(() => undefined)
      await network.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
