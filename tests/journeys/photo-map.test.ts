import { createHash } from 'node:crypto'
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { makeJpeg } from '../support/camera-files.ts'
import { openApp, signIn, upToDate } from './gestures.ts'
import { found, hire, signUp, upload, type Member } from './people.ts'
import { eventually, readyForFlight, useStage } from './support.ts'

const stage = useStage('photo_map')
let claire: Member
let marc: Member
let site: string

/** A photo that is stored; its place by WGS 84, as phones say it. */
async function keepPhoto(
  seed: number,
  caption: string,
  place?: [latitude: number, longitude: number, metres: number],
  { taken = '2026-03-02', by = claire, zone = null as string | null } = {},
): Promise<void> {
  const content = makeJpeg(640, 480, seed)
  const sha256 = createHash('sha256').update(content).digest('hex')
  const id = crypto.randomUUID()
  const [latitude, longitude, accuracy_m] = place ?? []
  const where = place ? { latitude, longitude, accuracy_m, position_source: 'shutter' } : {}
  await by.run('add_photo', {
    ...where,
    id,
    site_id: site,
    sha256,
    caption,
    zone,
    bytes: content.length,
    width: 640,
    height: 480,
    taken_at: `${taken}T08:0${seed}:00Z`,
  })
  await upload(stage.world, by, `${claire.company}/${site}/${sha256}.jpg`, content)
  await by.run('confirm_photo', { id })
}

/** A photo that a phone has announced and not sent yet. */
const announcePhoto = (latitude: number) =>
  claire.run('add_photo', {
    id: crypto.randomUUID(),
    site_id: site,
    sha256: createHash('sha256').update(String(latitude)).digest('hex'),
    bytes: 1000,
    width: 640,
    height: 480,
    latitude,
    longitude: 2.3522,
    accuracy_m: 8,
    position_source: 'shutter',
    taken_at: '2026-03-10T08:00:00Z',
  })

beforeAll(async () => {
  claire = await found(await signUp(stage.world, 'Claire Duval'), 'Duval Construction')
  site = crypto.randomUUID()
  await claire.run('create_site', { id: site, name: 'École Pasteur', status: 'running', latitude: 48.8566, longitude: 2.3522 })
  marc = await hire(claire, await signUp(stage.world, 'Marc Petit'), 'site_manager', [site])
  await keepPhoto(1, 'Façade nord', [48.85701, 2.3521, 6])
  await keepPhoto(2, 'Dalle coulée', [48.8562, 2.3535, 12], { by: marc })
  await keepPhoto(3, 'Cage B, palier', [48.8562, 2.3535, 12], { zone: 'Cage B' })
  await keepPhoto(4, 'Grue', [48.85655, 2.3509, 40], { taken: '2026-03-09' })
  await keepPhoto(5, 'Bon de livraison')
})

/** The part of the map's code that draws, as the page itself asked for it. */
const drawingCode = (page: Page) =>
  page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .map(({ name }) => name)
      .filter((name) => /maplibre|heavy-plan/.test(name)),
  )
/** How many colours the map's ground shows. */
async function coloursOf(page: Page): Promise<number> {
  const shown = [...(await page.locator('.plan').screenshot())]
  return page.evaluate(async (bytes) => {
    const picture = await createImageBitmap(new Blob([new Uint8Array(bytes)], { type: 'image/png' }))
    const paper = new OffscreenCanvas(picture.width, picture.height).getContext('2d')!
    paper.drawImage(picture, 0, 0)
    return new Set(new Uint32Array(paper.getImageData(0, 0, picture.width, picture.height).data.buffer)).size
  }, shown)
}
const marks = (page: Page) => page.locator('.plan-mark')
/** What the map's scale says: it changes with each zoom. */
const scale = (page: Page) => page.locator('.maplibregl-ctrl-scale').evaluate((line) => `${line.textContent} ${(line as HTMLElement).style.width}`)
const viewer = (page: Page) => page.locator('dialog.viewer')

