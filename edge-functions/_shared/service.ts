import { createClient } from '@supabase/supabase-js'
import { Refusal, setting } from './serve.ts'

/** Opens the API with the secret key: it takes and ends jobs, reaches stored files, and reads no table. */
export function serviceClient() {
  return createClient(setting('SUPABASE_URL'), setting('SUPABASE_SERVICE_ROLE_KEY'), {
    db: { schema: 'app' },
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
  })
}

/** The API as a worker sees it. */
export type Service = ReturnType<typeof serviceClient>

/** Refuses whoever does not hold the secret key: in `apikey`, or as bearer. */
export async function requireService(request: Request): Promise<void> {
  const given = request.headers.get('apikey') ?? request.headers.get('authorization')?.replace(/^bearer +/i, '') ?? ''
  if (!(await sameSecret(given, setting('SUPABASE_SERVICE_ROLE_KEY')))) throw new Refusal(401, 'AUTHN', 'This function answers workers alone.')
}

/** Compares digests, so that the time it takes says nothing about the secret. */
async function sameSecret(one: string, other: string): Promise<boolean> {
  const digest = async (text: string) => new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
  const [a, b] = await Promise.all([digest(one), digest(other)])
  return a.reduce((difference, byte, place) => difference | (byte ^ b[place]!), 0) === 0
}
