import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Every login of the platform; each has its own generated password. */
export const LOGINS = [
  'supabase_admin',
  'postgres',
  'authenticator',
  'supabase_auth_admin',
  'supabase_storage_admin',
  'supabase_realtime_admin',
  'supabase_replication_admin',
] as const
export type Login = (typeof LOGINS)[number]

/** What a data folder knows and nobody else: it never leaves the machine. */
export interface Secrets {
  passwords: Record<Login, string>
  /** HS256 key of the access tokens. */
  jwtSecret: string
  /** API key of browsers. */
  publishableKey: string
  /** API key of trusted workers (role `service_role`). */
  secretKey: string
}

const word = (bytes: number) => randomBytes(bytes).toString('base64url')

/**
 * Reads the secrets of a data folder.
 * @param dir the data folder given to `startPostgres`
 * @throws when the folder holds none
 */
export function readSecrets(dir: string): Secrets {
  return JSON.parse(readFileSync(join(dir, 'secrets.json'), 'utf8')) as Secrets
}

/** Reads the secrets of a data folder, or makes them the first time (file mode 0600); a login that is new since then gets its password. */
export function ensureSecrets(dir: string): Secrets {
  const file = join(dir, 'secrets.json')
  const known = existsSync(file) ? readSecrets(dir) : undefined
  if (known && LOGINS.every((login) => login in known.passwords)) return known
  const secrets: Secrets = {
    jwtSecret: word(48),
    publishableKey: `sb_publishable_${word(16)}_${randomBytes(4).toString('hex')}`,
    secretKey: `sb_secret_${word(24)}_${randomBytes(4).toString('hex')}`,
    ...known,
    passwords: { ...(Object.fromEntries(LOGINS.map((login) => [login, word(24)])) as Record<Login, string>), ...known?.passwords },
  }
  mkdirSync(dir, { recursive: true })
  writeFileSync(`${file}.new`, JSON.stringify(secrets, null, 2), { mode: 0o600 })
  renameSync(`${file}.new`, file) // a half-written file would lock us out of the data for good
  return secrets
}
