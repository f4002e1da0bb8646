import { mkdtempSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seededRandom } from '../crashes/seed.ts'
import { makeJpeg } from '../support/camera-files.ts'
import { launchCamera } from '../support/chromium.ts'
import { createProxy, type Proxy } from '../support/proxy.ts'
import { verifyPhotos } from '../support/worker.ts'
import { openApp, signIn, startReport, upToDate } from './gestures.ts'
import { createSite, found, hire, signUp } from './people.ts'
import { eventually, readyForFlight, useStage } from './support.ts'

const stage = useStage('kills')
const folder = mkdtempSync(join(tmpdir(), 'aplomb-kills-'))
let network: Proxy

beforeAll(async () => {
  network = await createProxy(stage.world.url)
})
afterAll(async () => {
  await network?.close()
  rmSync(folder, { recursive: true, force: true })
})

const browserPid = () => Number(readlinkSync(join(folder, 'SingletonLock')).split('-').at(-1))

/** Every process below one, as the system tells. */
function descendants(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number)
    return children.flatMap((child) => [child, ...descendants(child)])
  } catch {
    return [] // gone meanwhile
  }
}

/** The processes that run pages and workers end, and the browser lives on. Answers how many. */
function killRenderers(): number {
  const renderers = descendants(browserPid()).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('--type=renderer')
    } catch {
      return false
    }
  })
  for (const pid of renderers) process.kill(pid, 'SIGKILL')
  return renderers.length
}

const pause = (ms: number) => new Promise((next) => setTimeout(next, ms))

test('twenty-one kills of page, service worker and browser while they send: every report and every photo arrives once', async () => {
  const { world } = stage
  const random = seededRandom()
  const claire = await found(await signUp(world, 'Claire Duval'), 'Duval Construction')
  const site = await createSite(claire, 'École Pasteur')
  const marc = await hire(claire, await signUp(world, 'Marc Petit'), 'site_manager', [site])

  let device: BrowserContext = stage.watch(await launchCamera(folder))
  let page: Page = await openApp(device, network.url)
  await signIn(page, marc)
  await upToDate(page)
  await readyForFlight(page)

  const titles: string[] = []
  /** Reports an incident with two pictures; from then on all three are safe on the device. */
  async function report(): Promise<void> {
    const title = `Incident ${titles.length + 1}`
    await startReport(page)
    await page.getByRole('radio', { name: 'Technique' }).check()
    await page.getByLabel('En une phrase').fill(title)
    await page.setInputFiles(
      'input[type=file][multiple]',
      [1, 2].map((n) => ({ name: `${n}.jpg`, mimeType: 'image/jpeg', buffer: makeJpeg(480, 360, titles.length * 2 + n) })),
    )
    await page.getByRole('button', { name: 'Signaler', exact: true }).click()
    await page.getByRole('heading', { level: 1, name: title }).waitFor()
    await eventually(async () => expect(await page.locator('.photo-tile img').count()).toBe(2))
    titles.push(title)
  }

  type Strike = 'page' | 'worker' | 'browser'
  const strikes = random.shuffle<Strike>([...Array<Strike>(8).fill('page'), ...Array<Strike>(7).fill('worker'), ...Array<Strike>(6).fill('browser')])
  const kills = { page: 0, worker: 0, browser: 0 }
  let midway = 0
  let crashed = false
  for (const strike of strikes) {
    if (strike === 'worker' && crashed) {
      // a driver cannot take a browser offline whose worker has crashed
      process.kill(browserPid(), 'SIGTERM')
      await Promise.race([device.close(), pause(3_000)])
      device = stage.watch(await launchCamera(folder))
      page = await openApp(device, network.url)
    }
    console.log(new Date().toISOString(), strike)
    network.slow(40_000 + random.below(120_000))
    if (strike === 'worker') {
      // the tab is closed before anything left: the service worker sends alone
      await device.setOffline(true)
      await report()
      const sent = network.sent()
      await page.close()
      await device.setOffline(false)
      await eventually(() => expect(network.sent()).toBeGreaterThan(sent), 10_000).catch(() => undefined)
    } else await report()
    console.log(new Date().toISOString(), 'reported')
    await pause(random.next() * 700)
    const announced = await world.db`select from app.photos where state = 'announced'`
    if (announced.length > 0 || titles.length > (await world.db`select from app.incidents`).length) midway++
    if (strike === 'browser') {
      process.kill(browserPid(), 'SIGKILL')
      await device.close().catch(() => undefined)
      device = stage.watch(await launchCamera(folder))
    } else {
      expect(killRenderers()).toBeGreaterThan(0)
      if (strike === 'page') await Promise.race([page.close(), pause(1_000)]) // a crashed page may never answer
    }
    crashed = strike !== 'browser'
    kills[strike]++
    console.log(new Date().toISOString(), 'killed')
    page = await openApp(device, network.url)
  }

  // All is quiet: what is left goes by itself, or when asked.
  network.slow(Infinity)
  await page.goto(`${network.url}/sync`)
  await eventually(async () => {
    const again = page.getByRole('button', { name: 'Envoyer maintenant' })
    if (await again.isVisible()) await again.click()
    expect(await world.db`select from app.photos where state <> 'announced'`).toHaveLength(titles.length * 2)
  }, 60_000)
  await eventually(async () => {
    await verifyPhotos(world)
    expect(await page.getByText('à envoyer ou à vérifier', { exact: false }).count()).toBe(0)
  }, 60_000)
  console.log(
    `crashes: seed ${random.seed}, ${strikes.length} kills (${kills.page} of the page, ${kills.worker} of the service worker, ${kills.browser} of the browser), ` +
      `${midway} with work under way, ${titles.length} reports and ${titles.length * 2} photos`,
  )

  expect((await world.db`select title from app.incidents`).map((row) => row.title as string).toSorted()).toEqual(titles.toSorted())
  const photos = await world.db`select p.state, p.sha256, i.title from app.photos as p join app.incidents as i on i.id = p.incident_id`
  expect(photos.map((photo) => photo.title as string).toSorted()).toEqual([...titles, ...titles].toSorted())
  expect(photos.filter((photo) => photo.state !== 'verified')).toEqual([])
  const objects = await world.db`select name from storage.objects where bucket_id = 'photos'`
  expect(objects.map((object) => object.name as string).toSorted()).toEqual(photos.map((photo) => `${claire.company}/${site}/${photo.sha256}.jpg`).toSorted())
  const commands = await world.db`select name, status, count(*)::int as count from app_private.command_log where actor_id = ${marc.id} group by name, status order by name`
  expect(commands).toEqual([
    { name: 'add_photo', status: 'applied', count: titles.length * 2 },
    { name: 'confirm_photo', status: 'applied', count: expect.any(Number) },
    { name: 'report_incident', status: 'applied', count: titles.length },
  ])
  expect(kills).toEqual({ page: 8, worker: 7, browser: 6 })
}, 240_000)
