import { createHash, createSecretKey, timingSafeEqual, type KeyObject } from 'node:crypto'
import { errors, jwtVerify, SignJWT, type JWTPayload } from 'jose'

/** What a token says about its bearer. */
export interface Claims extends JWTPayload {
  role?: string
  session_id?: string
  aal?: string
}

/** Who calls: the database role, the claims, and the claims as the database reads them. */
export interface Caller {
  role: string
  claims: Claims
  /** The claims as JSON. */
  json: string
}

/** A token that is not accepted; `expired` tells the two cases apart. */
export class InvalidToken extends Error {
  constructor(
    message: string,
    readonly expired = false,
  ) {
    super(message)
  }
}

/** An API key that is missing or unknown. */
export class InvalidKey extends Error {}

/** Characters of a token; ours have at most this many, since metadata is bounded. */
const LONGEST = 16 * 1024
/** Characters of the tokens that are remembered, with what they say. */
const CACHE_LIMIT = 16 * 1024 * 1024
const weight = (token: string, { json }: Caller) => 2 * (token.length + json.length)
const digest = (text: string) => createHash('sha256').update(text).digest()

/** Verifies and signs access tokens (HS256) and knows the two API keys. */
export class Tokens {
  private readonly key: KeyObject
  private readonly cache = new Map<string, Caller>()
  private cached = 0
  private readonly keys: { hash: Buffer; caller: Caller }[]

  constructor({ jwtSecret, publishableKey, secretKey }: { jwtSecret: string; publishableKey: string; secretKey: string }) {
    if (Buffer.byteLength(jwtSecret) < 32) throw new Error('jwtSecret needs at least 32 bytes')
    this.key = createSecretKey(Buffer.from(jwtSecret))
    this.keys = [makeKey(publishableKey, 'anon'), makeKey(secretKey, 'service_role')]
  }

  /** The bearer of a user's token. Verified tokens are remembered until they expire. */
  async verify(token: string): Promise<Caller> {
    const known = this.cache.get(token)
    if (known) {
      if (known.claims.exp! * 1000 > Date.now()) return known
      this.forget(token, known)
      throw new InvalidToken('JWT expired', true)
    }
    if (token.length > LONGEST) throw new InvalidToken('the token is too long')
    let claims: Claims
    try {
      claims = (await jwtVerify<Claims>(token, this.key, { algorithms: ['HS256'], requiredClaims: ['exp'] })).payload
    } catch (error) {
      throw error instanceof errors.JWTExpired ? new InvalidToken('JWT expired', true) : new InvalidToken((error as Error).message)
    }
    const caller = { role: typeof claims.role === 'string' ? claims.role : 'anon', claims, json: JSON.stringify(claims) }
    if (this.cache.has(token)) return caller
    this.cache.set(token, caller)
    this.cached += weight(token, caller)
    while (this.cached > CACHE_LIMIT) this.forget(...this.cache.entries().next().value!)
    return caller
  }

  private forget(token: string, caller: Caller): void {
    if (this.cache.delete(token)) this.cached -= weight(token, caller)
  }

  /** Signs claims; `iat` and `exp` are seconds since 1970 and part of them. */
  sign(claims: Claims): Promise<string> {
    return new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).sign(this.key)
  }

  /** The role behind an API key, or undefined for an unknown one. */
  keyHolder(key: string): Caller | undefined {
    const hash = digest(key)
    return this.keys.find((known) => timingSafeEqual(known.hash, hash))?.caller
  }

  /**
   * Who sends a request: a valid API key is required; a user's token in `Authorization` says more.
   * @param apikey header or query parameter `apikey`
   * @param authorization header; a bearer equal to the API key adds nothing
   * @throws InvalidKey, InvalidToken
   */
  async caller(apikey: string | null | undefined, authorization: string | undefined): Promise<Caller> {
    if (!apikey) throw new InvalidKey('No API key found in request')
    const holder = this.keyHolder(apikey)
    if (!holder) throw new InvalidKey('Invalid API key')
    const token = bearer(authorization)
    return token === undefined || token === apikey ? holder : this.verify(token)
  }
}

/** The token of an `Authorization: Bearer …` header. */
export function bearer(authorization: string | undefined): string | undefined {
  return /^bearer +(\S+)$/i.exec(authorization ?? '')?.[1]
}

function makeKey(key: string, role: string): { hash: Buffer; caller: Caller } {
  return { hash: digest(key), caller: { role, claims: { role }, json: JSON.stringify({ role }) } }
}
