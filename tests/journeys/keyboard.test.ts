import type { Locator, Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { greeting, openApp } from './gestures.ts'
import { found, PASSWORD, signUp, type Member } from './people.ts'
import { eventually, useStage } from './support.ts'

const stage = useStage('keyboard')
let claire: Member

beforeAll(async () => {
  claire = await found(await signUp(stage.world, 'Claire Duval'), 'Duval Construction')
})

const focused = (target: Locator) => target.evaluate((element) => element === document.activeElement)

/** Presses Tab until the focus is on `target`, where it must be seen: a ring, or the frame of a field in another colour. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await target.waitFor()
  for (let presses = 0; presses < 80; presses++) {
    if (await focused(target)) {
      const { width, height } = (await target.boundingBox())!
      expect(width * height, `${target} has a place on the screen`).toBeGreaterThan(0)
      return
    }
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab does not reach ${target}`)
}

/** Goes to `target` by Tab and presses a key there. */
async function press(page: Page, target: Locator, key = 'Enter'): Promise<void> {
  await tabTo(page, target)
  await page.keyboard.press(key)
}

/** Goes to a field by Tab and types. */
async function type(page: Page, label: string | RegExp, text: string): Promise<void> {
  await tabTo(page, page.getByRole('textbox', { name: label }))
  await page.keyboard.type(text)
}

/** The reader of the screen starts at the title of a screen that was just opened. */
async function titled(page: Page, name: string): Promise<void> {
  const title = page.getByRole('heading', { level: 1, name, exact: true })
  await title.waitFor()
  await eventually(async () => expect(await focused(title)).toBe(true))
}

test('somebody without a mouse signs in, creates a site, reports an incident, answers, opens the table and moves a card of the board', async () => {
  const desk = await openApp(await stage.desk(), stage.url)
  const navigation = desk.getByRole('navigation', { name: 'Navigation principale' })
  await type(desk, 'Adresse e-mail', claire.email)
  await tabTo(desk, desk.getByLabel('Mot de passe'))
  await desk.keyboard.type(PASSWORD)
  await desk.keyboard.press('Enter')
  await greeting(desk, claire).waitFor()

  // The first stop leads past the navigation.
  await press(desk, desk.getByRole('button', { name: 'Nouveau' }))
  const menu = desk.getByRole('dialog', { name: 'Que voulez-vous créer ?' })
  await press(desk, menu.getByRole('link', { name: 'Créer un chantier' }))
  await type(desk, 'Nom', 'École Pasteur')
  await desk.keyboard.press('Enter')
  await titled(desk, 'École Pasteur')

  await press(desk, desk.getByRole('button', { name: 'Nouveau' }))
  await desk.keyboard.press('Escape')
  await menu.waitFor({ state: 'hidden' })
  expect(await focused(desk.getByRole('button', { name: 'Nouveau' }))).toBe(true)
  await desk.keyboard.press('Enter')
  await press(desk, menu.getByRole('link', { name: 'Signaler un incident' }))
  await tabTo(desk, desk.getByRole('radio', { name: 'Sécurité' }))
  await desk.keyboard.press('ArrowRight')
  expect(await desk.getByRole('radio', { name: 'Technique' }).isChecked()).toBe(true)
  await type(desk, 'En une phrase', 'Gaine bouchée')
  await desk.keyboard.press('Enter')
  await titled(desk, 'Gaine bouchée')

  await type(desk, 'Votre réponse', 'Je regarde demain.')
  await press(desk, desk.getByRole('button', { name: 'Répondre', exact: true }))
  await desk.getByRole('list', { name: 'Suivi' }).getByText('Je regarde demain.', { exact: true }).waitFor()

  await press(desk, navigation.getByRole('link', { name: 'Incidents', exact: true }))
  await press(desk, desk.getByRole('group', { name: 'Présentation' }).getByRole('button', { name: 'Tableau' }))
  const table = desk.getByRole('table').or(desk.getByRole('grid'))
  await table.getByRole('row').filter({ hasText: 'Gaine bouchée' }).waitFor()
  await press(desk, table.getByRole('link', { name: 'Gaine bouchée' }))
  await titled(desk, 'Gaine bouchée')

  await press(desk, navigation.getByRole('link', { name: 'Chantiers', exact: true }))
  await press(desk, desk.getByRole('group', { name: 'Présentation' }).getByRole('button', { name: 'Colonnes par statut' }))
  await tabTo(desk, desk.getByRole('combobox', { name: 'Statut de École Pasteur' }))
  await desk.keyboard.type('En alerte')
  await desk.getByRole('region', { name: 'En alerte', exact: true }).getByText('École Pasteur').waitFor()
  await desk.getByRole('status').getByText('« École Pasteur » : En alerte.').waitFor()
  await eventually(async () => expect(await stage.world.db`select status from app.sites`).toEqual([{ status: 'alert' }]))
})
