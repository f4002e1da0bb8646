// How photos reach the server: by the session that page and service worker share. No DOM, no supabase-js.
import { AppError } from '../errors.ts'
import { limitedFetch, post, readConfig, remoteError } from '../http.ts'
import { liveSession, renewSession } from '../token.ts'

/** Where the server's files are, and as whom: what a request to Storage carries. */
export interface Address {
  url: string
  headers: Record<string, string>
}

/** The server, for one signed-in person. Every call rejects with AppError. */
export interface Door {
  /** `stale`: the headers that the server has just refused; their token is renewed. */
  address: (companyId: string, stale?: Record<string, string>) => Promise<Address>
  rpc: (name: string, args: Record<string, unknown>, companyId: string) => Promise<unknown>
  /** The rows of app.<relation> with these ids that the person sees. */
  rowsById: <T>(relation: string, columns: string, ids: string[], companyId: string) => Promise<T[]>
}

const bearer = 'Bearer '

/** The door of this device's session. */
export const deviceDoor: Door = {
  async address(companyId, stale) {
    const { supabaseUrl: url, publishableKey: apikey } = await readConfig()
    const { access_token } = stale ? await renewSession(stale['authorization']!.slice(bearer.length)) : await liveSession()
    return { url, headers: { apikey, authorization: bearer + access_token, 'x-company': companyId } }
  },

  rpc: (name, args, companyId) => again(companyId, ({ headers }) => post(`/rest/v1/rpc/${name}`, args, { ...headers, 'content-profile': 'app' })),

  rowsById: <T>(relation: string, columns: string, ids: string[], companyId: string) =>
    again(companyId, async ({ url, headers }) => {
      const query = new URLSearchParams({ select: columns, id: `in.(${ids.join(',')})` })
      const response = await limitedFetch(`${url}/rest/v1/${relation}?${query}`, { headers: { ...headers, 'accept-profile': 'app' } }).catch(
        (error: Error) => {
          throw remoteError({ status: 0, message: `${error.name} ${error.message}` })
        },
      )
      const answer = (await response.json().catch(() => ({}))) as T[] & { code?: string; message?: string }
      if (!response.ok) throw remoteError({ status: response.status, code: answer.code, message: answer.message })
      return answer
    }),
}

/** Makes a call, and once more with a renewed token when the server calls the first one stale. */
async function again<T>(companyId: string, call: (address: Address) => Promise<T>): Promise<T> {
  const first = await deviceDoor.address(companyId)
  try {
    return await call(first)
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'AUTHN') throw error
    return call(await deviceDoor.address(companyId, first.headers))
  }
}
