import { createClient } from '@supabase/supabase-js'
import ws from 'ws'
import { verifyPhoto } from '../../edge-functions/jobs/handlers/verify-photo.ts'
import { work } from '../../edge-functions/jobs/worker.ts'
import type { World } from './world.ts'

/** Does the waiting checks of photos by the function's own code, with the secret key. Answers how many. */
export async function verifyPhotos(world: Pick<World, 'url' | 'secretKey'>): Promise<number> {
  const supabase = createClient(world.url, world.secretKey, {
    db: { schema: 'app' },
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    realtime: { transport: ws as never },
  })
  const { done } = await work({ supabase: supabase as never, handlers: { verify_photo: verifyPhoto }, name: 'test' })
  return done
}
