import type { Query } from '../../kernel/contract.ts'
import type { Locale } from '../../kernel/i18n/index.ts'

/** What the company says in each language instead of the words that came with the screens: key → text. */
export const ownSentences = (): Query<{ locale: Locale; texts: Record<string, string> }> => ({
  key: 'sentences',
  tables: ['sentences'],
  sql: 'select locale, jsonb_object_agg(key, text) as texts from app.sentences group by locale',
  params: [],
})
