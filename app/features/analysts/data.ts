import { ask } from '../../kernel/ask.ts'
import { newId } from '../../kernel/ids.ts'

/** A login of an analyst, as the server lists it. */
export interface AnalystLogin {
  id: string
  label: string
  login: string
  finance: boolean
  safety: boolean
  created_by: string
  created_at: string
  renewed_at: string | null
  revoked_at: string | null
  /** Connections open now. */
  connections: number
}

/** What a program needs to connect; the password is told once. */
export interface Connection {
  login: string
  password: string
  host: string
  port: number
  database: string
  tls: boolean
}

/** The company's logins, living ones first. */
export const analystLogins = () => ask<AnalystLogin[]>('analyst_logins')

/** Makes a login; answers the only copy of its password. */
export const createAnalystLogin = (label: string, finance: boolean, safety: boolean) =>
  ask<Connection>('create_analyst_login', { id: newId(), label, finance, safety })

/** Gives a login a new password; the old one stops at once. */
export const renewAnalystLogin = (id: string) => ask<Connection>('renew_analyst_login', { id })

/** Takes a login away and ends what it runs. */
export const revokeAnalystLogin = (id: string) => ask<boolean>('revoke_analyst_login', { id })

/** The connection as one line that psql, Metabase and drivers take. */
export function connectionString({ login, password, host, port, database, tls }: Connection): string {
  return `postgresql://${login}:${password}@${host}:${port}/${database}${tls ? '?sslmode=require' : ''}`
}
