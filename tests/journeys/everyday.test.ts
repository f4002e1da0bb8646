import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { launchProfile } from '../support/chromium.ts'
import { goTo, openApp, signIn, upToDate } from './gestures.ts'
import { createSite, found, signUp, type Member } from './people.ts'
import { useStage } from './support.ts'

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

test('the mails kept on this machine say the hour of their reader', async () => {
  await stage.world.client().auth.signInWithOtp({ email: claire.email })
  const mail = await stage.world.mailbox.next(claire.email)
  const auckland = await openApp(await stage.desk({ timezoneId: 'Pacific/Auckland' }), `${stage.url}/mail`)
  const hour = new Intl.DateTimeFormat('fr', { dateStyle: 'long', timeStyle: 'short', timeZone: 'Pacific/Auckland' }).format(mail.at)
  const link = auckland.getByRole('link', { name: mail.subject }).first()
  expect(await link.textContent()).toContain(hour)
  await link.click()
  await auckland.getByRole('heading', { level: 1, name: mail.subject }).waitFor()
  expect(await auckland.locator('time').textContent()).toBe(hour)
})
