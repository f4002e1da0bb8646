import type { Sql } from 'postgres'

/** What a running system does by itself: every so many seconds, a statement. */
export const UPKEEP = [
  { name: 'aplomb guard analysts', seconds: 5, statement: 'select app_private.guard_analysts()' },
  { name: 'aplomb wake workers', seconds: 60, statement: 'select app_private.wake_workers_when_due()' },
  { name: 'aplomb prune sync log', seconds: 86_400, statement: 'select sync.prune()' },
  { name: 'aplomb prune jobs', seconds: 86_400, statement: 'select app_private.prune_jobs()' },
]

/** Has pg_cron run the upkeep, where that extension is on; false where it is not. The embedded stack runs it by itself. */
export async function scheduleUpkeep(sql: Sql): Promise<boolean> {
  const [cron] = await sql`select from pg_extension where extname = 'pg_cron'`
  if (!cron) return false
  for (const { name, seconds, statement } of UPKEEP) {
    await sql`select cron.schedule(${name}, ${timeOf(seconds)}, ${statement})`
  }
  return true
}

const timeOf = (seconds: number) => (seconds < 60 ? `${seconds} seconds` : seconds === 60 ? '* * * * *' : '17 3 * * *')
