import { AuthError } from './errors.ts'

export type Fields = Record<string, unknown>

/** Most bytes of what a person says of themselves: it is part of every token. */
const MOST_METADATA = 8 * 1024

/** A text field of a body, or undefined when it is absent or empty. */
export function text(body: Fields, name: string): string | undefined {
  const value = body[name]
  if (value === undefined || value === null || value === '') return undefined
  if (typeof value !== 'string') throw new AuthError(400, 'validation_failed', `${name} must be a string`)
  if (value.includes('\0')) throw new AuthError(400, 'validation_failed', `${name} must not contain NUL`)
  return value
}

/** An object field of a body; empty when absent. */
export function object(body: Fields, name: string): Record<string, unknown> {
  const value = body[name]
  if (value === undefined || value === null) return {}
  if (typeof value !== 'object' || Array.isArray(value)) throw new AuthError(400, 'validation_failed', `${name} must be an object`)
  return value as Record<string, unknown>
}

/** An e-mail address in lower case. */
export function emailAddress(value: string): string {
  const email = value.trim().toLowerCase()
  if (email.length > 254 || !/^[^\s@"<>()[\]\\,;:]+@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/.test(email)) {
    throw new AuthError(400, 'validation_failed', 'Unable to validate email address: invalid format')
  }
  return email
}

/** Lays new metadata over old; null takes a key away. */
export function merge(old: Record<string, unknown> | null, update: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries({ ...old, ...update }).filter(([, value]) => value !== null))
}

/** The metadata, when its JSON has at most `most` bytes. */
export function bounded(metadata: Record<string, unknown>, name: string, most = MOST_METADATA): Record<string, unknown> {
  if (Buffer.byteLength(JSON.stringify(metadata)) > most) throw new AuthError(400, 'validation_failed', `${name} must have at most ${most} bytes`)
  return metadata
}

/** True for a uuid in its usual form. */
export function isUuid(value: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)
}
