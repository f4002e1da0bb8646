import { randomUUID } from 'node:crypto'
import postgres, { type Sql, type TransactionSql } from 'postgres'

export type Db = Sql | TransactionSql

/** A row of `auth.users`, as far as this service reads it. */
export interface UserRow {
  id: string
  aud: string
  role: string
  email: string | null
  encrypted_password: string | null
  email_confirmed_at: Date | null
  email_change: string | null
  phone: string | null
  confirmed_at: Date | null
  last_sign_in_at: Date | null
  raw_app_meta_data: Record<string, unknown> | null
  raw_user_meta_data: Record<string, unknown> | null
  banned_until: Date | null
  is_anonymous: boolean
  created_at: Date
  updated_at: Date
}

/** What a request tells about the device that sent it. */
export interface Device {
  ip: string
  userAgent: string
  /** The languages it asks for, as its header says. */
  language: string
}

/** GoTrue's single instance. */
export const INSTANCE = '00000000-0000-0000-0000-000000000000'

/** Opens the pool of the Auth service; it connects when first used and again after a loss. */
export function openStore(url: string): Sql {
  return postgres(url, {
    max: 5,
    connect_timeout: 5,
    backoff: () => 0.1,
    idle_timeout: 300,
    onnotice: () => undefined,
    // no lock of somebody else's holds up all five for long: they answer that the database is busy
    connection: { application_name: 'gateway auth', lock_timeout: 5_000, statement_timeout: 10_000 },
  })
}

/** The user as the API shows it. */
export async function showUser(db: Db, user: UserRow): Promise<Record<string, unknown>> {
  const identities = await db`
    select id as identity_id, provider_id as id, user_id, identity_data, provider, last_sign_in_at, created_at, updated_at, email
    from auth.identities where user_id = ${user.id} order by created_at`
  const factors = await db`
    select id, friendly_name, factor_type, status, created_at, updated_at from auth.mfa_factors where user_id = ${user.id} order by created_at`
  return {
    id: user.id,
    aud: user.aud,
    role: user.role,
    email: user.email ?? '',
    email_confirmed_at: user.email_confirmed_at ?? undefined,
    phone: user.phone ?? '',
    confirmed_at: user.confirmed_at ?? undefined,
    last_sign_in_at: user.last_sign_in_at ?? undefined,
    app_metadata: user.raw_app_meta_data ?? {},
    user_metadata: user.raw_user_meta_data ?? {},
    new_email: user.email_change || undefined,
    identities: [...identities],
    factors: factors.length > 0 ? [...factors] : undefined,
    created_at: user.created_at,
    updated_at: user.updated_at,
    banned_until: user.banned_until ?? undefined,
    is_anonymous: user.is_anonymous,
  }
}

/** The user with an id or an address, deleted ones aside. */
export async function findUser(db: Db, by: { id: string } | { email: string }): Promise<UserRow | undefined> {
  const [row] =
    'id' in by
      ? await db<UserRow[]>`select * from auth.users where id = ${by.id} and deleted_at is null`
      : await db<UserRow[]>`select * from auth.users where email = ${by.email} and is_sso_user = false and deleted_at is null`
  return row
}

export interface NewUser {
  id?: string
  email: string
  passwordHash: string | null
  userMetadata: Record<string, unknown>
  appMetadata?: Record<string, unknown>
  role?: string
  confirmed: boolean
}

/** Inserts a user with its e-mail identity; raises 23505 when the address is taken. */
export async function insertUser(db: Db, user: NewUser): Promise<UserRow> {
  const id = user.id ?? randomUUID()
  const appMetadata = { provider: 'email', providers: ['email'], ...user.appMetadata }
  const [row] = await db<UserRow[]>`
    insert into auth.users (instance_id, id, aud, role, email, encrypted_password, email_confirmed_at, raw_app_meta_data, raw_user_meta_data,
      created_at, updated_at, confirmation_token, recovery_token, email_change_token_new, email_change)
    values (${INSTANCE}, ${id}, 'authenticated', ${user.role ?? 'authenticated'}, ${user.email}, ${user.passwordHash},
      ${user.confirmed ? new Date() : null}, ${db.json(appMetadata as never)}, ${db.json(user.userMetadata as never)}, now(), now(), '', '', '', '')
    returning *`
  const identity = { sub: id, email: user.email, email_verified: user.confirmed, phone_verified: false, ...user.userMetadata }
  await db`
    insert into auth.identities (provider_id, user_id, identity_data, provider, last_sign_in_at, created_at, updated_at)
    values (${id}, ${id}, ${db.json({ ...identity, sub: id, email: user.email } as never)}, 'email', now(), now(), now())`
  return row!
}

/**
 * Lets an account whose address nobody has confirmed forget its password and what was said of the person: who asks for a link now may be
 * somebody else. Leaves a confirmed one as it is.
 * @param userMetadata what is said of the person from now on
 */
export async function forgetUnproven(db: Db, user: UserRow, userMetadata: Record<string, unknown> = {}): Promise<UserRow> {
  const [forgotten] = await db<UserRow[]>`
    update auth.users set encrypted_password = null, raw_user_meta_data = ${db.json(userMetadata as never)}, updated_at = now()
    where id = ${user.id} and confirmed_at is null returning *`
  if (!forgotten) return user
  const identity = { ...userMetadata, sub: user.id, email: user.email, email_verified: false, phone_verified: false }
  await db`update auth.identities set identity_data = ${db.json(identity as never)}, updated_at = now() where user_id = ${user.id} and provider = 'email'`
  return forgotten
}

/** Appends to the service's own journal. `actor` is absent when nobody is known. */
export async function audit(
  db: Db,
  action: string,
  logType: 'account' | 'team' | 'token' | 'user',
  actor: { id?: string; email?: string | null },
  ip: string,
  traits?: Record<string, unknown>,
): Promise<void> {
  const payload = {
    action,
    actor_id: actor.id ?? INSTANCE,
    actor_username: actor.email ?? '',
    actor_via_sso: false,
    log_type: logType,
    ...(traits ? { traits } : {}),
  }
  await db`
    insert into auth.audit_log_entries (instance_id, id, payload, created_at, ip_address)
    values (${INSTANCE}, ${randomUUID()}, ${db.json(payload as never)}, now(), ${ip})`
}
