import { appendFileSync, cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, expect, test } from 'vitest'
import { openApp, signIn, upToDate } from './gestures.ts'
import { createSite, found, signUp } from './people.ts'
import { eventually, readyForFlight, useStage } from './support.ts'

const folder = mkdtempSync(join(tmpdir(), 'aplomb-served-'))
const stage = useStage('update', {
  prepare(dist) {
    cpSync(dist, folder, { recursive: true })
    return folder
  },
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const banner = (page: Page) => page.getByText('Nouvelle version.')
const look = (page: Page) => page.evaluate(async () => void (await (await navigator.serviceWorker.getRegistration())!.update()))

test('a new version waits, then takes all tabs along, and what was being typed is still there', async () => {
  const claire = await found(await signUp(stage.world, 'Claire Duval'), 'Duval Construction')
  await createSite(claire, 'École Pasteur')
  const desk = await stage.desk()
  const one = await openApp(desk, stage.url)
  await signIn(one, claire)
  await upToDate(one)
  await readyForFlight(one)
  const other = await openApp(desk, `${stage.url}/incidents/new`)
  await other.getByRole('radio', { name: 'Technique' }).check()
  await other.getByLabel('En une phrase').fill('Garde-corps')
  for (const page of [one, other]) await page.evaluate(() => Object.assign(window, { before: true }))

  // A deployment: another worker, and the old files are gone from the server.
  appendFileSync(join(folder, 'service-worker.js'), '\n// another version\n')
  for (const name of readdirSync(join(folder, 'assets'))) if (/^(SitePage|PeopleList)-/.test(name)) rmSync(join(folder, 'assets', name))
  await look(one)
  await banner(one).waitFor()
  await banner(other).waitFor()

  // Until somebody decides, nothing reloads, and a screen that the server has no more comes from this device.
  await one.getByRole('navigation', { name: 'Navigation principale' }).getByRole('link', { name: 'Chantiers', exact: true }).click()
  await one
    .getByRole('link', { name: /École Pasteur/ })
    .first()
    .click()
  await one.getByRole('heading', { level: 1, name: 'École Pasteur' }).waitFor()
  expect(await other.evaluate(() => 'before' in window)).toBe(true)

  // The last letters are typed in one tab while the update is taken in the other.
  await other.getByLabel('En une phrase').fill('Garde-corps manquant')
  await one.getByRole('button', { name: 'Mettre à jour' }).click()
  for (const page of [one, other]) await page.waitForFunction(() => !('before' in window))
  await eventually(async () => expect(await other.getByLabel('En une phrase').inputValue()).toBe('Garde-corps manquant'))
  await one.getByRole('heading', { level: 1, name: 'École Pasteur' }).waitFor()
  for (const page of [one, other]) expect(await banner(page).count()).toBe(0)

  // Both run the new version, which needs no network either.
  await desk.setOffline(true)
  await other.reload()
  await eventually(async () => expect(await other.getByLabel('En une phrase').inputValue()).toBe('Garde-corps manquant'))
}, 240_000)
