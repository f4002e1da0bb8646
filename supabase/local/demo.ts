import { createHash } from 'node:crypto'
import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import postgres from 'postgres'
import WebSocket from 'ws'
import { garrigue } from './demo-garrigue.ts'
import { showPhoto } from './demo-photos.ts'
import type { DemoCompany, DemoIncident, DemoPerson } from './demo-story.ts'
import { vercors } from './demo-vercors.ts'

/** The demo, in the order in which it is told. */
const story: DemoCompany[] = [garrigue, vercors]

/** How to sign in as one person of the demo companies. */
export interface SignIn {
  email: string
  password: string
  name: string
  role: string
  company: string
}

interface Target {
  url: string
  publishableKey: string
  /** A connection of the owner role: only to give the history its past. */
  databaseUrl: string
}

const PASSWORD = 'chantier-demo'
const HOUR = 3_600_000
/** Incidents of the weeks before, beside those of the story. */
const HISTORY = 90

/** The same id at every run, so that a seeding cut short goes on where it stopped. */
function idOf(...words: string[]): string {
  const hex = createHash('md5')
    .update(['demo', ...words].join('/'))
    .digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20)].join('-')
}

const day = (fromToday: number) => new Date(Date.now() + fromToday * 24 * HOUR).toISOString().slice(0, 10)

/** One person of one company, acting through the public API. */
interface Actor {
  membershipId: string
  client: SupabaseClient
  run(name: string, args: Record<string, unknown>, commandId: string): Promise<void>
}

/**
 * Fills a platform with the demo companies, each act by the person who may do it; does nothing when they are there.
 * @param target the running stack's address, its browser key, and a connection of the owner role
 * @returns one sign-in per person and company
 */
export async function seedDemo(target: Target): Promise<SignIn[]> {
  const sql = postgres(target.databaseUrl, { max: 1, onnotice: () => undefined })
  try {
    const clients = new Map<string, SupabaseClient>()
    for (const company of story) {
      const last = idOf(company.name, 'closure')
      const [done] = await sql`select 1 from app_private.command_log where company_id = ${idOf(company.name)} and id = ${last}`
      if (!done) {
        await seedCompany(target, company, clients)
        await giveItsPast(sql, company)
        await sql`select app_private.fill_history(${idOf(company.name)}, now(), ${HISTORY})`
        await actorOf(target, company, company.founder, clients).then((founder) =>
          founder.run('add_closure', { id: last, day: day(40), label: 'Pont' }, last),
        )
      }
    }
    await Promise.all([...clients.values()].map((client) => client.auth.signOut({ scope: 'local' })))
  } finally {
    await sql.end()
  }
  return story.flatMap((company) =>
    [company.founder, ...company.people].map(({ name, email, roles }) => ({
      email,
      password: PASSWORD,
      name,
      role: roles[0]!,
      company: company.name,
    })),
  )
}

/** A client of this account, signed in; signed up first when it is new. */
async function clientOf(target: Target, person: DemoPerson, clients: Map<string, SupabaseClient>): Promise<SupabaseClient> {
  const known = clients.get(person.email)
  if (known) return known
  const client = createClient(target.url, target.publishableKey, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    realtime: { transport: WebSocket as unknown as typeof globalThis.WebSocket },
  })
  const { error } = await client.auth.signUp({ email: person.email, password: PASSWORD, options: { data: { full_name: person.name } } })
  if (error && error.code !== 'user_already_exists') throw error
  if (error) {
    const again = await client.auth.signInWithPassword({ email: person.email, password: PASSWORD })
    if (again.error) throw again.error
  }
  clients.set(person.email, client)
  return client
}

async function call<T>(client: SupabaseClient, name: string, args: Record<string, unknown>, company?: string): Promise<T> {
  let request = client.schema('app').rpc(name, args)
  if (company) request = request.setHeader('x-company', company)
  const { data, error } = await request
  if (error) throw Object.assign(new Error(`${name}: ${error.message}`), { code: error.code })
  return data as T
}

async function actorOf(target: Target, company: DemoCompany, person: DemoPerson, clients: Map<string, SupabaseClient>): Promise<Actor> {
  const client = await clientOf(target, person, clients)
  const companyId = idOf(company.name)
  const mine = await call<{ company_id: string; membership_id: string }[]>(client, 'my_companies', {})
  return {
    client,
    membershipId: mine.find((each) => each.company_id === companyId)!.membership_id,
    async run(name, args, commandId) {
      try {
        await call(client, name, { command_id: commandId, ...args }, companyId)
      } catch (error) {
        // Said on an earlier day, with that day's dates: done.
        if ((error as { code?: string }).code !== 'TWICE') throw error
      }
    },
  }
}

