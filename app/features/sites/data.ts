import type { Query } from '../../kernel/contract.ts'
import type { SiteRow } from '../../kernel/generated/tables.ts'
import type { PhotoName } from '../../kernel/photos/pixels.ts'
import type { Clash } from '../../kernel/ui/Clashes.tsx'

export interface SiteItem extends Pick<
  SiteRow,
  'id' | 'code' | 'name' | 'client_name' | 'city' | 'status' | 'starts_on' | 'ends_on' | 'archived_at' | 'tags'
> {
  site_manager_name: string | null
  project_manager_name: string | null
  open: number
  overdue: number
  gravest: number | null
  mine: boolean
}

/** Every site this person sees, with what its incidents say at `asOf` (ISO 8601). */
export const siteList = (me: string, asOf: string): Query<SiteItem> => ({
  key: 'sites',
  tables: ['sites', 'memberships', 'incidents', 'site_members'],
  sql: `select s.id, s.code, s.name, s.client_name, s.city, s.status, s.starts_on, s.ends_on, s.archived_at, s.tags,
      m.full_name as site_manager_name, p.full_name as project_manager_name,
      coalesce(k.open, 0) as open, coalesce(k.overdue, 0) as overdue, k.gravest,
      s.project_manager_id = $1 or s.site_manager_id = $1 or exists (
        select from app.site_members as x where x.site_id = s.id and x.membership_id = $1 and x.withdrawn_at is null) as mine
    from app.sites as s
    left join app.memberships as m on m.id = s.site_manager_id
    left join app.memberships as p on p.id = s.project_manager_id
    left join kpi.site_incidents($2::timestamptz) as k on k.site_id = s.id
    order by s.archived_at is not null, s.name limit 1000`,
  params: [me, asOf],
})

export interface SiteDetail extends SiteRow {
  site_manager_name: string | null
  project_manager_name: string | null
  budget: string | null
}

/** One site, with its managers and budget when this person may see them. */
export const siteDetail = (id: string): Query<SiteDetail> => ({
  key: `site:${id}`,
  tables: ['sites', 'memberships', 'site_budgets'],
  sql: `select s.*, m.full_name as site_manager_name, p.full_name as project_manager_name, b.amount::text as budget
    from app.sites as s
    left join app.memberships as m on m.id = s.site_manager_id
    left join app.memberships as p on p.id = s.project_manager_id
    left join app.site_budgets as b on b.id = s.id
    where s.id = $1 limit 1`,
  params: [id],
})

export interface TeamMember {
  id: string
  membership_id: string
  full_name: string
  portrait: string | null
  job: string | null
  phone: string | null
  email: string
  role: string
  starts_on: string | null
  ends_on: string | null
  withdrawn_at: string | null
}

/** Who is and was on a site: those of today first. */
export const siteTeam = (id: string): Query<TeamMember> => ({
  key: `site:${id}:team`,
  tables: ['site_members', 'memberships'],
  sql: `select x.id, x.membership_id, m.full_name, m.portrait, m.job, m.phone, m.email, x.role, x.starts_on, x.ends_on, x.withdrawn_at
    from app.site_members as x join app.memberships as m on m.id = x.membership_id
    where x.site_id = $1 order by x.withdrawn_at is not null, m.full_name limit 300`,
  params: [id],
})

/** Values that lost a clash on a site. */
export const siteClashes = (id: string): Query<Clash> => ({
  key: `site:${id}:clashes`,
  tables: ['conflicts', 'memberships'],
  sql: `select c.id, c.column_name, c.kept, c.lost, m.full_name as actor_name, c.at from app.conflicts as c
    left join app.memberships as m on m.id = c.actor_id where c.row_id = $1 order by c.at desc limit 50`,
  params: [id],
})

export interface Person {
  id: string
  full_name: string
  roles: string[]
  job: string | null
}

/** The active people of the company. */
export const activePeople = (): Query<Person> => ({
  key: 'people:active',
  tables: ['memberships'],
  sql: `select id, full_name, roles, job from app.memberships where state = 'active' order by full_name limit 500`,
  params: [],
})

/** A photo as a report draws it. */
export interface ReportPhoto extends PhotoName {
  path: string
  caption: string | null
  taken_at: string
  width: number
  height: number
}

/** The newest photos of a site whose file the server has not said it has: the files of some wait on this device. */
export const photosAnnounced = (siteId: string): Query<ReportPhoto> => ({
  key: `photos announced ${siteId}`,
  tables: ['photos'],
  sql: `select id, site_id, sha256, state, caption, taken_at, width, height, company_id || '/' || site_id || '/' || sha256 || '.jpg' as path
    from app.photos where site_id = $1 and state = 'announced' order by taken_at desc, id limit 60`,
  params: [siteId],
})

/** The photos of a site with these hashes. */
export const photosNamed = (siteId: string, hashes: string[]): Query<PhotoName> => ({
  key: `photos named ${siteId}`,
  tables: ['photos'],
  sql: 'select id, site_id, sha256, state from app.photos where site_id = $1 and sha256 = any ($2::text[])',
  params: [siteId, hashes],
})
