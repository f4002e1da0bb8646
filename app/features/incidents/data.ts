import type { Query } from '../../kernel/contract.ts'
import type { IncidentRow, RoutingRuleRow } from '../../kernel/generated/tables.ts'

/** An incident in a list, with the names that a list shows. */
export interface IncidentItem extends Pick<
  IncidentRow,
  | 'id'
  | 'site_id'
  | 'type'
  | 'severity'
  | 'title'
  | 'zone'
  | 'status'
  | 'routed_role'
  | 'due_minutes'
  | 'reporter_id'
  | 'assignee_id'
  | 'occurred_at'
  | 'reported_at'
  | 'updated_at'
> {
  site_name: string
  site_code: string
  reporter_name: string | null
  assignee_name: string | null
}

const item = `select i.id, i.site_id, i.type, i.severity, i.title, i.zone, i.status, i.routed_role, i.due_minutes, i.reporter_id, i.assignee_id,
    i.occurred_at, i.reported_at, i.updated_at, s.name as site_name, s.code as site_code, r.full_name as reporter_name, a.full_name as assignee_name
  from app.incidents as i
  join app.sites as s on s.id = i.site_id
  left join app.memberships as r on r.id = i.reporter_id
  left join app.memberships as a on a.id = i.assignee_id`

export type Group = 'live' | 'resolved' | 'closed'
const statuses: Record<Group, string[]> = { live: ['open', 'assigned', 'waiting', 'answered'], resolved: ['resolved'], closed: ['closed'] }

/** The incidents of a group, the gravest first among the live ones, else the newest. */
export function incidentList(group: Group): Query<IncidentItem> {
  const order = group === 'live' ? `array_position('{critical,high,medium,low}'::text[], i.severity), i.reported_at` : 'i.updated_at desc'
  return {
    key: `incidents:${group}`,
    tables: ['incidents', 'sites', 'memberships'],
    sql: `${item} where i.status = any ($1::text[]) order by ${order} limit 300`,
    params: [statuses[group]],
  }
}

/** Every incident of a group, for a table; a list shows the first ones alone. */
export function incidentTable(group: Group): Query<IncidentItem> {
  const { tables, sql, params } = incidentList(group)
  return { key: `incidents:${group}:table`, tables, sql: sql.replace(/limit 300$/, 'limit 20000'), params }
}

/** The incidents behind a headline figure: `late`, the open ones that nobody answered in time; the others of the last four weeks. */
export type Figure = 'late' | 'ended' | 'answered' | 'due' | 'day'
export const figures: Figure[] = ['late', 'ended', 'answered', 'due', 'day']

// The conditions of sql/kpis/tiles.sql, each as the list of what it counts; c = its clock, m.at = the moment. 672 hours are four weeks.
const behind: Record<Figure, string> = {
  late: 'c.ended_at is null and c.answered_at is null and not c.in_time',
  ended: `c.ended_at > m.at - interval '672 hours' and c.ended_at <= m.at`,
  answered: `c.reported_at > m.at - interval '672 hours' and c.answered_at is not null`,
  due: `c.reported_at > m.at - interval '672 hours' and c.in_time is not null`,
  day: `c.reported_at > m.at - interval '672 hours' and c.reported_at <= m.at - interval '24 hours'`,
}

const clock = `kpi.incident_clock(m.at, m.at - interval '672 hours')`
// What ended lately may be older than its clock goes back.
const ended = '(select id as incident_id, least(resolved_at, closed_at) as ended_at, null::boolean as in_time from app.incidents)'

/** The incidents that a headline figure counts at `asOf` (ISO 8601), of every status; what is late stands first, then the newest. */
export const incidentsBehind = (figure: Figure, asOf: string): Query<IncidentItem> => ({
  key: `incidents:behind:${figure}`,
  tables: ['incidents', 'sites', 'memberships', 'incident_events', 'routing_rules', 'closures', 'companies'],
  sql: `select f.* from (select greatest($1::timestamptz, (select max(at) from app.incident_events)) as at) as m
    cross join lateral ${figure === 'ended' ? ended : clock} as c
    join (${item}) as f on f.id = c.incident_id
    where ${behind[figure]}
    order by c.in_time is true, f.reported_at desc limit 20000`,
  params: [asOf],
})

