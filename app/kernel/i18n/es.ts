import { account } from './es/account.ts'
import { analysts } from './es/analysts.ts'
import { companies } from './es/companies.ts'
import { dashboard } from './es/dashboard.ts'
import { demos } from './es/demos.ts'
import { incidents } from './es/incidents.ts'
import { people } from './es/people.ts'
import { shell } from './es/shell.ts'
import { sites } from './es/sites.ts'
import { sync } from './es/sync.ts'
import { views } from './es/views.ts'
import type { Dictionary } from './index.ts'

/** Spanish, complete; not yet read over by a native speaker of the trade. */
export const es: Dictionary = {
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
