import type { Query } from '../../kernel/contract.ts'

export interface Favourite {
  id: string
  href: string
  /** The name of what it leads to, as it is now. */
  label: string
  place: number
}

/** The screens that this person keeps at hand, in their order; a site, an incident or a person under its present name. */
export const favourites = (): Query<Favourite> => ({
  key: 'favourites',
  tables: ['favourites', 'sites', 'incidents', 'memberships'],
  sql: `select f.id, f.href, coalesce(s.name, i.title, m.full_name, f.label) as label, f.place
    from (select *, split_part(split_part(href, '?', 1), '/', 2) as noun, split_part(split_part(href, '?', 1), '/', 3) as row_id from app.favourites) as f
    left join app.sites as s on f.noun = 'sites' and s.id::text = f.row_id
    left join app.incidents as i on f.noun = 'incidents' and i.id::text = f.row_id
    left join app.memberships as m on f.noun = 'people' and m.id::text = f.row_id
    order by f.place, f.id limit 100`,
  params: [],
})
