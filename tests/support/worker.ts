import { verifyPhoto } from '../../edge-functions/jobs/handlers/verify-photo.ts'
import { openClient } from './client.ts'
import type { World } from './world.ts'

/** Does the waiting checks of photos by the worker's own code, with the secret key. Answers how many. */
export async function verifyPhotos({ url, secretKey }: Pick<World, 'url' | 'secretKey'>): Promise<number> {
  const supabase = openClient(url, secretKey)
  const call = async <T>(name: string, args: Record<string, unknown>) => {
    const { data, error } = await supabase.rpc(name, args)
    if (error) throw new Error(`${name}: ${error.message}`)
    return data as T
  }
  for (let done = 0; ; done++) {
    const [job] = await call<{ id: string; kind: string; attempt: number }[]>('claim_jobs', { worker: 'test', n: 1 })
    if (!job) return done
    const hand = { job_id: job.id, attempt: job.attempt }
    const payload = job.kind === 'verify_photo' && (await call<Record<string, unknown> | null>('job_payload', hand))
    if (payload)
      await call('finish_job', {
        ...hand,
        result: await verifyPhoto(payload, { supabase, signal: new AbortController().signal, hold: () => call('job_payload', hand) }),
      })
  }
}