export interface GroupCount {
  live: number
  resolved: number
  closed: number
}

/** How many incidents each group has. */
export const incidentCounts = (): Query<GroupCount> => ({
  key: 'incidents:counts',
  tables: ['incidents'],
  sql: `select count(*) filter (where status = any ($1::text[]))::integer as live, count(*) filter (where status = 'resolved')::integer as resolved,
      count(*) filter (where status = 'closed')::integer as closed
    from app.incidents limit 1`,
  params: [statuses.live],
})

/** The live incidents of a site. */
export const siteIncidents = (siteId: string): Query<IncidentItem> => ({
  key: `site:${siteId}:incidents`,
  tables: ['incidents', 'sites', 'memberships'],
  sql: `${item} where i.site_id = $1 and i.status = any ($2::text[])
    order by array_position('{critical,high,medium,low}'::text[], i.severity), i.reported_at limit 50`,
  params: [siteId, statuses.live],
})

/** Why an incident waits for this person. */
export type Reason = 'assigned' | 'asked' | 'routed' | 'check' | 'mine'
export interface WaitingIncident extends IncidentItem {
  reason: Reason
}

/** What waits for a person: given to them, routed to their role and taken by nobody, asked of them, to be checked by them, or theirs and live. */
export const waitingFor = (me: string, roles: string[]): Query<WaitingIncident> => ({
  key: 'today:waiting',
  tables: ['incidents', 'sites', 'memberships'],
  sql: `select * from (
      select w.*, case
        when w.assignee_id = $1 and w.status in ('open', 'assigned', 'answered') then 'assigned'
        when w.reporter_id = $1 and w.status = 'waiting' then 'asked'
        when w.status = 'open' and w.assignee_id is null and w.routed_role = any ($2::text[]) then 'routed'
        when w.reporter_id = $1 and w.status = 'resolved' then 'check'
        when w.reporter_id = $1 and w.status <> 'closed' then 'mine' end as reason
      from (${item} where i.status <> 'closed' and (i.assignee_id = $1 or i.reporter_id = $1 or i.routed_role = any ($2::text[]))) as w
    ) as r where reason is not null
    order by array_position('{critical,high,medium,low}'::text[], severity), reported_at limit 100`,
  params: [me, roles],
})

export interface Activity {
  id: string
  incident_id: string
  kind: string
  body: string | null
  actor_id: string
  actor_name: string | null
  assignee_id: string | null
  assignee_name: string | null
  title: string
  site_name: string
  device_at: string
}

/** The latest steps of all incidents this person sees. */
export const latestActivity = (): Query<Activity> => ({
  key: 'today:activity',
  tables: ['incident_events', 'incidents'],
  sql: `select e.id, e.incident_id, e.kind, e.body, e.actor_id, m.full_name as actor_name, a.full_name as assignee_name, e.assignee_id, i.title, s.name as site_name, e.device_at
    from app.incident_events as e
    join app.incidents as i on i.id = e.incident_id
    join app.sites as s on s.id = i.site_id
    left join app.memberships as m on m.id = e.actor_id
    left join app.memberships as a on a.id = e.assignee_id
    order by e.at desc limit 8`,
  params: [],
})

/** Everything about one incident. */
export interface IncidentDetail extends IncidentRow {
  site_name: string
  site_code: string
  site_archived: boolean
  reporter_name: string | null
  assignee_name: string | null
}

/** One incident, with the names a screen shows. */
export const incidentDetail = (id: string): Query<IncidentDetail> => ({
  key: `incident:${id}`,
  tables: ['incidents', 'sites', 'memberships'],
  sql: `select i.*, s.name as site_name, s.code as site_code, s.archived_at is not null as site_archived,
      r.full_name as reporter_name, a.full_name as assignee_name
    from app.incidents as i
    join app.sites as s on s.id = i.site_id
    left join app.memberships as r on r.id = i.reporter_id
    left join app.memberships as a on a.id = i.assignee_id
    where i.id = $1 limit 1`,
  params: [id],
})

