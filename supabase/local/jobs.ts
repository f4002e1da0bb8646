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
        await round(url, secretKey)
        again = true
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

async function round(url: string, secretKey: string): Promise<void> {
  const response = await fetch(`${url}/functions/v1/jobs`, { method: 'POST', headers: { apikey: secretKey } })
  const text = await response.text()
  if (!response.ok) throw new Error(`the function “jobs” answered ${response.status}: ${text.slice(0, 300)}`)
}
