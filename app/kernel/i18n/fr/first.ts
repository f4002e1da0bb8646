import { account } from './account.ts'
import { companies } from './companies.ts'
import { demos } from './demos.ts'
import { incidents } from './incidents.ts'
import { shell } from './shell.ts'
import { sites } from './sites.ts'

/** French of the first screens: loaded before anything shows. */
export const first = { ...shell, ...account, ...companies, ...demos, ...incidents, ...sites }
