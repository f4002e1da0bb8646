import type { Query } from '../../kernel/contract.ts'
import type { PhotoRow } from '../../kernel/generated/tables.ts'

/** A photo in a list, with the names that a list shows. */
export interface PhotoItem extends PhotoRow {
  site_name: string
  author_name: string | null
}

const item = `select p.*, s.name as site_name, m.full_name as author_name
  from app.photos as p
  join app.sites as s on s.id = p.site_id
  left join app.memberships as m on m.id = p.author_id`

/** The latest photos of a site. */
export const sitePhotos = (siteId: string, most = 12): Query<PhotoItem> => ({
  key: `site:${siteId}:photos`,
  tables: ['photos', 'sites', 'memberships'],
  sql: `${item} where p.site_id = $1 order by p.taken_at desc, p.id limit $2`,
  params: [siteId, most],
})

/** The photos of an incident, in the order they were taken. */
export const incidentPhotos = (incidentId: string): Query<PhotoItem> => ({
  key: `incident:${incidentId}:photos`,
  tables: ['photos', 'sites', 'memberships'],
  sql: `${item} where p.incident_id = $1 order by p.taken_at, p.id limit 100`,
  params: [incidentId],
})
