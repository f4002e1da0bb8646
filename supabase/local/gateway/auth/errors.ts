import type { IncomingMessage, ServerResponse } from 'node:http'
import { HttpError, sendJson } from '../http.ts'
import { InvalidKey } from '../tokens.ts'

/** A refusal of the Auth service, with GoTrue's status and error code. */
export class AuthError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly extra: Record<string, unknown> = {},
  ) {
    super(message)
  }
}

const LOST = new Set(['CONNECTION_CLOSED', 'CONNECTION_ENDED', 'CONNECTION_DESTROYED', 'CONNECT_TIMEOUT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE'])
/** Waited too long for a lock, or took too long. */
const BUSY = new Set(['55P03', '57014'])
/** The first API version whose errors carry their code in `code`. */
const API_VERSION = '2024-01-01'

/** Answers an error in the form that the client's API version expects. 5xx makes auth-js try again and keep the session. */
export async function sendAuthError(request: IncomingMessage, response: ServerResponse, error: unknown): Promise<void> {
  if (response.headersSent) return
  if (error instanceof HttpError) return sendJson(request, response, error.status, error.body, error.headers)
  if (error instanceof InvalidKey)
    return sendJson(request, response, 401, { message: error.message, hint: 'Send a valid key in the `apikey` header.' })
  const { status, code, message, extra } = error instanceof AuthError ? error : translate(error)
  const modern = String(request.headers['x-supabase-api-version'] ?? '') >= API_VERSION
  if (modern) return sendJson(request, response, status, { code, message, ...extra }, { 'x-supabase-api-version': API_VERSION })
  return sendJson(request, response, status, { code: status, error_code: code, msg: message, ...extra })
}

function translate(error: unknown): AuthError {
  const code = String((error as { code?: unknown }).code ?? '')
  if (LOST.has(code) || BUSY.has(code) || code.startsWith('57P') || code.startsWith('08') || code.startsWith('53')) {
    return new AuthError(503, 'unexpected_failure', 'The database cannot be reached. Try again.')
  }
  // a text that Postgres cannot hold: NUL, half a sign, a date beyond all calendars
  if (code.startsWith('22')) return new AuthError(400, 'validation_failed', 'A value contains what cannot be stored')
  console.error('[gateway] auth:', error)
  return new AuthError(500, 'unexpected_failure', 'Unexpected failure, please check server logs for more information')
}
