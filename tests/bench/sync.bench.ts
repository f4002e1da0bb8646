import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { SignJWT } from 'jose'
import postgres, { type Sql } from 'postgres'
import { localDbOf, openPGlite } from '../../app/kernel/db/pglite.ts'
import { commandCall } from '../../app/kernel/generated/commands.ts'
import { phoneSql } from '../../app/kernel/generated/phone.ts'
import { tables } from '../../app/kernel/generated/tables.ts'
import { openLocalStore, type PhoneSchema } from '../../app/kernel/sync/apply.ts'
import { withDeployedDatabase } from '../../supabase/local/database.ts'
import type { Login } from '../../supabase/local/postgres.ts'
import { startGatewayProcess } from './gateway-process.ts'
import { Line, rpcRequest } from './line.ts'
import type { Measure } from './run.ts'
import { actAs, buffersOf, fillTenants } from './tenants.ts'

interface Pull {
  snap: string
  schema: string
  db: string
  gained: string[]
  rows?: Record<string, string>
}
interface Ids {
  company: string
  site: string
  sub: string
  session: string
  membership: string
}

const ids = async (superuser: Sql, n: number, k: number, site: number): Promise<Ids> => {
  const [row] = await superuser<[Ids]>`select md5(${`company ${n}`})::uuid as company, md5(${`site ${n} ${site}`})::uuid as site,
    md5(${`user ${n} ${k}`})::uuid as sub, md5(${`session ${n} ${k}`})::uuid as session, md5(${`person ${n} ${k}`})::uuid as membership`
  return row
}

/** One request as the gateway makes it: settings, statement and commit in one round trip. */
async function request<T>(sql: postgres.ReservedSql, who: Ids, name: string, argument: unknown): Promise<T> {
  const claims = JSON.stringify({ role: 'authenticated', sub: who.sub, session_id: who.session })
  const answers = await Promise.all([
    sql`begin`.execute(),
    sql`select set_config('role', 'authenticated', true), set_config('request.jwt.claims', ${claims}, true), set_config('request.headers', ${JSON.stringify({ 'x-company': who.company })}, true)`.execute(),
    (name === 'nothing' ? sql`select 1 as value` : sql`select ${sql(`app.${name}`)}(${argument as never}::jsonb) as value`).execute(),
    sql`commit`.execute(),
  ])
  return answers[2][0]!.value as T
}

/** Six writers and one slow transaction; a snapshot cursor and a sequence cursor read beside each other. */
async function* cursorRace(superuser: Sql, address: string): AsyncGenerator<Measure> {
  const pool = postgres(address, { max: 9, onnotice: () => undefined })
  const who = await ids(superuser, 1, 1, 1)
  const end = Date.now() + 9_000
  const written: string[] = []
  const write = async (seconds: () => number, until: () => boolean) => {
    const sql = await pool.reserve()
    while (!until()) {
      const id = randomUUID()
      await sql`begin`
      await sql`select set_config('role', 'authenticated', true), set_config('request.jwt.claims', ${JSON.stringify({ role: 'authenticated', sub: who.sub, session_id: who.session })}, true), set_config('request.headers', ${JSON.stringify({ 'x-company': who.company })}, true)`
      await sql`select app.report_incident(${randomUUID()}, ${id}, ${who.site}, 'technical', 'low', 'course')`
      await sql`select pg_sleep(${seconds()})`
      await sql`commit`
      written.push(id)
    }
    sql.release()
  }
  let slowOnce = false
  const writers = [
    ...Array.from({ length: 6 }, () =>
      write(
        () => Math.random() * 0.05,
        () => Date.now() > end,
      ),
    ),
    write(
      () => 6,
      () => slowOnce || !(slowOnce = true),
    ),
  ]
  const reader = await pool.reserve()
  const first = await request<Pull>(reader, who, 'sync_pull', null)
  const cursor = { ...first, scopes: first.gained }
  const bySnapshot: string[] = []
  const bySequence = new Set<string>()
  let [{ last }] = await superuser<[{ last: string }]>`select coalesce(max(seq), 0) as last from sync.log`
  const read = async () => {
    const answer = await request<Pull>(reader, who, 'sync_pull', cursor)
    cursor.snap = answer.snap
    for (const line of answer.rows?.incidents?.split('\n') ?? []) bySnapshot.push(line.split('\t')[0]!)
    for (const row of await superuser`select seq, row_id from sync.log where seq > ${last} order by seq`) {
      bySequence.add(row.row_id as string)
      last = row.seq as string
    }
  }
  while (Date.now() < end) await read()
  await Promise.all(writers)
  await read()
  reader.release()
  await pool.end()
  const seen = new Set(bySnapshot)
  yield {
    name: `cursor race, snapshot cursor: lost of ${written.length}`,
    value: written.filter((id) => !seen.has(id)).length,
    unit: 'rows',
    goal: '= 0',
  }
  yield { name: 'cursor race, snapshot cursor: seen twice', value: bySnapshot.length - seen.size, unit: 'rows', goal: '= 0' }
  yield { name: 'cursor race, sequence cursor: lost', value: written.filter((id) => !bySequence.has(id)).length, unit: 'rows', goal: '> 0' }
}

