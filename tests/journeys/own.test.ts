import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { goTo, openApp, signIn, upToDate } from './gestures.ts'
import { found, hire, signUp, type Member } from './people.ts'
import { eventually, readyForFlight, useStage } from './support.ts'

const stage = useStage('own')
let claire: Member
let marc: Member

beforeAll(async () => {
  claire = await found(await signUp(stage.world, 'Claire Duval'), 'Duval Construction')
  marc = await hire(claire, await signUp(stage.world, 'Marc Petit'), 'site_manager')
})

/** The words of the main navigation, without the + and without counts. */
const places = (page: Page) =>
  page
    .getByRole('navigation', { name: 'Navigation principale' })
    .filter({ visible: true })
    .getByRole('link')
    .locator('span:first-of-type')
    .allTextContents()

test('the menu is put into one’s own order by keys and by dragging, without a network too, and follows its person to the phone', async () => {
  const context = await stage.desk()
  const desk = await openApp(context, stage.url)
  await signIn(desk, claire)
  await upToDate(desk)
  expect(await places(desk)).toEqual(['Aujourd’hui', 'Pilotage', 'Chantiers', 'Incidents', 'Photos', 'Personnes', 'Entreprise'])
  await readyForFlight(desk)
  await context.setOffline(true)
  await desk.getByRole('button', { name: 'Ranger le menu' }).press('Enter')
  const sheet = desk.getByRole('dialog', { name: 'Ranger le menu' })
  // The button keeps the focus while its entry climbs; at the top it says so and does nothing.
  const climb = sheet.getByRole('button', { name: 'Monter « Photos »' })
  await climb.focus()
  await climb.press('Enter')
  await climb.press('Enter') // faster than the rows: the second goes on from the first
  for (const place of [3, 2, 1]) {
    if (place < 3) await desk.keyboard.press('Enter')
    await sheet.getByRole('status').getByText(`« Photos » : place ${place} sur 7`).waitFor({ state: 'attached' })
    await eventually(async () => expect(await climb.evaluate((button) => button === document.activeElement)).toBe(true))
  }
  await eventually(async () => expect(await climb.getAttribute('aria-disabled')).toBe('true'))
  await eventually(async () => expect((await places(desk))[0]).toBe('Photos'))
  await sheet
    .getByRole('listitem')
    .filter({ hasText: 'Entreprise' })
    .dragTo(sheet.getByRole('listitem').filter({ hasText: 'Aujourd’hui' }))
  const own = ['Photos', 'Entreprise', 'Aujourd’hui', 'Pilotage', 'Chantiers', 'Incidents', 'Personnes']
  await eventually(async () => expect(await places(desk)).toEqual(own))
  await sheet.getByRole('button', { name: 'Terminer' }).click()
  await context.setOffline(false)
  await upToDate(desk)

  // On a phone the first three are in reach of the thumb, and the menu has the others.
  const phone = await openApp(await stage.phone(), stage.url)
  await signIn(phone, claire)
  await upToDate(phone)
  await eventually(async () => expect(await places(phone)).toEqual(['Photos', 'Entreprise', 'Aujourd’hui', 'Menu']))
  await goTo(phone, 'Menu')
  await phone.locator('.main').getByRole('link', { name: 'Chantiers' }).waitFor()
  await phone.getByRole('button', { name: 'Ranger le menu' }).click()
  await phone.getByRole('dialog').getByRole('button', { name: 'Ordre habituel' }).click()
  await eventually(async () =>
    expect(await places(desk)).toEqual(['Aujourd’hui', 'Pilotage', 'Chantiers', 'Incidents', 'Photos', 'Personnes', 'Entreprise']),
  )
  await eventually(async () => expect(await places(phone)).toEqual(['Aujourd’hui', 'Chantiers', 'Incidents', 'Menu']))
})

test('a company says “Opération” for “Chantier”: its members’ screens follow by themselves, and keep it without a network', async () => {
  const contextOfMarc = await stage.phone()
  const phone = await openApp(contextOfMarc, stage.url)
  await signIn(phone, marc)
  await upToDate(phone)
  expect(await places(phone)).toContain('Chantiers')
  await readyForFlight(phone)

  const desk = await openApp(await stage.desk(), stage.url)
  await signIn(desk, claire)
  await upToDate(desk)
  await goTo(desk, 'Entreprise')
  await desk.getByRole('link', { name: 'Mots de l’entreprise' }).click()
  await desk.getByRole('searchbox', { name: 'Chercher une phrase ou un mot' }).fill('nav.sites')
  await desk.getByRole('listitem').getByRole('button', { name: 'Chantiers' }).click()
  await desk.getByRole('dialog').getByLabel('Votre texte').fill('Opérations <b>')
  await desk.getByRole('dialog').getByRole('button', { name: 'Enregistrer' }).click()
  // Both screens, without a reload; and it is text.
  await eventually(async () => expect(await places(desk)).toContain('Opérations <b>'))
  await eventually(async () => expect(await places(phone)).toContain('Opérations <b>'))

  // A text that loses a blank is not taken, and what was typed stays.
  await desk.getByRole('searchbox').fill('today.hello')
  await desk.getByRole('listitem').getByRole('button', { name: 'Bonjour' }).click()
  await desk.getByRole('dialog').getByLabel('Votre texte').fill('Salut')
  await desk.getByRole('dialog').getByRole('button', { name: 'Enregistrer' }).click()
  await desk.getByText('Le texte doit garder {{ name }}, et rien d’autre entre accolades.').waitFor()
  await desk.keyboard.press('Escape')

  await contextOfMarc.setOffline(true)
  await phone.reload()
  await phone.getByRole('heading', { level: 1, name: 'Bonjour Marc' }).waitFor()
  await eventually(async () => expect(await places(phone)).toContain('Opérations <b>'))
  await contextOfMarc.setOffline(false)

  // A translator's file goes out and comes back with two lines changed, one of them wrong.
  await desk.getByRole('searchbox').fill('')
  const [file] = await Promise.all([desk.waitForEvent('download'), desk.getByRole('button', { name: 'Exporter' }).click()])
  const lines = readFileSync(await file.path(), 'utf8').split('\r\n')
  expect(lines[0]).toBe('\uFEFFClé;Français;Votre texte')
  expect(lines).toContain('nav.sites;Chantiers;Opérations <b>')
  const changed = lines.map((line) =>
    line.startsWith('nav.sites;') ? 'nav.sites;Chantiers;Opérations' : line.startsWith('today.hello;') ? 'today.hello;x;Salut' : line,
  )
  await desk
    .getByLabel('Importer un fichier', { exact: true })
    .first()
    .setInputFiles({ name: 'mots.csv', mimeType: 'text/csv', buffer: Buffer.from(changed.join('\r\n')) })
  await desk.getByText('1 texte à changer').waitFor()
  await desk.getByText(`Ligne ${lines.findIndex((line) => line.startsWith('today.hello;')) + 1}`, { exact: true }).waitFor()
  await desk.getByText('Le texte doit garder les mêmes mots entre accolades que l’original.').waitFor()
  await desk.getByRole('button', { name: 'Changer 1 texte' }).click()
  await eventually(async () => expect(await places(phone)).toContain('Opérations'))

  // And the words that came with the screens are one click away.
  await desk.getByRole('button', { name: 'Les vôtres' }).click()
  await desk.getByRole('listitem').getByRole('button', { name: 'Opérations' }).click()
  await desk.getByRole('button', { name: 'Revenir à l’original' }).click()
  await eventually(async () => expect(await places(phone)).toContain('Chantiers'))
  await desk.getByText('Vous n’avez encore rien remplacé').waitFor()
})
