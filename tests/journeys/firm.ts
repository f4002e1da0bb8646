/** A firm that is there before a journey begins: made over the network, by the functions that the app calls. */
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { Page } from 'playwright-core'
import type { Client, World } from '../support/world.ts'

export const PASSWORD = 'un-bon-secret'

/** Somebody with an account and the password above. */
export interface Colleague {
  email: string
  /** Signed in, with the firm as active company. */
  client: Client
}

export interface Firm {
  id: string
  name: string
  founder: Colleague
  /** Opens a site and answers its id. */
  addSite(name: string): Promise<string>
  /** Invites somebody new, who accepts. Their name is what stands before the @. */
  hire(email: string, roles: string[], sites?: string[]): Promise<Colleague>
  /** Invites somebody who has an account already. */
  welcome(email: string, roles: string[], sites?: string[]): Promise<void>
}

/** Calls app.<name> and answers its value. @throws what the server said */
export async function call<T = unknown>(client: Client, name: string, args: Record<string, unknown> = {}): Promise<T> {
  const { data, error } = await client.rpc(name, args)
  if (error) throw new Error(`${name}: ${error.code} ${error.message}`)
  return data as T
}

/** Founds a firm; its founder is admin, executive and project manager. */
export async function foundFirm(world: World, name: string, email: string): Promise<Firm> {
  const id = randomUUID()
  const { client } = await world.signUp(email, PASSWORD, { company: id })
  await call(client, 'found_company', { id, name, full_name: nameOf(email) })
  const command = (command: string, args: Record<string, unknown>) => call(client, command, { command_id: randomUUID(), ...args })
  const invite = async (by: Client, who: string, roles: string[], sites: string[]) => {
    const token = randomBytes(32).toString('base64url')
    await command('invite_person', { id: randomUUID(), token_hash: createHash('sha256').update(token).digest('hex'), roles, site_ids: sites })
    await call(by, 'accept_invitation', { token, full_name: nameOf(who) })
  }
  return {
    id,
    name,
    founder: { email, client },
    async addSite(site) {
      const siteId = randomUUID()
      await command('create_site', { id: siteId, name: site })
      return siteId
    },
    async hire(who, roles, sites = []) {
      const colleague = await world.signUp(who, PASSWORD, { company: id })
      await invite(colleague.client, who, roles, sites)
      return { email: who, client: colleague.client }
    },
    async welcome(who, roles, sites = []) {
      const guest = world.client()
      const { error } = await guest.auth.signInWithPassword({ email: who, password: PASSWORD })
      if (error) throw error
      await invite(guest, who, roles, sites)
    },
  }
}

const nameOf = (email: string) => email.split('@')[0]!.replace(/^./, (letter) => letter.toUpperCase())

/** Signs in on a page that shows the sign-in form, and waits until all is received. */
export async function signIn(page: Page, email: string): Promise<void> {
  await page.getByLabel('Adresse e-mail').fill(email)
  await page.getByLabel('Mot de passe').fill(PASSWORD)
  await page.getByRole('button', { name: 'Se connecter' }).click()
  await upToDate(page)
}

/** Waits until this page says that it has sent and received everything. */
export const upToDate = (page: Page): Promise<void> => page.getByRole('status').filter({ hasText: /^(À jour|Up to date)$/ }).first().waitFor({ state: 'attached' })
