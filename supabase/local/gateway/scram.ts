import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const derive = promisify(pbkdf2)
const hmac = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest()

/** The client's side of SCRAM-SHA-256 (RFC 5802, 7677), as Postgres speaks it. */
export class Scram {
  private readonly nonce = randomBytes(18).toString('base64')
  private serverSignature = Buffer.alloc(0)

  constructor(private readonly password: string) {}

  /** The first message. Postgres takes the user name from the start-up packet, so it is empty here. */
  first(): string {
    return `n,,n=,r=${this.nonce}`
  }

  /** The proof that answers the server's challenge; throws when the server did not extend our nonce. */
  async proof(challenge: string): Promise<string> {
    const fields = Object.fromEntries(challenge.split(',').map((field) => [field[0], field.slice(2)]))
    if (!fields.r?.startsWith(this.nonce)) throw new Error('SCRAM: the server answered another nonce')
    const salted = await derive(this.password.normalize('NFKC'), Buffer.from(fields.s!, 'base64'), Number(fields.i), 32, 'sha256')
    const clientKey = hmac(salted, 'Client Key')
    const withoutProof = `c=biws,r=${fields.r}`
    const transcript = `n=,r=${this.nonce},${challenge},${withoutProof}`
    const signature = hmac(createHash('sha256').update(clientKey).digest(), transcript)
    this.serverSignature = hmac(hmac(salted, 'Server Key'), transcript)
    return `${withoutProof},p=${Buffer.from(clientKey.map((byte, i) => byte ^ signature[i]!)).toString('base64')}`
  }

  /** Throws unless the server knows the password too. */
  verify(final: string): void {
    const signature = Buffer.from(final.replace(/^v=/, ''), 'base64')
    if (signature.length !== 32 || signature.length !== this.serverSignature.length || !timingSafeEqual(signature, this.serverSignature)) {
      throw new Error('SCRAM: the server could not prove that it knows the password')
    }
  }
}
