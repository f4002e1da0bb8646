import type { first as french } from '../fr/first.ts'
import { account } from './account.ts'
import { companies } from './companies.ts'
import { demos } from './demos.ts'
import { incidents } from './incidents.ts'
import { shell } from './shell.ts'
import { sites } from './sites.ts'

/** Spanish of the first screens: loaded before anything shows. */
export const first: Record<keyof typeof french, string> = { ...shell, ...account, ...companies, ...demos, ...incidents, ...sites }
