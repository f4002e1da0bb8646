import { first } from './es/first.ts'
import { rest } from './es/rest.ts'
import type { Dictionary } from './index.ts'

/** Spanish, complete; not yet read over by a native speaker of the trade. */
export const es: Dictionary = { ...first, ...rest }
