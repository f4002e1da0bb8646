import { expect } from 'vitest'
import { PASSWORD, upToDate } from './firm.ts'
import { journey } from './support.ts'

const it = journey('journey-sign-up')

it('a firm signs up, opens a site and invites its site manager, who joins on a phone', { timeout: 60_000 }, async ({ world, desk, phone }) => {
  // Claire founds her firm at her desk.
  const office = await (await desk()).open('/sign-up')
  await office.getByLabel('Nom complet').fill('Claire Dupont')
  await office.getByLabel('Adresse e-mail professionnelle').fill('claire@dupont.test')
  await office.getByLabel('Mot de passe').fill(PASSWORD)
  await office.getByRole('button', { name: 'Continuer' }).click()
  await office.getByRole('heading', { name: 'Votre entreprise' }).waitFor()
  await office.getByLabel('Nom de l’entreprise').fill('Dupont Bâtiment')
  await office.getByLabel('SIREN ou SIRET').fill('732829321')
  await office.getByText('Ce numéro n’est pas valable').waitFor()
  await office.getByLabel('SIREN ou SIRET').fill('732829320')
  await office.getByText('SIREN valable : 732 829 320').waitFor()
  expect(await office.getByLabel('Votre nom complet').inputValue()).toBe('Claire Dupont')
  await office.getByRole('button', { name: 'Créer l’entreprise' }).click()
  await office.getByRole('heading', { name: 'Premiers pas' }).waitFor()

  // She opens her first site.
  await office.getByRole('link', { name: /Créez votre premier chantier/ }).click()
  await office.getByLabel('Nom', { exact: true }).fill('Résidence des Lilas')
  await office.getByRole('button', { name: 'Créer le chantier' }).click()
  await office.getByRole('heading', { name: 'Résidence des Lilas' }).waitFor()
  await upToDate(office)

  // She invites the site manager by a link.
  await office.getByRole('button', { name: 'Nouveau' }).click()
  await office.getByRole('link', { name: /Inviter une personne/ }).click()
  await office.getByLabel('Nom complet').fill('Marc Petit')
  await office.getByLabel('Rôle', { exact: true }).selectOption({ label: 'Chef de chantier' })
  await office.getByRole('checkbox', { name: /Résidence des Lilas/ }).check()
  await office.getByRole('button', { name: 'Créer le lien' }).click()
  await office.getByRole('img', { name: 'QR code d’invitation pour Marc Petit' }).waitFor()
  const link = await office.getByLabel('Lien d’invitation').inputValue()
  await upToDate(office)

  // Marc opens it on his phone.
  const pocket = await (await phone()).open(link)
  await pocket.getByText('Dupont Bâtiment', { exact: true }).waitFor()
  await pocket.getByText('Invitation de Claire Dupont').waitFor()
  expect(await pocket.getByLabel('Nom complet').inputValue()).toBe('Marc Petit')
  await pocket.getByLabel('Adresse e-mail').fill('marc@dupont.test')
  await pocket.getByLabel('Mot de passe').fill(PASSWORD)
  await pocket.getByRole('button', { name: 'Rejoindre Dupont Bâtiment' }).click()
  await pocket.getByRole('heading', { name: 'Bonjour Marc' }).waitFor()
  await pocket.getByRole('link', { name: /Résidence des Lilas/ }).click()
  await pocket.getByRole('heading', { name: 'Résidence des Lilas' }).waitFor()

  // The link is spent, and Claire's list shows him without reloading.
  await office.getByRole('link', { name: 'Personnes', exact: true }).click()
  await office.getByRole('link', { name: /Marc Petit/ }).waitFor()
  const stranger = await (await phone()).open(link)
  await stranger.getByRole('button', { name: 'Réessayer' }).waitFor()
  const [company] = await world.db`select siren, (select count(*)::int from app.memberships) as people from app.companies`
  expect(company).toMatchObject({ siren: '732829320', people: 2 })
})
