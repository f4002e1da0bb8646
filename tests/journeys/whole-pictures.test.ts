import jpeg from 'jpeg-js'
import type { Browser, Page, Worker } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeJpeg } from '../support/camera-files.ts'
import { DESK, launchGraphics } from '../support/chromium.ts'
import { openApp, signIn, upToDate } from './gestures.ts'
import { createSite, download, found, signUp, type Member } from './people.ts'
import { eventually, readyForFlight, useStage } from './support.ts'

const stage = useStage('whole_pictures')
let claire: Member
let browser: Browser

beforeAll(async () => {
  claire = await found(await signUp(stage.world, 'Claire Duval'), 'Duval Construction')
  browser = await launchGraphics()
})
afterAll(() => browser?.close())

/** What a test does to the worker that makes photos. */
interface Craft {
  /** Widths of what was encoded, in order. */
  encoded: number[]
  /** Encoding waits until this is called. */
  go?: () => void
  /** Encodes nothing but black. */
  blind?: boolean
}
declare const craft: Craft

/** The page where photos are brought in, with its worker: it has made a first one. */
async function importPage(name: string): Promise<{ page: Page; worker: Worker; site: string; bring: (seed: number) => Promise<void> }> {
  const site = await createSite(claire, name)
  const page = await openApp(stage.watch(await browser.newContext(DESK)), stage.url)
  await signIn(page, claire)
  await upToDate(page)
  await page.goto(`${stage.url}/photos/import?site=${site}`)
  await page.getByText('ou les déposer ici').waitFor()
  const bring = (seed: number) =>
    page.setInputFiles('input[type=file]', { name: `${seed}.jpg`, mimeType: 'image/jpeg', buffer: makeJpeg(2400, 1800, seed) })
  await bring(1)
  await page.getByText('1 photo importée').waitFor()
  const workers: Worker[] = []
  for (const each of page.workers()) if ((await each.evaluate(() => self.name)) === 'aplomb-photo') workers.push(each)
  const [worker] = workers
  await worker!.evaluate(() => {
    const craft: Craft = { encoded: [] }
    Object.assign(globalThis, { craft })
    const real = OffscreenCanvas.prototype.convertToBlob
    OffscreenCanvas.prototype.convertToBlob = async function (options) {
      craft.encoded.push(this.width)
      if (!craft.blind) return real.call(this, options)
      const black = new OffscreenCanvas(this.width, this.height)
      black.getContext('2d')!.fillRect(0, 0, this.width, this.height)
      return real.call(black, options)
    }
  })
  return { page, worker: worker!, site, bring }
}

/** The brightness of a JPEG, part by part of a coarse grid. */
function glance(file: Buffer): number[] {
  const { width, height, data } = jpeg.decode(file, { useTArray: true })
  const at = (x: number, y: number) => data[(Math.floor(((y + 0.5) * height) / 8) * width + Math.floor(((x + 0.5) * width) / 8)) * 4]!
  return Array.from({ length: 64 }, (_, n) => at(n % 8, Math.floor(n / 8)))
}
/** By how much two pictures differ, in levels of 255 on average; the grain of the tests' pictures makes some ten. */
const difference = (one: Buffer, other: Buffer) => {
  const [a, b] = [glance(one), glance(other)]
  return a.reduce((sum, level, n) => sum + Math.abs(level - b[n]!), 0) / a.length
}
const stored = async (site: string) =>
  Promise.all(
    (await stage.world.db`select sha256 from app.photos where site_id = ${site} and state <> 'announced' order by id`).map(
      async ({ sha256 }) => (await download(stage.world, claire, `${claire.company}/${site}/${sha256}.jpg`)).data,
    ),
  )

test('a photo is encoded once, and its thumbnail once', async () => {
  const { page, worker, bring } = await importPage('Mairie')
  await bring(2)
  await page.getByText('2 photos importées').waitFor()
  expect(await worker.evaluate(() => craft.encoded)).toEqual([1920, 320])
}, 120_000)

test('a photo is whole although the graphics process dies between drawing and encoding', async () => {
  const { page, worker, site, bring } = await importPage('Gymnase')
  await worker.evaluate(() => {
    const counting = OffscreenCanvas.prototype.convertToBlob
    OffscreenCanvas.prototype.convertToBlob = async function (options) {
      if (!craft.go) await new Promise<void>((go) => (craft.go = go))
      return counting.call(this, options)
    }
  })
  await bring(2)
  await eventually(async () => expect(await worker.evaluate(() => !!craft.go)).toBe(true))
  await (await browser.newBrowserCDPSession()).send('Browser.crashGpuProcess')
  await worker.evaluate(() => craft.go!())
  await page.getByText('2 photos importées').waitFor()
  await eventually(async () => expect(await stored(site)).toHaveLength(2))
  const files = await stored(site)
  // the first way fails here: all black, and nobody is told
  const made = (seed: number) => Math.min(...files.map((file) => difference(file, makeJpeg(2400, 1800, seed))))
  expect([1, 2].map(made).every((levels) => levels < 15)).toBe(true)
  expect(made(3)).toBeGreaterThan(15)
}, 120_000)

test('a file that does not show its picture is not kept: it is told, and the picture goes in when tried again', async () => {
  const { page, worker, site, bring } = await importPage('Crèche')
  await worker.evaluate(() => void (craft.blind = true))
  await bring(2)
  await page.getByText('1 photo importée · 1 non importée').waitFor()
  expect(await worker.evaluate(() => craft.encoded.length)).toBe(4) // tried twice
  await worker.evaluate(() => void (craft.blind = false))
  await page.getByRole('button', { name: 'Réessayer' }).click()
  await page.getByText('2 photos importées').waitFor()
  await eventually(async () => expect(await stored(site)).toHaveLength(2))
  for (const file of await stored(site)) expect(Math.max(...glance(file))).toBeGreaterThan(60)
}, 120_000)

test('page and service worker share one lock: photos are sent by one of them at a time', async () => {
  const { page, site, bring } = await importPage('Piscine')
  await eventually(async () => expect(await stored(site)).toHaveLength(1))
  await readyForFlight(page)
  const [background] = page.context().serviceWorkers()
  // The service worker sends: it holds what one drain holds.
  await background!.evaluate(() => {
    const held = new Promise<void>((release) => Object.assign(globalThis, { release }))
    void navigator.locks.request('aplomb-photos', () => held)
  })
  const sent: string[] = []
  page.context().on('request', (request) => request.method() === 'POST' && request.url().includes('/storage/') && sent.push(request.url()))
  await bring(2)
  await page.getByText('2 photos importées').waitFor()
  const held = () => page.evaluate(async () => (await navigator.locks.query()).held!.filter(({ name }) => name === 'aplomb-photos').length)
  expect(await held()).toBe(1)
  await eventually(async () => expect(await stage.world.db`select 1 from app.photos where site_id = ${site}`).toHaveLength(2)) // its command has gone
  await page.goto(`${stage.url}/sync`)
  await page.getByRole('button', { name: 'Envoyer maintenant' }).click()
  await page.getByText('2 photos à envoyer ou à vérifier', { exact: false }).waitFor()
  expect(sent).toEqual([])
  await background!.evaluate(() => (globalThis as unknown as { release: () => void }).release())
  await page.getByRole('button', { name: 'Envoyer maintenant' }).click()
  await eventually(async () => expect(await stored(site)).toHaveLength(2))
  expect(sent.length).toBeGreaterThan(0)
}, 120_000)
