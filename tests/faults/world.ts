// The server of the histories: a real database with the product's own functions, and a company of its own for each history.
import { randomUUID } from 'node:crypto'
import postgres, { type Sql } from 'postgres'
import { inject } from 'vitest'
import { verifyPhoto } from '../../edge-functions/jobs/handlers/verify-photo.ts'
import { remoteError } from '../../app/kernel/http.ts'
import type { AppError } from '../../app/kernel/errors.ts'
import { createPerson, createSite, foundCompany, hire } from '../support/company.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { asIn, beginnings } from './beginnings.ts'
import { sha256 } from './camera.ts'
import { readCatalog, type Catalog } from './catalog.ts'
import { addHarness } from './harness.ts'
import type { Held } from './memory-local.ts'

/** Roles of the people of every company, one person each; each is in the team of a site or two. */
const ROLES = ['executive', 'project_manager', 'site_manager', 'crew', 'crew', 'design_office', 'hse', 'hr', 'buyer']

export interface Person {
  membershipId: string
  /** Roles on the first day. */
  roles: string[]
  claims: string
}

/** Ids and scopes of COPY lines of a table in a company, in their order. */
export type Derive = (company: string, table: string, lines: string[]) => Promise<{ id: string; scopes: string[] }[]>

export interface World {
  database: TestDatabase
  catalog: Catalog
  people: Person[]
  /** Expression that writes a row `r` of a table as it travels. */
  lines: Map<string, string>
  /** A superuser, above every rule: for what administrators, time and accidents do. */
  above: Sql
  /** Calls of one company's people. */
  company: (id: string) => CompanyServer
  /** Makes a company like all others. Answers its id. */
  found: () => Promise<string>
  /** What a device of this person holds that was used before anything happened in this company. */
  held: (company: string, person: Person) => Held
  /** What the phone computes of rows: ids and scopes, in the order of `lines` (COPY text). */
  derive: Derive
  close: () => Promise<void>
}

export type CompanyServer = ReturnType<typeof companyServer>

/** What Postgres raised, as the gateway and the client pass it on. */
function passOn(error: unknown): AppError {
  const { code = '', message = '', detail = '' } = error as { code?: string; message?: string; detail?: string }
  return remoteError({ status: code.startsWith('5') || code.startsWith('4') ? 500 : 400, code, message, details: detail })
}

/** An answer, and the scopes whose devices the server tells that something changed. */
function poking(lines: string): { body: string; poked: string[] } {
  const [body = '', poked = ''] = lines.split('\n')
  return { body, poked: poked.match(/.{36}/g) ?? [] }
}

interface Logins {
  service: Sql
  storage: Sql
  above: Sql
  slow: Sql
}

