import { SignJWT } from 'jose'
import postgres from 'postgres'
import { withDeployedDatabase } from '../../supabase/local/database.ts'
import { startGatewayProcess } from './gateway-process.ts'
import { Line, rpcRequest } from './line.ts'
import type { Measure } from './run.ts'
import { fillTenants } from './tenants.ts'

const ROUNDS = 7
const ROUND = 1_000

/** How often `work` is done per second by `count` workers. */
async function rate(workers: (() => Promise<unknown>)[]): Promise<number> {
  const began = performance.now()
  const end = began + ROUND
  let done = 0
  await Promise.all(
    workers.map(async (work) => {
      while (performance.now() < end) {
        await work()
        done++
      }
    }),
  )
  return (done * 1000) / (performance.now() - began)
}

/** Calls of one function by rpc, beside postgres.js doing the same: begin, role and claims, the function, commit. */
export async function* run(): AsyncGenerator<Measure> {
  const measures: Measure[] = []
  await withDeployedDatabase(async (_owner, address) => {
    const superuser = postgres(address('supabase_admin'), { max: 1, onnotice: () => undefined })
    await fillTenants(superuser, 1, 10)
    const [ids] = await superuser<[{ company: string; sub: string; session: string }]>`
      select md5('company 1')::uuid as company, md5('user 1 2')::uuid as sub, md5('session 1 2')::uuid as session`
    await superuser.end()
    const gateway = await startGatewayProcess(address)
    const claims = { role: 'authenticated', sub: ids.sub, session_id: ids.session, aud: 'authenticated' }
    const token = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime('1h')
      .sign(new TextEncoder().encode(gateway.jwtSecret))
    const request = rpcRequest(gateway, token, ids.company, 'my_companies', '{}')
    const claimsText = JSON.stringify(claims)
    const headersText = JSON.stringify({ 'x-company': ids.company })

    try {
      for (const connections of [1, 10, 50]) {
        const sql = postgres(address('authenticator'), { max: connections, onnotice: () => undefined })
        const direct = () =>
          sql.begin(async (tx) => {
            await tx`select set_config('role', 'authenticated', true), set_config('request.jwt.claims', ${claimsText}, true), set_config('request.headers', ${headersText}, true)`
            return tx`select coalesce(json_agg(t), '[]')::text as body from (select * from app.my_companies()) as t`
          })
        const lines = await Promise.all(Array.from({ length: connections }, () => Line.open(gateway.url, request)))
        const served = lines.map((line) => () => line.ask())
        const plain = Array.from({ length: connections }, () => direct)
        const [answer, [row]] = [await lines[0]!.ask(), await direct()]
        if (answer.slice(answer.indexOf('\r\n\r\n') + 4) !== row!.body || !answer.startsWith('HTTP/1.1 200'))
          throw new Error(`the two answers differ: ${answer}`)
        const ratios: number[] = []
        const rates: [number, number][] = []
        for (let round = 0; round < ROUNDS; round++) {
          const pair: [number, number] = [await rate(served), await rate(plain)]
          rates.push(pair)
          ratios.push(pair[0] / pair[1])
        }
        for (const line of lines) line.close()
        await sql.end()
        const middle = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
        console.error(
          `${connections} connections: gateway ${middle(rates.map(([a]) => a)).toFixed(0)}/s, postgres.js ${middle(rates.map(([, b]) => b)).toFixed(0)}/s`,
        )
        measures.push({
          name: `rpc throughput / postgres.js, ${connections} connection${connections > 1 ? 's' : ''}`,
          value: middle(ratios),
          unit: 'ratio',
          goal: '>= 0.5',
        })
      }
    } finally {
      await gateway.stop()
    }
  })
  yield* measures
}
