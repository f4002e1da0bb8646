import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import { jwtVerify, SignJWT } from 'jose'
import { StorageError } from './errors.ts'

/** What a signed address allows: to read an object, or to upload one. */
export interface Permit {
  /** `<bucket>/<name>` */
  url: string
  use: 'read' | 'write'
  owner?: string
  upsert?: boolean
}

/** Signs and verifies addresses that work without a key. Its own key, derived from that of the tokens: neither is ever taken for the other. */
export class Signer {
  private readonly key: KeyObject

  constructor(jwtSecret: string) {
    this.key = createSecretKey(createHmac('sha256', jwtSecret).update('storage addresses').digest())
  }

  /** A token that lasts for so many seconds. */
  sign(permit: Permit, seconds: number): Promise<string> {
    return new SignJWT({ ...permit })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setIssuedAt()
      .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
      .sign(this.key)
  }

  /** What the token of an address allows. @throws InvalidJWT, InvalidSignature when it was made for something else */
  async verify(token: string | null, use: Permit['use'], url: string): Promise<Permit & { exp: number }> {
    let permit: Permit & { exp: number }
    try {
      permit = (await jwtVerify<Permit & { exp: number }>(token ?? '', this.key, { algorithms: ['HS256'], requiredClaims: ['exp'] })).payload
    } catch (error) {
      throw new StorageError(400, 'InvalidJWT', (error as Error).message)
    }
    if (permit.use !== use || permit.url !== url) throw new StorageError(400, 'InvalidSignature', 'Invalid signature')
    return permit
  }
}
