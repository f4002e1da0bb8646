import { createHash, randomBytes } from 'node:crypto'
import { AuthError } from './errors.ts'
import { findUser, type Db, type UserRow } from './store.ts'

/** GoTrue's kinds of one-time tokens: a person has one of each at most. */
export type TokenKind = 'confirmation_token' | 'recovery_token' | 'email_change_token_new' | 'email_change_token_current' | 'reauthentication_token'

/** How long each is good, minutes. */
const LIFE: Record<TokenKind, number> = {
  confirmation_token: 24 * 60,
  recovery_token: 60,
  email_change_token_new: 24 * 60,
  email_change_token_current: 24 * 60,
  reauthentication_token: 10,
}

const hash = (secret: string) => createHash('sha256').update(secret).digest('hex')

/** Makes a token, in place of an earlier one of its kind, and answers the secret: only its hash stays. `relatesTo` is the address it goes to. */
export async function issueToken(
  db: Db,
  userId: string,
  kind: TokenKind,
  relatesTo: string,
  secret = randomBytes(32).toString('base64url'),
): Promise<string> {
  await db`
    insert into auth.one_time_tokens (id, user_id, token_type, token_hash, relates_to, created_at, updated_at)
    values (gen_random_uuid(), ${userId}, ${kind}, ${hash(secret)}, ${relatesTo}, now() at time zone 'utc', now() at time zone 'utc')
    on conflict (user_id, token_type) do update
      set id = excluded.id, token_hash = excluded.token_hash, relates_to = excluded.relates_to, created_at = excluded.created_at, updated_at = excluded.updated_at`
  return secret
}

/**
 * Spends a token: of two calls at once, one gets it.
 * @param userId only a token of this user, when given
 * @throws AuthError otp_expired when it is unknown, used or too old
 */
export async function spendToken(
  db: Db,
  secret: string,
  kinds: TokenKind[],
  userId?: string,
): Promise<{ user: UserRow; kind: TokenKind; relatesTo: string }> {
  const refused = () => new AuthError(403, 'otp_expired', 'Email link is invalid or has expired')
  const [row] = await db<{ user_id: string; token_type: TokenKind; relates_to: string; age: number }[]>`
    delete from auth.one_time_tokens where token_hash = ${hash(secret)} and token_type::text = any (${kinds}) and user_id = coalesce(${userId ?? null}::uuid, user_id)
    returning user_id, token_type, relates_to, extract(epoch from (now() at time zone 'utc') - created_at)::float8 as age`
  const user = row && row.age < LIFE[row.token_type] * 60 ? await findUser(db, { id: row.user_id }) : undefined
  if (!row || !user) throw refused()
  return { user, kind: row.token_type, relatesTo: row.relates_to }
}
