import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { launchCamera } from '../support/chromium.ts'
import { entry, goTo, greeting, openApp, signIn, upToDate } from './gestures.ts'
import { createSite, found, hire, PASSWORD, signUp, type Member } from './people.ts'
import { eventually, useStage } from './support.ts'

const stage = useStage('few_gestures')
let claire: Member
let karim: Member

beforeAll(async () => {
  claire = await found(await signUp(stage.world, 'Claire Duval'), 'Duval Construction')
  const site = await createSite(claire, 'École Pasteur')
  karim = await hire(claire, await signUp(stage.world, 'Karim Benali'), 'site_manager', [site])
})

/** Counts what somebody does on a page: presses on anything but a field, and fields that they fill or choose in. */
async function count(page: Page): Promise<() => Promise<{ taps: number; inputs: number }>> {
  const made = { taps: 0, inputs: new Set<string>() }
  await page.exposeFunction('tellTap', () => void made.taps++)
  await page.exposeFunction('tellInput', (name: string) => void made.inputs.add(name))
  const listen = () => {
    const tell = window as unknown as { tellTap(): void; tellInput(name: string): void }
    const isText = (target: EventTarget | null) =>
      target instanceof HTMLElement && target.matches('input:not([type=radio], [type=checkbox]), textarea, select')
    addEventListener('pointerdown', (event) => !isText(event.target) && tell.tellTap(), true)
    addEventListener(
      'input',
      ({ target }) => target instanceof HTMLElement && tell.tellInput(`${location.pathname} ${target.getAttribute('name')} ${target.id}`),
      true,
    )
  }
  await page.addInitScript(listen)
  await page.evaluate(listen)
  return async () => ({ taps: made.taps, inputs: made.inputs.size })
}

test('a firm, its first site and its first invitation take twelve inputs at most', async () => {
  const desk = await openApp(await stage.desk(), stage.url)
  const counted = await count(desk)
  const began = performance.now()
  await desk.getByRole('link', { name: 'Créer un compte' }).click()
  await desk.getByLabel('Nom complet').fill('Anne Serre')
  await desk.getByLabel('Adresse e-mail professionnelle').fill('anne@serre.test')
  await desk.getByLabel('Mot de passe').fill(PASSWORD)
  await desk.getByRole('button', { name: 'Continuer' }).click()
  await desk.getByLabel('Nom de l’entreprise').fill('Serre Maçonnerie')
  await desk.getByRole('button', { name: 'Créer l’entreprise' }).click()

  // Each step of the list leads to the next one.
  await desk.getByRole('link', { name: 'Créez votre premier chantier' }).click()
  await desk.getByLabel('Nom', { exact: true }).waitFor()
  expect(await desk.getByRole('main').getByRole('textbox').count()).toBe(1)
  expect(
    await desk
      .getByRole('main')
      .getByText(/^Créer/)
      .count(),
  ).toBe(1)
  await desk.getByLabel('Nom', { exact: true }).fill('Maison Roux')
  await desk.getByRole('button', { name: 'Créer le chantier' }).click()
  await desk.getByRole('heading', { level: 1, name: 'Maison Roux' }).waitFor()
  await goTo(desk, 'Aujourd’hui')
  await desk.getByRole('link', { name: 'Invitez une personne' }).click()
  await desk.getByLabel('Rôle', { exact: true }).selectOption('Chef de chantier')
  await desk.getByRole('button', { name: 'Créer le lien' }).click()
  await desk.getByLabel('Lien d’invitation').waitFor()

  const { inputs } = await counted()
  expect(inputs).toBeLessThanOrEqual(12)
  expect(inputs).toBeGreaterThan(4)
  expect(performance.now() - began).toBeLessThan(5 * 60_000)
})

test('an incident is reported in three taps from the first screen, beside what is typed', async () => {
  const phone = await openApp(await stage.phone(), stage.url)
  await signIn(phone, karim)
  await upToDate(phone)
  const counted = await count(phone)
  await phone.getByRole('link', { name: 'Technique' }).tap()
  await phone.getByLabel('En une phrase').fill('Gaine bouchée')
  await phone.getByRole('button', { name: 'Signaler', exact: true }).tap()
  await phone.getByRole('heading', { level: 1, name: 'Gaine bouchée' }).waitFor()
  expect((await counted()).taps).toBeLessThanOrEqual(3)
  await eventually(async () => expect(await stage.world.db`select from app.incidents where title = 'Gaine bouchée'`).toHaveLength(1))
})

