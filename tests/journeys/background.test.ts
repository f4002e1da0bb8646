import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { makeJpeg } from '../support/camera-files.ts'
import { openApp, report, signIn, syncState, upToDate } from './gestures.ts'
import { createSite, download, found, hire, signUp } from './people.ts'
import { eventually, readyForFlight, useStage } from './support.ts'

const stage = useStage('background')

test('a report written without a network leaves when it is back, although the app was closed meanwhile', async () => {
  const { world } = stage
  const claire = await found(await signUp(world, 'Claire Duval'), 'Duval Construction')
  const site = await createSite(claire, 'École Pasteur')
  const marc = await hire(claire, await signUp(world, 'Marc Petit'), 'site_manager', [site])
  const phone = await stage.phone({ permissions: ['geolocation', 'background-sync'] })
  const tab = await openApp(phone, stage.url)
  await signIn(tab, marc)
  await upToDate(tab)
  await readyForFlight(tab)

  await phone.setOffline(true)
  await report(tab, { type: 'Technique', title: 'Réservation oubliée' })
  await syncState(tab, 'Hors ligne, 1 à envoyer').waitFor()
  await tab.close()
  expect(phone.pages()).toHaveLength(0)

  // No tab, only the service worker.
  await phone.setOffline(false)
  const titles = async () => (await world.db`select title from app.incidents`).map((row) => row['title'] as string)
  await eventually(async () => expect(await titles()).toEqual(['Réservation oubliée']))
  expect(phone.pages()).toHaveLength(0)

  // The next tab shows it as sent, and sends nothing again.
  const again = await openApp(phone, stage.url)
  await upToDate(again)
  await again.getByText('Réservation oubliée').first().waitFor()
  expect(await titles()).toHaveLength(1)
  expect(await world.db`select name from app_private.command_log where actor_id = ${marc.id}`).toEqual([{ name: 'report_incident' }])
})

test('a photo kept without a network goes up when it is back, although the app was closed meanwhile', async () => {
  const { world } = stage
  const karim = await found(await signUp(world, 'Karim Saïdi'), 'Saïdi Rénovation')
  const site = await createSite(karim, 'Mairie')
  const phone = await stage.phone({ permissions: ['geolocation', 'background-sync'] })
  const tab = await openApp(phone, stage.url)
  await signIn(tab, karim)
  await upToDate(tab)
  await readyForFlight(tab)

  await phone.setOffline(true)
  await tab.goto(`${stage.url}/photos/import?site=${site}`)
  await tab.getByText('ou les déposer ici').waitFor()
  await tab.setInputFiles('input[type=file]', { name: 'IMG_1.jpg', mimeType: 'image/jpeg', buffer: makeJpeg(640, 480, 1) })
  await tab.getByText('1 photo importée').waitFor()
  await syncState(tab, 'Hors ligne, 1 à envoyer').waitFor()
  await tab.close()
  expect(phone.pages()).toHaveLength(0)

  // No tab: the service worker announces it, sends the file, and confirms it.
  await phone.setOffline(false)
  const rows = () => world.db`select sha256, state from app.photos where site_id = ${site}`
  await eventually(async () => expect((await rows()).map((row) => row['state'])).toEqual(['stored']), 60_000)
  expect(phone.pages()).toHaveLength(0)
  const [row] = await rows()
  const { data } = await download(world, karim, `${karim.company}/${site}/${row!['sha256']}.jpg`)
  expect(createHash('sha256').update(data).digest('hex')).toBe(row!['sha256'])
})
