import type { Locator, Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { makeJpeg } from '../support/camera-files.ts'
import { verifyPhotos } from '../support/worker.ts'
import { openApp, signIn, syncState, upToDate } from './gestures.ts'
import { createSite, download, found, hire, signUp, type Member } from './people.ts'
import { eventually, readyForFlight, useStage } from './support.ts'

const stage = useStage('annotate')
let claire: Member
let marc: Member
let site: string

beforeAll(async () => {
  claire = await found(await signUp(stage.world, 'Claire Duval'), 'Duval Construction')
  site = await createSite(claire, 'École Pasteur')
  marc = await hire(claire, await signUp(stage.world, 'Marc Petit'), 'site_manager', [site])
})

/** A stroke over the picture between two places, shares of the picture that is shown. */
async function drag(page: Page, surface: Locator, from: [number, number], to: [number, number]): Promise<void> {
  const at = async ([x, y]: [number, number]): Promise<[number, number]> => {
    const box = (await surface.boundingBox())!
    const scale = Math.min(box.width / 800, box.height / 600)
    return [box.x + box.width / 2 + (x - 0.5) * 800 * scale, box.y + box.height / 2 + (y - 0.5) * 600 * scale]
  }
  await page.mouse.move(...(await at(from)))
  await page.mouse.down()
  await page.mouse.move(...(await at([(from[0] + to[0]) / 2, (from[1] + to[1]) / 2])))
  await page.mouse.move(...(await at(to)))
  await page.mouse.up()
}
const stored = async () => (await stage.world.db`select * from app.photos where site_id = ${site}`)[0]!
const HOSTILE = 'Fissure <img src=x onerror=alert(1)>'

test('a site manager draws over a photo without a network; the office sees it, and the file is the one that was taken', async () => {
  const device = await stage.phone()
  let page = await openApp(device, stage.url)
  await signIn(page, marc)
  await upToDate(page)
  await readyForFlight(page)
  await page.goto(`${stage.url}/photos/import?site=${site}`)
  await page.getByText('ou les déposer ici').waitFor()
  await page.setInputFiles('input[type=file]', { name: 'mur.jpg', mimeType: 'image/jpeg', buffer: makeJpeg(800, 600, 3) })
  await page.getByText('1 photo importée').waitFor()
  await eventually(async () => {
    await verifyPhotos(stage.world)
    expect((await stored()).state).toBe('verified')
  })
  const before = await stored()
  const file = `${claire.company}/${site}/${before.sha256}.jpg`
  const original = (await download(stage.world, claire, file)).data

  const photos = `${stage.url}/photos?site=${site}`
  const open = async () => {
    await page.goto(photos)
    await page.locator('.photo-tile').first().click()
    await page.locator('dialog.viewer img').waitFor()
    await page.getByRole('button', { name: 'Annoter' }).click()
    await page.locator('.annotate-picture img').waitFor()
  }
  await open()
  await device.setOffline(true)
  const editor = page.getByRole('region', { name: 'Annoter' })
  const surface = editor.locator('svg.annotations')
  await drag(page, surface, [0.1, 0.1], [0.5, 0.5])
  await eventually(async () => expect(await surface.locator('path').count()).toBe(2))

  // The app is closed in the middle of a drawing: it is there again.
  await page.close()
  page = await openApp(device, stage.url)
  await open()
  const again = page.getByRole('region', { name: 'Annoter' })
  const paper = again.locator('svg.annotations')
  await again.getByText('Votre brouillon est repris').waitFor()
  await again.getByRole('button', { name: 'Ellipse' }).click()
  await again.getByRole('button', { name: 'Jaune' }).click()
  await drag(page, paper, [0.6, 0.6], [0.8, 0.9])
  await again.getByRole('button', { name: 'Rectangle' }).click()
  await drag(page, paper, [0.2, 0.6], [0.4, 0.9])
  await again.getByRole('button', { name: 'Défaire' }).click()
  await again.getByRole('button', { name: 'Trait à main levée' }).click()
  await drag(page, paper, [0.1, 0.9], [0.3, 0.95])
  await again.getByRole('button', { name: 'Gomme' }).click()
  await drag(page, paper, [0.2, 0.925], [0.2, 0.925])
  await again.getByRole('button', { name: 'Texte' }).click()
  await again.getByRole('textbox', { name: 'Texte' }).fill(HOSTILE)
  await drag(page, paper, [0.5, 0.2], [0.5, 0.2])
  await again.getByRole('button', { name: 'Enregistrer' }).click()

  await page.locator('.viewer-frame svg.annotations text').waitFor()
  await eventually(async () => expect(await page.locator('.viewer-frame img').count()).toBe(1))
  await page.getByRole('button', { name: 'Annotations' }).click()
  await eventually(async () => expect(await page.locator('.viewer-frame svg.annotations').isVisible()).toBe(false))
  await page.getByRole('button', { name: 'Fermer' }).click()
  await page.locator('.photo-tile').getByText('Annotée').waitFor()
  expect((await stored()).annotations).toEqual([])

  await device.setOffline(false)
  await eventually(async () => expect((await stored()).annotations).toHaveLength(3))
  await syncState(page, 'À jour').waitFor()
  const after = await stored()
  expect(after.annotations).toEqual([
    { kind: 'arrow', colour: 'red', points: [0.1, 0.1, 0.5, 0.5].map((value) => expect.closeTo(value, 1)) },
    { kind: 'ellipse', colour: 'yellow', points: [0.6, 0.6, 0.8, 0.9].map((value) => expect.closeTo(value, 1)) },
    { kind: 'text', colour: 'yellow', points: [0.5, 0.2].map((value) => expect.closeTo(value, 1)), text: HOSTILE },
  ])
  expect({ ...after, annotations: [], updated_at: before.updated_at }).toEqual(before)
  expect((await download(stage.world, claire, file)).data).toEqual(original)

  const desk = await stage.desk()
  const screen = await openApp(desk, stage.url)
  await signIn(screen, claire)
  await screen.goto(photos)
  await screen.locator('.photo-tile').getByText('Annotée').waitFor()
  await screen.locator('.photo-tile').first().click()
  await screen.getByRole('img', { name: `Annotations, ${HOSTILE}` }).waitFor()
  expect(await screen.locator('.viewer-frame svg.annotations').locator('path').count()).toBe(4)
}, 240_000)
