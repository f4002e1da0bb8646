import { PoolTimeout } from '../pool.ts'
import { InvalidKey, InvalidToken } from '../tokens.ts'
import { ConnectionLost, PgError } from '../wire.ts'

/**
 * A refusal in the form of Supabase's storage service: most of them travel with HTTP status 400, and the body's `statusCode` says which it is.
 */
export class StorageError extends Error {
  constructor(
    /** The status in the body. */
    readonly status: number,
    readonly code: string,
    message: string,
    /** The older name of the error, where it differs from the code. */
    readonly error: string = code,
    /** Seconds after which it is worth trying again. */
    readonly retryAfter?: number,
  ) {
    super(message)
  }

  /** The status of the HTTP answer: the client's faults are 400 whatever the body says; the server's keep theirs, so that they are tried again. */
  get httpStatus(): number {
    return this.status >= 500 ? this.status : 400
  }

  get body(): Record<string, string> {
    return { statusCode: String(this.status), error: this.error, message: this.message, code: this.code }
  }
}

/** The bucket does not exist, or is not for this caller. */
export const noSuchBucket = () => new StorageError(404, 'NoSuchBucket', 'Bucket not found', 'Bucket not found')
/** The object does not exist, or is not for this caller: which of the two is not told. */
export const noSuchKey = () => new StorageError(404, 'NoSuchKey', 'Object not found', 'not_found')
/** The name is taken. */
export const duplicate = () => new StorageError(409, 'ResourceAlreadyExists', 'The resource already exists', 'Duplicate')
/** More bytes than the bucket takes. */
export const tooLarge = () => new StorageError(413, 'EntityTooLarge', 'The object exceeded the maximum allowed size', 'Payload too large')
/** More than one may have at a time; worth trying again after so many seconds. */
export const tooMany = (message: string, seconds: number) => new StorageError(429, 'TooManyRequests', message, 'too_many_requests', seconds)
/** A type that the bucket does not take, or content that is not of the type it was declared to be. */
export const wrongType = (type: string) => new StorageError(415, 'InvalidMimeType', `mime type ${type} is not supported`, 'invalid_mime_type')
/** A policy says no, or the token is not accepted. */
export const accessDenied = (message: string) => new StorageError(403, 'AccessDenied', message, 'Unauthorized')
/** A name that no object can have. */
export const invalidKey = (key: string) => new StorageError(400, 'InvalidKey', `Invalid key: ${key.slice(0, 200)}`)
/** A request that makes no sense. */
export const invalidRequest = (message: string) => new StorageError(400, 'InvalidRequest', message)
/** What only the hosted service has. */
export const notServed = (what: string) =>
  new StorageError(501, 'NotSupported', `${what} is not served by the embedded stack: hosted Supabase has it.`, 'not_implemented')

/** No room on the disk, none left of the account's quota, or a file at the limit of its size. */
const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

/** Turns whatever went wrong into a refusal. */
export function toStorageError(error: unknown): StorageError {
  if (error instanceof StorageError) return error
  if (error instanceof PgError) return fromDatabase(error)
  if (error instanceof InvalidToken || error instanceof InvalidKey) return accessDenied(error.message)
  if (error instanceof ConnectionLost) return new StorageError(503, 'DatabaseError', 'The database is away. Try again later.')
  if (error instanceof PoolTimeout) return new StorageError(504, 'DatabaseTimeout', 'The connection to the database timed out')
  if (FULL.has((error as NodeJS.ErrnoException).code ?? '')) return new StorageError(507, 'InternalError', 'The disk is full.')
  if ((error as NodeJS.ErrnoException).code === 'ECONNRESET') return new StorageError(500, 'Aborted', 'The client went away.')
  console.error('[gateway] storage:', error)
  return new StorageError(500, 'InternalError', 'Something went wrong in the gateway.')
}

function fromDatabase({ code, message }: PgError): StorageError {
  switch (code) {
    case '42501':
      return accessDenied(/row-level security/.test(message) ? 'new row violates row-level security policy' : message)
    case '23505':
      return duplicate()
    case '23503':
      return new StorageError(404, 'InvalidRequest', 'The related resource does not exist')
    case '55P03':
    case '40P01':
    case '40001':
      return new StorageError(503, 'ResourceLocked', 'The resource is locked')
  }
  if (/^(08|53|57|XX)/.test(code)) return new StorageError(503, 'DatabaseError', message)
  return new StorageError(400, 'DatabaseError', message)
}
