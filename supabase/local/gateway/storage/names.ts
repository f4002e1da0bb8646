import { invalidKey, StorageError } from './errors.ts'

/** The characters that the hosted service takes in names: those that S3 does. */
const NAME = /^[\w/!\-.*'() &$@=;:+,?]+$/
const BUCKET = /^[\w!\-.*'() &$@=;:+,?]{1,63}$/

/**
 * The name of an object, if it can be one: no empty, `.` or `..` part, at most 1024 characters.
 * @throws InvalidKey
 */
export function requireName(name: unknown): string {
  if (typeof name !== 'string' || name.length > 1024 || !NAME.test(name)) throw invalidKey(String(name))
  if (name.split('/').some((part) => part === '' || part === '.' || part === '..')) throw invalidKey(name)
  return name
}

/** The name of a bucket. @throws InvalidBucketName */
export function requireBucketName(name: unknown): string {
  if (typeof name !== 'string' || !BUCKET.test(name) || name.trim() !== name || name === '.' || name === '..')
    throw new StorageError(400, 'InvalidBucketName', 'Bucket name invalid', 'Invalid Input')
  return name
}

/** Decodes a part of an address. @throws InvalidKey */
export function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    throw invalidKey(segment)
  }
}

/** Decodes the part of an address that names a bucket and an object. @throws InvalidKey */
export function decodeName(path: string): { bucket: string; name: string } {
  const decoded = decodeSegment(path)
  const slash = decoded.indexOf('/')
  if (slash < 0) throw invalidKey(decoded)
  return { bucket: requireBucketName(decoded.slice(0, slash)), name: requireName(decoded.slice(slash + 1)) }
}