function companyServer({ service, storage, above, slow, id }: Logins & { id: string }) {
  /** Name → bytes of the files that Storage holds; and those of each backup. */
  let files = new Map<string, Buffer>()
  /** Commands that came without an outbox. */
  const confirmations = new Set<string>()
  const keptFiles = new Map<number, Map<string, Buffer>>()

  const ask = async (name: string, values: (string | number | null)[], login = service) => {
    const places = values.map((_, place) => `$${place + 1}`).join(', ')
    try {
      const [row] = await login.unsafe(`select faults.${name}(${places}) as answer`, values, { prepare: true })
      return row!.answer as string
    } catch (error) {
      throw passOn(error)
    }
  }
  const bucket = {
    async download(name: string) {
      const bytes = files.get(name)
      return bytes ? { data: new Blob([new Uint8Array(bytes)]), error: null } : { data: null, error: { message: 'Object not found' } }
    },
    async info(name: string) {
      const bytes = files.get(name)
      return bytes ? { data: { version: sha256(bytes) }, error: null } : { data: null, error: { message: 'Object not found' } }
    },
    async remove(names: string[]) {
      for (const name of names) files.delete(name)
      await above`select faults.restore_files(${id}, ${[...files.keys()]})`
      return { error: null }
    },
  }

  return {
    id,
    /** The three calls as text of the wire; a push answers whom it pokes, too. Reject with AppError. */
    pull: (person: Person, cursor: unknown) => ask('pull', [person.claims, id, JSON.stringify(cursor)]),
    boot: (person: Person, scopes: string[], after: unknown, n: number) =>
      ask('boot', [person.claims, id, `{${scopes.join()}}`, after === null ? null : JSON.stringify(after), n]),
    push: async (person: Person, batch: unknown) => poking(await ask('push', [person.claims, id, JSON.stringify(batch)])),
    /** Where photos stand, as JSON. */
    photoStates: (person: Person, ids: string[]) => ask('photo_states', [person.claims, id, `{${ids.join()}}`]),
    async confirm(person: Person, args: Record<string, unknown>) {
      const command = String(args['command_id'])
      confirmations.add(command)
      return poking(await ask('confirm', [person.claims, id, command, String(args['id'])]))
    },
    confirmations,
    /** Puts a file into Storage, by its own rules. */
    async store(person: Person, name: string, bytes: Buffer): Promise<string> {
      const answer = await ask('store', [person.claims, name], storage)
      files.set(name, bytes)
      return answer
    },
    /** What Storage holds under a name. */
    file: (name: string) => files.get(name),
    /** Does the waiting checks of photos by the worker's own code. Answers how many; a worker that `dies` settles none. */
    async verify(dies = false): Promise<number> {
      const jobs = await above<{ id: string; payload: Record<string, unknown> | null }[]>`
        select id, app_private.payload_verify_photo(j) as payload from app_private.jobs as j
        where company_id = ${id} and kind = 'verify_photo' and state = 'waiting' order by j.payload ->> 'stored_at'`
      for (const job of jobs) {
        const result =
          job.payload &&
          (await verifyPhoto(job.payload, {
            supabase: { storage: { from: () => bucket } },
            signal: new AbortController().signal,
            hold: async () => job.payload,
          }))
        if (dies) continue
        await above`
          with done as (update app_private.jobs set state = 'done', ended_at = now() where company_id = ${id} and id = ${job.id} returning *)
          select case when ${result !== null} then app_private.finish_verify_photo(
            (select j from app_private.jobs as j where j.company_id = ${id} and j.id = ${job.id}), ${above.json(result)}) end from done`
      }
      return jobs.length
    },
    /** The photos of the company. */
    photos: () => above<{ id: string; site_id: string; incident_id: string | null; sha256: string; state: string; refusal: string | null }[]>`
      select id, site_id, incident_id, sha256, state, refusal from app.photos where company_id = ${id}`,
    /** Every row that a person sees, as COPY lines by table and id. */
    async rows(person: Person): Promise<Map<string, string>> {
      const rows = await service.unsafe(`select name || ' ' || id as key, line from faults.rows($1, $2)`, [person.claims, id], { prepare: true })
      return new Map(rows.map((row) => [row.key as string, row.line as string]))
    },
    /** The commands that the server kept, in the order in which it ran them. */
    log: () => above<{ id: string; name: string; status: string; code: string | null }[]>`
      select id, name, status, code from app_private.command_log where company_id = ${id} order by nth`,
    /** Commands whose changes stand in more than one transaction. */
    twice: () => above<{ id: string; name: string }[]>`
      select command_id as id, min(command) as name from audit.log where company_id = ${id} and command_id is not null
      group by command_id having count(distinct at) > 1`,
    /** Refused commands that left a change. */
    ghosts: () => above<{ id: string; name: string }[]>`
      select distinct l.id, l.name from app_private.command_log as l join audit.log as a on a.company_id = l.company_id and a.command_id = l.id
      where l.company_id = ${id} and l.status = 'refused'`,
    /** Accepted commands that were to make a row and left no trace. */
    hollow: (making: string[]) => above<{ id: string; name: string }[]>`
      select l.id, l.name from app_private.command_log as l where l.company_id = ${id} and l.status = 'applied' and l.name = any (${making})
        and not exists (select from audit.log as a where a.company_id = l.company_id and a.command_id = l.id)`,
    /** Whether this person is an active member. */
    async active(person: Person): Promise<boolean> {
      const [row] = await above`select state = 'active' as yes from app.memberships where company_id = ${id} and id = ${person.membershipId}`
      return Boolean(row?.yes)
    },
    async setState(person: Person, state: string) {
      await above`update app.memberships set state = ${state}, updated_at = now() where company_id = ${id} and id = ${person.membershipId} and state <> ${state}`
    },
    async setRoles(person: Person, roles: string[]) {
      await above`update app.memberships set roles = ${roles}, updated_at = now() where company_id = ${id} and id = ${person.membershipId}`
    },
    async leaveSites(person: Person) {
      await above`update app.site_members set withdrawn_at = now(), updated_at = now()
        where company_id = ${id} and membership_id = ${person.membershipId} and withdrawn_at is null`
    },
    async joinSites(person: Person) {
      await above`update app.site_members set withdrawn_at = null, updated_at = now() where company_id = ${id} and membership_id = ${person.membershipId}`
    },
    /** Begins to add a row. Answers the way to commit. */
    async beginSlow(row: string): Promise<() => Promise<void>> {
      const one = await slow.reserve()
      await one`begin`
      await one`insert into app.teams (company_id, id, name) values (${id}, ${row}, 'slow')`
      return async () => {
        await one`commit`
        one.release()
      }
    },
    /** Asks no second factor of anybody. */
    async relax() {
      await above`update app.companies set factor_rules = '{}', factor_grace_days = 90, updated_at = now() where id = ${id} and factor_rules <> '{}'`
    },
    async keep(turn: number) {
      await above`select faults.keep(${id}, ${turn})`
      keptFiles.set(turn, new Map(files))
    },
    async restore(turn: number) {
      await above`select faults.restore(${id}, ${turn})`
      files = new Map(keptFiles.get(turn))
      await above`select faults.restore_files(${id}, ${[...files.keys()]})`
    },
  }
}

