import { createHash } from 'node:crypto'
import { mkdtempSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeJwt, SignJWT } from 'jose'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { launchCamera } from '../support/chromium.ts'
import { makeJpeg } from '../support/camera-files.ts'
import { createProxy, type Proxy } from '../support/proxy.ts'
import { verifyPhotos } from '../support/worker.ts'
import { nobodyHurt, openApp, signIn, upToDate } from './gestures.ts'
import { createSite, download, found, hire, signUp, type Member } from './people.ts'
import { eventually, readyForFlight, useStage } from './support.ts'

const stage = useStage('photos')
const folder = mkdtempSync(join(tmpdir(), 'aplomb-camera-'))
let network: Proxy
let claire: Member
let marc: Member
let site: string

beforeAll(async () => {
  network = await createProxy(stage.world.url)
  claire = await found(await signUp(stage.world, 'Claire Duval'), 'Duval Construction')
  site = await createSite(claire, 'École Pasteur')
  marc = await hire(claire, await signUp(stage.world, 'Marc Petit'), 'site_manager', [site])
})
beforeEach(() => {
  network.mend()
  network.slow(Infinity)
})
afterAll(async () => {
  await network?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** The browser's own process ends as when the phone's battery dies. */
function killBrowser(): void {
  process.kill(Number(readlinkSync(join(folder, 'SingletonLock')).split('-').at(-1)), 'SIGKILL')
}

const phone = async (): Promise<BrowserContext> => stage.watch(await launchCamera(folder))
const rows = () => stage.world.db`select * from app.photos order by taken_at`
const objects = () => stage.world.db`select name, (metadata ->> 'size')::integer as size from storage.objects where bucket_id = 'photos'`

/** Takes photos with the shutter, and waits until each is safe on the device. */
async function shoot(page: Page, count: number): Promise<void> {
  await page.getByText('Position prise', { exact: false }).waitFor()
  const safe = async () => Number.parseInt((await page.getByText('en sûreté', { exact: false }).textContent())!, 10)
  // The test camera shows the same pictures after each start, and the same picture is kept once: then the next one.
  for (let tries = 0; (await safe()) < count; tries++) {
    if (tries > 8 * count) throw new Error(`${await safe()} of ${count} pictures after ${tries} shots.`)
    const before = await safe()
    await page.getByRole('button', { name: 'Déclencher' }).click()
    await eventually(async () => expect(await safe()).toBeGreaterThan(before), 4000).catch(() => undefined)
  }
}

/** Makes the server call this device's token stale, while the device believes in it. */
async function expireToken(page: Page): Promise<void> {
  const kept = await page.evaluate(() => readSession())
  const { access_token } = JSON.parse(kept) as { access_token: string }
  const stale = await new SignJWT({ ...decodeJwt(access_token), exp: Math.floor(Date.now() / 1000) - 60 })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .sign(new TextEncoder().encode(stage.world.jwtSecret))
  await page.evaluate((session) => writeSession(session), kept.replace(access_token, stale))
}
declare const readSession: () => Promise<string>
declare const writeSession: (session: string) => Promise<void>

/** What a page of the test may do with the stored session. */
const sessionTools = () => {
  const act = (mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest) =>
    new Promise((resolve, reject) => {
      const open = indexedDB.open('aplomb-device')
      open.onsuccess = () => {
        const request = work(open.result.transaction('values', mode).objectStore('values'))
        request.onsuccess = () => {
          open.result.close()
          resolve(request.result)
        }
        request.onerror = () => reject(request.error as Error)
      }
    })
  Object.assign(globalThis, {
    readSession: () => act('readonly', (store) => store.get('session')),
    writeSession: (session: string) => act('readwrite', (store) => store.put(session, 'session')),
  })
}

test('ten photos in flight mode survive a killed tab, a killed browser, a cut upload and a stale token: each is stored once', async () => {
  let device = await phone()
  let page = await openApp(device, network.url)
  await signIn(page, marc)
  await upToDate(page)
  await readyForFlight(page)
  await page.goto(`${network.url}/photos/new?site=${site}`)
  await page.getByRole('button', { name: 'Déclencher' }).waitFor()

  // Flight mode: four photos, and the tab is closed.
  network.cut()
  await device.setOffline(true)
  await page.getByLabel('Zone').fill('Cage B')
  await shoot(page, 4)
  await page.close()

  // Three more, and the browser is killed at once after the last one.
  page = await openApp(device, `${network.url}/photos/new?site=${site}`)
  await shoot(page, 3)
  killBrowser()
  await device.close().catch(() => undefined)

  // Started again, still without a network: all are there, and three more are taken.
  device = await phone()
  await device.setOffline(true)
  page = await openApp(device, `${network.url}/photos?site=${site}`)
  await eventually(async () => expect(await page.locator('.photo-tile img').count()).toBe(7))
  await page.goto(`${network.url}/photos/new?site=${site}`)
  await shoot(page, 3)
  await page.goto(`${network.url}/sync`)
  await page.getByText('10 photos à envoyer ou à vérifier', { exact: false }).waitFor()
  expect(await rows()).toHaveLength(0)

  // The network is back, weak; its token is stale; it breaks in the middle of the uploads, twice.
  await page.evaluate(sessionTools)
  await expireToken(page)
  network.mend()
  network.slow(60_000)
  const first = network.cutAfter(60_000)
  await device.setOffline(false)
  await page.reload()
  await first
  network.mend()
  const second = network.cutAfter(60_000)
  await page.getByRole('button', { name: 'Envoyer maintenant' }).click()
  await second
  network.mend()
  network.slow(Infinity)
  await eventually(async () => {
    const again = page.getByRole('button', { name: 'Envoyer maintenant' })
    if (await again.isVisible()) await again.click()
    expect((await rows()).filter((row) => row.state !== 'announced')).toHaveLength(10)
  }, 60_000)

  // The server reads each file again; the phone lets go of its own.
  await eventually(async () => {
    await verifyPhotos(stage.world)
    expect((await rows()).map((row) => row.state)).toEqual(Array<string>(10).fill('verified'))
  })
  await eventually(async () => expect(await page.getByText('à envoyer ou à vérifier', { exact: false }).count()).toBe(0), 60_000)

  const taken = await rows()
  const kept = await objects()
  expect(kept.map((object) => object.name).toSorted()).toEqual(taken.map((row) => `${claire.company}/${site}/${row.sha256}.jpg`).toSorted())
  expect(new Set(taken.map((row) => row.sha256)).size).toBe(10)
  for (const row of taken) {
    expect(row).toMatchObject({ site_id: site, author_id: marc.id, latitude: 48.8566, longitude: 2.3522, accuracy_m: 12, position_source: 'shutter' })
    expect(row.added_at.getTime() - row.taken_at.getTime()).toBeGreaterThan(0)
    expect(kept.find((object) => (object.name as string).includes(row.sha256 as string))?.size).toBe(row.bytes)
  }
  expect(taken.slice(0, 4).map((row) => row.zone)).toEqual(Array<string>(4).fill('Cage B'))

  // Claire sees them, and what she sees is what was taken.
  const desk = await stage.desk()
  const screen = await openApp(desk, stage.url)
  await signIn(screen, claire)
  await screen.goto(`${stage.url}/photos?site=${site}`)
  await eventually(async () => expect(await screen.locator('.photo-tile img').count()).toBe(10))
  const { data } = await download(stage.world, claire, kept[0]!.name as string)
  expect(kept[0]!.name).toContain(createHash('sha256').update(data).digest('hex'))
}, 240_000)

test('old photos come in with the dates and places of their files, the same one once, and a broken one says so', async () => {
  const desk = await stage.desk()
  const page = await openApp(desk, stage.url)
  await signIn(page, claire)
  await upToDate(page)
  const place = await createSite(claire, 'Mairie')
  await page.goto(`${stage.url}/photos/import?site=${place}`)
  const files = Array.from({ length: 5 }, (_, seed) => ({
    name: `IMG_${seed}.jpg`,
    mimeType: 'image/jpeg',
    buffer: makeJpeg(640, 480, seed + 1, { exif: { takenAt: `2024:05:0${seed + 1} 09:30:00`, latitude: 45.1875, longitude: -5.7245 } }),
  }))
  await page.getByText('ou les déposer ici').waitFor()
  await page.setInputFiles('input[type=file]', [
    ...files,
    files[0]!,
    { name: 'cassée.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('pas une image') },
  ])
  await page.getByText('5 photos importées · 1 déjà présente · 1 non importée').waitFor()
  await page.getByText('Cette image ne peut pas être lue').waitFor()
  await eventually(async () => {
    await verifyPhotos(stage.world)
    const found = await stage.world.db`select * from app.photos where site_id = ${place} order by taken_at`
    expect(
      found.map((row) => [row.state, row.taken_at.toISOString(), row.position_source, row.latitude.toFixed(3), row.longitude.toFixed(3)]),
    ).toEqual(files.map((_, seed) => ['verified', `2024-05-0${seed + 1}T07:30:00.000Z`, 'exif', '45.188', '-5.724']))
  })

  // The list is narrowed by day and by word; the viewer goes from one to the next by keys, and edits words and place.
  await page.goto(`${stage.url}/photos?site=${place}`)
  await page.getByRole('textbox', { name: 'Du', exact: true }).fill('2024-05-02')
  await page.getByRole('textbox', { name: 'Au', exact: true }).fill('2024-05-04')
  await eventually(async () => expect(await page.locator('.photo-tile').count()).toBe(3))
  await page.locator('.photo-tile').first().click()
  const viewer = page.locator('dialog.viewer')
  await viewer.getByText('1 sur 3').waitFor()
  await viewer.getByRole('button', { name: 'Modifier' }).click()
  await page.getByLabel('Légende').fill('Façade nord')
  await page.getByLabel('Latitude').fill('45,2')
  await page.getByLabel(/^Photo «.avant/).selectOption({ index: 1 })
  await page.getByRole('button', { name: 'Enregistrer' }).click()
  await viewer.getByText('Façade nord').waitFor()
  // Beside the one that shows the place before.
  await viewer.getByRole('button', { name: 'Avant / après' }).click()
  await eventually(async () => expect(await viewer.locator('figure img').count()).toBe(2))
  expect(await viewer.locator('figcaption').allTextContents()).toEqual(['Avant', 'Après'])
  await page.keyboard.press('Escape')
  await page.getByRole('searchbox', { name: 'Chercher une photo' }).fill('facade')
  await eventually(async () => expect(await page.locator('.photo-tile').count()).toBe(1))
  await eventually(async () => {
    const [row] = await stage.world.db`select caption, latitude, position_source from app.photos where caption is not null`
    expect(row).toEqual({ caption: 'Façade nord', latitude: 45.2, position_source: 'manual' })
  })
}, 120_000)

test('a photo reported with a safety incident is seen by those concerned alone', async () => {
  const device = await stage.phone({ permissions: ['geolocation'] })
  const page = await openApp(device, stage.url)
  await signIn(page, marc)
  await upToDate(page)
  await page.getByRole('button', { name: 'Nouveau' }).click()
  await page.getByRole('dialog').getByRole('link', { name: 'Signaler un incident' }).click()
  await page.getByRole('radio', { name: 'Sécurité' }).check()
  await page.getByLabel('En une phrase').fill('Garde-corps arraché')
  await nobodyHurt(page)
  await page.setInputFiles('input[type=file][multiple]', { name: 'chute.jpg', mimeType: 'image/jpeg', buffer: makeJpeg(800, 600, 77) })
  await page.getByRole('button', { name: 'Signaler', exact: true }).click()
  await page.getByRole('heading', { level: 1, name: 'Garde-corps arraché' }).waitFor()
  await eventually(async () => expect(await page.locator('.photo-tile img').count()).toBe(1))
  await eventually(async () => {
    await verifyPhotos(stage.world)
    const [photo] = await stage.world
      .db`select p.state from app.photos as p join app.incidents as i on i.id = p.incident_id where i.title = 'Garde-corps arraché'`
    expect(photo).toEqual({ state: 'verified' })
  })
  const buyer = await hire(claire, await signUp(stage.world, 'Inès Roy'), 'design_office')
  const [photo] = await stage.world.db`select id, site_id, sha256 from app.photos where incident_id is not null`
  const name = `${claire.company}/${photo!.site_id}/${photo!.sha256}.jpg`
  expect((await download(stage.world, claire, name)).status).toBe(200)
  expect((await download(stage.world, buyer, name)).status).toBe(400)
}, 120_000)

test('a picture on its way when the rights go is not kept on the device', async () => {
  const desk = await stage.desk()
  const page = await openApp(desk, stage.url)
  await signIn(page, claire)
  await upToDate(page)
  let release = () => {}
  const gate = new Promise<void>((open) => (release = open))
  let asked = 0
  await desk.route('**/storage/v1/object/authenticated/photos/**', async (route) => {
    asked++
    await gate
    await route.continue()
  })
  const kept = () => page.evaluate(async () => (await caches.keys()).filter((name) => name.startsWith('aplomb-photos:')))
  await page.goto(`${stage.url}/photos?site=${site}`)
  await eventually(() => expect(asked).toBeGreaterThan(0))
  await page.evaluate(async () => {
    for (const name of await caches.keys()) if (name.startsWith('aplomb-photos:')) await caches.delete(name)
  })
  expect(await kept()).toEqual([])
  release()
  await page.locator('.photo-tile img').first().waitFor()
  expect(await kept()).toEqual([])
}, 120_000)
