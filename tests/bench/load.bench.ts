import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { SignJWT } from 'jose'
import postgres, { type Sql } from 'postgres'
import type WebSocket from 'ws'
import { appVersion } from '../../app/kernel/generated/version.ts'
import { withDeployedDatabase } from '../../supabase/local/database.ts'
import { startGatewayProcess, type GatewayProcess } from './gateway-process.ts'
import type { Measure } from './run.ts'
import { subscribe } from './subscribe.ts'
import { fillTenants, SIZE } from './tenants.ts'

/** Sockets held, companies that share them, and messages for all of a company per second: 10,000 deliveries. */
const SOCKETS = 5_000
const COMPANIES = 100
const MESSAGES = 200
const SECONDS = 60
/** Phones that come back at once, and what each has kept. */
const DEVICES = 1_000
const QUEUED = 50
/** A device that is told to come back gives up after this. */
const PATIENCE = 180_000

interface Somebody {
  company: string
  incidents: string[]
  topic: string
  token: string
}

/** The people of a company of the fill, each with a token. */
async function peopleOf(superuser: Sql, gateway: GatewayProcess, n: number): Promise<Somebody[]> {
  const rows = await superuser<{ company: string; incidents: string[]; topic: string; sub: string; session_id: string }[]>`
    select md5('company ' || ${n}::int)::uuid as company,
      array(select md5('incident ' || ${n}::int || ' ' || i)::uuid from generate_series(1, ${SIZE.incidents}) as i) as incidents,
      md5('user ' || ${n}::int || ' ' || k)::uuid as sub, md5('session ' || ${n}::int || ' ' || k)::uuid as session_id,
      md5('company ' || ${n}::int)::uuid || ':' || effects.scope_id(md5('company ' || ${n}::int)::uuid, 'company', md5('company ' || ${n}::int)::uuid) as topic
    from generate_series(1, ${SIZE.people}) as k`
  const key = new TextEncoder().encode(gateway.jwtSecret)
  return Promise.all(
    rows.map(async ({ sub, session_id, ...rest }) => ({
      ...rest,
      token: await new SignJWT({ role: 'authenticated', aud: 'authenticated', sub, session_id })
        .setProtectedHeader({ alg: 'HS256' })
        .setExpirationTime('2h')
        .sign(key),
    })),
  )
}

const at = (values: number[], share: number) => values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(share * values.length) - 1)] ?? 0

