import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { buildApp } from '../../supabase/local/build.ts'
import { withDeployedDatabase } from '../../supabase/local/database.ts'
import { launch } from '../client/page.ts'
import { openClient, type Client } from '../support/client.ts'
import { startGatewayProcess, type GatewayProcess } from './gateway-process.ts'
import { openWire, type Wire } from './wire.ts'

const PASSWORD = 'un-bon-secret'
export const WAIT = { timeout: 60_000 }
export const PHONE: BrowserContextOptions = { locale: 'fr-FR', viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }
export const DESK: BrowserContextOptions = { locale: 'fr-FR', viewport: { width: 1440, height: 900 } }
export const EXECUTIVE = 'claire@mesure.test'
export const MANAGER = 'marc@mesure.test'

/** What the benches of the app play on: the built app on a real gateway, a company, and a browser. */
export interface AppStage {
  browser: Browser
  /** The gateway itself. */
  url: string
  /** The same gateway behind a line that counts. */
  wire: Wire
  /** The folder of the built app. */
  staticDir: string
  /** The database's address for a superuser. */
  superuser: string
}

/** Makes the stage, plays on it, and takes it down. */
export async function onStage(play: (stage: AppStage) => Promise<void>): Promise<void> {
  const staticDir = await buildApp(fileURLToPath(new URL('../..', import.meta.url)))
  await withDeployedDatabase(async (_owner, address) => {
    const gateway = await startGatewayProcess(address, { staticDir })
    const wire = await openWire(gateway.url)
    const browser = await launch()
    try {
      await makeCompany(gateway)
      await play({ browser, url: gateway.url, wire, staticDir, superuser: address('supabase_admin') })
    } finally {
      await browser.close()
      await wire.close()
      await gateway.stop()
    }
  })
}

async function call<T>(client: Client, name: string, args: object, company = ''): Promise<T> {
  const { data, error } = await client.rpc(name, args).setHeader('x-company', company)
  if (error) throw new Error(`${name}: ${error.message}`)
  return data as T
}

/** A company with an executive and the manager of its one site, made as the app makes them. */
async function makeCompany(gateway: GatewayProcess): Promise<void> {
  const signUp = async (email: string) => {
    const client = openClient(gateway.url, gateway.publishableKey)
    const { error } = await client.auth.signUp({ email, password: PASSWORD })
    if (error) throw error
    return client
  }
  const executive = await signUp(EXECUTIVE)
  const company = await call<string>(executive, 'found_company', { id: randomUUID(), name: 'Mesure', full_name: 'Claire Duval' })
  const site = randomUUID()
  await call(executive, 'create_site', { command_id: randomUUID(), id: site, name: 'École Pasteur', status: 'running' }, company)
  const token = randomBytes(32).toString('base64url')
  const token_hash = createHash('sha256').update(token).digest('hex')
  await call(
    executive,
    'invite_person',
    { command_id: randomUUID(), id: randomUUID(), token_hash, roles: ['site_manager'], site_ids: [site] },
    company,
  )
  await call(await signUp(MANAGER), 'accept_invitation', { token, full_name: 'Marc Petit' })
}

/** Each page of the context notes when an element of `selector` was painted first. Functions in pages stay nameless: tsx would mark names. */
export async function notePaint(context: BrowserContext, selector: string): Promise<void> {
  await context.addInitScript((wanted) => {
    const painted = new Promise<number>((resolve) => {
      new MutationObserver((_, observer) => {
        if (!document.querySelector(wanted)) return
        observer.disconnect()
        requestAnimationFrame(() => setTimeout(() => resolve(performance.timeOrigin + performance.now())))
      }).observe(document, { childList: true, subtree: true, attributes: true })
    })
    Object.assign(globalThis, { painted })
  }, selector)
}

/** In ms since 1970. */
export const paintedAt = (page: Page): Promise<number> => page.evaluate(() => (globalThis as unknown as { painted: Promise<number> }).painted)

/** Signs in on the page's sign-in screen; resolves when Today is there and everything is sent and received. */
export async function signIn(page: Page, email: string): Promise<void> {
  await page.getByLabel('Adresse e-mail').fill(email)
  await page.getByLabel('Mot de passe').fill(PASSWORD)
  await page.getByRole('button', { name: 'Se connecter' }).click()
  await page.getByRole('heading', { level: 1, name: 'Bonjour' }).waitFor(WAIT)
  await upToDate(page)
}

/** Resolves when the page says that everything is sent and received. */
export const upToDate = (page: Page) =>
  page.getByRole('link', { name: 'Envois : À jour', exact: true }).filter({ visible: true }).first().waitFor(WAIT)
