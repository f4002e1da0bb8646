// The session that page and service worker share: kept in IndexedDB, refreshed by one of them at a time. No DOM, no supabase-js.
import { AppError } from './errors.ts'
import { limitedFetch, readConfig, remoteError } from './http.ts'
import { readValue, writeValue } from './local-store.ts'

/** Where the session lives in this device's store, as supabase-js writes it. */
export const SESSION_KEY = 'session'
/** A token that ends sooner than this is refreshed before it is used. */
const MARGIN_S = 60

export interface StoredSession {
  access_token: string
  refresh_token: string
  /** Seconds since 1970. */
  expires_at: number
  user: { id: string }
}

/** The session of this device, null when nobody is signed in. */
export const readSession = async (): Promise<StoredSession | null> =>
  JSON.parse((await readValue<string>(SESSION_KEY)) ?? 'null') as StoredSession | null

const isFresh = ({ expires_at }: StoredSession) => expires_at > Date.now() / 1000 + MARGIN_S

/**
 * Refreshes the session once for all tabs and the service worker, under a Web Lock: a refresh token used twice signs the person out.
 * Whoever comes second is answered with the session that the first one stored.
 * @param spent the refresh token that the caller knows; a newer stored one goes in its place
 * @param send asks the server for the session after this refresh token
 */
export const refreshOnce = (spent: string, send: (refreshToken: string) => Promise<Response>): Promise<Response> =>
  navigator.locks.request('aplomb-session', async () => {
    const kept = await readSession()
    if (kept && kept.refresh_token !== spent && isFresh(kept)) return Response.json(kept)
    const response = await send(kept?.refresh_token ?? spent)
    // Stored before the lock is free; unless this person signed out meanwhile, or another one in.
    if (response.ok && kept && (await readSession())?.refresh_token === kept.refresh_token) {
      await writeValue(SESSION_KEY, JSON.stringify(await response.clone().json()))
    }
    return response
  }) as Promise<Response>

/** A session whose token the server accepts now. Rejects with AppError: AUTHN when somebody must sign in, NETWORK and the like. */
export async function liveSession(): Promise<StoredSession> {
  const kept = await readSession()
  if (!kept) throw new AppError('AUTHN')
  return isFresh(kept) ? kept : renew(kept)
}

/** As liveSession, after the server has called this access token stale, whatever its time says. */
export async function renewSession(stale: string): Promise<StoredSession> {
  const kept = await readSession()
  if (!kept) throw new AppError('AUTHN')
  return kept.access_token === stale ? renew(kept) : kept
}

/** Asks for the session that follows `kept`. */
async function renew(kept: StoredSession): Promise<StoredSession> {
  const { supabaseUrl, publishableKey } = await readConfig()
  const response = await refreshOnce(kept.refresh_token, (refresh_token) =>
    limitedFetch(`${supabaseUrl}/auth/v1/token?grant_type=refresh_token`, {
      method: 'POST',
      headers: { apikey: publishableKey, 'content-type': 'application/json' },
      body: JSON.stringify({ refresh_token }),
    }).catch((error: Error) => {
      throw remoteError({ status: 0, message: `${error.name} ${error.message}` })
    }),
  )
  if (response.ok) return (await response.json()) as StoredSession
  throw new AppError(response.status === 429 || response.status >= 500 ? String(response.status) : 'AUTHN')
}

/** The access token to send with a call, from a page or the service worker. Rejects as liveSession. */
export const sessionToken = async (): Promise<string> => (await liveSession()).access_token
