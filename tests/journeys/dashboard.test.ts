import { randomUUID } from 'node:crypto'
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { goTo, openApp, report, signIn, upToDate } from './gestures.ts'
import { createSite, found, hire, PASSWORD, signUp, type Member } from './people.ts'
import { eventually, readyForFlight, useStage } from './support.ts'

const stage = useStage('dashboard')
let claire: Member
let karim: Member
let site: string

beforeAll(async () => {
  claire = await found(await signUp(stage.world, 'Claire Duval'), 'Duval Construction')
  site = await createSite(claire, 'École Pasteur')
  karim = await hire(claire, await signUp(stage.world, 'Karim Benali'), 'crew', [site])
})

const tile = (page: Page, label: string) => page.getByRole('main').getByRole('link').filter({ hasText: label }).locator('.tile-value')

test('the crew reports, and the executive’s dashboard moves by itself, without a poll', async () => {
  const desk = await openApp(await stage.desk(), stage.url)
  await signIn(desk, claire)
  await goTo(desk, 'Pilotage')
  await desk.getByRole('heading', { level: 2, name: 'Aucun incident ouvert' }).waitFor()
  expect(await tile(desk, 'Incidents ouverts').textContent()).toBe('0')
  await upToDate(desk)
  const loaded = await desk.evaluate(() => performance.timeOrigin)
  const asked: string[] = []
  desk.on('request', (request) => asked.push(new URL(request.url()).pathname))

  const phone = await openApp(await stage.phone(), stage.url)
  await signIn(phone, karim)
  await upToDate(phone)
  const quiet = asked.length
  expect(asked.filter((path) => path.includes('/rpc/kpi') || path.includes('tiles'))).toEqual([])
  await report(phone, { type: 'Technique', title: 'Réservation oubliée' })

  await eventually(async () => expect(await tile(desk, 'Incidents ouverts').textContent()).toBe('1'))
  await desk.getByRole('heading', { level: 2, name: '1 incident ouvert, depuis moins de 48 h' }).waitFor()
  await desk.getByRole('link', { name: /Karim Benali.*a signalé.*Réservation oubliée/s }).waitFor()
  expect(await desk.evaluate(() => performance.timeOrigin)).toBe(loaded)
  // what it asked for since: what the poke announced, a handful of times, and no figure: those are computed here
  expect(new Set(asked.slice(quiet).filter((path) => path.startsWith('/rest/')))).toEqual(new Set(['/rest/v1/rpc/sync_pull']))

  // The figure leads to its list.
  await tile(desk, 'Incidents ouverts').click()
  await desk.getByRole('listitem').filter({ hasText: 'Réservation oubliée' }).waitFor()
})

test('the figures stay without a network, and say how old they are', async () => {
  const context = await stage.desk()
  const desk = await openApp(context, stage.url)
  await signIn(desk, claire)
  await upToDate(desk)
  await readyForFlight(desk)
  await context.setOffline(true)
  await desk.reload()
  await goTo(desk, 'Pilotage')
  await desk.getByText('Hors ligne. Vous voyez les données reçues à').waitFor()
  expect(Number(await tile(desk, 'Incidents ouverts').textContent())).toBeGreaterThan(0)
})

test('a site goes to another status by mouse and by keyboard', async () => {
  await claire.run('create_site', { id: randomUUID(), name: 'Gymnase du Lez', status: 'planned' })
  const desk = await openApp(await stage.desk(), stage.url)
  await signIn(desk, claire)
  await desk.goto(`${stage.url}/sites?view=board`)
  const column = (name: string) => desk.getByRole('region', { name, exact: true })
  const card = column('Prévu').getByRole('listitem').filter({ hasText: 'Gymnase du Lez' })
  await card.dragTo(column('En cours'))
  await column('En cours').getByText('Gymnase du Lez').waitFor()
  await desk.getByText('« Gymnase du Lez » : En cours.').waitFor()
  await desk.getByLabel('Statut de Gymnase du Lez').selectOption('En alerte')
  await column('En alerte').getByText('Gymnase du Lez').waitFor()
  await eventually(async () =>
    expect((await stage.world.db`select status from app.sites where name = 'Gymnase du Lez'`)[0]).toEqual({ status: 'alert' }),
  )
})

test('somebody new looks around in a demo, and takes it away again', async () => {
  const anne = await signUp(stage.world, 'Anne Essai')
  const desk = await openApp(await stage.desk(), stage.url)
  await desk.getByLabel('Adresse e-mail').fill(anne.email)
  await desk.getByLabel('Mot de passe').fill(PASSWORD)
  await desk.getByRole('button', { name: 'Se connecter' }).click()
  await desk.getByRole('button', { name: 'Ouvrir une démonstration' }).click()
  await desk.getByText('Démonstration : tout y est inventé.').filter({ visible: true }).waitFor()
  await goTo(desk, 'Pilotage')
  await desk.getByRole('heading', { level: 2, name: /incidents ouverts, dont \d+ de plus de 48 h/ }).waitFor()
  await desk.getByRole('button', { name: 'Supprimer la démonstration' }).filter({ visible: true }).click()
  await desk.getByRole('dialog').getByRole('button', { name: 'Supprimer', exact: true }).click()
  await desk.getByRole('heading', { level: 1, name: 'Votre entreprise' }).waitFor()
  expect(await anne.call('my_companies')).toEqual([])
})
