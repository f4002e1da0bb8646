// A phone whose page, service worker or whole browser is killed while it sends, and what must be true of its work afterwards.
import { mkdtempSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserContext, CDPSession, Page } from 'playwright-core'
import { expect } from 'vitest'
import { difference, glance, makeJpeg } from '../support/camera-files.ts'
import { launchCamera } from '../support/chromium.ts'
import { openClient } from '../support/client.ts'
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

/** A file shows a picture when they differ by less than this, in levels of brightness on average. */
const ALIKE = 2

export type KilledPhone = Awaited<ReturnType<typeof openKilledPhone>>

/** Each phone takes pictures of its own: the same one twice on a site is one file. */
let phones = 0

/** The phone of `person` on a network of its own; `defect` runs in each page before the app; then only pages send. */
export async function openKilledPhone({ world, watch }: Stage, person: Member, defect?: () => void) {
  const network = await createProxy(world.url)
  const firstPicture = 1_000 * ++phones
  const folder = mkdtempSync(join(tmpdir(), 'aplomb-kills-'))
  /** What is safe on the device, by the app's own word. */
  const promised = { titles: [] as string[], answers: [] as string[], photos: 0 }
  /** What the promised photos show. */
  const shown: ReturnType<typeof glance>[] = []
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
    device = watch(await launchCamera(folder, { background: !defect }))
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
    if (new Set(photos.map(({ sha256 }) => sha256)).size < photos.length) wrongs.push('two photos are one file')
    same(
      'files',
      files.map(({ name }) => (name as string).split('/').at(-1)!),
      photos.map(({ sha256 }) => `${sha256}.jpg`),
    )
    if (!wrongs.length) wrongs.push(...(await unlike(files.map(({ name }) => name as string))))
    const commands = await world.db`select name, status from app_private.command_log where actor_id = ${person.id} and name <> 'confirm_photo'`
    const wanted = promised.titles.length + promised.answers.length + promised.photos
    const applied = commands.filter(({ status }) => status === 'applied').length
    if (applied !== wanted || commands.length !== wanted)
      wrongs.push(`commands: ${wanted} written, ${applied} applied, ${commands.length - applied} refused`)
    const says = await page.getByText(/^Tout ce que vous avez (saisi|validé) est sur le serveur/).count()
    if (!says || (await page.getByText('à envoyer ou à vérifier').count())) wrongs.push('the phone does not say that all is sent')
    return wrongs
  }

  /** The promised photos that none of these files shows. */
  async function unlike(names: string[]): Promise<string[]> {
    const storage = openClient(world.url, world.secretKey).storage.from('photos')
    const files = await Promise.all(
      names.map(async (name) => {
        const { data, error } = await storage.download(name)
        if (error) throw error
        return glance(Buffer.from(await data.arrayBuffer()))
      }),
    )
    return shown.flatMap((photo, n) => {
      const least = Math.min(...files.map((file) => difference(photo, file)))
      return least < ALIKE ? [] : [`photo ${n + 1} is on no file: the closest differs by ${least} levels`]
    })
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
      const files = Array.from({ length: pictures }, (_, n) => makeJpeg(480 + 240 * n, 360 + 180 * n, firstPicture + promised.photos + n))
      await page.setInputFiles(
        'input[type=file][multiple]',
        files.map((buffer, n) => ({ name: `${n}.jpg`, mimeType: 'image/jpeg', buffer })),
      )
      await page.getByRole('button', { name: 'Signaler', exact: true }).click()
      await page.getByRole('heading', { level: 1, name: title }).waitFor()
      await eventually(async () => expect(await page.locator('.photo-tile img').count()).toBe(pictures))
      promised.titles.push(title)
      promised.photos += pictures
      shown.push(...files.map(glance))
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
    /**
     * Lets this many more bytes go to the server, of anything or counted from the head of the next photo's file, and holds the rest. False when
     * nobody sends as many: all has arrived, or who should send rests.
     */
    async sends(what: 'anything' | 'file', bytes: number): Promise<boolean> {
      let done = false
      network.release() // first: it forgets a limit
      const gone = network.holdAfter(bytes, what === 'file' ? 'POST /storage/v1/object/photos/' : undefined).then(() => (done = true))
      const over = eventually(async () => expect(done || !(await sending())).toBe(true), PATIENCE_MS).catch(() => undefined)
      await Promise.race([gone, over])
      network.hold()
      return done && (await sending())
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
