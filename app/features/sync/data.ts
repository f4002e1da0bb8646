import type { Query } from '../../kernel/contract.ts'

/** What things are called that sendings are about, as far as this device knows them: sites, incidents, people, in the order that places say best. */
export const namesOf = (ids: string[]): Query<{ id: string; name: string }> => ({
  key: null,
  tables: ['sites', 'incidents', 'memberships'],
  sql: `select id::text as id, name from app.sites where id = any($1::uuid[])
    union all select id::text, title from app.incidents where id = any($1::uuid[])
    union all select id::text, full_name from app.memberships where id = any($1::uuid[]) limit 500`,
  params: [ids],
})