test('photos stand where they were taken, without a network: a tap opens one, a group of one place is gone through, and who has no place is counted', async () => {
  const device = await stage.phone()
  const page = await openApp(device, stage.url)
  await signIn(page, claire)
  await upToDate(page)
  await page.goto(`${stage.url}/photos`)
  await eventually(async () => expect(await page.locator('.photo-tile img').count()).toBe(5))
  await readyForFlight(page)
  expect(await drawingCode(page)).toEqual([])

  await device.setOffline(true)
  await page.getByRole('button', { name: 'Carte', exact: true }).click()
  await page.getByText('4 photos sur la carte').waitFor()
  await page.getByText('1 photo sans position n’est pas sur la carte.').waitFor()
  await eventually(async () => expect(await marks(page).count()).toBe(3))
  expect((await drawingCode(page)).length).toBeGreaterThan(0)
  await page.getByText('positions GPS, WGS 84').waitFor()
  await page
    .locator('.maplibregl-ctrl-scale')
    .getByText(/^\d+\s?(m|km)$/)
    .waitFor()
  await eventually(async () => expect(await marks(page).locator('img').count()).toBe(3)) // the list had fetched them

  // The ground is drawn: paper, the lines of the grid, circles of accuracy.
  await eventually(async () => expect(await coloursOf(page)).toBeGreaterThan(20))

  await page.getByRole('button', { name: 'Façade nord' }).first().click()
  await viewer(page).getByText('4 sur 4').waitFor()
  await viewer(page).getByRole('button', { name: 'Fermer' }).click()

  // Two of one place are never told apart by coming nearer: they are gone through.
  await page.getByRole('button', { name: '2 photos proches : les voir de plus près' }).click()
  await viewer(page).getByText('1 sur 2').waitFor()
  await page.keyboard.press('ArrowRight')
  await viewer(page).getByText('2 sur 2').waitFor()
  await page.keyboard.press('Escape')

  // The filters of the list are the map's, and what they leave out does not take the map away.
  const ground = (await page.locator('.maplibregl-canvas').elementHandle())!
  const words = page.getByRole('searchbox', { name: 'Chercher une photo' })
  await words.fill('introuvable')
  await page.getByText('Aucun résultat avec ces filtres').waitFor()
  await words.fill('')
  await page.getByText('4 photos sur la carte').waitFor()
  await page.getByRole('textbox', { name: 'Du', exact: true }).fill('2026-03-05')
  await page.getByText('1 photo sur la carte').waitFor()
  await eventually(async () => expect(await marks(page).count()).toBe(1))
  await page.getByRole('button', { name: 'Grue' }).first().waitFor()
  await page.getByRole('textbox', { name: 'Du', exact: true }).fill('')
  await page.getByRole('combobox', { name: 'Zone' }).selectOption('Cage B')
  await page.getByText('1 photo sur la carte').waitFor()
  await page.getByRole('button', { name: 'Cage B, palier' }).first().waitFor()
  await page.getByRole('combobox', { name: 'Zone' }).selectOption('')
  await page.getByRole('combobox', { name: 'Auteur' }).selectOption('Marc Petit')
  await page.getByText('1 photo sur la carte').waitFor()
  await page.getByRole('button', { name: 'Dalle coulée' }).first().waitFor()
  expect(await ground.evaluate((canvas) => canvas.isConnected)).toBe(true)
})

