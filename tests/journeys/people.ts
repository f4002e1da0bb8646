import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { openClient } from '../support/client.ts'
import type { Client, World } from '../support/world.ts'

export const PASSWORD = 'une-bonne-phrase'

/** Somebody with an account, whose sign-in the journey types. */
export interface Person {
  name: string
  email: string
  userId: string
  /** Calls app.<name> as this person; `company` goes with the call. */
  call<T = unknown>(name: string, args?: Record<string, unknown>, company?: string): Promise<T>
}

/** Somebody in a company. */
export interface Member extends Person {
  company: string
  /** The membership. */
  id: string
  /** Runs a command. */
  run(name: string, args: Record<string, unknown>): Promise<unknown>
}

let accounts = 0

/** Makes an account: `Marc Petit` becomes marc.petit.1@chantier.test. */
export async function signUp(world: Pick<World, 'signUp'>, name: string): Promise<Person> {
  const email = `${name
    .toLowerCase()
    .normalize('NFD')
    .replaceAll(/[^a-z ]/g, '')
    .replaceAll(' ', '.')}.${++accounts}@chantier.test`
  const { client, user } = await world.signUp(email, PASSWORD)
  return { name, email, userId: user.id, call: (procedure, args = {}, company) => call(client, procedure, args, company) }
}

async function call<T>(client: Client, name: string, args: Record<string, unknown>, company?: string): Promise<T> {
  const asked = client.rpc(name, args)
  const { data, error } = await (company ? asked.setHeader('x-company', company) : asked)
  if (error) throw new Error(`${name}: ${error.message}`)
  return data as T
}

async function memberOf(person: Person, company: string): Promise<Member> {
  const companies = await person.call<{ company_id: string; membership_id: string }[]>('my_companies')
  const { membership_id: id } = companies.find((each) => each.company_id === company)!
  return { ...person, company, id, run: (name, args) => person.call(name, { command_id: randomUUID(), ...args }, company) }
}

/** A person founds a company: administrator, executive and project manager at once. */
export async function found(person: Person, name: string): Promise<Member> {
  return memberOf(person, await person.call<string>('found_company', { id: randomUUID(), name, full_name: person.name }))
}

/** Brings a person into the company of `by`, with a role and sites. */
export async function hire(by: Member, person: Person, role: string, sites: string[] = []): Promise<Member> {
  const token = randomBytes(24).toString('base64url')
  const token_hash = createHash('sha256').update(token).digest('hex')
  await by.run('invite_person', { id: randomUUID(), token_hash, roles: [role], site_ids: sites })
  return memberOf(person, await person.call<string>('accept_invitation', { token, full_name: person.name }))
}

/** Creates a site and answers its id. */
export async function createSite(by: Member, name: string): Promise<string> {
  const id = randomUUID()
  await by.run('create_site', { id, name, status: 'running' })
  return id
}

/** Stores a photo's file as this person. */
export async function upload(world: Pick<World, 'url' | 'publishableKey'>, person: Person, name: string, content: Buffer): Promise<void> {
  const client = openClient(world.url, world.publishableKey)
  const signedIn = await client.auth.signInWithPassword({ email: person.email, password: PASSWORD })
  const { error } = signedIn.error ? signedIn : await client.storage.from('photos').upload(name, content, { contentType: 'image/jpeg' })
  if (error) throw error
}

/** Fetches a stored file as this person: the status of the answer, and its bytes. */
export async function download(
  world: Pick<World, 'url' | 'publishableKey'>,
  person: Person,
  name: string,
  bucket = 'photos',
): Promise<{ status: number; data: Buffer }> {
  const client = openClient(world.url, world.publishableKey)
  const { data, error } = await client.auth.signInWithPassword({ email: person.email, password: PASSWORD })
  if (error) throw error
  const response = await fetch(`${world.url}/storage/v1/object/authenticated/${bucket}/${name}`, {
    headers: { apikey: world.publishableKey, authorization: `Bearer ${data.session.access_token}` },
  })
  return { status: response.status, data: Buffer.from(await response.arrayBuffer()) }
}
