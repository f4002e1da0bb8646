import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { goTo, openApp, signIn, upToDate } from './gestures.ts'
import { createSite, found, signUp, type Member } from './people.ts'
import { eventually, readyForFlight, useStage } from './support.ts'

const stage = useStage('face')
let claire: Member

beforeAll(async () => {
  claire = await found(await signUp(stage.world, 'Claire Duval'), 'Duval Construction')
})

test('the typeface comes behind the first screen, dresses the next one, and is there at an offline start', async () => {
  const context = await stage.phone()
  await context.addInitScript(() => {
    new MutationObserver((_, observer) => {
      if (!document.querySelector('h1')) return
      Object.assign(globalThis, { drawn: performance.now() })
      observer.disconnect()
    }).observe(document, { childList: true, subtree: true })
  })
  const asked: string[] = []
  context.on('request', (request) => asked.push(new URL(request.url()).pathname))
  const phone = await openApp(context, stage.url)
  await phone.getByRole('heading', { level: 1, name: 'Se connecter' }).waitFor()
  // Behind the first paint, and not on the screen that began without it.
  await eventually(() => expect(asked.filter((path) => path.endsWith('.woff2'))).toHaveLength(1))
  const [font, drawn] = await eventually(async () => {
    const times = await phone.evaluate(() => [
      performance.getEntriesByType('resource').find((entry) => entry.name.endsWith('.woff2'))?.startTime,
      (globalThis as { drawn?: number }).drawn,
    ])
    expect(times).not.toContain(undefined)
    return times as number[]
  })
  expect(font).toBeGreaterThan(drawn!)
  expect(await phone.evaluate(() => document.fonts.size)).toBe(0)
  await signIn(phone, claire)
  await eventually(async () => expect(await phone.evaluate(() => [...document.fonts].map((face) => face.family))).toEqual(['InterVariable']))

  await upToDate(phone)
  await readyForFlight(phone)
  await context.setOffline(true)
  await phone.reload()
  await phone.getByRole('heading', { level: 1, name: 'Bonjour Claire' }).waitFor()
  expect(await phone.evaluate(() => [...document.fonts].map((face) => `${face.family} ${face.status}`))).toEqual(['InterVariable loaded'])
})

test('Ctrl-K reaches sites, people, screens and actions without a mouse', async () => {
  await createSite(claire, 'École Pasteur')
  const desk = await openApp(await stage.desk(), stage.url)
  await signIn(desk, claire)
  await upToDate(desk)
  const palette = desk.getByRole('combobox', { name: 'Un chantier, un incident, une personne, un écran' })
  const pick = async (typed: string, option: string) => {
    await desk.keyboard.press('Control+k')
    await palette.fill(typed)
    await desk.getByRole('option', { name: option }).first().waitFor()
    await desk.keyboard.press('Enter')
  }
  await pick('pasteur', 'École Pasteur')
  await desk.getByRole('heading', { level: 1, name: 'École Pasteur' }).waitFor()
  await pick('claire du', 'Claire Duval')
  await desk.getByRole('heading', { level: 1, name: 'Claire Duval' }).waitFor()
  await pick('photos', 'Photos')
  await desk.getByRole('heading', { level: 1, name: 'Photos' }).waitFor()
  await pick('sombre', 'Passer en sombre')
  expect(await desk.locator('html').getAttribute('data-theme')).toBe('dark')
  // Arrows choose, Escape gives up and gives the focus back.
  await desk.keyboard.press('Control+k')
  await desk.keyboard.press('ArrowDown')
  await desk.getByRole('option', { selected: true }).waitFor()
  await desk.keyboard.press('Escape')
  await palette.waitFor({ state: 'detached' })
})

test('keys lead to places, and say themselves', async () => {
  const desk = await openApp(await stage.desk(), stage.url)
  await signIn(desk, claire)
  await desk.keyboard.press('g')
  await desk.keyboard.press('i')
  await desk.getByRole('heading', { level: 1, name: 'Incidents' }).waitFor()
  await desk.keyboard.press('?')
  await desk.getByRole('dialog', { name: 'Raccourcis clavier' }).getByText('Cette aide').waitFor()
  await desk.keyboard.press('Escape')
  await desk.getByRole('dialog').waitFor({ state: 'detached' })
  // What is typed is no shortcut.
  await desk.getByLabel('Chercher', { exact: true }).fill('gc?n')
  expect(await desk.getByRole('dialog').count()).toBe(0)
  await desk.getByRole('heading', { level: 1, name: 'Incidents' }).waitFor()
})

test('a favourite kept without a network is there on a second device, in the order that its person gave', async () => {
  const site = await createSite(claire, 'Halle aux grains')
  const context = await stage.desk()
  const desk = await openApp(context, stage.url)
  await signIn(desk, claire)
  await upToDate(desk)
  await goTo(desk, 'Chantiers')
  await desk.getByRole('heading', { level: 1, name: 'Chantiers' }).waitFor()
  await desk.getByRole('button', { name: 'Ajouter aux favoris' }).click()
  await desk.getByRole('link', { name: 'Halle aux grains' }).click()
  await desk.getByRole('heading', { level: 1, name: 'Halle aux grains' }).waitFor()
  await readyForFlight(desk)
  await context.setOffline(true)
  await desk.locator('.split-detail').getByRole('button', { name: 'Ajouter aux favoris' }).click()
  const rail = (page: Page) => page.getByRole('navigation', { name: 'Favoris' })
  await rail(desk).getByRole('link', { name: 'Halle aux grains' }).waitFor()
  await rail(desk).getByRole('button', { name: 'Actions de « Halle aux grains »' }).click()
  await desk.getByRole('menuitem', { name: 'Monter' }).click()
  const order = (page: Page) => rail(page).getByRole('link').allTextContents()
  await eventually(async () => expect(await order(desk)).toEqual(['Halle aux grains', 'Chantiers']))
  await context.setOffline(false)
  await upToDate(desk)

  const phone = await openApp(await stage.phone(), stage.url)
  await signIn(phone, claire)
  await upToDate(phone)
  await goTo(phone, 'Menu')
  await eventually(async () => expect(await order(phone)).toEqual(['Halle aux grains', 'Chantiers']))
  // It goes by its present name, and leads there.
  await claire.run('update_site', { id: site, changes: { name: 'Halle aux blés' }, was: { name: 'Halle aux grains' } })
  await rail(phone).getByRole('link', { name: 'Halle aux blés' }).click()
  await phone.getByRole('heading', { level: 1, name: 'Halle aux blés' }).waitFor()
  await phone.getByRole('button', { name: 'Retirer des favoris' }).click()
  await eventually(async () => expect(await order(desk)).toEqual(['Chantiers']))
})
