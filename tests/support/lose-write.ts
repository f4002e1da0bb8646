// A process whose reserved connection is ended by the server, and that writes to it all the same: says `alive` when it outlives that.
import postgres from 'postgres'
import { outliveLostWrites } from '../../supabase/local/lost-write.ts'

const [url, how] = process.argv.slice(2) as [string, string]
if (how === 'guarded') outliveLostWrites()
const other = postgres(url, { max: 1 })
const sql = postgres(url, { max: 1 })
const held = await sql.reserve()
const [{ pid }] = await held<[{ pid: number }]>`select pg_backend_pid() as pid`
const asked = held`select pg_sleep(60)`.catch(() => undefined)
await other`select pg_terminate_backend(${pid})`
await asked
void held`select 1`.catch(() => undefined)
await new Promise((next) => setTimeout(next, 50))
await other`select 1`
console.log('alive')
process.exit(0)
