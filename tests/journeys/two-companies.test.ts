import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { entry, goTo, openApp, signIn, syncState, upToDate } from './gestures.ts'
import { createSite, found, hire, signUp, type Person } from './people.ts'
import { readyForFlight, useStage } from './support.ts'

const stage = useStage('two_companies')
let ines: Person

beforeAll(async () => {
  ines = await signUp(stage.world, 'Inès Faure')
  for (const [company, site] of [
    ['Duval Construction', 'École Pasteur'],
    ['Roux et Fils', 'Halle aux grains'],
  ] as const) {
    const founder = await found(await signUp(stage.world, `Patron ${company}`), company)
    const member = await hire(founder, ines, 'site_manager', [await createSite(founder, site)])
    const [{ id: site_id }] = (await stage.world.db`select id from app.sites where name = ${site}`) as unknown as [{ id: string }]
    await member.run('report_incident', { id: crypto.randomUUID(), site_id, type: 'technical', severity: 'low', title: `Fuite à « ${site} »` })
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
