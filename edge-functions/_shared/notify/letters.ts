import { invitationLetter } from '../mail/invitation-letter.ts'
import type { Letter } from '../mail/letter.ts'
import { setting } from '../serve.ts'

/** What an invitation tells: the answer of app_private.payload_send_invitation, and the logo that it names. */
export interface InvitationNotice {
  token: string
  locale: string
  time_zone: string
  company: string
  accent?: string | null
  /** A PNG in base64. */
  logo?: string | null
  inviter: string
  name: string | null
  sites: string[]
  expires_at: string
}

/** The letters that people are sent, by name; each is made of its values. */
export const letters = {
  invitation: ({ token, locale, time_zone, company, accent, logo, inviter, name, sites, expires_at }: InvitationNotice): Letter => {
    // in the fragment: no server, log or referrer ever sees it
    const url = `${setting('SITE_URL')}/invitation#${token}`
    return invitationLetter(locale, { company, accent, logo, inviter, name, sites, url, expiresAt: new Date(expires_at), timeZone: time_zone })
  },
}

export type LetterName = keyof typeof letters