test('a photo is kept in three taps from the first screen', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'aplomb-camera-'))
  const context = stage.watch(await launchCamera(folder))
  try {
    const phone = await openApp(context, stage.url)
    await signIn(phone, karim)
    await upToDate(phone)
    const counted = await count(phone)
    await phone.getByRole('button', { name: 'Nouveau' }).tap()
    await phone.getByRole('dialog').getByRole('link', { name: 'Prendre une photo' }).tap()
    await phone.getByRole('button', { name: 'Déclencher' }).tap()
    await phone.getByText('1 photo en sûreté sur cet appareil').waitFor()
    expect(await counted()).toEqual({ taps: 3, inputs: 0 })
  } finally {
    await context.close()
    rmSync(folder, { recursive: true, force: true })
  }
})

test('whether anybody is hurt is always asked, and not to know is an answer', async () => {
  const phone = await openApp(await stage.phone(), stage.url)
  await signIn(phone, karim)
  await upToDate(phone)
  const counted = await count(phone)
  await phone.getByRole('link', { name: 'Sécurité' }).tap()
  await phone.getByLabel('En une phrase').fill('Garde-corps arraché')
  await phone.getByRole('button', { name: 'Signaler', exact: true }).tap()
  await phone.getByText('Y a-t-il des blessés ?').last().waitFor()
  await phone.getByText(/Faites un choix/).waitFor()
  await phone.getByRole('radio', { name: 'Je ne sais pas' }).check({ force: true })
  await phone.getByRole('button', { name: 'Signaler', exact: true }).tap()
  await phone.getByRole('heading', { level: 1, name: 'Garde-corps arraché' }).waitFor()
  await phone.getByText('Je ne sais pas').waitFor()
  expect((await counted()).taps).toBeLessThanOrEqual(4) // one of them too early
})

test('material is asked for by its name alone', async () => {
  const phone = await openApp(await stage.phone(), stage.url)
  await signIn(phone, karim)
  await upToDate(phone)
  await phone.getByRole('link', { name: 'Matériel' }).tap()
  await phone.getByRole('textbox', { name: 'Matériel' }).fill('Étais')
  await phone.getByRole('button', { name: 'Signaler', exact: true }).tap()
  await phone.getByRole('heading', { level: 1, name: 'Étais', exact: true }).waitFor()
  await eventually(async () => expect(await stage.world.db`select from app.incidents where title = 'Étais'`).toHaveLength(1))
})

test('what was begun is found again from the first screen and among the sendings, after a crash too', async () => {
  const context = await stage.phone()
  const phone = await openApp(context, stage.url)
  await signIn(phone, karim)
  await upToDate(phone)
  await phone.getByRole('link', { name: 'Question' }).tap()
  await phone.getByLabel('En une phrase').fill('Quelle teinte pour la cage B ?')
  // The page goes away without a word, as in a crash.
  await eventually(async () => {
    const kept = await phone.evaluate(
      () =>
        new Promise<unknown[]>((resolve) => {
          const request = indexedDB.open('aplomb-drafts')
          request.onsuccess = () => {
            const all = request.result.transaction('drafts').objectStore('drafts').getAll()
            all.onsuccess = () => {
              request.result.close()
              resolve(all.result as unknown[])
            }
          }
        }),
    )
    expect(JSON.stringify(kept)).toContain('cage B')
  })
  const session = await context.newCDPSession(phone)
  const crashed = phone.waitForEvent('crash')
  void session.send('Page.crash').catch(() => undefined) // nobody is left to answer
  await crashed

  const again = await openApp(context, stage.url)
  await greeting(again, karim).waitFor()
  await again.getByText('1 brouillon sur cet appareil').waitFor()
  await again.goto(`${stage.url}/sync`)
  await entry(again, 'Signalement d’un incident').getByRole('link').click()
  await again.getByText('Votre brouillon est repris').waitFor()
  expect(await again.getByLabel('En une phrase').inputValue()).toBe('Quelle teinte pour la cage B ?')
  await again.getByRole('button', { name: 'Signaler', exact: true }).tap()
  await again.getByRole('heading', { level: 1, name: 'Quelle teinte pour la cage B ?' }).waitFor()
  await again.goto(stage.url)
  await greeting(again, karim).waitFor()
  await upToDate(again)
  expect(await again.getByText('1 brouillon sur cet appareil').count()).toBe(0)
})

