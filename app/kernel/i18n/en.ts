import { first } from './en/first.ts'
import { rest } from './en/rest.ts'
import type { Dictionary } from './index.ts'

/** English, complete. */
export const en: Dictionary = { ...first, ...rest }
