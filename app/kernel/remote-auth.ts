// What a person does with their own sign-in, over supabase-js. Part of the remote's chunk.
import type { SupabaseClient } from '@supabase/supabase-js'
import { AppError } from './errors.ts'
import type { Account } from './remote.ts'

/** The kinds of links in mails; each is spent by `follow`. */
export type LinkType = 'signup' | 'invite' | 'magiclink' | 'recovery' | 'email_change'

/** An authenticator that this person enrolled. */
export interface Factor {
  id: string
  name: string
  created_at: string
}

/** A factor that is being enrolled: shown as a QR code, and as text to type. */
export interface NewFactor {
  id: string
  uri: string
  secret: string
}

export interface AuthCalls {
  /** Sends a sign-in link. It resolves for unknown addresses too. */
  askMagicLink: (email: string) => Promise<void>
  /** Sends a link to a new password. It resolves for unknown addresses too. */
  askRecovery: (email: string) => Promise<void>
  /** Sends the confirmation of a new account once more. */
  askConfirmation: (email: string) => Promise<void>
  /** Spends a link: answers the account it signs in, or null when an e-mail change waits for the other address. */
  follow: (type: LinkType, token: string) => Promise<Account | null>
  /** Sets a new password; `nonce` is the code that an older session needs. */
  setPassword: (password: string, nonce?: string) => Promise<void>
  /** Sends that code. */
  askNonce: () => Promise<void>
  /** Begins a change of address: both addresses may have to confirm. Answers whether it waits for that. */
  changeEmail: (email: string) => Promise<boolean>
  /** True when this session still has to give a second factor that the person enrolled. */
  owesCode: () => Promise<boolean>
  /** The verified factors, read from the server. */
  factors: () => Promise<Factor[]>
  enrol: (name: string) => Promise<NewFactor>
  /** Gives a code: the session is trusted more from then on. */
  giveCode: (factorId: string, code: string) => Promise<void>
  removeFactor: (factorId: string) => Promise<void>
}

/** A refusal of the Auth service as supabase-js gives it. */
export interface AuthFault {
  status?: number
  code?: string
  message: string
  name?: string
  reasons?: string[]
}

const REASONS: Record<string, string> = { length: 'weak_password', pwned: 'weak_common', characters: 'weak_simple' }

/** The calls over a client; `translate` makes an AppError of a refusal. */
export function makeAuthCalls(client: SupabaseClient, translate: (error: AuthFault) => AppError): AuthCalls {
  const locale = () => document.documentElement.lang || 'fr'
  function checked<T extends { error: AuthFault | null }>(answer: T): T {
    if (!answer.error) return answer
    const reason = answer.error.reasons?.[0]
    throw reason ? new AppError(REASONS[reason] ?? 'weak_password', 'password') : translate(answer.error)
  }
  return {
    async askMagicLink(email) {
      checked(await client.auth.signInWithOtp({ email, options: { shouldCreateUser: false, data: { locale: locale() } } }))
    },
    async askRecovery(email) {
      checked(await client.auth.resetPasswordForEmail(email))
    },
    async askConfirmation(email) {
      checked(await client.auth.resend({ type: 'signup', email }))
    },
    async follow(type, token) {
      const { data } = checked(await client.auth.verifyOtp({ type, token_hash: token }))
      return data.session && data.user ? { id: data.user.id, email: data.user.email ?? '' } : null
    },
    async setPassword(password, nonce) {
      const { data: used } = await client.rpc('was_my_password', { password })
      if (used === true) throw new AppError('same_password', 'password')
      checked(await client.auth.updateUser({ password, ...(nonce ? { nonce } : {}) }))
    },
    async askNonce() {
      checked(await client.auth.reauthenticate())
    },
    async changeEmail(email) {
      const { data } = checked(await client.auth.updateUser({ email }))
      return Boolean(data.user?.new_email)
    },
    async owesCode() {
      const { data } = await client.auth.mfa.getAuthenticatorAssuranceLevel()
      return data?.nextLevel === 'aal2' && data.currentLevel !== 'aal2'
    },
    async factors() {
      const { data } = checked(await client.auth.mfa.listFactors())
      return (data?.totp ?? []).map(({ id, friendly_name, created_at }) => ({ id, name: friendly_name ?? '', created_at }))
    },
    async enrol(name) {
      const { data } = checked(await client.auth.mfa.enroll({ factorType: 'totp', friendlyName: name, issuer: 'Aplomb' }))
      return { id: data!.id, uri: data!.totp.uri, secret: data!.totp.secret }
    },
    async giveCode(factorId, code) {
      checked(await client.auth.mfa.challengeAndVerify({ factorId, code: code.replaceAll(/\s/g, '') }))
    },
    async removeFactor(factorId) {
      checked(await client.auth.mfa.unenroll({ factorId }))
      // The token says aal2 until it is renewed.
      await client.auth.refreshSession()
    },
  }
}