/** Buffers of an idle pull: what each scope adds, and whether other companies' rows in the log matter. */
async function* idleBuffers(superuser: Sql): AsyncGenerator<Measure> {
  const size = 300_000
  const fillLog = async (companies: number) => {
    await superuser`truncate sync.log`
    await superuser`insert into sync.log (scope_id, table_number, row_id, op)
      select effects.scope_id(md5('company ' || (n % ${companies} + 1))::uuid, 'site', md5('site ' || (n % ${companies} + 1) || ' ' || (n / ${companies}) % 10 + 1)::uuid), 11, gen_random_uuid(), 'P'
      from generate_series(1, ${size}) as n`
    await superuser`vacuum analyze sync.log`
  }
  const measure = async () => {
    const [{ scopes }] = await superuser<
      [{ scopes: string }]
    >`select scope_ids::text as scopes from app_private.accesses where user_id = md5('user 1 3')::uuid`
    const all = scopes.slice(1, -1).split(',')
    const [state] = await superuser`select schema_hash as schema, sync.database_identity() as db from sync.state`
    const buffers = (some: string[]) =>
      superuser.begin(async (sql) => {
        await actAs(sql, 1, 3)
        const [{ snap }] = await sql<[{ snap: string }]>`select pg_current_snapshot()::text as snap`
        return buffersOf(sql, `select * from sync.look('${JSON.stringify({ ...state, snap, scopes: some })}')`)
      })
    return { each: ((await buffers(all)) - (await buffers([]))) / all.length, scopes: all.length }
  }
  await fillLog(1)
  const one = await measure()
  await fillLog(1000)
  const many = await measure()
  await superuser`create extension if not exists pageinspect`
  const [{ height }] = await superuser<[{ height: number }]>`select level::integer + 1 as height from bt_metap('sync.log_scope')`
  yield {
    name: `idle pull: buffers per scope over index height (${height}), ${many.scopes} scopes`,
    value: many.each - height,
    unit: 'buffers',
    goal: '<= 1',
  }
  yield { name: 'idle pull: buffers per scope, 1,000 companies in the log minus 1', value: many.each - one.each, unit: 'buffers', goal: '<= 0' }
  await superuser`truncate sync.log`
}

/** Idle pulls per second beside empty transactions of the same person. */
async function* idleThroughput(superuser: Sql, address: string): AsyncGenerator<Measure> {
  const pool = postgres(address, { max: 1, onnotice: () => undefined })
  const who = await ids(superuser, 1, 2, 1)
  const sql = await pool.reserve()
  const first = await request<Pull>(sql, who, 'sync_pull', null)
  const cursor = { snap: first.snap, schema: first.schema, db: first.db, scopes: first.gained }
  const rounds: number[] = []
  for (let round = 0; round < 9; round++) {
    const time = async (name: string) => {
      const began = performance.now()
      for (let n = 0; n < 300; n++) await request(sql, who, name, name === 'nothing' ? null : cursor)
      return performance.now() - began
    }
    rounds.push((await time('nothing')) / (await time('sync_pull')))
  }
  sql.release()
  await pool.end()
  yield {
    name: 'idle pull throughput / empty authenticated transaction, straight to Postgres',
    value: rounds.toSorted((a, b) => a - b)[4]!,
    unit: 'ratio',
    goal: '>= 0.6',
  }
}