/** A database of its own, with the company that the histories' companies are copies of. */
export async function createWorld(name: string): Promise<World> {
  const database = await createTestDatabase(name)
  const boss = await foundCompany(database, await createPerson(database, 'boss@batir.test'), 'Bâtir')
  const sites = [await createSite(boss, 'Lilas'), await createSite(boss, 'Érables'), await createSite(boss, 'Quai')]
  const people: Person[] = [
    { membershipId: boss.id, roles: ['admin', 'executive', 'project_manager'], claims: JSON.stringify({ ...boss.claims, role: 'authenticated' }) },
  ]
  for (const [place, role] of ROLES.entries()) {
    const member = await hire(database, boss, `p${place}@batir.test`, [role], [sites[place % 3]!, sites[(place + 1) % 3]!])
    people.push({ membershipId: member.id, roles: [role], claims: JSON.stringify({ ...member.claims, role: 'authenticated' }) })
  }
  await database.db`update app.companies set factor_rules = '{}', factor_grace_days = 90`
  await database.db`delete from app.invitations`
  // sessions keep the plans of their first day, when tables are small and read whole: later ones hold hundreds of companies
  const [{ name: own }] = (await database.db`select current_database() as name`) as unknown as [{ name: string }]
  await database.db.unsafe(`alter database ${own} set enable_seqscan = off`)
  await database.db.unsafe(`alter database ${own} set jit = off`)
  const quiet = { onnotice: () => undefined, path: inject('cluster').socket }
  const above = postgres(database.address('supabase_admin'), { max: 2, ...quiet })
  const slow = postgres(database.address('supabase_admin'), { max: 12, ...quiet })
  const service = postgres(database.address('authenticator'), { max: 3, ...quiet })
  const storage = postgres(database.address('supabase_storage_admin'), { max: 2, ...quiet })
  const lines = await addHarness(above, boss.company)
  const catalog = await readCatalog(above)
  const company = (id: string) => companyServer({ service, storage, above, slow, id })
  const derive: Derive = async (company, table, lines) => {
    const fields = lines.map((line) => line.split('\t').map(unescape))
    const rows = await above.unsafe(`select id, scope_ids from faults.derive_${table}($1, $2::text::jsonb)`, [company, JSON.stringify(fields)], {
      prepare: true,
    })
    return rows.map((row) => ({ id: row.id as string, scopes: row.scope_ids as string[] }))
  }
  const begun = await beginnings(company(boss.company), people, derive)
  /** Companies that nobody has used yet: made many at once. */
  let unused: Promise<string[]> = Promise.resolve([])
  /** By company: its id and scopes by those of the one that it copies. */
  const renamed = new Map<string, Map<string, string>>()
  async function found(): Promise<string> {
    unused = unused.then(async (ids) => {
      if (ids.length) return ids
      const made = Array.from({ length: 8 }, () => randomUUID())
      const names = await above<{ company: string; here: string; there: string }[]>`select * from faults.copy(${made})`
      for (const id of made) renamed.set(id, new Map([[boss.company, id]]))
      for (const { company, here, there } of names) renamed.get(company)!.set(there, here)
      return made
    })
    return (await unused).pop() ?? found()
  }
  return {
    database,
    catalog,
    people,
    lines,
    above,
    company,
    found,
    held: (company, person) => asIn(renamed.get(company)!, begun.get(person)!),
    derive,
    async close() {
      await Promise.all([above.end(), service.end(), storage.end(), slow.end({ timeout: 1 })])
      await database.close()
    },
  }
}

/** A value of COPY text; null for none. */
export function unescape(field: string): string | null {
  if (field === '\\N') return null
  return field.replaceAll(/\\(.)/g, (_, letter: string) => ({ t: '\t', n: '\n', r: '\r' })[letter] ?? letter)
}
