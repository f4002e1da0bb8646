import type { BrowserContext, Locator, Page } from 'playwright-core'
import { PASSWORD, type Person } from './people.ts'

/** Opens the app on a device. */
export async function openApp(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage()
  await page.goto(url)
  return page
}

/** Signs in on a device that shows the sign-in screen, and waits for what is the person's own. */
export async function signIn(page: Page, person: Person, password = PASSWORD): Promise<void> {
  await page.getByLabel('Adresse e-mail').fill(person.email)
  await page.getByLabel('Mot de passe').fill(password)
  await page.getByRole('button', { name: 'Se connecter' }).click()
  await greeting(page, person).waitFor()
}

/** The title of the first screen. */
export const greeting = (page: Page, person: Pick<Person, 'name'>): Locator =>
  page.getByRole('heading', { level: 1, name: `Bonjour ${person.name.split(' ')[0]}` })

/** The link that always says whether the work is safe, once it says so: `À jour`, `Hors ligne, 1 à envoyer`. */
export const syncState = (page: Page, state: string): Locator => page.getByRole('link', { name: `Envois : ${state}`, exact: true })

/** Waits until this device and the server agree. Right after a click it may still be the state from before: wait for what the click does. */
export const upToDate = (page: Page): Promise<void> => syncState(page, 'À jour').waitFor()

/** Goes to a place of the navigation. */
export const goTo = (page: Page, place: string): Promise<void> =>
  page.getByRole('navigation', { name: 'Navigation principale' }).getByRole('link', { name: place, exact: true }).click()

/** An entry of a list of incidents or sites. */
export const entry = (page: Page, text: string): Locator => page.getByRole('listitem').filter({ hasText: text })

/** What an incident report says. */
export interface Report {
  type: 'Sécurité' | 'Technique'
  title: string
  /** The name of the site; needed where there are several. */
  site?: string
}

/** Opens the form of a report by the +. */
export async function startReport(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Nouveau' }).click()
  await page.getByRole('dialog').getByRole('link', { name: 'Signaler un incident' }).click()
}

/** Answers the question that every safety report asks. */
export const nobodyHurt = (page: Page): Promise<void> => page.getByRole('radio', { name: 'Non', exact: true }).check({ force: true })

/** Reports an incident by the + of a site manager, and waits for its thread. */
export async function report(page: Page, { type, title, site }: Report): Promise<void> {
  await startReport(page)
  await page.getByRole('radio', { name: type }).check()
  await page.getByLabel('En une phrase').fill(title)
  if (type === 'Sécurité') await nobodyHurt(page)
  if (site) await page.getByLabel('Chantier', { exact: true }).selectOption({ label: await optionOf(page, site) })
  await page.getByRole('button', { name: 'Signaler', exact: true }).click()
  await page.getByRole('heading', { level: 1, name: title }).waitFor()
}

/** The whole label of the option that begins with a site's name: its code follows. */
async function optionOf(page: Page, site: string): Promise<string> {
  const option = page.getByLabel('Chantier', { exact: true }).getByRole('option', { name: site })
  return (await option.textContent())!
}

/** Answers in the open thread, and waits until the answer stands there. */
export async function answer(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Votre réponse' }).fill(text)
  await page.getByRole('button', { name: 'Répondre', exact: true }).click()
  await page.getByRole('list', { name: 'Suivi' }).getByText(text, { exact: true }).waitFor()
}
