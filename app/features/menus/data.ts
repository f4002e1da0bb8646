import type { Query } from '../../kernel/contract.ts'

/** The order in which this person has the main screens; no row: the usual one. */
export const menu = (): Query<{ hrefs: string[] }> => ({
  key: 'menu',
  tables: ['menus'],
  sql: 'select hrefs from app.menus limit 1', // others' are not on this device
  params: [],
})
