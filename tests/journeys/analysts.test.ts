import postgres from 'postgres'
import { expect, test } from 'vitest'
import { openApp, signIn } from './gestures.ts'
import { createSite, found, signUp } from './people.ts'
import { eventually, useStage } from './support.ts'

const stage = useStage('analysts')

test('an administrator opens the figures to an analyst, and closes them in one click', async () => {
  const anne = await signUp(stage.world, 'Anne Roux')
  const company = await found(anne, 'Roux Bâtiment')
  await createSite(company, 'Halle aux grains')
  await createSite(await found(await signUp(stage.world, 'Paul Noir'), 'Noir Travaux'), 'Tour Noire')

  // Anne makes the login at her desk.
  const desk = await openApp(await stage.desk(), stage.url)
  await signIn(desk, anne)
  await desk.goto(`${stage.url}/company`)
  await desk.getByRole('link', { name: /Accès analystes/ }).click()
  await desk.getByText('Aucun accès pour l’instant.').waitFor()
  await desk.getByLabel('Pour qui, pour quel outil').fill('Power BI du contrôle de gestion')
  await desk.getByRole('button', { name: 'Créer l’accès' }).click()
  const address = await desk.getByLabel('Chaîne de connexion').inputValue()

  // The analyst reads the own company, and writes nothing.
  const analyst = postgres(address, { max: 1, onnotice: () => undefined })
  expect(await analyst`select name from sites`).toEqual([{ name: 'Halle aux grains' }])
  await expect(analyst`update sites set name = 'x'`).rejects.toMatchObject({ code: expect.stringMatching(/42501|55000|25006/) })
  await expect(analyst`select * from app.sites`).rejects.toMatchObject({ code: '42501' })

  // The password is told once; the login is in use.
  await desk.reload()
  await desk.getByText('1 connexion ouverte').waitFor()
  expect(await desk.content()).not.toContain(new URL(address).password)

  await desk.getByRole('button', { name: 'Révoquer Power BI du contrôle de gestion' }).click()
  await desk.getByRole('dialog').getByRole('button', { name: 'Révoquer' }).click()
  await desk.getByText('Power BI du contrôle de gestion n’a plus accès.').waitFor()
  await eventually(() => expect(analyst`select 1`).rejects.toMatchObject({ code: expect.stringMatching(/^28/) }))
  await analyst.end({ timeout: 1 })

  // Her phone tells what was taken away, and what each column means.
  const phone = await stage.phone()
  const page = await openApp(phone, stage.url)
  await signIn(page, anne)
  await page.goto(`${stage.url}/company/analysts`)
  await page.getByText(/^Révoqué/).waitFor()
  await page.getByText('sites', { exact: true }).click()
  await page.getByText('Budget, dans la devise de l’entreprise', { exact: false }).waitFor()
})
