import type { Query } from '../../kernel/contract.ts'

/** A row when the active company is a demo. */
export const demo = (): Query<{ id: string; created_at: string }> => ({
  key: 'demo',
  tables: ['demos'],
  sql: 'select id, created_at from app.demos limit 1',
  params: [],
})
