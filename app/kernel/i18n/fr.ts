import { account } from './fr/account.ts'
import { analysts } from './fr/analysts.ts'
import { companies } from './fr/companies.ts'
import { dashboard } from './fr/dashboard.ts'
import { demos } from './fr/demos.ts'
import { incidents } from './fr/incidents.ts'
import { people } from './fr/people.ts'
import { shell } from './fr/shell.ts'
import { sites } from './fr/sites.ts'
import { sync } from './fr/sync.ts'
import { views } from './fr/views.ts'

/** French: the language every other one is checked against. */
export const fr = { ...shell, ...account, ...companies, ...dashboard, ...demos, ...analysts, ...people, ...sites, ...incidents, ...sync, ...views }
