import { beforeAll, beforeEach, expect, test } from 'vitest'
import { makeJpeg } from '../support/camera-files.ts'
import { openApp, signIn, upToDate } from './gestures.ts'
import { createSite, found, hire, signUp, type Member } from './people.ts'
import { eventually, readyForFlight, useStage } from './support.ts'

const stage = useStage('photo_words')
let claire: Member
let marc: Member
let site: string

beforeAll(async () => {
  claire = await found(await signUp(stage.world, 'Claire Duval'), 'Duval Construction')
  marc = await hire(claire, await signUp(stage.world, 'Marc Petit'), 'project_manager')
})
/** A site for each story. */
beforeEach(async () => {
  site = await createSite(claire, `École ${crypto.randomUUID().slice(0, 4)}`)
})

const picture = (seed: number, exif?: { latitude: number; longitude: number }) => ({
  name: `${seed}.jpg`,
  mimeType: 'image/jpeg',
  buffer: makeJpeg(640, 480, seed, { exif }),
})
const rows = () => stage.world.db`select * from app.photos where site_id = ${site} order by id`

test('a photo that somebody else has brought meanwhile is said to be there already: no refusal, nothing to mend', async () => {
  const bring = async (who: Member, offline: boolean) => {
    const device = await stage.phone()
    const page = await openApp(device, stage.url)
    await signIn(page, who)
    await upToDate(page)
    await page.goto(`${stage.url}/photos/import?site=${site}`)
    await page.getByText('ou les déposer ici').waitFor()
    if (offline) {
      await readyForFlight(page)
      await device.setOffline(true)
    }
    await page.setInputFiles('input[type=file]', picture(1))
    await page.getByText('1 photo importée').waitFor()
    return { device, page }
  }
  const away = await bring(marc, true)
  const { page: desk } = await bring(claire, false)
  await eventually(async () => expect((await rows()).map((row) => row['state'])).toEqual(['stored']))

  // Back on the network: from the first moment on nobody reads of a refusal.
  await away.page.goto(`${stage.url}/sync`).catch(() => undefined)
  await away.page.evaluate(() => {
    const said = new Set<string>()
    Object.assign(globalThis, { said })
    new MutationObserver(() => said.add(document.body.innerText)).observe(document.body, { subtree: true, childList: true, characterData: true })
  })
  await away.device.setOffline(false)
  await upToDate(away.page)
  await eventually(async () => expect(await away.page.getByText('à envoyer ou à vérifier', { exact: false }).count()).toBe(0))
  const said = await away.page.evaluate(() => [...(globalThis as unknown as { said: Set<string> }).said].join('\n'))
  expect(said).not.toMatch(/photos_file|refusé/i)
  expect(await rows()).toHaveLength(1)

  // The same file once more, on a device that knows: a word, in no red.
  await away.page.goto(`${stage.url}/photos/new?site=${site}`)
  await away.page.setInputFiles('input[type=file][multiple]', picture(1))
  await away.page.getByText('Déjà présente : la même photo est déjà à cet endroit. Rien n’est perdu.').waitFor()
  expect(await away.page.locator('.note.danger').count()).toBe(0)
  await desk.close()
}, 120_000)

test('a picture of the gallery that says no place gets none, is told so before it goes, and is placed by hand', async () => {
  const device = await stage.phone()
  const page = await openApp(device, stage.url)
  await signIn(page, marc)
  await upToDate(page)
  await page.goto(`${stage.url}/photos/new?site=${site}`)
  await page.getByText('Position prise', { exact: false }).waitFor()
  await page.setInputFiles('input[type=file][multiple]', [picture(11), picture(12, { latitude: 48.85, longitude: 2.35 })])
  await page.getByText('1 photo sans position : choisie dans la galerie, son fichier n’en porte pas.').waitFor()
  const sha = (row: Record<string, unknown>) => row['position_source']
  await eventually(async () => expect((await rows()).map(sha).toSorted()).toEqual(['exif', 'none']))

  await page.getByRole('button', { name: 'Sans position : la placer' }).click()
  await page.getByRole('button', { name: 'Informations' }).click()
  await page.getByRole('button', { name: 'Modifier' }).click()
  await page.getByLabel('Latitude').fill('48,86')
  await page.getByLabel('Longitude').fill('2,36')
  await page.getByRole('button', { name: 'Enregistrer' }).click()
  await eventually(async () => expect((await rows()).map(sha).toSorted()).toEqual(['exif', 'manual']))
  await page.keyboard.press('Escape')
  await eventually(async () => expect(await page.getByText('1 photo sans position', { exact: false }).count()).toBe(0))

  // With a report too: the place of the phone is the report's, and not the gallery's.
  await page.goto(`${stage.url}/incidents/new`)
  await page.getByRole('radio', { name: 'Technique' }).check()
  await page.getByLabel('En une phrase').fill('Fissure en pied de mur')
  await page.getByRole('combobox', { name: 'Chantier' }).selectOption(site)
  await page.setInputFiles('input[type=file][multiple]', picture(13))
  await page.getByText('Sans position : photo choisie dans la galerie').waitFor()
  await page.setInputFiles('input[type=file][capture]', picture(14))
  await page.getByText('Position prise', { exact: false }).waitFor()
  await page.getByRole('button', { name: 'Signaler', exact: true }).click()
  await page.getByRole('heading', { level: 1, name: 'Fissure en pied de mur' }).waitFor()
  await page
    .getByText(/sous .+ ouvrée?s?/)
    .first()
    .waitFor() // the delay of a technical matter counts working time
  await eventually(async () => {
    const reported = (await rows()).filter((row) => row['incident_id'])
    expect(reported.map(sha).toSorted()).toEqual(['none', 'shutter'])
  })
}, 120_000)

test('a picture of a report that cannot be read is told, and its original waits beside the incident until it is thrown away', async () => {
  const device = await stage.phone()
  let page = await openApp(device, stage.url)
  await signIn(page, marc)
  await upToDate(page)
  await page.goto(`${stage.url}/incidents/new`)
  await page.getByRole('radio', { name: 'Technique' }).check()
  await page.getByLabel('En une phrase').fill('Porte voilée')
  await page.getByRole('combobox', { name: 'Chantier' }).selectOption(site)
  const broken = { name: 'cassée.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('this is no picture') }
  await page.setInputFiles('input[type=file][multiple]', [broken, picture(21)])
  await page.getByRole('button', { name: 'Signaler', exact: true }).click()
  await page.getByRole('heading', { level: 1, name: 'Porte voilée' }).waitFor()
  await eventually(async () => expect(await rows()).toHaveLength(1))
  const address = page.url()

  // Another day: it is among what was begun, and leads back to its incident.
  await page.close()
  page = await openApp(device, `${stage.url}/sync`)
  await page.getByRole('link', { name: 'Photos d’un incident, pas gardées' }).click()
  await page.getByText('1 photo de ce signalement n’a pas pu être gardée').waitFor()
  expect(page.url()).toBe(address)
  await page.getByRole('button', { name: 'Réessayer' }).click()
  await page.getByText('cassée.jpg').waitFor()
  await page.getByRole('button', { name: 'Jeter', exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Jeter', exact: true }).click()
  await eventually(async () => expect(await page.getByText('cassée.jpg').count()).toBe(0))
  await page.goto(`${stage.url}/incidents/new`)
  await page.getByRole('radio', { name: 'Technique' }).check()
  expect(await page.locator('.photo-tile').count()).toBe(0)
}, 120_000)
