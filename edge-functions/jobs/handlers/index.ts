import type { Handler } from '../worker.ts'

/** Who does which kind of job. */
export const handlers: Record<string, Handler> = {}
