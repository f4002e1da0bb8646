import { startPostgres } from '../../supabase/local/postgres.ts'

/** A parent to be killed: starts Postgres on the folder given as argument, prints its process number, and stays. */
const [dir = ''] = process.argv.slice(2)
const server = await startPostgres({ dir, durable: false })
console.log(server.pid)
setInterval(() => undefined, 60_000)
