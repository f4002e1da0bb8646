import { expect, test } from 'vitest'
import { entry, goTo, greeting, openApp } from './gestures.ts'
import { PASSWORD } from './people.ts'
import { eventually, useStage } from './support.ts'

const stage = useStage('first_site')

test('a firm signs up, creates a site and invites its manager, who sees the site on a phone', async () => {
  // Claire, at her desk, has never heard of Aplomb.
  const desk = await openApp(await stage.desk(), stage.url)
  await desk.getByRole('link', { name: 'Créer un compte' }).click()
  await desk.getByLabel('Nom complet').fill('Claire Duval')
  await desk.getByLabel('Adresse e-mail professionnelle').fill('claire@duval.test')
  await desk.getByLabel('Mot de passe').fill(PASSWORD)
  await desk.getByRole('button', { name: 'Continuer' }).click()

  // A wrong digit is told before anything is sent.
  await desk.getByLabel('Nom de l’entreprise').fill('Duval Construction')
  const siren = desk.getByLabel('SIREN ou SIRET')
  await siren.fill('732 829 321')
  await desk.getByText('Ce numéro n’est pas valable').waitFor()
  await siren.fill('732 829 320')
  await desk.getByText('SIREN valable : 732 829 320').waitFor()
  await desk.getByRole('button', { name: 'Créer l’entreprise' }).click()

  await desk.getByRole('link', { name: 'Créez votre premier chantier' }).click()
  await desk.getByLabel('Nom', { exact: true }).fill('École Pasteur')
  await desk.getByRole('button', { name: 'Créer le chantier' }).click()
  await desk.getByRole('heading', { level: 1, name: 'École Pasteur' }).waitFor()

  await desk.getByRole('button', { name: 'Nouveau' }).click()
  await desk.getByRole('link', { name: 'Inviter une personne' }).click()
  await desk.getByLabel('Nom complet').fill('Marc Petit')
  await desk.getByLabel('Rôle', { exact: true }).selectOption('Chef de chantier')
  await desk.getByRole('checkbox', { name: 'École Pasteur' }).check()
  await desk.getByRole('button', { name: 'Créer le lien' }).click()
  await desk.getByRole('img', { name: 'QR code d’invitation pour Marc Petit' }).waitFor()
  const link = await desk.getByLabel('Lien d’invitation').inputValue()
  await eventually(async () => expect(await stage.world.db`select from app.invitations`).toHaveLength(1))

  // Marc opens the link on his phone.
  const phone = await openApp(await stage.phone(), link)
  await phone.getByText('Duval Construction', { exact: true }).waitFor()
  await phone.getByText('Chef de chantier').waitFor()
  expect(phone.url()).not.toContain('#')
  expect(await phone.getByLabel('Nom complet').inputValue()).toBe('Marc Petit')
  await phone.getByLabel('Adresse e-mail').fill('marc@duval.test')
  await phone.getByLabel('Mot de passe').fill(PASSWORD)
  await phone.getByRole('button', { name: 'Rejoindre Duval Construction' }).click()
  await greeting(phone, { name: 'Marc Petit' }).waitFor()
  await goTo(phone, 'Chantiers')
  await entry(phone, 'École Pasteur').click()
  await phone.getByRole('heading', { level: 1, name: 'École Pasteur' }).waitFor()
  await entry(phone, 'Marc Petit').waitFor()

  // Claire sees him arrive, and the company on the server is hers.
  await goTo(desk, 'Personnes')
  await desk.getByRole('link', { name: 'Marc Petit' }).waitFor()
  const [company] = await stage.world.db`select name, siren, (select count(*)::integer from app.memberships) as people from app.companies`
  expect(company).toEqual({ name: 'Duval Construction', siren: '732829320', people: 2 })

  // The link serves once.
  const other = await openApp(await stage.phone(), link)
  await other.getByText('Cette invitation n’est plus valable').waitFor()
})
