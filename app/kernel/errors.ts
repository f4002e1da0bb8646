/** What to do about a failure: send again later, wait for a sign-in, or show it and keep the work editable. */
export type Fate = 'retry' | 'pause' | 'refuse'

/** A failure with a code of sql/errors.json (or an SQLSTATE, or NETWORK) and, when known, the field it is about. */
export class AppError extends Error {
  readonly fate: Fate
  constructor(
    readonly code: string,
    readonly field?: string,
    message?: string,
  ) {
    super(message ?? (field ? `${code}: ${field}` : code))
    this.name = 'AppError'
    this.fate = fateOf(code)
  }
}

/** Signing out was refused because `pending` commands are not sent yet. */
export class UnsentWorkError extends Error {
  constructor(readonly pending: number) {
    super(`${pending} unsent`)
    this.name = 'UnsentWorkError'
  }
}

/** The fate of a code: a code of ours, an SQLSTATE, `NETWORK`, `TIMEOUT`, or an HTTP status as text. */
export function fateOf(code: string): Fate {
  if (code === 'AUTHN' || code === 'PROOF' || code === '401' || code === 'PGRST301' || code === 'PGRST303') return 'pause'
  if (code === 'NETWORK' || code === 'TIMEOUT' || code === 'FAULT' || code === '408' || code === '429') return 'retry'
  if (/^5\d\d$/.test(code)) return 'retry'
  // Serialization, connection, resources, intervention: the same request may pass later.
  if (/^(40|53|55|57|08)[0-9A-Z]{3}$/.test(code)) return 'retry'
  return 'refuse'
}

/** The code and field of a database message: ours start with the five letters, as `BLANK: title`, because a worker drops SQLSTATEs. */
export function parseMessage(message: string): { code: string; field?: string } | null {
  const found = /^(?:error: )?([A-Z]{5})(?:: (.+))?$/.exec(message.split('\n', 1)[0] ?? '')
  return found ? { code: found[1]!, field: found[2] } : null
}

/**
 * The refusal that a local effect's failure stands for, by the server's own mapping; null when the failure is of the phone (a fault, a
 * time limit, or, while the database is not `complete`, a row that has not arrived).
 */
export function refusalOf(error: unknown, complete: boolean): AppError | null {
  const { message = '', code = '' } = (error ?? {}) as { message?: string; code?: string }
  const ours = parseMessage(message)
  if (ours) return ours.code === 'GHOST' && !complete ? null : new AppError(ours.code, ours.field, message)
  if (code === '23505') return new AppError('TAKEN', undefined, message)
  if (code === '23502') return complete ? new AppError('BLANK', undefined, message) : null
  if (code.startsWith('22') || code === '23514') return new AppError('WRONG', undefined, message)
  return null
}

/** Any thrown value as an AppError; what nobody foresaw becomes `fallback`. */
export function toAppError(error: unknown, fallback = 'FAULT'): AppError {
  if (error instanceof AppError) return error
  const { message = String(error), code } = (error ?? {}) as { message?: string; code?: unknown }
  const ours = parseMessage(message)
  if (ours) return new AppError(ours.code, ours.field, message)
  return new AppError(typeof code === 'string' && code ? code : fallback, undefined, message)
}
