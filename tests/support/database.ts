import { randomBytes } from 'node:crypto'
import postgres, { type Sql, type TransactionSql } from 'postgres'
import { inject } from 'vitest'
import { createDatabase, dropDatabase } from '../../supabase/local/platform.ts'
import type { Login } from '../../supabase/local/secrets.ts'

/** The database every test database is a copy of: the platform and a deployment. */
export const TEMPLATE = 'aplomb_template'

/** What a token says about the caller. */
export interface Claims {
  role?: 'anon' | 'authenticated' | 'service_role'
  sub?: string
  session_id?: string
  [name: string]: unknown
}

/** A deployed database and the ways in. */
export interface OpenDatabase {
  /** Connection address of a login. */
  address(role: Login): string
  /** A pool of the owner, role `postgres`, who stands above row-level security. */
  db: Sql
  /**
   * Runs SQL as the REST service does: login `authenticator`, one transaction, the role of the claims (`authenticated` unless told).
   * @param claims the token's content
   * @param headers request headers, names in lower case (`x-company`)
   * @param work gets the transaction; its result is returned, its error rolls back
   * @param login of another service
   */
  sqlAs<T>(claims: Claims, headers: Record<string, string>, work: (sql: TransactionSql) => Promise<T>, login?: Login): Promise<T>
  /** Closes the connections. */
  end(): Promise<void>
}

/** A database of one test file. */
export interface TestDatabase extends OpenDatabase {
  name: string
  /** Drops the database. */
  close(): Promise<void>
}

/** Clones a database from the template; `name` only helps a reader of the server's log. */
export async function createTestDatabase(name: string): Promise<TestDatabase> {
  const { port, secrets } = inject('cluster')
  const database = `${name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .slice(0, 40)}_${randomBytes(4).toString('hex')}`
  const addressIn = (role: Login, db: string) => `postgres://${role}:${secrets.passwords[role]}@127.0.0.1:${port}/${db}`
  const address = (role: Login) => addressIn(role, database)
  const superuser = addressIn('supabase_admin', 'postgres')

  await createDatabase(superuser, database, { template: TEMPLATE })
  const open = openDatabase(address)
  return {
    ...open,
    name: database,
    async close() {
      await open.end()
      await dropDatabase(superuser, database)
    },
  }
}

/** Opens a deployed database; its connections come again after a crash. */
export function openDatabase(address: (role: Login) => string): OpenDatabase {
  const quiet = { max: 5, onnotice: () => undefined, backoff: () => 0.1 }
  const db = postgres(address('postgres'), quiet)
  const services = new Map<Login, Sql>()
  const serviceOf = (login: Login) => {
    const service = services.get(login) ?? postgres(address(login), quiet)
    services.set(login, service)
    return service
  }
  return {
    address,
    db,
    async sqlAs(claims, headers, work, login = 'authenticator') {
      const role = claims.role ?? 'authenticated'
      return (await serviceOf(login).begin(async (sql) => {
        await sql`select set_config('role', ${role}, true), set_config('search_path', 'app, public, extensions', true),
          set_config('request.jwt.claims', ${JSON.stringify({ ...claims, role })}, true),
          set_config('request.headers', ${JSON.stringify(headers)}, true)`
        return await work(sql)
      })) as Awaited<ReturnType<typeof work>>
    },
    async end() {
      await Promise.all([db.end({ timeout: 5 }), ...[...services.values()].map((service) => service.end({ timeout: 5 }))])
    },
  }
}
