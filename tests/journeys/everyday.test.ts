import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { launchProfile } from '../support/chromium.ts'
import { goTo, greeting, openApp, signIn, upToDate } from './gestures.ts'
import { createSite, found, PASSWORD, signUp, type Member } from './people.ts'
import { eventually, useStage } from './support.ts'

const stage = useStage('everyday')
let claire: Member

beforeAll(async () => {
  claire = await found(await signUp(stage.world, 'Claire Duval'), 'Duval Construction')
  const site_id = await createSite(claire, 'École Pasteur')
  await claire.run('report_incident', { id: randomUUID(), site_id, type: 'technical', severity: 'low', title: 'Gaine bouchée' })
})

test('the screens change from French to English and back without a reload', async () => {
  const desk = await openApp(await stage.desk(), stage.url)
  await signIn(desk, claire)
  await desk.getByRole('link', { name: 'Claire Duval' }).click()
  await desk.getByRole('heading', { level: 1, name: 'Mon compte' }).waitFor()
  const loaded = await desk.evaluate(() => performance.timeOrigin)
  await desk.getByLabel('Langue').selectOption('English')
  await desk.getByRole('heading', { level: 1, name: 'My account' }).waitFor()
  await desk.getByRole('navigation', { name: 'Main navigation' }).getByRole('link', { name: 'Sites', exact: true }).click()
  await desk.getByRole('heading', { level: 1, name: 'Sites' }).waitFor()
  expect(await desk.locator('html').getAttribute('lang')).toBe('en')
  expect(await desk.evaluate(() => performance.timeOrigin)).toBe(loaded)

  // The choice stays on this device.
  await desk.reload()
  await desk.getByRole('heading', { level: 1, name: 'Sites' }).waitFor()
  await desk.getByRole('link', { name: 'Claire Duval' }).click()
  await desk.getByLabel('Language').selectOption('Français')
  await desk.getByRole('heading', { level: 1, name: 'Mon compte' }).waitFor()
  await goTo(desk, 'Chantiers')
  await desk.getByRole('heading', { level: 1, name: 'Chantiers' }).waitFor()
})

test('signing in does not ask for the companies again and again', async () => {
  const desk = await openApp(await stage.desk(), stage.url)
  const asked: string[] = []
  desk.on('request', (request) => asked.push(new URL(request.url()).pathname))
  await signIn(desk, claire)
  await upToDate(desk)
  // By signing in, behind the first paint, and when rows that carry rights arrive.
  expect(asked.filter((path) => path.endsWith('/my_companies')).length).toBeLessThan(10)
})

/** Presses Tab until the focus is on `target`. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await target.waitFor()
  for (let presses = 0; presses < 60; presses++) {
    if (await target.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab does not reach ${target}`)
}

test('somebody without a mouse signs in and opens an incident', async () => {
  const desk = await openApp(await stage.desk(), stage.url)
  await tabTo(desk, desk.getByLabel('Adresse e-mail'))
  await desk.keyboard.type(claire.email)
  await tabTo(desk, desk.getByLabel('Mot de passe'))
  await desk.keyboard.type(PASSWORD)
  await desk.keyboard.press('Enter')
  await greeting(desk, claire).waitFor()
  await tabTo(desk, desk.getByRole('navigation').getByRole('link', { name: 'Incidents', exact: true }))
  await desk.keyboard.press('Enter')
  await desk.getByRole('heading', { level: 1, name: 'Incidents' }).waitFor()
  await tabTo(desk, desk.getByRole('link', { name: /Gaine bouchée/ }))
  await desk.keyboard.press('Enter')
  const title = desk.getByRole('heading', { level: 1, name: 'Gaine bouchée' })
  await title.waitFor()
  // The reader of the screen starts at the title.
  await eventually(async () => expect(await title.evaluate((element) => element === document.activeElement)).toBe(true))
})

test('the browser offers to install the app', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'aplomb-profile-'))
  const context = stage.watch(await launchProfile(folder))
  try {
    const phone = await openApp(context, stage.url)
    await phone.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
    const session = await context.newCDPSession(phone)
    expect(await session.send('Page.getInstallabilityErrors')).toEqual({ installabilityErrors: [] })
  } finally {
    await context.close()
    rmSync(folder, { recursive: true, force: true })
  }
})
