import { randomUUID } from 'node:crypto'
import type { Pool } from '../pool.ts'
import type { Caller } from '../tokens.ts'
import { PgError, type Statement } from '../wire.ts'

/** What row-level security of `realtime.messages` allows on a topic. */
export interface Permissions {
  broadcast: boolean
  presence: boolean
}

export const EXTENSIONS = ['broadcast', 'presence'] as const
export type Extension = (typeof EXTENSIONS)[number]

const BEGIN: Statement = { text: 'begin' }
const ROLLBACK: Statement = { text: 'rollback' }
const PROBES = `insert into realtime.messages (id, topic, extension) select * from unnest($1::uuid[], $2::text[], $3::text[])`
const BECOME = `select length(concat(set_config('realtime.topic', $1, true), set_config('request.jwt.claims', $2, true),
  set_config('request.headers', $3, true), set_config('role', $4, true)))`
const VISIBLE = 'select extension from realtime.messages where id = any ($1::uuid[])'
const WRITE = 'insert into realtime.messages (topic, extension) values ($1, $2)'

/** Asks the database's policies by trying, inside transactions that are rolled back. */
export class Authorizer {
  constructor(private readonly pool: Pool) {}

  /**
   * What a caller may read on each topic: one row per topic and extension is laid down, and those count that the caller sees.
   * One round trip whatever the number of topics.
   */
  async read(caller: Caller, topics: readonly string[], headers: string): Promise<Permissions[]> {
    const probes = topics.flatMap((topic) => EXTENSIONS.map((extension) => ({ id: randomUUID(), topic, extension })))
    const list = (values: string[]) => `{${values.map((value) => `"${value.replace(/["\\]/g, '\\$&')}"`).join(',')}}`
    const laid: Statement = {
      text: PROBES,
      values: [list(probes.map(({ id }) => id)), list(probes.map(({ topic }) => topic)), list(probes.map(({ extension }) => extension))],
    }
    const asked = topics.flatMap((topic, i) => [
      become(caller, topic, headers),
      { text: VISIBLE, values: [list(EXTENSIONS.map((_, j) => probes[i * EXTENSIONS.length + j]!.id))] },
    ])
    const results = await this.pool.run([BEGIN, laid, ...asked, ROLLBACK])
    return topics.map((_, i) => {
      const seen = results[3 + 2 * i]!.map(([extension]) => extension?.toString())
      return { broadcast: seen.includes('broadcast'), presence: seen.includes('presence') }
    })
  }

  /** Whether a caller may send on a topic: a row is inserted as that caller. */
  async write(caller: Caller, topic: string, extension: Extension, headers: string): Promise<boolean> {
    try {
      await this.pool.run([BEGIN, become(caller, topic, headers), { text: WRITE, values: [topic, extension] }, ROLLBACK])
      return true
    } catch (error) {
      if (error instanceof PgError && error.code === '42501') return false
      throw error
    }
  }
}

function become(caller: Caller, topic: string, headers: string): Statement {
  return { text: BECOME, values: [topic, caller.json, headers, caller.role] }
}
