import { first } from './pt/first.ts'
import { rest } from './pt/rest.ts'
import type { Dictionary } from './index.ts'

/** Portuguese, complete; not yet read over by a native speaker of the trade. */
export const pt: Dictionary = { ...first, ...rest }