test('a map downloads what its list shows and no more, and one more photo does not move it; the list beside does what the map does, by keys, and alone where a device cannot draw', async () => {
  const device = await stage.desk()
  const downloads: string[] = []
  device.on('request', (request) => request.url().includes('/storage/') && downloads.push(request.url()))
  const page = await openApp(device, stage.url)
  await signIn(page, claire)
  await upToDate(page)
  await page.goto(`${stage.url}/photos?view=map`)
  await eventually(async () => expect(await marks(page).count()).toBe(3))
  const list = page.getByRole('region', { name: 'Dans cette vue' })
  await eventually(async () => expect(await list.getByRole('listitem').count()).toBe(4))
  // Coming nearer, fewer are seen; all of them again.
  const grue = page.locator('.plan-mark[aria-label="Grue"]')
  const before = await eventually(async () => (await grue.boundingBox()) ?? Promise.reject(new Error('no sign')))
  await page.getByRole('button', { name: 'S’approcher' }).click()
  await eventually(async () => expect(await list.getByRole('listitem').count()).toBeLessThan(4))
  const nearer = await scale(page)
  await keepPhoto(6, 'Coffrage', [48.85655, 2.3521, 5], { taken: '2026-03-01' })
  await page.getByText('5 photos sur la carte').waitFor()
  await list.getByRole('button', { name: 'Coffrage' }).waitFor()
  expect(await scale(page)).toBe(nearer)
  await page.getByRole('button', { name: 'Tout voir' }).click()
  await eventually(async () => {
    const after = (await grue.boundingBox())!
    expect([Math.round(after.x), Math.round(after.y)]).toEqual([Math.round(before.x), Math.round(before.y)])
  })
  // This device never saw the list of photos: the list beside the map fetches each that is seen, once; the signs show the same.
  await eventually(async () => expect(await list.locator('img').count()).toBe(5))
  await eventually(async () => expect(await marks(page).locator('img').count()).toBe(await marks(page).count()))
  expect(new Set(downloads).size).toBe(5)
  expect(downloads).toHaveLength(5)

  await list.getByRole('button', { name: 'Cage B, palier' }).focus()
  await page.keyboard.press('Enter')
  await viewer(page).getByText('2 sur 5').waitFor()
  await page.keyboard.press('Escape')

  for (let number = 0; number < 60; number++) await announcePhoto(48.8566 + number / 1e5)
  const blind = await stage.desk()
  await blind.addInitScript(() => {
    HTMLCanvasElement.prototype.getContext = () => null
  })
  const other = await openApp(blind, stage.url)
  await signIn(other, claire)
  await upToDate(other)
  await other.goto(`${stage.url}/photos?view=map`)
  await other.getByText('La carte ne peut pas être dessinée sur cet appareil.').waitFor()
  await eventually(async () => expect(await other.getByRole('region', { name: 'Dans cette vue' }).getByRole('listitem').count()).toBe(60))
  await other.getByRole('button', { name: 'En voir 5 de plus' }).click()
  await other.getByRole('button', { name: 'Façade nord' }).click()
  await viewer(other).getByText('64 sur 65').waitFor()
})

test('a map opened while the photos come fits all of them, and stays where a finger has put it', async () => {
  const device = await stage.desk()
  const page = await openApp(device, stage.url)
  await signIn(page, claire)
  // at once: the first download is under way
  await page.goto(`${stage.url}/photos?view=map`)
  await page.getByText('65 photos sur la carte').waitFor()
  const inView = page.getByRole('region', { name: 'Dans cette vue' }).locator('.section-count')
  await eventually(async () => expect(await inView.textContent()).toBe('65'))
  await page.getByRole('button', { name: 'S’approcher' }).click()
  await eventually(async () => expect(await inView.textContent()).not.toBe('65'))
  const nearer = await scale(page)
  await announcePhoto(48.87)
  await page.getByText('66 photos sur la carte').waitFor()
  expect(await scale(page)).toBe(nearer)
})

test('on a phone the scale stands over the words, and the name of a site near the edge is whole', async () => {
  const device = await stage.phone()
  const page = await openApp(device, stage.url)
  await signIn(page, claire)
  await upToDate(page)
  await page.goto(`${stage.url}/photos?view=map`)
  await marks(page).first().waitFor()
  const box = async (selector: string) => (await page.locator(selector).first().boundingBox())!
  const [frame, words, line] = [await box('.plan-frame'), await box('.plan-words'), await box('.maplibregl-ctrl-scale')]
  expect(line.y + line.height).toBeLessThanOrEqual(words.y)
  // the site is drawn to the right edge
  await page.locator('.plan').evaluate((plan) => plan.scrollIntoView({ block: 'center' }))
  await eventually(async () => {
    const name = await box('.plan-site')
    expect(name.x).toBeGreaterThanOrEqual(frame.x - 1)
    expect(name.x + name.width).toBeLessThanOrEqual(frame.x + frame.width + 1)
  })
})
