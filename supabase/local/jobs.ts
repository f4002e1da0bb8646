import postgres from 'postgres'

export interface JobsOptions {
  /** Connection as `authenticator`. */
  databaseUrl: string
  /** Address of the gateway. */
  url: string
  secretKey: string
}

/** Longest time without a look, in ms: a notification can be missed. */
const LONGEST = 60_000
/** Time before another call after one that found nothing to take though something is due, in ms; twice as long each time. */
const AFTER_NOTHING = 1_000
/** The longest of these: somebody holds the job's row locked, which ends without a word. */
const LONGEST_AFTER_NOTHING = 15_000
/** Time before another call after one that failed, in ms. */
const AFTER_FAILURE = 3_000

/**
 * Calls the function `jobs` when a job is due: the database says when one comes, and when the next is due. Hosted projects do the same by
 * pg_net and a schedule. Nothing starts while there is nothing to do.
 * @returns how to stop it
 */
export async function startJobs({ databaseUrl, url, secretKey }: JobsOptions): Promise<() => Promise<void>> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => undefined, connection: { application_name: 'aplomb jobs', role: 'service_role' } })
  let timer: NodeJS.Timeout | undefined
  let busy = false
  let again = false
  let over = false
  let inVain = 0

  const look = async (): Promise<void> => {
    if (busy) {
      again = true
      return
    }
    busy = true
    clearTimeout(timer)
    let pause = LONGEST
    try {
      do {
        again = false
        pause = await untilNext(sql)
        if (pause > 0 || over) continue
        inVain = (await round(url, secretKey)) > 0 ? 0 : inVain + 1
        if (inVain === 0) again = true
        else pause = Math.min(AFTER_NOTHING * 2 ** (inVain - 1), LONGEST_AFTER_NOTHING)
      } while (again && !over)
    } catch (error) {
      if (!over) console.error(`[jobs] ${(error as Error).message}`)
      pause = AFTER_FAILURE
    }
    busy = false
    if (!over) timer = setTimeout(() => void look(), Math.min(pause, LONGEST)).unref()
  }

  await sql.listen(
    'jobs',
    () => void look(),
    () => void look(), // after a lost connection too
  )
  return async () => {
    over = true
    clearTimeout(timer)
    await sql.end({ timeout: 1 })
  }
}

/** Milliseconds until a job is due, at most LONGEST. */
async function untilNext(sql: postgres.Sql): Promise<number> {
  const [row] = await sql<{ pause: number | null }[]>`select (extract(epoch from app.next_job_at() - now()) * 1000)::float as pause`
  return Math.min(row?.pause ?? LONGEST, LONGEST)
}

/** One round of work. @returns how many jobs it took */
async function round(url: string, secretKey: string): Promise<number> {
  const response = await fetch(`${url}/functions/v1/jobs`, { method: 'POST', headers: { apikey: secretKey } })
  const text = await response.text()
  if (!response.ok) throw new Error(`the function “jobs” answered ${response.status}: ${text.slice(0, 300)}`)
  const { done, failed } = JSON.parse(text) as { done: number; failed: number }
  return done + failed
}
