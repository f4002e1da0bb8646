import type { Query } from '../../kernel/contract.ts'
import { plain } from '../../kernel/search.ts'

export interface Hit {
  kind: 'site' | 'incident' | 'person'
  id: string
  title: string
  detail: string | null
}

/** A column without case and accents, as `plain` makes them. */
const folded = (column: string) => `translate(lower(coalesce(${column}, '')), 'àâäáãéèêëíìîïóòôöõúùûüçñœ', 'aaaaaeeeeiiiiooooouuuucno')`
const pattern = (term: string) =>
  `%${plain(term)
    .trim()
    .replace(/[\\%_]/g, '\\$&')
    .split(/\s+/)
    .join('%')}%`

/** Sites, incidents and people whose words match, a few of each. */
export const everything = (term: string): Query<Hit> => ({
  key: null,
  tables: ['sites', 'incidents', 'memberships'],
  sql: `(select 'site' as kind, id, name as title, code || coalesce(' · ' || city, '') as detail from app.sites
      where ${folded("name || ' ' || code || ' ' || coalesce(client_name, '') || ' ' || coalesce(city, '')")} like $1 order by archived_at is not null, name limit 6)
    union all (select 'incident', i.id, i.title, s.name from app.incidents as i join app.sites as s on s.id = i.site_id
      where ${folded("i.title || ' ' || coalesce(i.zone, '') || ' ' || coalesce(i.description, '')")} like $1 order by i.status in ('resolved', 'closed'), i.updated_at desc limit 6)
    union all (select 'person', id, full_name, job from app.memberships
      where ${folded("full_name || ' ' || coalesce(job, '') || ' ' || email")} like $1 order by state <> 'active', full_name limit 6)`,
  params: [pattern(term)],
})
