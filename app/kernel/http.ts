// How page and service worker call the server, below supabase-js: its address, a time limit, and what a failure means.
import { AppError, fateOf, parseMessage } from './errors.ts'
import { readValue, writeValue } from './local-store.ts'

export interface Config {
  supabaseUrl: string
  publishableKey: string
  /** The address under which people reach the app from elsewhere, when whoever runs it said so. */
  origin?: string
  /** Mails are caught in the local box `/mail`, and sent to nobody. */
  mailsKept?: boolean
}

const CALL_LIMIT_MS = 60_000

/** The address and key of the server: fetched, and remembered for a start without a network. */
export async function readConfig(): Promise<Config> {
  const kept = await readValue<Config>('config')
  const fetched = fetch('/config.json', { signal: AbortSignal.timeout(CALL_LIMIT_MS) }).then(async (response) => {
    if (!response.ok) throw new AppError(String(response.status))
    const config = (await response.json()) as Config
    await writeValue('config', config)
    return config
  })
  if (!kept)
    return fetched.catch((error: unknown) => {
      throw error instanceof AppError ? error : new AppError('NETWORK')
    })
  void fetched.catch(() => undefined)
  return kept
}

/** The failure of a call as an AppError: a database code, else the HTTP status, else the network. */
export function remoteError({
  status,
  code = '',
  message = '',
  details = '',
}: {
  status: number
  code?: string
  message?: string
  details?: string | null
}): AppError {
  const ours = parseMessage(message)
  if (ours) return new AppError(ours.code, ours.field ?? (details || undefined), message)
  if (!status) return new AppError(/abort|timeout/i.test(message) ? 'TIMEOUT' : 'NETWORK', undefined, message)
  if (status === 401) return new AppError('AUTHN', undefined, message)
  const passing = status === 429 || status >= 500
  return new AppError(code && (!passing || fateOf(code) === 'retry') ? code : String(status), undefined, message)
}

/** Fails a call that gets no answer in time. */
export const limitedFetch: typeof fetch = (input, init) => {
  const limit = AbortSignal.timeout(CALL_LIMIT_MS)
  return fetch(input, { ...init, signal: init?.signal ? AbortSignal.any([init.signal, limit]) : limit })
}

/** Posts JSON to the server. Answers what it answers; rejects with AppError. */
export async function post<T>(path: string, body: unknown, headers: Record<string, string> = {}): Promise<T> {
  const { supabaseUrl, publishableKey } = await readConfig()
  const response = await limitedFetch(supabaseUrl + path, {
    method: 'POST',
    headers: { apikey: publishableKey, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  }).catch((error: Error) => {
    throw remoteError({ status: 0, message: `${error.name} ${error.message}` })
  })
  const answer = (await response.json().catch(() => ({}))) as T & { code?: string; message?: string; details?: string }
  if (!response.ok) throw remoteError({ ...answer, code: String(answer.code ?? ''), status: response.status })
  return answer
}
