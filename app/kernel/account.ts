// What a person does with their own sign-in: links, password, second factor, other people's sessions. Loaded by the screens that need it.
import { enter, proofGiven } from './session.ts'
import type { DeviceSession } from './contract.ts'
import type { AuthCalls, LinkType } from './remote-auth.ts'
import type { RemoteClient } from './remote.ts'

export type { Factor, LinkType, NewFactor } from './remote-auth.ts'
export { PASSWORD_LEAST, PASSWORD_MOST, weaknessOf } from './password.ts'

const remote = (): Promise<RemoteClient> => import('./remote.ts').then((module) => module.getRemote())
const auth = async (): Promise<AuthCalls> => (await remote()).auth
const rpc = async <T>(name: string, args?: Record<string, unknown>, company?: string): Promise<T> => (await remote()).rpc<T>(name, args, company)

/** The person's own sign-in. Every call needs the network and rejects with AppError. */
export const account = {
  askMagicLink: async (email: string) => (await auth()).askMagicLink(email),
  askRecovery: async (email: string) => (await auth()).askRecovery(email),
  askConfirmation: async (email: string) => (await auth()).askConfirmation(email),
  setPassword: async (password: string, nonce?: string) => (await auth()).setPassword(password, nonce),
  askNonce: async () => (await auth()).askNonce(),
  changeEmail: async (email: string) => (await auth()).changeEmail(email),
  factors: async () => (await auth()).factors(),
  enrol: async (name: string) => (await auth()).enrol(name),

  /** Spends the link of a mail and signs its person in. False when an e-mail change waits for the other address. */
  async follow(type: LinkType, token: string): Promise<boolean> {
    const user = await (await auth()).follow(type, token)
    if (user) await enter(user)
    return user !== null
  },

  /** Gives a code of a factor; what was paused goes on. */
  async giveCode(factorId: string, code: string): Promise<void> {
    await (await auth()).giveCode(factorId, code)
    await proofGiven()
  },

  async removeFactor(factorId: string): Promise<void> {
    await (await auth()).removeFactor(factorId)
    await proofGiven()
  },

  /** Ten codes that replace a lost factor, once each; shown this once. */
  makeRecoveryCodes: () => rpc<string[]>('make_recovery_codes'),
  recoveryCodesLeft: () => rpc<number>('recovery_codes_left'),

  /** Spends a recovery code: the factors are gone, a new one can be enrolled. */
  async useRecoveryCode(code: string): Promise<'used' | 'wrong' | 'locked'> {
    const outcome = await rpc<'used' | 'wrong' | 'locked'>('use_recovery_code', { code })
    if (outcome === 'used') await proofGiven()
    return outcome
  },

  /** The living sessions of a member, for an administrator. */
  memberSessions: (company: string, id: string) => rpc<Omit<DeviceSession, 'id' | 'current'>[]>('member_sessions', { id }, company),
  /** Ends all of them, those that are not listed too; answers how many of those listed. */
  endMemberSessions: (company: string, id: string) => rpc<number>('end_member_sessions', { id }, company),
}
