import { account } from './pt/account.ts'
import { analysts } from './pt/analysts.ts'
import { companies } from './pt/companies.ts'
import { dashboard } from './pt/dashboard.ts'
import { demos } from './pt/demos.ts'
import { incidents } from './pt/incidents.ts'
import { people } from './pt/people.ts'
import { shell } from './pt/shell.ts'
import { sites } from './pt/sites.ts'
import { sync } from './pt/sync.ts'
import { views } from './pt/views.ts'
import type { Dictionary } from './index.ts'

/** Portuguese, complete; not yet read over by a native speaker of the trade. */
export const pt: Dictionary = {
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
