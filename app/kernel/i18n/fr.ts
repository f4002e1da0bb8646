import { first } from './fr/first.ts'
import { rest } from './fr/rest.ts'

/** French: the language every other one is checked against. */
export const fr = { ...first, ...rest }
