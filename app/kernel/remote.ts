// The only door to the server, and the only file that knows supabase-js. A chunk of its own: import it lazily.
import { createClient, type RealtimeChannel, type SupabaseClient } from '@supabase/supabase-js'
import { AppError } from './errors.ts'
import { limitedFetch, readConfig, remoteError, type Config } from './http.ts'
import { makeAuthCalls, type AuthCalls, type AuthFault } from './remote-auth.ts'
import { readValue, removeValue, writeValue } from './local-store.ts'
import { parseBootPage, type PullAnswer, type PushAnswer, type Remote } from './sync/protocol.ts'
import { refreshOnce, SESSION_KEY } from './token.ts'

/** Channels joined at most: hosted Realtime allows a hundred per connection, and the poll covers the others. */
const MOST_CHANNELS = 20

export interface Account {
  id: string
  email: string
}

export interface RemoteClient {
  /** What a person does with their own sign-in. */
  auth: AuthCalls
  /** Calls app.<name>, in the company when one is given. Rejects with AppError. */
  rpc: <T>(name: string, args?: Record<string, unknown>, companyId?: string) => Promise<T>
  signIn: (email: string, password: string) => Promise<Account>
  signUp: (email: string, password: string, fullName: string) => Promise<Account>
  /** Ends the session here and, when the network allows, on the server. */
  signOut: () => Promise<void>
  /** Calls back with true when there is a session, with false when the server ended it. */
  onSession: (call: (alive: boolean) => void) => () => void
  /** Calls an Edge Function that answers a file, in the company. Rejects with AppError. */
  file: (name: string, body: Record<string, unknown>, companyId: string) => Promise<Blob>
  /** What sync asks of the server, for one company. `rank` orders scopes: the first ones get a live channel. */
  company: (companyId: string, rank: (scopes: string[]) => Promise<string[]>) => Remote
}

/** supabase-js refreshes through the one door that the service worker uses too. */
const refresh = (input: RequestInfo | URL, init: RequestInit): Promise<Response> =>
  refreshOnce((JSON.parse(String(init.body)) as { refresh_token: string }).refresh_token, (refresh_token) =>
    limitedFetch(input, { ...init, body: JSON.stringify({ refresh_token }) }),
  )

const appFetch: typeof fetch = (input, init) =>
  init && String(input).includes('/auth/v1/token?grant_type=refresh_token') ? refresh(input, init) : limitedFetch(input, init)

// The schema's generated types would be a third copy of app/kernel/generated: calls are typed by RemoteClient.
// oxlint-disable-next-line no-explicit-any
type AnyClient = SupabaseClient<any, any, any>

/** One client for all companies of this tab; the active company goes with each call. */
export function makeRemote(config: Config): RemoteClient {
  const client: AnyClient = createClient(config.supabaseUrl, config.publishableKey, {
    db: { schema: 'app' },
    auth: {
      storageKey: SESSION_KEY,
      storage: { getItem: async (key) => (await readValue<string>(key)) ?? null, setItem: writeValue, removeItem: removeValue },
      detectSessionInUrl: false,
    },
    global: { fetch: appFetch },
  })
  return remoteOf(client)
}

