import { randomUUID } from 'node:crypto'
import type { Sql } from 'postgres'
import type { TestDatabase } from '../support/database.ts'
import { asMember, createPerson, type Member, type Person } from '../support/company.ts'

/** Which rows of a table a role sees: all of its company, those of its sites, those about the person, none. */
export type Reach = 'all' | 'sites' | 'own' | 'none'

/** A row of a test company, and what decides who sees it. */
export interface Row {
  /** Its line of the matrix: the table, or `table:kind` where kinds of rows differ. */
  line: string
  id: string
  /** The site it is on, when it is on one. */
  site?: 'ours' | 'other'
  /** Roles whose person it is about. */
  owners: string[]
}

/** A company with two sites, one person per role in the team of the first, and rows in every table. */
export interface Population {
  company: string
  people: Map<string, Member>
  rows: Row[]
}

/**
 * Fills a company.
 * @param people the user who stands for each role
 * @param rolesOf the roles they get here; the one they stand for, unless told
 * @param newId makes the ids of the rows
 */
export async function populate(
  { db }: TestDatabase,
  people: Map<string, Person>,
  rolesOf = (role: string) => [role],
  newId: () => string = randomUUID,
): Promise<Population> {
  const company = newId()
  const rows: Row[] = []
  const add = (line: string, id: string, where: Omit<Row, 'line' | 'id' | 'owners'> & { owners?: string[] } = {}) => {
    rows.push({ line, id, owners: [], ...where })
    return id
  }

  await db`insert into app.companies (id, name) values (${company}, 'Bâtir')`
  add('companies', company)
  const members = new Map<string, Member>()
  for (const [role, person] of people) {
    const id = newId()
    await db`insert into app.memberships (company_id, id, user_id, full_name, email, roles)
      values (${company}, ${id}, ${person.userId}, ${role}, ${person.email}, ${rolesOf(role)})`
    members.set(role, asMember(person, company, add('memberships', id, { owners: [role] })))
  }
  const [colleague] = [...members.values()]
  if (!colleague) throw new Error('A company needs somebody.')

  await fillDirectory(db, company, colleague.id, add, newId)
  for (const [role, { id }] of members) {
    await db`insert into app.favourites (company_id, id, membership_id, href, label, place)
      values (${company}, ${add('favourites', newId(), { owners: [role] })}, ${id}, '/sites', 'Chantiers', 1)`
    await db`insert into app.menus (company_id, id, hrefs) values (${company}, ${add('menus', id, { owners: [role] })}, '{/sites,/}')`
  }
  for (const site of ['ours', 'other'] as const) await fillSite(db, company, colleague.id, site, members, add, newId)
  return { company, people: members, rows }
}

type Add = (line: string, id: string, where?: { site?: 'ours' | 'other'; owners?: string[] }) => string

async function fillDirectory(db: Sql, company: string, colleague: string, add: Add, newId: () => string): Promise<void> {
  const team = add('teams', newId())
  await db`insert into app.teams (company_id, id, name) values (${company}, ${team}, 'Gros œuvre')`
  const [member] = await db`insert into app.team_members (company_id, team_id, membership_id) values (${company}, ${team}, ${colleague}) returning id`
  add('team_members', String(member?.id))
  await db`insert into app.closures (company_id, id, day, label) values (${company}, ${add('closures', newId())}, '2026-08-03', 'Congés')`
  await db`insert into app.routing_rules (company_id, id, incident_type, role, delay_minutes)
    values (${company}, ${add('routing_rules', newId())}, 'safety', 'executive', 0)`
  await db`insert into app.kpi_targets (company_id, id, kpi, target, alert)
    values (${company}, ${add('kpi_targets', randomUUID())}, 'in_time_share', 0.9, 0.7)`
  await db`insert into app.sentences (company_id, id, locale, key, text, updated_by)
    values (${company}, ${add('sentences', newId())}, 'fr', 'nav.sites', 'Opérations', ${colleague})`
  await db`insert into app.demos (company_id, created_by) values (${add('demos', company)}, ${colleague})`
  await db`insert into app.invitations (company_id, id, token_hash, roles, created_by, expires_at)
    values (${company}, ${add('invitations', newId())}, encode(sha256(${randomUUID()}::bytea), 'hex'), '{crew}', ${colleague}, 'infinity')`
}