/** One step of the ledger; `command_id` names the unsent command that made it, when there is one. */
export interface IncidentStep {
  id: string
  kind: string
  body: string | null
  from_status: string | null
  to_status: string
  actor_id: string
  actor_name: string | null
  assignee_id: string | null
  assignee_name: string | null
  at: string
  device_at: string
  command_id: string | null
}

/** The ledger, oldest first; `unsent` = commands about this incident that the server does not have. */
export const incidentSteps = (id: string, unsent: string[]): Query<IncidentStep> => ({
  key: `incident:${id}:steps`,
  tables: ['incident_events', 'memberships'],
  sql: `select e.id, e.kind, e.body, e.from_status, e.to_status, e.actor_id, m.full_name as actor_name, a.full_name as assignee_name, e.assignee_id, e.at, e.device_at,
      (select c from unnest($2::uuid[]) as c where effects.derived_id(c, 'event') = e.id) as command_id
    from app.incident_events as e
    left join app.memberships as m on m.id = e.actor_id
    left join app.memberships as a on a.id = e.assignee_id
    where e.incident_id = $1 order by e.at, e.id limit 500`,
  params: [id, unsent],
})

/** Values that lost a clash on one row. */
export interface Clash {
  id: string
  column_name: string
  kept: unknown
  lost: unknown
  actor_name: string | null
  at: string
}

/** Values that lost a clash on an incident. */
export const incidentClashes = (id: string): Query<Clash> => ({
  key: `incident:${id}:clashes`,
  tables: ['conflicts'],
  sql: `select c.id, c.column_name, c.kept, c.lost, m.full_name as actor_name, c.at from app.conflicts as c
    left join app.memberships as m on m.id = c.actor_id where c.row_id = $1 order by c.at desc limit 50`,
  params: [id],
})

export interface SiteChoice {
  id: string
  name: string
  code: string
  city: string | null
  latitude: number | null
  longitude: number | null
  mine: boolean
}

/** The sites on which something can be reported, this person's own first. */
export const reportSites = (me: string): Query<SiteChoice> => ({
  key: 'incidents:sites',
  tables: ['sites', 'site_members'],
  sql: `select s.id, s.name, s.code, s.city, s.latitude, s.longitude,
      exists (select from app.site_members as m where m.site_id = s.id and m.membership_id = $1 and m.withdrawn_at is null) as mine
    from app.sites as s where s.archived_at is null order by mine desc, s.status = 'finished', s.name limit 500`,
  params: [me],
})

export interface PersonChoice {
  id: string
  full_name: string
  roles: string[]
  job: string | null
}

/** The people to whom an incident can be given: those of the routed role first. */
export const assignees = (routedRole: string): Query<PersonChoice> => ({
  key: 'incidents:people',
  tables: ['memberships'],
  sql: `select id, full_name, roles, job from app.memberships where state = 'active'
    order by $1 = any (roles) desc, full_name limit 500`,
  params: [routedRole],
})

/** Zones already named on a site, to spare typing. */
export const zonesOf = (siteId: string): Query<{ zone: string }> => ({
  key: `site:${siteId}:zones`,
  tables: ['incidents'],
  sql: `select zone from app.incidents where site_id = $1 and zone is not null group by zone order by count(*) desc limit 20`,
  params: [siteId],
})

/** To whom an incident goes when nobody who sees it holds the role of its rule; no row when somebody does. */
export const standIn = (siteId: string, type: string, role: string): Query<{ full_name: string }> => ({
  key: `incidents:stand-in:${siteId}:${type}`,
  tables: ['memberships', 'site_members', 'sites'],
  sql: `select m.full_name from app.companies as c
    join app.memberships as m on m.id = effects.stand_in(row(c.id, null, null, now(), now())::effects.context, $1, $2, $3) limit 1`,
  params: [siteId, type, role],
})

/** Where each type of incident goes. */
export const routing = (): Query<RoutingRuleRow> => ({
  key: 'routing',
  tables: ['routing_rules'],
  sql: 'select * from app.routing_rules limit 20',
  params: [],
})
