import type { Letter } from '../mail/letter.ts'
import { letters, type LetterName } from './letters.ts'
import { sendByMail } from './mail.ts'

/** A way to reach people. `to` is what the channel calls somebody. @throws Hopeless when trying again cannot help */
export type Channel = (to: string, letter: Letter) => Promise<void>

/** The channels there are; a further one is a line here, and gets the same letters. */
export const channels = { mail: sendByMail } satisfies Record<string, Channel>

export type ChannelName = keyof typeof channels

/** What somebody is to be told. */
export interface Notice<Name extends LetterName = LetterName> {
  channel?: ChannelName
  to: string
  letter: Name
  values: Parameters<(typeof letters)[Name]>[0]
}

/** Tells somebody something, once: whoever needs more than one attempt asks for a job. Answers the channel. @throws Hopeless */
export async function notify({ channel = 'mail', to, letter, values }: Notice): Promise<ChannelName> {
  await channels[channel](to, letters[letter](values))
  return channel
}
