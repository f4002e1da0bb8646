import type { Query } from '../../kernel/contract.ts'
import type { PhotoRow } from '../../kernel/generated/tables.ts'
import type { Shape } from './shapes.ts'

/** A photo in a list, with the names that a list shows. */
export interface PhotoItem extends Omit<PhotoRow, 'annotations'> {
  annotations: Shape[]
  site_name: string
  author_name: string | null
  incident_title: string | null
}

const item = `select p.*, s.name as site_name, m.full_name as author_name, i.title as incident_title
  from app.photos as p
  join app.sites as s on s.id = p.site_id
  left join app.memberships as m on m.id = p.author_id
  left join app.incidents as i on i.id = p.incident_id`
const tables: Query['tables'] = ['photos', 'sites', 'memberships', 'incidents']

/** What a list of photos is narrowed to; days are local, both included. */
export interface PhotoFilter {
  site?: string
  zone?: string
  author?: string
  from?: string
  to?: string
}

/** The photos that this person sees, the latest first, `most` of them. `timeZone`: of the company, for days. */
export const photoList = (filter: PhotoFilter, timeZone: string, most: number): Query<PhotoItem> => ({
  key: `photos:${most}:${JSON.stringify(filter)}`,
  tables,
  sql: `${item} where ($1::uuid is null or p.site_id = $1) and ($2::text is null or p.zone = $2) and ($3::uuid is null or p.author_id = $3)
      and ($4::date is null or (p.taken_at at time zone $6)::date >= $4) and ($5::date is null or (p.taken_at at time zone $6)::date <= $5)
    order by p.taken_at desc, p.id limit $7`,
  params: [filter.site || null, filter.zone || null, filter.author || null, filter.from || null, filter.to || null, timeZone, most],
})

/** The latest photos that this person sees. */
export const latestPhotos = (most = 8): Query<PhotoItem> => ({
  key: 'photos:latest',
  tables,
  sql: `${item} order by p.taken_at desc, p.id limit $1`,
  params: [most],
})

/** The latest photos of a site. */
export const sitePhotos = (siteId: string, most = 12): Query<PhotoItem> => ({
  key: `site:${siteId}:photos`,
  tables,
  sql: `${item} where p.site_id = $1 order by p.taken_at desc, p.id limit $2`,
  params: [siteId, most],
})

/** The photos of an incident, in the order they were taken. */
export const incidentPhotos = (incidentId: string): Query<PhotoItem> => ({
  key: `incident:${incidentId}:photos`,
  tables,
  sql: `${item} where p.incident_id = $1 order by p.taken_at, p.id limit 100`,
  params: [incidentId],
})

/** One photo. */
export const photoById = (id: string): Query<PhotoItem> => ({
  key: `photo:${id}`,
  tables,
  sql: `${item} where p.id = $1 limit 1`,
  params: [id],
})

/** These photos. */
export const photosById = (ids: string[]): Query<PhotoItem> => ({
  key: `photos:${ids.join()}`,
  tables,
  sql: `${item} where p.id = any ($1::uuid[]) order by p.taken_at, p.id`,
  params: [ids],
})

/** A site to choose for a photo. */
export interface PhotoSite {
  id: string
  name: string
  code: string
  latitude: number | null
  longitude: number | null
}

/** The sites that take photos: those not archived. */
export const photoSites = (): Query<PhotoSite> => ({
  key: 'photos:sites',
  tables: ['sites'],
  sql: 'select id, name, code, latitude, longitude from app.sites where archived_at is null order by name limit 1000',
  params: [],
})

/** Words already in use on a site: its zones. */
export const photoZones = (siteId: string | null): Query<{ zone: string }> => ({
  key: `photos:zones:${siteId}`,
  tables: ['photos', 'incidents'],
  sql: `select zone from (select zone from app.photos where $1::uuid is null or site_id = $1
      union select zone from app.incidents where $1::uuid is null or site_id = $1) as used
    where zone is not null order by zone limit 200`,
  params: [siteId],
})

/** Who took photos. */
export const photoAuthors = (): Query<{ id: string; full_name: string }> => ({
  key: 'photos:authors',
  tables: ['photos', 'memberships'],
  sql: 'select m.id, m.full_name from app.memberships as m where exists (select from app.photos as p where p.author_id = m.id) order by m.full_name limit 500',
  params: [],
})

/** An incident as the page of a new photo names it. */
export const photoIncident = (id: string): Query<{ id: string; title: string; site_id: string; zone: string | null }> => ({
  key: `photos:incident:${id}`,
  tables: ['incidents'],
  sql: 'select id, title, site_id, zone from app.incidents where id = $1 limit 1',
  params: [id],
})
