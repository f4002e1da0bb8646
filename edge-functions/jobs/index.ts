import { serve } from '../_shared/serve.ts'
import { requireService, serviceClient } from '../_shared/service.ts'
import { handlers } from './handlers/index.ts'
import { work } from './worker.ts'

/** Does the jobs that are due; called by whoever wakes the workers, with the secret key. Answers {done, failed}. */
serve(async (request) => {
  await requireService(request)
  const round = work({ supabase: serviceClient(), handlers, name: `jobs ${crypto.randomUUID().slice(0, 8)}` })
  keepAlive(round)
  return Response.json(await round)
})

/** On hosted projects the caller hangs up after seconds: the platform then keeps us alive until the round ends. */
function keepAlive(work: Promise<unknown>): void {
  const { EdgeRuntime } = globalThis as { EdgeRuntime?: { waitUntil(work: Promise<unknown>): void } }
  EdgeRuntime?.waitUntil(work.catch(() => undefined))
}
