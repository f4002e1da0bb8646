import { expect, test } from 'vitest'
import { openApp, report, signIn, syncState, upToDate } from './gestures.ts'
import { createSite, found, hire, signUp } from './people.ts'
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
