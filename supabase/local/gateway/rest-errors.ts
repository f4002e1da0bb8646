import { HttpError } from './http.ts'
import { PoolTimeout } from './pool.ts'
import { InvalidKey, InvalidToken } from './tokens.ts'
import { ConnectionLost, PgError } from './wire.ts'

/** An error of the REST service in PostgREST's form. */
export function restError(status: number, code: string, message: string, details: string | null = null, hint: string | null = null): HttpError {
  return new HttpError(status, { code, details, hint, message })
}

/** What lies outside the subset that this gateway serves. */
export function unsupported(sentence: string): HttpError {
  return restError(501, 'UNSUPPORTED', sentence, null, 'Hosted Supabase serves it; the embedded stack does not.')
}

/** Statuses of whole SQLSTATE classes, as PostgREST documents them. */
const CLASSES: Record<string, number> = {
  '08': 503,
  '09': 500,
  '0L': 403,
  '0P': 403,
  '25': 500,
  '28': 403,
  '2D': 500,
  '38': 500,
  '39': 500,
  '3B': 500,
  '40': 500,
  '53': 503,
  '54': 500,
  '55': 500,
  '57': 500,
  '58': 500,
  F0: 500,
  HV: 500,
  P0: 500,
  XX: 500,
}
/** SQLSTATEs that differ from their class; AUTHN and PROOF are ours: sign in again, give the second factor. */
const CODES: Record<string, number> = {
  '23503': 409,
  '23505': 409,
  '25006': 405,
  '42883': 404,
  '42P01': 404,
  '42P17': 500,
  '53400': 500,
  '57P01': 503,
  P0001: 400,
  AUTHN: 401,
  PROOF: 403,
}

/** The HTTP status of a database error. `signedIn` tells a forbidden request (403) from one that lacks a signature (401). */
export function statusOf(code: string, message: string, signedIn: boolean): number {
  if (code === '42501') return signedIn ? 403 : 401
  if (code === '21000') return message.endsWith('requires a WHERE clause') ? 400 : 500
  if (code === '22023' && /^role .* does not exist$/.test(message)) return 401
  if (/^PT\d{3}$/.test(code)) return Number(code.slice(2))
  if (/^[A-Z]{5}$/.test(code) && !(code in CODES)) return 400
  return CODES[code] ?? CLASSES[code.slice(0, 2)] ?? 400
}

/** Turns whatever went wrong in a REST request into an answer. */
export function toRestError(error: unknown, signedIn: boolean): HttpError {
  if (error instanceof HttpError) return error
  if (error instanceof PgError) {
    return restError(statusOf(error.code, error.message, signedIn), error.code, error.message, error.detail, error.hint)
  }
  if (error instanceof ConnectionLost) {
    return restError(503, 'PGRST001', 'Database client error. Retrying the connection.', error.message)
  }
  if (error instanceof PoolTimeout) return restError(504, 'PGRST003', 'Timed out acquiring connection from connection pool.', error.message)
  if (error instanceof InvalidKey) return new HttpError(401, { message: error.message, hint: 'Send a valid key in the `apikey` header.' })
  if (error instanceof InvalidToken) {
    const answer = restError(401, error.expired ? 'PGRST303' : 'PGRST301', error.message)
    return new HttpError(401, answer.body, { 'www-authenticate': 'Bearer error="invalid_token"' })
  }
  console.error('[gateway] rest:', error)
  return restError(500, 'PGRSTX00', 'Something went wrong in the gateway.')
}