async function fillSite(
  db: Sql,
  company: string,
  colleague: string,
  site: 'ours' | 'other',
  members: Map<string, Member>,
  add: Add,
  newId: () => string,
): Promise<void> {
  const id = add('sites', newId(), { site })
  await db`insert into app.sites (company_id, id, code, name, created_by) values (${company}, ${id}, ${site}, ${site}, ${colleague})`
  await db`insert into app.site_budgets (company_id, id, amount) values (${company}, ${add('site_budgets', id, { site })}, 1000)`
  const conflict = async (line: string, table: string, row: string, where: Parameters<Add>[2]) => {
    await db`insert into app.conflicts (company_id, id, table_name, row_id, column_name, actor_id, at)
      values (${company}, ${add(line, newId(), where)}, ${table}, ${row}, 'title', ${colleague}, now())`
  }
  await conflict('conflicts', 'sites', id, { site })
  const photo = async (line: string, incidentId: string | null, owners: string[]) => {
    const photoId = add(line, randomUUID(), { site, owners })
    await db`insert into app.photos (company_id, id, site_id, incident_id, author_id, taken_at, added_at, position_source, sha256, bytes, width, height)
      values (${company}, ${photoId}, ${id}, ${incidentId}, ${colleague}, now(), now(), 'none', encode(sha256(${photoId}::text::bytea), 'hex'), 1000, 40, 30)`
  }
  await photo('photos', null, [])

  // everybody works on our site, nobody on the other one any more
  for (const [role, member] of members) {
    await db`insert into app.site_members (company_id, id, site_id, membership_id, role, ends_on)
      values (${company}, ${add('site_members', newId(), { site })}, ${id}, ${member.id}, ${role}, ${site === 'ours' ? null : '2020-01-01'})`
  }

  const incident = async (type: 'technical' | 'safety', reporter: string, assignee: string | null, owners: string[]) => {
    const kind = type === 'safety' ? ':safety' : ''
    const incidentId = add(`incidents${kind}`, newId(), { site, owners })
    await db`insert into app.incidents (company_id, id, site_id, type, severity, title, routed_role, due_minutes, reporter_id, assignee_id, occurred_at, reported_at)
      values (${company}, ${incidentId}, ${id}, ${type}, 'low', 'Chute de plain-pied', 'executive', 0, ${reporter}, ${assignee}, now(), now())`
    await db`insert into app.incident_events (company_id, id, incident_id, kind, to_status, actor_id, at, device_at)
      values (${company}, ${add(`incident_events${kind}`, newId(), { site, owners })}, ${incidentId}, 'report', 'open', ${reporter}, now(), now())`
    await conflict(`conflicts${kind}`, 'incidents', incidentId, { site, owners })
    await photo(`photos${kind}`, incidentId, owners)
  }
  await incident('technical', colleague, null, [])
  for (const [role, member] of members) {
    const [other, otherRole] = [...members].map(([name, each]) => [each.id, name] as const).find(([, name]) => name !== role) ?? [member.id, role]
    await incident('safety', member.id, other, [role, otherRole])
  }
}

/** Whether somebody of this role sees the row, by a line of the matrix. */
export function reached({ site, owners }: Row, role: string, reach: Reach): boolean {
  return { all: true, sites: site === 'ours', own: owners.includes(role), none: false }[reach]
}

/** A signed-in user for each role. */
export async function createPeople(database: TestDatabase, roles: string[], domain = 'batir.test'): Promise<Map<string, Person>> {
  const people = new Map<string, Person>()
  for (const role of roles) people.set(role, await createPerson(database, `${role}@${domain}`))
  return people
}
