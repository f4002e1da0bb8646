import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { entry, goTo, openApp, report, signIn, startReport, syncState, upToDate } from './gestures.ts'
import { createSite, found, hire, signUp, type Member } from './people.ts'
import { eventually, readyForFlight, useStage } from './support.ts'

const stage = useStage('shared_phone')
let marc: Member
let lea: Member

beforeAll(async () => {
  const claire = await found(await signUp(stage.world, 'Claire Duval'), 'Duval Construction')
  const site = await createSite(claire, 'École Pasteur')
  marc = await hire(claire, await signUp(stage.world, 'Marc Petit'), 'site_manager', [site])
  lea = await hire(claire, await signUp(stage.world, 'Léa Roux'), 'crew', [site])
})

/** From a thread or a form, which hide the navigation, to the menu. */
async function openMenu(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Retour' }).click()
  await goTo(page, 'Menu')
}

/** What this device keeps of forms begun, as JSON. */
const drafts = (page: Page): Promise<string> =>
  page.evaluate(
    () =>
      new Promise<string>((resolve, reject) => {
        const opening = indexedDB.open('aplomb-drafts')
        opening.onerror = () => reject(opening.error!)
        opening.onsuccess = () => {
          const reading = opening.result.transaction('drafts').objectStore('drafts').getAll()
          reading.onsuccess = () => {
            opening.result.close()
            resolve(JSON.stringify(reading.result))
          }
        }
      }),
  )

/** Waits until the disk holds what is being typed. */
const kept = (page: Page, text: string) => eventually(async () => expect(await drafts(page)).toContain(text))

const onServer = (title: string) => stage.world.db`select reporter_id from app.incidents where title = ${title}`

test('signing out with unsent work warns and keeps it for its author alone, who sends it by signing in again', async () => {
  const context = await stage.phone()
  const phone = await openApp(context, stage.url)
  await signIn(phone, marc)
  await upToDate(phone)
  await readyForFlight(phone)
  await context.setOffline(true)
  await report(phone, { type: 'Technique', title: 'Réservation oubliée' })
  await syncState(phone, 'Hors ligne, 1 à envoyer').waitFor()

  // Marc wants to hand the phone over. He is warned, thinks again, then leaves all the same.
  await openMenu(phone)
  const leave = phone.getByRole('button', { name: 'Se déconnecter', exact: true })
  const warning = phone.getByRole('dialog', { name: '1 saisie n’est pas encore envoyée' })
  await leave.click()
  await warning.getByRole('button', { name: 'Annuler' }).click()
  await warning.waitFor({ state: 'detached' })
  await leave.click()
  await warning.getByRole('button', { name: 'Se déconnecter quand même' }).click()
  await phone.getByRole('heading', { name: 'Se connecter' }).waitFor()

  // Léa takes the phone: his report is nowhere, and does not leave in her name.
  await context.setOffline(false)
  await signIn(phone, lea)
  await upToDate(phone)
  await goTo(phone, 'Incidents')
  await phone.getByText('Aucun incident ouvert').waitFor()
  await goTo(phone, 'Menu')
  await phone
    .getByRole('link', { name: /^Envois/ })
    .last()
    .click()
  await phone.getByText('Rien n’attend').waitFor()
  expect(await phone.content()).not.toContain('Réservation oubliée')
  expect(await onServer('Réservation oubliée')).toHaveLength(0)
  await report(phone, { type: 'Technique', title: 'Porte voilée' })
  await eventually(async () => expect(await onServer('Porte voilée')).toEqual([{ reporter_id: lea.id }]))
  await upToDate(phone)
  await openMenu(phone)
  await leave.click()
  await phone.getByRole('heading', { name: 'Se connecter' }).waitFor()

  // Marc is back.
  await signIn(phone, marc)
  await upToDate(phone)
  await eventually(async () => expect(await onServer('Réservation oubliée')).toEqual([{ reporter_id: marc.id }]))
  await goTo(phone, 'Incidents')
  await entry(phone, 'Réservation oubliée').waitFor()
  await entry(phone, 'Porte voilée').waitFor()
})

test('a report that was being typed is there after the page closed, for its author alone', async () => {
  const context = await stage.phone()
  let phone = await openApp(context, stage.url)
  await signIn(phone, marc)
  await upToDate(phone)
  await startReport(phone)
  await phone.getByRole('radio', { name: 'Technique' }).check()
  await phone.getByLabel('En une phrase').fill('Poutre trop courte')
  await kept(phone, 'Poutre trop courte')
  await phone.close()

  phone = await openApp(context, `${stage.url}/incidents/new`)
  await phone.getByText('Votre brouillon est repris').waitFor()
  expect(await phone.getByLabel('En une phrase').inputValue()).toBe('Poutre trop courte')
  expect(await phone.getByRole('radio', { name: 'Technique' }).isChecked()).toBe(true)

  await openMenu(phone)
  await phone.getByRole('button', { name: 'Se déconnecter', exact: true }).click()
  await signIn(phone, lea)
  await upToDate(phone)
  await startReport(phone)
  await phone.getByRole('radio', { name: 'Technique' }).check()
  expect(await phone.getByLabel('En une phrase').inputValue()).toBe('')
})
