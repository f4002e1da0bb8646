import type { Query } from '../../kernel/contract.ts'
import type { KpiTargetRow } from '../../kernel/generated/tables.ts'

/** The screen's moment, but never before the last thing this device knows: its clock may be slow, and news must count at once. */
const moment = 'greatest($1::timestamptz, (select max(at) from app.incident_events))'

export type TileName =
  | 'active_sites'
  | 'budget'
  | 'open_incidents'
  | 'overdue_incidents'
  | 'ended_incidents'
  | 'response_minutes'
  | 'in_time_share'
  | 'treated_day_share'
  | 'adoption_share'

/** A headline figure; numbers come as texts so that no cent is lost. */
export interface Tile {
  kpi: TileName
  value: string | null
  before: string | null
  target: string | null
  alert: string | null
  standing: 'good' | 'watch' | 'alert' | null
  /** The last twelve weeks, the oldest first. */
  trend: (number | null)[] | null
}

/** The headline figures at `asOf` (ISO 8601). */
export const tiles = (asOf: string): Query<Tile> => ({
  key: 'dashboard:tiles',
  tables: ['sites', 'site_budgets', 'photos', 'incidents', 'incident_events', 'memberships', 'kpi_targets', 'routing_rules', 'closures', 'companies'],
  sql: `select kpi, value::text, before::text, target::text, alert::text, standing, trend from kpi.tiles(${moment}) limit 20`,
  params: [asOf],
})

export interface IncidentWeek {
  week: string
  reported: number
  ended: number
  open: number
  mean_minutes: string | null
  in_time_share: string | null
}

/** The last twelve weeks of incidents. */
export const incidentWeeks = (asOf: string): Query<IncidentWeek> => ({
  key: 'dashboard:weeks',
  tables: ['incidents', 'incident_events', 'routing_rules', 'closures', 'companies'],
  sql: `select week::text, reported, ended, open, mean_minutes::text, in_time_share::text from kpi.incident_weeks(${moment}) limit 12`,
  params: [asOf],
})

export interface OpenIncidents {
  type: string
  day: number
  two_days: number
  week: number
  older: number
  total: number
  overdue: number
}

/** The open incidents by type and age. */
export const openIncidents = (asOf: string): Query<OpenIncidents> => ({
  key: 'dashboard:open',
  tables: ['incidents', 'incident_events', 'routing_rules', 'closures', 'companies'],
  sql: `select * from kpi.open_incidents(${moment}) limit 20`,
  params: [asOf],
})

export interface PortfolioSite {
  id: string
  code: string
  name: string
  city: string | null
  status: string
  ends_on: string | null
  project_manager_id: string | null
  project_manager_name: string | null
  budget: string | null
  open: number
  overdue: number
  gravest: number | null
  elapsed_share: string | null
  reported: number
  in_time_share: string | null
  mine: boolean
}

/** The sites that are not finished, those that worry most first. */
export const portfolio = (me: string, asOf: string): Query<PortfolioSite> => ({
  key: 'dashboard:portfolio',
  tables: ['sites', 'site_budgets', 'site_members', 'incidents', 'incident_events', 'memberships', 'routing_rules', 'closures', 'companies'],
  sql: `select s.id, s.code, s.name, s.city, s.status, s.ends_on::text, s.project_manager_id, m.full_name as project_manager_name, b.amount::text as budget,
      coalesce(k.open, 0) as open, coalesce(k.overdue, 0) as overdue, k.gravest,
      p.elapsed_share::text, coalesce(p.reported, 0) as reported, p.in_time_share::text, s.project_manager_id = $2 is true as mine
    from app.sites as s
    left join app.memberships as m on m.id = s.project_manager_id
    left join app.site_budgets as b on b.id = s.id
    left join kpi.site_incidents(${moment}) as k on k.site_id = s.id
    left join kpi.site_pace(${moment}) as p on p.site_id = s.id
    where s.archived_at is null and s.status <> 'finished'
    order by s.status = 'alert' desc, coalesce(k.overdue, 0) desc, k.gravest desc nulls last, coalesce(k.open, 0) desc, s.name limit 500`,
  params: [asOf, me],
})

export interface AdoptionWeek {
  week: string
  active: number
  people: number
}

/** How many people acted, week by week. */
export const adoptionWeeks = (asOf: string): Query<AdoptionWeek> => ({
  key: 'dashboard:adoption',
  tables: ['incident_events', 'sites', 'photos', 'memberships', 'companies'],
  sql: `select week::text, active, people from kpi.adoption_weeks(${moment}) limit 12`,
  params: [asOf],
})

export interface Target extends Pick<KpiTargetRow, 'kpi'> {
  id: string | null
  target: string
  alert: string
}

/** What the company aims at, figure by figure; the defaults where it said nothing. */
export const targets = (): Query<Target> => ({
  key: 'dashboard:targets',
  tables: ['kpi_targets'],
  sql: `select t.id, d.kpi, coalesce(t.target, d.target)::text as target, coalesce(t.alert, d.alert)::text as alert
    from kpi.default_targets() as d left join app.kpi_targets as t on t.kpi = d.kpi limit 20`,
  params: [],
})