/** As makeRemote, over a given supabase-js client whose schema is `app`. */
export function remoteOf(client: AnyClient): RemoteClient {
  /** Makes a call, and once more with a fresh token when the server finds the first one stale. */
  async function ask<T>(
    call: () => PromiseLike<{ data: unknown; error: { code: string; message: string; details: string } | null; status: number }>,
  ): Promise<T> {
    let answer = await call()
    if (answer.error && answer.status === 401 && (await client.auth.refreshSession()).data.session) answer = await call()
    if (answer.error) throw remoteError({ ...answer.error, status: answer.status })
    return answer.data as T
  }

  const rpc: RemoteClient['rpc'] = (name, args = {}, companyId) =>
    ask(() => (companyId ? client.rpc(name, args).setHeader('x-company', companyId) : client.rpc(name, args)))

  /** Rejects with AUTHN when nobody is signed in, so that no call is made for nothing. */
  async function requireSession(): Promise<void> {
    const { data, error } = await client.auth.getSession()
    if (data.session) return
    throw new AppError(error?.name === 'AuthRetryableFetchError' ? 'NETWORK' : 'AUTHN', undefined, error?.message)
  }

  /** The sign-in service's refusals keep their own code, except the lockout, which it can only tell by another message. */
  function authError({ status = 0, code, message, name }: AuthFault): AppError {
    if (name === 'AuthSessionMissingError') return new AppError('AUTHN', undefined, message)
    if (!code || status >= 500) return remoteError({ status, message })
    const expired = code === 'invalid_credentials' && /expir/i.test(message)
    const locked = code === 'mfa_verification_rejected' || (code === 'invalid_credentials' && message !== 'Invalid login credentials')
    return new AppError(expired ? 'password_expired' : locked ? 'locked' : code, undefined, message)
  }

  return {
    rpc,
    auth: makeAuthCalls(client, authError),

    async signIn(email, password) {
      const { data, error } = await client.auth.signInWithPassword({ email: email.trim(), password })
      if (error) throw authError(error)
      return { id: data.user.id, email: data.user.email ?? email }
    },

    async signUp(email, password, fullName) {
      const { data, error } = await client.auth.signUp({
        email: email.trim(),
        password,
        options: { data: { full_name: fullName, locale: document.documentElement.lang } },
      })
      if (error) throw authError(error)
      if (!data.user || !data.session) throw new AppError('email_not_confirmed')
      return { id: data.user.id, email: data.user.email ?? email }
    },

    async signOut() {
      await client.auth.signOut({ scope: 'local' }).catch(() => undefined)
      await removeValue(SESSION_KEY)
    },

    onSession(call) {
      const { data } = client.auth.onAuthStateChange((event, session) => {
        if (event === 'SIGNED_OUT') call(false)
        else if (session) call(true)
      })
      return () => data.subscription.unsubscribe()
    },

    async file(name, body, companyId) {
      await requireSession()
      const { data, error } = await client.functions.invoke<Blob>(name, { body, headers: { 'x-company': companyId } })
      if (data) return data
      const answer = (error as { context?: unknown }).context
      if (!(answer instanceof Response)) throw remoteError({ status: 0, message: String(error) })
      const { code, message } = (await answer.json().catch(() => ({}))) as { code?: unknown; message?: string }
      throw remoteError({ status: answer.status, code: typeof code === 'string' ? code : '', message })
    },

    company: (companyId, rank) => ({
      async pull(cursor) {
        await requireSession()
        return rpc<PullAnswer>('sync_pull', { cursor }, companyId)
      },
      async boot(scopes, after, n) {
        return parseBootPage(await ask<string>(() => client.rpc('sync_boot', { scopes, after, n }).setHeader('x-company', companyId).csv()))
      },
      async push(batch) {
        await requireSession()
        return rpc<PushAnswer>('sync_push', { batch }, companyId)
      },
      listen(scopes, onPoke) {
        const channels: RealtimeChannel[] = []
        let stopped = false
        void rank(scopes)
          .catch(() => scopes)
          .then(async (ranked) => {
            await client.realtime.setAuth()
            for (const scope of stopped ? [] : ranked.slice(0, MOST_CHANNELS)) {
              const channel = client.channel(`${companyId}:${scope}`, { config: { private: true } })
              channels.push(
                channel.on('broadcast', { event: 'poke' }, onPoke).subscribe((state) => {
                  // What was poked while the connection was away is fetched when it is back.
                  if (state === 'SUBSCRIBED') onPoke()
                }),
              )
            }
          })
        return () => {
          stopped = true
          for (const channel of channels) void client.removeChannel(channel)
        }
      },
    }),
  }
}

let made: Promise<RemoteClient> | null = null

/** The remote of this tab; made on first use. Rejects with NETWORK when this device has never reached the server. */
export function getRemote(): Promise<RemoteClient> {
  made ??= readConfig()
    .then(makeRemote)
    .catch((error: unknown) => {
      made = null
      throw error
    })
  return made
}
