import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { goTo, openApp, signIn, upToDate } from './gestures.ts'
import { found, hire, signUp, type Member } from './people.ts'
import { eventually, useStage } from './support.ts'

const stage = useStage('tables')
let claire: Member

beforeAll(async () => {
  claire = await found(await signUp(stage.world, 'Claire Duval'), 'Duval Construction')
  for (const [name, role] of [
    ['Zoé Arnal', 'crew'],
    ['Éric Jourdan', 'crew'],
    ['Karim Benali', 'site_manager'],
  ] as const) {
    await hire(claire, await signUp(stage.world, name), role)
  }
})

const names = (page: Page) => page.getByRole('table', { name: 'Personnes' }).locator('.row-link').allTextContents()

test('the office sorts and filters a table, chooses its columns, comes back to it by its address, and takes it away as a file', async () => {
  const desk = await openApp(await stage.desk(), stage.url)
  await signIn(desk, claire)
  await upToDate(desk)
  await goTo(desk, 'Personnes')
  const sorter = desk.getByRole('columnheader', { name: 'Nom complet' }).getByRole('button')
  await sorter.click()
  // They stand in this order from the start: the header says that it was asked for.
  await desk.locator('[role=columnheader][aria-sort=ascending]').waitFor()
  await eventually(async () => expect(await names(desk)).toEqual(['Claire Duval (vous)', 'Éric Jourdan', 'Karim Benali', 'Zoé Arnal']))
  await sorter.click()
  await eventually(async () => expect((await names(desk))[0]).toBe('Zoé Arnal'))
  expect(await desk.getByRole('columnheader', { name: 'Nom complet' }).getAttribute('aria-sort')).toBe('descending')

  await desk.getByLabel('Filtrer par rôle').selectOption({ label: 'Compagnon' })
  await eventually(async () => expect(await names(desk)).toEqual(['Zoé Arnal', 'Éric Jourdan']))
  await desk.locator('summary').getByText('Colonnes', { exact: true }).click()
  await desk.getByRole('checkbox', { name: 'Téléphone' }).uncheck()
  await desk.getByRole('checkbox', { name: 'Service' }).check()
  await desk.getByRole('columnheader', { name: 'Service' }).waitFor()
  expect(await desk.getByRole('columnheader', { name: 'Téléphone' }).count()).toBe(0)

  const [file] = await Promise.all([desk.waitForEvent('download'), desk.getByRole('button', { name: 'Exporter' }).click()])
  const lines = readFileSync(await file.path(), 'utf8')
    .trimEnd()
    .split('\r\n')
  expect(lines[0]).toMatch(/^\uFEFFNom complet;Métier ou fonction;Service;Rôles;Adresse e-mail;/)
  expect(lines.slice(1).map((line) => line.split(';')[0])).toEqual(['Zoé Arnal', 'Éric Jourdan'])

  // The address says what was chosen; the columns are this person's on this device.
  await desk.reload()
  await eventually(async () => expect(await names(desk)).toEqual(['Zoé Arnal', 'Éric Jourdan']))
  await desk.getByRole('columnheader', { name: 'Service' }).waitFor()
})
