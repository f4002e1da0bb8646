import { Hopeless } from '../_shared/hopeless.ts'
import type { Service } from '../_shared/service.ts'

/** A job in this worker's hand. */
export interface Job {
  id: string
  kind: string
  /** 1 for the first time it is tried. */
  attempt: number
}

/** What a handler works with. */
export interface Tools {
  supabase: Service
  job: Job
  /** Ends when the lease does: pass it to what may hang. */
  signal: AbortSignal
  /**
   * Before what cannot be undone: asks again what the job needs, and keeps it in this hand for another minute. Null: it is no longer wanted.
   * @throws when the job went to another worker meanwhile
   */
  hold: () => Promise<Payload | null>
}

type Payload = Record<string, unknown>

/**
 * Does one kind of job. It gets what app_private.payload_<kind> answers (else the job's own payload), and its answer goes to
 * app_private.finish_<kind>. It may run again after a crash: what it does outside must bear that, by the job's id.
 * @throws Hopeless when trying again cannot help; any other error brings the job back after a pause
 */
export type Handler = (payload: Payload, tools: Tools) => Promise<Payload | void>

/** What a round of work did. */
export interface Round {
  done: number
  failed: number
}

export interface WorkOptions {
  supabase: Service
  handlers: Record<string, Handler>
  /** How this worker is called in the table. */
  name: string
  /** Jobs done side by side. */
  lanes?: number
  /** How long a job is ours, in seconds; killed, we lose it then. */
  lease?: number
  /** No new job is taken after this many seconds: the platform ends long requests. */
  until?: number
}

/** Takes and does jobs until none is due or the time is over. */
export async function work({ supabase, handlers, name, lanes = 4, lease = 120, until = 50 }: WorkOptions): Promise<Round> {
  const end = performance.now() + until * 1000
  const round: Round = { done: 0, failed: 0 }
  const lane = async () => {
    while (performance.now() < end) {
      const [job] = await call<Job[]>(supabase, 'claim_jobs', { worker: name, n: 1, lease: `${lease} seconds` })
      if (!job) return
      const hold = () => call<Payload | null>(supabase, 'job_payload', { job_id: job.id, attempt: job.attempt, lease: '1 minute' })
      if (await doJob({ supabase, job, signal: AbortSignal.timeout(lease * 900), hold }, handlers)) round.done++
      else round.failed++
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return round
}

/** Does one job and notes how it ended. */
async function doJob(tools: Tools, handlers: Record<string, Handler>): Promise<boolean> {
  const { supabase, job } = tools
  const hand = { job_id: job.id, attempt: job.attempt }
  try {
    const handler = Object.hasOwn(handlers, job.kind) ? handlers[job.kind] : undefined
    if (!handler) throw new Error(`Nobody here does “${job.kind}”.`) // a newer worker may: the job comes back
    const payload = await call<Payload | null>(supabase, 'job_payload', hand)
    if (!payload) return true
    const result = await handler(payload, tools)
    await call(supabase, 'finish_job', { ...hand, result: result ?? null })
    return true
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    console.error(`job ${job.id} (${job.kind}), attempt ${job.attempt}: ${message}`)
    await call(supabase, 'fail_job', { ...hand, error: message, final: error instanceof Hopeless }).catch((refused: Error) => {
      console.error(`job ${job.id}: ${refused.message}`) // its lease ended: whoever has it now will say how it went
    })
    return false
  }
}

async function call<T>(supabase: Service, name: string, args: Record<string, unknown>): Promise<T> {
  const { data, error } = await supabase.rpc(name, args)
  if (error) throw new Error(`${name}: ${error.code} ${error.message}`)
  return data as T
}
