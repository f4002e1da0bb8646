import { SignJWT } from 'jose'
import postgres, { type Sql } from 'postgres'
import type WebSocket from 'ws'
import { withDeployedDatabase } from '../../supabase/local/database.ts'
import { startGatewayProcess } from './gateway-process.ts'
import type { Measure } from './run.ts'
import { subscribe } from './subscribe.ts'
import { fillTenants, SIZE } from './tenants.ts'

const SUBSCRIBERS = 500
const MESSAGES = 300

/** Bytes that one poke adds to the write-ahead log: the middle of many, as other work of the server writes too. */
async function bytesPerPoke(owner: Sql, topic: string): Promise<number> {
  const sizes: number[] = []
  for (let n = 0; n < 40; n++) {
    const [before] = await owner`select pg_current_wal_insert_lsn() as lsn`
    await owner`select realtime.send('{}', 'poke', ${topic}, true)`
    const [after] = await owner`select pg_current_wal_insert_lsn() - ${before!.lsn as string}::pg_lsn as bytes`
    sizes.push(Number(after!.bytes))
  }
  return sizes.toSorted((a, b) => a - b)[20]!
}

/** Five hundred phones on one private channel: how long from a row in the database to the last of them. */
export async function* run(): AsyncGenerator<Measure> {
  const measures: Measure[] = []
  await withDeployedDatabase(async (ownerUrl, address) => {
    const superuser = postgres(address('supabase_admin'), { max: 1, onnotice: () => undefined })
    await fillTenants(superuser, 1, 10)
    const people = await superuser<{ sub: string; session: string; topic: string }[]>`
      select md5('user 1 ' || k)::uuid as sub, md5('session 1 ' || k)::uuid as session,
        md5('company 1')::uuid || ':' || effects.scope_id(md5('company 1')::uuid, 'company', md5('company 1')::uuid) as topic
      from generate_series(1, ${SIZE.people}) as k`
    await superuser.end()
    const { topic } = people[0]!
    const owner = postgres(ownerUrl, { max: 1, onnotice: () => undefined })
    const gateway = await startGatewayProcess(address)
    const sockets: WebSocket[] = []
    try {
      const tokens = await Promise.all(
        people.map(({ sub, session }) =>
          new SignJWT({ role: 'authenticated', sub, session_id: session })
            .setProtectedHeader({ alg: 'HS256' })
            .setExpirationTime('1h')
            .sign(new TextEncoder().encode(gateway.jwtSecret)),
        ),
      )
      const alone = await bytesPerPoke(owner, topic)

      let heard = 0
      let all: () => void = () => undefined
      const began = performance.now()
      sockets.push(
        ...(await Promise.all(
          Array.from({ length: SUBSCRIBERS }, (_, i) =>
            subscribe(gateway, topic, tokens[i % tokens.length]!, () => {
              if (++heard === SUBSCRIBERS) all()
            }),
          ),
        )),
      )
      measures.push({ name: `${SUBSCRIBERS} private joins`, value: performance.now() - began, unit: 'ms', goal: '<= 5000' })

      const latencies: number[] = []
      for (let n = 0; n < MESSAGES; n++) {
        heard = 0
        const last = new Promise<void>((resolve) => (all = resolve))
        const sent = performance.now()
        await owner`select realtime.send('{}', 'poke', ${topic}, true)`
        await last
        latencies.push(performance.now() - sent)
      }
      latencies.sort((a, b) => a - b)
      const at = (share: number) => latencies[Math.ceil(share * MESSAGES) - 1]!
      console.error(
        `database insert to last of ${SUBSCRIBERS}: p50 ${at(0.5).toFixed(1)} ms, p95 ${at(0.95).toFixed(1)} ms, p99 ${at(0.99).toFixed(1)} ms`,
      )
      measures.push({ name: `database insert to last of ${SUBSCRIBERS} private subscribers, p99`, value: at(0.99), unit: 'ms', goal: '<= 100' })
      all = () => undefined
      measures.push({
        name: `log bytes per commit, ${SUBSCRIBERS} subscribers / none`,
        value: (await bytesPerPoke(owner, topic)) / alone,
        unit: 'ratio',
        goal: '<= 1.05',
      })
    } finally {
      for (const socket of sockets) socket.terminate()
      await gateway.stop()
      await owner.end()
    }
  })
  yield* measures
}
