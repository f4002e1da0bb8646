import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { entry, goTo, openApp, signIn, syncState, upToDate } from './gestures.ts'
import { createSite, found, hire, signUp, type Member, type Person } from './people.ts'
import { readyForFlight, useStage } from './support.ts'

const stage = useStage('two_companies')
let ines: Person
let leo: Person
let roux: Member
/** Léo in Roux et Fils. */
let leoThere: Member

beforeAll(async () => {
  ines = await signUp(stage.world, 'Inès Faure')
  leo = await signUp(stage.world, 'Léo Vidal')
  for (const [company, site] of [
    ['Duval Construction', 'École Pasteur'],
    ['Roux et Fils', 'Halle aux grains'],
  ] as const) {
    const founder = await found(await signUp(stage.world, `Patron ${company}`), company)
    const id = await createSite(founder, site)
    const member = await hire(founder, ines, 'site_manager', [id])
    leoThere = await hire(founder, leo, 'site_manager', [id])
    roux = founder
    await member.run('report_incident', { id: crypto.randomUUID(), site_id: id, type: 'technical', severity: 'low', title: `Fuite à « ${site} »` })
  }
})

async function switchTo(page: Page, company: string): Promise<void> {
  await goTo(page, 'Menu')
  await page
    .getByRole('main')
    .getByRole('link', { name: /Changer/ })
    .click()
  await page.getByRole('button', { name: company }).click()
}

/** Walks the screens: everything of the one site, nothing of the other. */
async function seesOnly(page: Page, site: string, other: string): Promise<void> {
  for (const place of ['Aujourd’hui', 'Chantiers', 'Incidents']) {
    await goTo(page, place)
    await entry(page, site).first().waitFor()
    expect(await page.content()).not.toContain(other)
  }
}

test('somebody of two companies sees one at a time, with a network and without', async () => {
  const context = await stage.phone()
  const phone = await openApp(context, stage.url)
  await signIn(phone, ines)
  await switchTo(phone, 'Duval Construction')
  await upToDate(phone)
  await seesOnly(phone, 'École Pasteur', 'Halle aux grains')
  await entry(phone, 'École Pasteur').click()
  await phone.getByRole('heading', { level: 1, name: 'Fuite à « École Pasteur »' }).waitFor()
  const thread = phone.url()
  await phone.getByRole('link', { name: 'Retour' }).click()
  await entry(phone, 'École Pasteur').waitFor()

  await switchTo(phone, 'Roux et Fils')
  await seesOnly(phone, 'Halle aux grains', 'École Pasteur')
  await upToDate(phone)
  await readyForFlight(phone)

  await context.setOffline(true)
  await syncState(phone, 'Hors ligne').waitFor()
  await switchTo(phone, 'Duval Construction')
  await seesOnly(phone, 'École Pasteur', 'Halle aux grains')
  await switchTo(phone, 'Roux et Fils')
  await seesOnly(phone, 'Halle aux grains', 'École Pasteur')

  // The address of an incident of the other company opens nothing.
  await phone.goto(thread)
  await phone.getByText(/Pas encore reçu sur cet appareil|Introuvable ou non visible pour vous/).waitFor()
  expect(await phone.content()).not.toContain('École Pasteur')
})

test('an administrator signs out the phone of somebody who works elsewhere too, though it only read here', async () => {
  const phone = await openApp(await stage.phone(), stage.url)
  await signIn(phone, leo)
  await switchTo(phone, 'Roux et Fils')
  await upToDate(phone)
  await seesOnly(phone, 'Halle aux grains', 'École Pasteur')

  const desk = await openApp(await stage.desk(), stage.url)
  await signIn(desk, roux)
  await upToDate(desk)
  await desk.goto(`${stage.url}/people/${leoThere.id}`)
  await desk.getByRole('button', { name: 'Déconnecter partout' }).click()
  const asked = desk.getByRole('dialog')
  await asked.getByText('Aucun appareil connecté n’a envoyé quoi que ce soit ici.').waitFor()
  await asked.getByRole('button', { name: 'Déconnecter partout' }).click()
  await desk.getByText('Tous les appareils sont déconnectés.').waitFor()

  // His phone is asked to sign in again before it reads anything more of this company.
  await phone.reload()
  await phone
    .getByText(/[Rr]econnectez-vous/)
    .first()
    .waitFor()
})
