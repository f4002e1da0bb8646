import { changeEmail, type Services } from './account.ts'
import { AuthError } from './errors.ts'
import { audit, findUser, insertUser, showUser, type Db, type Device, type UserRow } from './store.ts'
import { bounded, emailAddress, isUuid, merge, object, text, type Fields } from './validate.ts'

/** Most bytes of what the service says of a person. */
const MOST_APP_METADATA = 2 * 1024
const FOREVER = new Date('2999-12-31T00:00:00Z')

/** What the holder of the secret key may do with every account. */
export class Admin {
  constructor(private readonly services: Services) {}

  async create(body: Fields, device: Device): Promise<Record<string, unknown>> {
    const { sql, passwords } = this.services
    const given = text(body, 'email')
    if (!given) throw new AuthError(400, 'validation_failed', 'Cannot create a user without either an email or phone')
    const email = emailAddress(given)
    const id = text(body, 'id')
    if (id && !isUuid(id)) throw new AuthError(400, 'validation_failed', 'ID must conform to the uuid v4 format')
    const password = text(body, 'password')
    if (password) passwords.requireStrong(password)
    const passwordHash = text(body, 'password_hash') ?? (password ? await passwords.hash(password) : null)
    const taken = () => new AuthError(422, 'email_exists', 'A user with this email address has already been registered')
    if (await findUser(sql, { email })) throw taken()
    return sql
      .begin(async (db) => {
        const user = await insertUser(db, {
          id,
          email,
          passwordHash,
          role: text(body, 'role'),
          confirmed: body.email_confirm === true,
          userMetadata: bounded(object(body, 'user_metadata'), 'user_metadata'),
          appMetadata: bounded(object(body, 'app_metadata'), 'app_metadata', MOST_APP_METADATA),
        })
        await this.ban(db, user.id, body)
        await audit(db, 'user_signedup', 'team', { email: 'service_role' }, device.ip, { user_id: user.id, user_email: email, provider: 'email' })
        return showUser(db, (await findUser(db, { id: user.id }))!)
      })
      .catch((error: { code?: string }) => {
        throw error.code === '23505' ? taken() : error
      }) as Promise<Record<string, unknown>>
  }

  /** A page of users, newest first, with the pagination headers that supabase-js reads. */
  async list(params: URLSearchParams): Promise<{ body: unknown; headers: Record<string, string> }> {
    const { sql } = this.services
    const page = Math.max(1, Number.parseInt(params.get('page') || '1', 10) || 1)
    const perPage = Math.min(1000, Math.max(1, Number.parseInt(params.get('per_page') || '50', 10) || 50))
    const [row] = await sql<{ total: number }[]>`select count(*)::int as total from auth.users where deleted_at is null`
    const users = await sql<UserRow[]>`
      select * from auth.users where deleted_at is null order by created_at desc, id limit ${perPage} offset ${(page - 1) * perPage}`
    const last = Math.max(1, Math.ceil(row!.total / perPage))
    const links = [...(page < last ? [[page + 1, 'next']] : []), [last, 'last']]
    return {
      body: { users: await Promise.all(users.map((user) => showUser(sql, user))), aud: 'authenticated' },
      headers: {
        'x-total-count': String(row!.total),
        link: links.map(([number, rel]) => `</admin/users?page=${number}&per_page=${perPage}>; rel="${rel}"`).join(', '),
      },
    }
  }

  async get(id: string): Promise<Record<string, unknown>> {
    return showUser(this.services.sql, await this.find(id))
  }

  async update(id: string, body: Fields, device: Device): Promise<Record<string, unknown>> {
    const { sql, passwords } = this.services
    const user = await this.find(id)
    const password = text(body, 'password')
    if (password) passwords.requireStrong(password)
    const passwordHash = password ? await passwords.hash(password) : null
    const wanted = text(body, 'email')
    const email = wanted === undefined ? undefined : emailAddress(wanted)
    return sql.begin(async (db) => {
      if (email && email !== user.email) await changeEmail(db, id, email)
      await db`
        update auth.users set
          encrypted_password = coalesce(${passwordHash}, encrypted_password),
          email_confirmed_at = case when ${body.email_confirm === true} then coalesce(email_confirmed_at, now()) else email_confirmed_at end,
          raw_user_meta_data = ${db.json(bounded(merge(user.raw_user_meta_data, object(body, 'user_metadata')), 'user_metadata') as never)},
          raw_app_meta_data = ${db.json(bounded(merge(user.raw_app_meta_data, object(body, 'app_metadata')), 'app_metadata', MOST_APP_METADATA) as never)},
          updated_at = now()
        where id = ${id}`
      await this.ban(db, id, body)
      await audit(db, 'user_modified', 'user', { email: 'service_role' }, device.ip, { user_id: id })
      return showUser(db, (await findUser(db, { id }))!)
    }) as Promise<Record<string, unknown>>
  }

  /** Deletes a user and everything that hangs on it; a soft deletion keeps the row under an unusable address. */
  async remove(id: string, body: Fields, device: Device): Promise<void> {
    const user = await this.find(id)
    await this.services.sql.begin(async (db) => {
      if (body.should_soft_delete === true) {
        await db`delete from auth.sessions where user_id = ${id}`
        await db`update auth.users set deleted_at = now(), email = 'deleted-' || id, encrypted_password = null, raw_user_meta_data = '{}' where id = ${id}`
        await db`delete from auth.identities where user_id = ${id}`
      } else {
        await db`delete from auth.users where id = ${id}`
      }
      await audit(db, 'user_deleted', 'team', { email: 'service_role' }, device.ip, { user_id: id, user_email: user.email })
    })
  }

  private async find(id: string): Promise<UserRow> {
    if (!isUuid(id)) throw new AuthError(400, 'validation_failed', 'user_id must be an UUID')
    const user = await findUser(this.services.sql, { id })
    if (!user) throw new AuthError(404, 'user_not_found', 'User not found')
    return user
  }

  /** `ban_duration`: `none`, or hours, minutes and seconds such as `24h` or `1h30m`. */
  private async ban(db: Db, id: string, body: Fields): Promise<void> {
    const duration = text(body, 'ban_duration')
    if (duration === undefined) return
    const parts = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(duration)
    if (duration !== 'none' && (!parts || duration === ''))
      throw new AuthError(400, 'validation_failed', `invalid format for ban duration: "${duration}"`)
    const [, hours = 0, minutes = 0, seconds = 0] = (parts ?? []).map((part) => Number(part ?? 0))
    const until = Date.now() + (hours * 3600 + minutes * 60 + seconds) * 1000
    await db`update auth.users set banned_until = ${duration === 'none' ? null : new Date(Math.min(until, FOREVER.getTime()))} where id = ${id}`
    if (duration !== 'none') await db`delete from auth.sessions where user_id = ${id}`
  }
}