/** The same by rpc, as phones ask: one connection to the gateway, a token, a transaction that does nothing beside one that pulls nothing. */
async function* idleRpc(superuser: Sql, address: (login: Login) => string): AsyncGenerator<Measure> {
  await superuser.unsafe(
    `create function app.bench_nothing() returns jsonb language sql stable as 'select null::jsonb'; grant execute on function app.bench_nothing to authenticated`,
  )
  const gateway = await startGatewayProcess(address)
  const who = await ids(superuser, 1, 2, 1)
  const token = await new SignJWT({ role: 'authenticated', sub: who.sub, session_id: who.session, aud: 'authenticated' })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(gateway.jwtSecret))
  const open = (name: string, body: string) => Line.open(gateway.url, rpcRequest(gateway, token, who.company, name, body))
  const bodyOf = (answer: string) => JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)) as Pull
  const first = await open('sync_pull', '{}')
  const { snap, schema, db, gained } = bodyOf(await first.ask())
  first.close()
  const [nothing, pull] = [
    await open('bench_nothing', '{}'),
    await open('sync_pull', JSON.stringify({ cursor: { snap, schema, db, scopes: gained } })),
  ]
  if (Object.keys(bodyOf(await pull.ask())).join() !== 'snap') throw new Error('the pull was not idle')
  const time = async (line: Line) => {
    const began = performance.now()
    for (let n = 0; n < 300; n++) await line.ask()
    return performance.now() - began
  }
  const rounds: number[] = []
  for (let round = 0; round < 9; round++) rounds.push((await time(nothing)) / (await time(pull)))
  nothing.close()
  pull.close()
  await gateway.stop()
  yield {
    name: 'idle pull throughput / empty authenticated transaction, by rpc',
    value: rounds.toSorted((a, b) => a - b)[4]!,
    unit: 'ratio',
    goal: '>= 0.6',
  }
}

/** 50,000 incidents read by sync_boot, beside COPY TO of the same rows. */
async function* firstSync(superuser: Sql, address: string): AsyncGenerator<Measure> {
  await superuser.begin(async (sql) => {
    await sql`set local session_replication_role = replica`
    await sql`insert into app.incidents (company_id, id, site_id, type, severity, title, description, routed_role, due_minutes, reporter_id, occurred_at, reported_at)
      select md5('company 2')::uuid, gen_random_uuid(), md5('site 2 1')::uuid, 'technical', 'medium', 'Incident ' || n, repeat('détail ', 10), 'design_office', 120, md5('person 2 1')::uuid, now(), now()
      from generate_series(1, 50000) as n`
  })
  await superuser`vacuum analyze app.incidents`
  const pool = postgres(address, { max: 1, onnotice: () => undefined })
  const who = await ids(superuser, 2, 1, 1)
  const sql = await pool.reserve()
  const [{ columns }] = await superuser<[{ columns: string[] }]>`select columns from sync.tables where name = 'incidents'`
  const boot = async () => {
    const scopes = (await request<Pull>(sql, who, 'sync_pull', null)).gained
    const began = performance.now()
    let after: unknown = { t: 'incidents', id: null }
    let rows = 0
    while (after) {
      const claims = JSON.stringify({ role: 'authenticated', sub: who.sub, session_id: who.session })
      const answers = await Promise.all([
        sql`begin`.execute(),
        sql`select set_config('role', 'authenticated', true), set_config('request.jwt.claims', ${claims}, true), set_config('request.headers', ${JSON.stringify({ 'x-company': who.company })}, true)`.execute(),
        sql`select app.sync_boot(${scopes}, ${after as never}::jsonb, 10000) as value`.execute(),
        sql`commit`.execute(),
      ])
      const text = answers[2][0]!.value as string
      const page = JSON.parse(text.slice(0, text.indexOf('\n'))) as { tables: [string, number][]; next: { t: string } | null }
      rows += page.tables.find(([name]) => name === 'incidents')?.[1] ?? 0
      after = page.next?.t === 'incidents' ? page.next : null
    }
    return { ms: performance.now() - began, rows }
  }
  const copy = async () => {
    const began = performance.now()
    const stream = await superuser
      .unsafe(`copy (select ${columns.join(', ')} from app.incidents where company_id = md5('company 2')::uuid) to stdout`)
      .readable()
    const chunks: Buffer[] = []
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    await once(stream, 'end')
    return { ms: performance.now() - began, rows: Buffer.concat(chunks).toString().split('\n').length - 1 }
  }
  const rounds: number[] = []
  for (let round = 0; round < 5; round++) {
    const [plain, booted] = [await copy(), await boot()]
    if (plain.rows !== booted.rows) throw new Error(`copy read ${plain.rows} rows, boot ${booted.rows}`)
    rounds.push(plain.ms / booted.ms)
  }
  sql.release()
  await pool.end()
  yield {
    name: 'first sync of 50,000 rows: COPY TO time / sync_boot time',
    value: rounds.toSorted((a, b) => a - b)[2]!,
    unit: 'ratio',
    goal: '>= 0.4',
  }
}

