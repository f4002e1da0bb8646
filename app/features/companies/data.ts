import type { Query } from '../../kernel/contract.ts'
import type { ClosureRow, CompanyRow } from '../../kernel/generated/tables.ts'
import type { Clash } from '../../kernel/ui/Clashes.tsx'

/** The settings of the company. */
export const companyDetail = (): Query<CompanyRow> => ({
  key: 'company',
  tables: ['companies'],
  sql: 'select * from app.companies limit 1',
  params: [],
})

/** The days on which the company is closed, the next ones first. */
export const closures = (): Query<ClosureRow> => ({
  key: 'closures',
  tables: ['closures'],
  sql: 'select * from app.closures order by day desc limit 200',
  params: [],
})

/** Values that lost a clash on the settings. */
export const companyClashes = (): Query<Clash> => ({
  key: 'company:clashes',
  tables: ['conflicts', 'memberships'],
  sql: `select c.id, c.column_name, c.kept, c.lost, m.full_name as actor_name, c.at from app.conflicts as c
    left join app.memberships as m on m.id = c.actor_id where c.table_name = 'companies' order by c.at desc limit 50`,
  params: [],
})

export interface Beginnings {
  sites: number
  people: number
  incidents: number
  first_site: string | null
}

/** What the first steps have already brought. */
export const beginnings = (): Query<Beginnings> => ({
  key: 'beginnings',
  tables: ['sites', 'memberships', 'invitations', 'incidents'],
  sql: `select (select count(*)::integer from app.sites) as sites,
      (select count(*)::integer - 1 from app.memberships) + (select count(*)::integer from app.invitations where accepted_at is null and revoked_at is null) as people,
      (select count(*)::integer from app.incidents) as incidents,
      (select id::text from app.sites order by created_at limit 1) as first_site
    from app.companies limit 1`,
  params: [],
})

/** The roles that some active member holds. */
export const heldRoles = (): Query<{ role: string }> => ({
  key: 'company:roles',
  tables: ['memberships'],
  sql: `select distinct role from app.memberships, unnest(roles) as role where state = 'active' order by role limit 50`,
  params: [],
})