/** Processor time that each of some processes used so far, s; nothing where the system does not tell. */
function used(pids: number[]): Map<number, number> {
  const told = pids.flatMap((pid) => {
    const file = `/proc/${pid}/stat`
    if (!existsSync(file)) return []
    const fields = readFileSync(file, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return [[pid, (Number(fields[11]) + Number(fields[12])) / 100] as const]
  })
  return new Map(told)
}

/** Says what the processors were busy with between two looks: what bounds a figure. */
async function watchProcessors(owner: Sql, gateway: GatewayProcess): Promise<() => Promise<void>> {
  const look = async () => {
    const backends = await owner<{ pid: number }[]>`select pid from pg_stat_activity where pid is not null`
    return { gateway: used([gateway.pid]), 'whoever makes the load': used([process.pid]), Postgres: used(backends.map(({ pid }) => pid)) }
  }
  const start = performance.now()
  const before = await look()
  return async () => {
    const after = await look()
    const seconds = (performance.now() - start) / 1000
    const shares = Object.entries(after).map(([name, times]) => {
      const sum = [...times].reduce((total, [pid, time]) => total + time - (before[name as keyof typeof before].get(pid) ?? 0), 0)
      return `${name} ${((sum / seconds) * 100).toFixed(0)} %`
    })
    console.error(`processors, ${cpus().length * 100} % in all: ${shares.join(', ')}; load of the machine ${loadavg()[0]!.toFixed(1)}`)
  }
}

const call = (gateway: GatewayProcess, who: Somebody, name: string, args: object) =>
  fetch(`${gateway.url}/rest/v1/rpc/${name}`, {
    method: 'POST',
    headers: {
      apikey: gateway.publishableKey,
      authorization: `Bearer ${who.token}`,
      'x-company': who.company,
      'content-type': 'application/json',
      'content-profile': 'app',
    },
    body: JSON.stringify(args),
  })

/** Thousands of open screens, and messages for some of them all the time: how long from the database to each. */
async function* sockets(owner: Sql, gateway: GatewayProcess, people: Somebody[][]): AsyncGenerator<Measure> {
  const latencies: number[] = []
  const open: WebSocket[] = []
  const hear = (data: Buffer) => {
    const place = data.lastIndexOf('"sent": ')
    if (place >= 0) latencies.push(performance.now() - Number.parseFloat(data.toString('latin1', place + 8)))
  }
  try {
    const began = performance.now()
    for (let first = 0; first < SOCKETS; first += 250) {
      const batch = Array.from({ length: 250 }, (_, n) => {
        const company = people[(first + n) % COMPANIES]!
        const one = company[Math.floor((first + n) / COMPANIES) % company.length]!
        return subscribe(gateway, one.topic, one.token, hear)
      })
      open.push(...(await Promise.all(batch)))
    }
    console.error(`${SOCKETS} private sockets joined in ${((performance.now() - began) / 1000).toFixed(1)} s`)

    const tellProcessors = await watchProcessors(owner, gateway)
    const start = performance.now()
    let sent = 0
    const sends: Promise<unknown>[] = []
    while (performance.now() - start < SECONDS * 1000) {
      for (const due = Math.floor(((performance.now() - start) * MESSAGES) / 1000); sent < due; sent++) {
        const { topic } = people[sent % COMPANIES]![0]!
        sends.push(owner`select realtime.send(jsonb_build_object('sent', ${performance.now()}::float8), 'poke', ${topic}, true)`)
      }
      await new Promise((next) => setTimeout(next, 2))
    }
    await Promise.all(sends)
    const took = (performance.now() - start) / 1000
    await tellProcessors()
    const expected = sent * (SOCKETS / COMPANIES)
    for (const end = performance.now() + 10_000; latencies.length < expected && performance.now() < end;)
      await new Promise((next) => setTimeout(next, 50))
    console.error(
      `${sent} messages in ${took.toFixed(1)} s, ${latencies.length} of ${expected} deliveries: p50 ${at(latencies, 0.5).toFixed(1)} ms, p95 ${at(latencies, 0.95).toFixed(1)} ms, p99 ${at(latencies, 0.99).toFixed(1)} ms`,
    )
    yield {
      name: `private sockets held`,
      value: open.filter((socket) => socket.readyState === socket.OPEN).length,
      unit: 'sockets',
      goal: `>= ${SOCKETS}`,
    }
    yield { name: 'deliveries', value: latencies.length / took, unit: 'per s', goal: '>= 9900' }
    yield { name: 'deliveries lost', value: expected - latencies.length, unit: 'messages', goal: '= 0' }
    yield { name: `database insert to a socket among ${SOCKETS}, p99`, value: at(latencies, 0.99), unit: 'ms', goal: '<= 250' }
  } finally {
    for (const socket of open) socket.terminate()
  }
}

/** A thousand phones come back with their queues, and somebody works at a screen meanwhile. */
async function* drain(owner: Sql, gateway: GatewayProcess, people: Somebody[][]): AsyncGenerator<Measure> {
  const statuses = new Map<number, number>()
  let unsent = 0
  async function device(n: number): Promise<void> {
    const who = people[n % COMPANIES]![0]!
    const incident = who.incidents[Math.floor(n / COMPANIES)]!
    const commands = Array.from({ length: QUEUED }, (_, seq) => ({
      seq: seq + 1,
      id: randomUUID(),
      name: 'answer_incident',
      args: { id: incident, body: `device ${n}, ${seq + 1}` },
      at: new Date().toISOString(),
    }))
    const client = randomUUID()
    const end = performance.now() + PATIENCE
    for (let next = 1; next <= QUEUED;) {
      const response = await call(gateway, who, 'sync_push', { batch: { client, version: appVersion, commands: commands.slice(next - 1) } }).catch(
        () => undefined,
      )
      statuses.set(response?.status ?? 0, (statuses.get(response?.status ?? 0) ?? 0) + 1)
      if (response?.status === 200) {
        const answer = (await response.json()) as { expect: number; results: { status: string; code?: string }[] }
        const refused = answer.results.find(({ status }) => status !== 'applied')
        if (refused) throw new Error(`a command was refused: ${JSON.stringify(refused)}`)
        next = answer.expect
      } else {
        await response?.arrayBuffer()
        if (performance.now() > end) return void (unsent += QUEUED - next + 1)
        await new Promise((again) => setTimeout(again, (Number(response?.headers.get('retry-after') ?? 2) + Math.random() * 3) * 1000))
      }
    }
  }

  const waits: number[] = []
  let working = true
  const user = people[COMPANIES - 1]![0]!
  const screen = async () => {
    for (let turn = 0; working; turn++) {
      const began = performance.now()
      const response =
        turn % 4 === 0
          ? await call(gateway, user, 'answer_incident', { command_id: randomUUID(), id: user.incidents.at(-1)!, body: `screen ${turn}` })
          : await call(gateway, user, turn % 2 ? 'my_companies' : 'sync_pull', turn % 2 ? {} : { cursor: null })
      const body = await response.text()
      if (response.status !== 200) throw new Error(`somebody at a screen was answered ${response.status} ${body}`)
      waits.push(performance.now() - began)
      await new Promise((next) => setTimeout(next, 50))
    }
  }

  const tellProcessors = await watchProcessors(owner, gateway)
  const began = performance.now()
  const person = screen()
  await Promise.all(Array.from({ length: DEVICES }, (_, n) => device(n)))
  const took = (performance.now() - began) / 1000
  await tellProcessors()
  working = false
  await person
  const [row] = await owner<{ kept: number; distinct: number }[]>`
    select count(*)::int as kept, count(distinct (company_id, body))::int as distinct from app.incident_events where kind = 'answer' and body like 'device %'`
  const told = [...statuses].map(([status, times]) => `${status}: ${times}`).join(', ')
  console.error(
    `${DEVICES * QUEUED} commands in ${took.toFixed(1)} s (${told}); at the screen p50 ${at(waits, 0.5).toFixed(0)} ms, p99 ${at(waits, 0.99).toFixed(0)} ms`,
  )
  yield { name: `${DEVICES} devices drain ${QUEUED} commands each`, value: took, unit: 's', goal: '<= 60' }
  yield { name: 'commands lost', value: DEVICES * QUEUED - row!.distinct + unsent, unit: 'commands', goal: '= 0' }
  yield { name: 'commands doubled', value: row!.kept - row!.distinct, unit: 'commands', goal: '= 0' }
  yield { name: 'somebody at a screen meanwhile, p99', value: at(waits, 0.99), unit: 'ms', goal: '<= 500' }
  const others = [...statuses].filter(([status]) => status !== 200 && status !== 429).reduce((sum, [, times]) => sum + times, 0)
  yield { name: 'answers but done and come back', value: others, unit: 'answers', goal: '= 0' }
}

/** The load of many companies on one small machine; whoever makes it runs on the same processors. About two and a half minutes. */
export async function* run(): AsyncGenerator<Measure> {
  const measures: Measure[] = []
  await withDeployedDatabase(async (ownerUrl, address) => {
    const superuser = postgres(address('supabase_admin'), { max: 1, onnotice: () => undefined })
    await fillTenants(superuser, 1, COMPANIES)
    const owner = postgres(ownerUrl, { max: 30, onnotice: () => undefined })
    const gateway = await startGatewayProcess(address)
    try {
      const people: Somebody[][] = []
      for (let n = 1; n <= COMPANIES; n++) people.push(await peopleOf(superuser, gateway, n))
      for (const part of [sockets, drain]) for await (const measure of part(owner, gateway, people)) measures.push(measure)
    } finally {
      await gateway.stop()
      await owner.end()
      await superuser.end()
    }
  })
  yield* measures
}