async function seedCompany(target: Target, company: DemoCompany, clients: Map<string, SupabaseClient>): Promise<void> {
  const { founder } = company
  const client = await clientOf(target, founder, clients)
  await call(client, 'found_company', {
    id: idOf(company.name),
    name: company.name,
    full_name: founder.name,
    siren: company.siren,
    siret: company.siret,
    locale: 'fr',
  })
  const actors = new Map([[founder.name, await actorOf(target, company, founder, clients)]])
  const boss = actors.get(founder.name)!
  const siteId = (name: string) => idOf(company.name, 'site', name)

  for (const site of company.sites) {
    await boss.run(
      'create_site',
      {
        id: siteId(site.name),
        name: site.name,
        client_name: site.client,
        address: site.address,
        postal_code: site.postalCode,
        city: site.city,
        latitude: site.latitude,
        longitude: site.longitude,
        architect: site.architect ?? null,
        starts_on: day(site.starts),
        ends_on: day(site.ends),
        status: site.status,
        budget: site.budget,
        tags: site.tags,
      },
      siteId(site.name),
    )
  }
  for (const person of company.people) actors.set(person.name, await hire(target, company, person, boss, clients, (person.sites ?? []).map(siteId)))
  const person = (name: string) => actors.get(name)!

  for (const { name, projectManager, siteManager } of company.sites) {
    const changes = {
      project_manager_id: person(projectManager).membershipId,
      ...(siteManager ? { site_manager_id: person(siteManager).membershipId } : {}),
    }
    await boss.run(
      'update_site',
      { id: siteId(name), changes, was: Object.fromEntries(Object.keys(changes).map((key) => [key, null])) },
      idOf(company.name, 'managers', name),
    )
  }
  for (const { name, job, phone } of [founder, ...company.people]) {
    const actor = person(name)
    const changes = { job, ...(phone ? { phone } : {}) }
    await actor.run('update_member', { id: actor.membershipId, changes }, idOf(company.name, 'card', name))
  }
  for (const [team, members] of Object.entries(company.teams)) {
    const id = idOf(company.name, 'team', team)
    await boss.run('create_team', { id, name: team }, id)
    for (const name of members)
      await boss.run('add_team_member', { team_id: id, membership_id: person(name).membershipId }, idOf(company.name, 'team', team, name))
  }
  for (const incident of company.incidents) await tell(company, incident, person)
  for (const [seed, photo] of company.photos.entries()) {
    const incident = company.incidents.find((each) => each.title === photo.incident)
    await showPhoto(person(photo.by), photo, {
      site: company.sites.find((site) => site.name === photo.site)!,
      siteId: siteId(photo.site),
      companyId: idOf(company.name),
      incidentId: incident ? incidentId(company, incident) : null,
      seed: seed + company.name.length * 100,
      idOf: (...words) => idOf(company.name, ...words),
    })
  }
}

/** Invites a person by a link, who signs up and accepts it. */
async function hire(
  target: Target,
  company: DemoCompany,
  person: DemoPerson,
  boss: Actor,
  clients: Map<string, SupabaseClient>,
  sites: string[],
): Promise<Actor> {
  const client = await clientOf(target, person, clients)
  const companyId = idOf(company.name)
  const mine = await call<{ company_id: string }[]>(client, 'my_companies', {})
  if (!mine.some((each) => each.company_id === companyId)) {
    const invitation = idOf(company.name, 'invitation', person.email)
    const token = idOf(company.name, 'token', person.email, target.publishableKey)
    await boss.run(
      'invite_person',
      {
        id: invitation,
        token_hash: createHash('sha256').update(token).digest('hex'),
        roles: person.roles,
        site_ids: sites,
        email: person.email,
        full_name: person.name,
      },
      invitation,
    )
    await call(client, 'accept_invitation', { token, full_name: person.name })
  }
  return actorOf(target, company, person, clients)
}

const incidentId = (company: DemoCompany, incident: DemoIncident) => idOf(company.name, 'incident', incident.title)
const stepId = (company: DemoCompany, incident: DemoIncident, place: number) => idOf(company.name, 'incident', incident.title, String(place))

/** Reports an incident and takes its steps, each by its person. */
async function tell(company: DemoCompany, incident: DemoIncident, person: (name: string) => Actor): Promise<void> {
  const id = incidentId(company, incident)
  const { latitude, longitude } = company.sites.find((site) => site.name === incident.site)!
  await person(incident.by).run(
    'report_incident',
    {
      id,
      site_id: idOf(company.name, 'site', incident.site),
      type: incident.type,
      severity: incident.severity,
      title: incident.title,
      description: incident.description ?? null,
      zone: incident.zone ?? null,
      latitude,
      longitude,
      accuracy_m: 12,
      details: incident.details ?? {},
    },
    id,
  )
  for (const [place, step] of (incident.steps ?? []).entries()) {
    await person(step.by).run(
      `${step.do}_incident`,
      { id, body: step.body ?? null, ...(step.to ? { assignee_id: person(step.to).membershipId } : {}) },
      stepId(company, incident, place),
    )
  }
}

/** The API stamps the present; a demo needs a past: sets the times of the incidents and of their steps. */
async function giveItsPast(sql: postgres.Sql, company: DemoCompany): Promise<void> {
  const companyId = idOf(company.name)
  for (const incident of company.incidents) {
    const id = incidentId(company, incident)
    const seen = Date.now() - incident.ago * HOUR
    let at = seen + (incident.offline ?? 0) * HOUR
    const moments = [{ command: id, at, device: seen }]
    for (const [place, step] of (incident.steps ?? []).entries()) {
      at = Math.min(at + step.after * HOUR, Date.now())
      moments.push({ command: stepId(company, incident, place), at, device: at })
    }
    for (const moment of moments) {
      await sql`update app.incident_events set at = ${new Date(moment.at)}, device_at = ${new Date(moment.device)}
        where company_id = ${companyId} and id = effects.derived_id(${moment.command}, 'event')`
    }
    await sql`update app.incidents as i set occurred_at = ${new Date(seen)}, reported_at = ${new Date(moments[0]!.at)}, updated_at = ${new Date(at)},
        resolved_at = (select max(e.at) from app.incident_events as e where e.company_id = i.company_id and e.incident_id = i.id and e.to_status = 'resolved' and i.resolved_at is not null),
        closed_at = (select max(e.at) from app.incident_events as e where e.company_id = i.company_id and e.incident_id = i.id and e.to_status = 'closed' and i.closed_at is not null)
      where i.company_id = ${companyId} and i.id = ${id}`
  }
}