test('a draft that is not wanted any more is thrown away, after a question', async () => {
  const phone = await openApp(await stage.phone(), stage.url)
  await signIn(phone, karim)
  await upToDate(phone)
  await phone.getByRole('link', { name: 'Question', exact: true }).tap()
  await phone.getByLabel('En une phrase').fill('Une question de trop')
  await phone.goBack()
  await phone.getByText('1 brouillon sur cet appareil').waitFor()
  await phone.goto(`${stage.url}/sync`)
  const draft = entry(phone, 'Signalement d’un incident')
  const discard = () => draft.getByRole('button', { name: 'Jeter le brouillon : Signalement d’un incident, Une question de trop' }).tap()
  await discard()
  await phone.getByRole('dialog').getByRole('button', { name: 'Annuler' }).tap()
  await draft.getByText('Une question de trop').waitFor()
  await discard()
  await phone.getByRole('dialog').getByText('« Une question de trop » disparaît').waitFor()
  await phone.getByRole('dialog').getByRole('button', { name: 'Jeter', exact: true }).tap()
  await phone.getByText('Brouillon jeté').waitFor()
  await draft.waitFor({ state: 'detached' })
  await phone.goto(`${stage.url}/incidents/new?type=question`)
  expect(await phone.getByLabel('En une phrase').inputValue()).toBe('')
})

test('each tile of the dashboard opens the list of what it counts', async () => {
  const desk = await openApp(await stage.desk(), stage.url)
  await signIn(desk, claire)
  await upToDate(desk)
  for (const [label, list] of [
    ['Chantiers actifs', 'Chantiers'],
    ['Incidents ouverts', 'Incidents'],
    ['Hors délai', 'Incidents'],
    ['Traités en 4 semaines', 'Incidents'],
  ] as const) {
    await goTo(desk, 'Pilotage')
    const tile = desk.getByRole('main').getByRole('link').filter({ hasText: label }).first()
    const value = Number(await tile.locator('.tile-value').textContent())
    await tile.click()
    await desk.getByRole('heading', { level: 1, name: list }).waitFor()
    await upToDate(desk)
    const rows =
      list === 'Chantiers'
        ? desk
            .getByRole('main')
            .getByRole('row')
            .filter({ has: desk.getByRole('link') })
        : desk.getByRole('list', { name: list }).getByRole('listitem')
    await eventually(async () => expect([label, await rows.count()]).toEqual([label, value]))
  }
})

test('an invitation that served already leads its own person into the app', async () => {
  const desk = await openApp(await stage.desk(), stage.url)
  await signIn(desk, claire)
  await upToDate(desk)
  await desk.goto(`${stage.url}/people/invite`)
  await desk.getByLabel('Rôle', { exact: true }).selectOption('Compagnon')
  await desk.getByRole('button', { name: 'Créer le lien' }).click()
  const link = await desk.getByLabel('Lien d’invitation').inputValue()
  await eventually(async () =>
    expect(await stage.world.db`select from app.invitations where company_id = ${claire.company} and accepted_at is null`).toHaveLength(1),
  )

  const context = await stage.phone()
  const phone = await openApp(context, link)
  await phone.getByLabel('Nom complet').fill('Léa Roy')
  await phone.getByLabel('Adresse e-mail').fill('lea.roy@chantier.test')
  await phone.getByLabel('Mot de passe').fill(PASSWORD)
  await phone.getByRole('button', { name: /^Rejoindre/ }).click()
  await greeting(phone, { name: 'Léa Roy' }).waitFor()
  const again = await openApp(context, link)
  await again.getByText('Vous êtes déjà membre de Duval Construction').waitFor()
  await again.getByRole('link', { name: 'Ouvrir Aplomb' }).click()
  await greeting(again, { name: 'Léa Roy' }).waitFor()

  // Who is not signed in is told how to come in.
  const other = await openApp(await stage.phone(), link)
  await other.getByText('Cette invitation n’est plus valable').waitFor()
  await other.getByRole('link', { name: 'Se connecter' }).click()
  await other.getByLabel('Adresse e-mail').waitFor()
})
