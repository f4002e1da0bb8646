/** A company of test people, made through the same functions as the app, straight in SQL. */
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { Claims, OpenDatabase } from './database.ts'

export type Json = Record<string, unknown>

/** A signed-in person: their token's claims, and calls in the name of one company. */
export interface Person {
  userId: string
  email: string
  claims: Claims
  /** Calls app.<name> with named arguments; answers the single value. `company` is the header x-company. */
  call<T = unknown>(company: string | null, name: string, args?: Json): Promise<T>
  /** Runs a query as this person. */
  rows<T extends Json = Json>(company: string | null, query: string, parameters?: unknown[]): Promise<T[]>
}

/** A person with a role in a company. */
export interface Member extends Person {
  id: string
  company: string
  /** Runs a command with a new command id (or the one given). */
  run(name: string, args: Json, commandId?: string): Promise<Json>
  see<T extends Json = Json>(query: string, parameters?: unknown[]): Promise<T[]>
}

/** Creates a user with a living session, as Auth does. */
export async function createPerson(database: OpenDatabase, email: string): Promise<Person> {
  const userId = randomUUID()
  const sessionId = randomUUID()
  await database.db`insert into auth.users (id, email, aud, role, created_at, updated_at) values (${userId}, ${email}, 'authenticated', 'authenticated', now(), now())`
  await database.db`insert into auth.sessions (id, user_id, created_at, updated_at) values (${sessionId}, ${userId}, now(), now())`
  const claims: Claims = { role: 'authenticated', sub: userId, session_id: sessionId }
  const headers = (company: string | null): Record<string, string> => (company ? { 'x-company': company } : {})
  return {
    userId,
    email,
    claims,
    async call<T>(company: string | null, name: string, args: Json = {}) {
      const keys = Object.keys(args)
      const [row] = await database.sqlAs(claims, headers(company), (sql) =>
        sql.unsafe(
          `select app.${name}(${keys.map((key, place) => `${key} => $${place + 1}`).join(', ')}) as value`,
          keys.map((key) => args[key]) as never[],
        ),
      )
      return row!.value as T
    },
    async rows<T extends Json>(company: string | null, query: string, parameters: unknown[] = []) {
      return [...(await database.sqlAs(claims, headers(company), (sql) => sql.unsafe(query, parameters as never[])))] as unknown as T[]
    },
  }
}

/** The person as a member of a company. */
export function asMember(person: Person, company: string, id: string): Member {
  return {
    ...person,
    id,
    company,
    run: (name, args, commandId = randomUUID()) => person.call<Json>(company, name, { command_id: commandId, ...args }),
    see: (query, parameters) => person.rows(company, query, parameters),
  }
}

/** Founds a company; its founder is admin, executive and project manager. */
export async function foundCompany(database: OpenDatabase, founder: Person, name: string): Promise<Member> {
  const company = await founder.call<string>(null, 'found_company', { id: randomUUID(), name, full_name: `Fondateur ${name}` })
  return asMember(founder, company, await membershipId(database, company, founder))
}

/** Invites a new person with these roles and sites, and lets them accept. */
export async function hire(database: OpenDatabase, by: Member, email: string, roles: string[], sites: string[] = []): Promise<Member> {
  const token = randomBytes(32).toString('base64url')
  const hash = createHash('sha256').update(token).digest('hex')
  await by.run('invite_person', { id: randomUUID(), token_hash: hash, roles, site_ids: sites })
  const person = await createPerson(database, email)
  await person.call(null, 'accept_invitation', { token, full_name: email.split('@')[0]! })
  return asMember(person, by.company, await membershipId(database, by.company, person))
}

/** Creates a site and answers its id. */
export async function createSite(by: Member, name: string, more: Json = {}): Promise<string> {
  const id = randomUUID()
  await by.run('create_site', { id, name, ...more })
  return id
}

/** Reports an incident and answers its id. */
export async function reportIncident(by: Member, site: string, more: Json = {}): Promise<string> {
  const id = randomUUID()
  await by.run('report_incident', { id, site_id: site, type: 'technical', severity: 'low', title: 'Gaine bouchée', ...more })
  return id
}

async function membershipId(database: OpenDatabase, company: string, person: Person): Promise<string> {
  const [row] = await database.db`select id from app.memberships where company_id = ${company} and user_id = ${person.userId}`
  return row!.id as string
}