/** 50,000 incidents put into a phone's database by the app's own code, page by page as they come, beside COPY of the same lines. */
async function* applying(): AsyncGenerator<Measure> {
  const company = randomUUID()
  const pg = await openPGlite()
  const db = localDbOf(pg)
  const store = await openLocalStore(db, { phoneSql, tables, commandCall: commandCall as PhoneSchema['commandCall'] }, company)
  const columns = tables.incidents.columns
  const site = randomUUID()
  const person = randomUUID()
  const at = '2026-03-01 08:00:00+00'
  const filled: Record<string, string | number> = {
    site_id: site,
    type: 'technical',
    severity: 'medium',
    title: 'Incident',
    description: 'détail '.repeat(10),
    details: '{}',
    status: 'open',
    routed_role: 'design_office',
    due_minutes: 120,
    reporter_id: person,
    occurred_at: at,
    reported_at: at,
    updated_at: at,
  }
  const page = () =>
    Array.from({ length: 5000 }, () => columns.map((column) => (column === 'id' ? randomUUID() : (filled[column] ?? '\\N'))).join('\t')).join('\n')
  const pages = Array.from({ length: 10 }, page)
  const time = async (put: (text: string) => Promise<unknown>) => {
    await db.exec('truncate app.incidents')
    const began = performance.now()
    for (const text of pages) await put(text)
    const took = performance.now() - began
    const [{ n } = { n: 0 }] = await db.query<{ n: number }>('select count(*) as n from app.incidents')
    if (n !== 50_000) throw new Error(`${n} rows arrived`)
    return took
  }
  const state = { cursor: null, boot: null }
  const rounds: number[] = []
  for (let round = 0; round < 3; round++) {
    // Without the triggers that keep images of what commands replace: a first sync fires none either.
    await db.exec('set session_replication_role = replica')
    const raw = await time((text) => db.copyIn(`copy app.incidents (${columns.join(', ')}) from '/dev/blob'`, text))
    await db.exec('reset session_replication_role')
    rounds.push(raw / (await time((text) => store.apply({ rows: { incidents: text }, state }, []))))
  }
  await pg.close()
  yield {
    name: 'first sync of 50,000 rows: raw COPY time / applying time, PGlite',
    value: rounds.toSorted((a, b) => a - b)[1]!,
    unit: 'ratio',
    goal: '>= 0.5',
  }
}

/** Bytes of the pull that tells a phone that its site is gone, whatever the site held. */
async function* withdrawal(superuser: Sql, address: string): AsyncGenerator<Measure> {
  const pool = postgres(address, { max: 1, onnotice: () => undefined })
  const who = await ids(superuser, 2, 2, 1)
  const sql = await pool.reserve()
  const first = await request<Pull>(sql, who, 'sync_pull', null)
  await superuser`update app.site_members set withdrawn_at = now() where company_id = ${who.company} and membership_id = ${who.membership}`
  const answer = await request<Pull>(sql, who, 'sync_pull', { snap: first.snap, schema: first.schema, db: first.db, scopes: first.gained })
  sql.release()
  await pool.end()
  if (!('lost' in answer)) throw new Error('the site was not withdrawn')
  yield {
    name: 'a site with 50,000 rows withdrawn: bytes of the answer',
    value: Buffer.byteLength(JSON.stringify(answer)),
    unit: 'bytes',
    goal: '<= 100',
  }
}

/** The sync protocol on the server. */
export async function* run(): AsyncGenerator<Measure> {
  const measures: Measure[] = []
  await withDeployedDatabase(async (_owner, address) => {
    const superuser = postgres(address('supabase_admin'), { max: 2, onnotice: () => undefined })
    try {
      await fillTenants(superuser, 1, 20)
      for (const part of [
        cursorRace(superuser, address('authenticator')),
        idleBuffers(superuser),
        idleThroughput(superuser, address('authenticator')),
        idleRpc(superuser, address),
        firstSync(superuser, address('authenticator')),
        applying(),
        withdrawal(superuser, address('authenticator')),
      ]) {
        for await (const measure of part) measures.push(measure)
      }
    } finally {
      await superuser.end()
    }
  })
  yield* measures
}
