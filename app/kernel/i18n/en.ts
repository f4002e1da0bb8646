import { account } from './en/account.ts'
import { analysts } from './en/analysts.ts'
import { companies } from './en/companies.ts'
import { dashboard } from './en/dashboard.ts'
import { demos } from './en/demos.ts'
import { incidents } from './en/incidents.ts'
import { people } from './en/people.ts'
import { shell } from './en/shell.ts'
import { sites } from './en/sites.ts'
import { sync } from './en/sync.ts'
import { views } from './en/views.ts'
import type { Dictionary } from './index.ts'

/** English, complete. */
export const en: Dictionary = {
  ...shell,
  ...account,
  ...companies,
  ...dashboard,
  ...demos,
  ...analysts,
  ...people,
  ...sites,
  ...incidents,
  ...sync,
  ...views,
}
