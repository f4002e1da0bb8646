import { invitationLetter } from '../../_shared/mail/invitation-letter.ts'
import { setting } from '../../_shared/serve.ts'
import { sendLetter } from '../mailer.ts'
import type { Handler } from '../worker.ts'

/** What app_private.payload_send_invitation answers. */
interface Invitation {
  to: string
  token: string
  locale: string
  time_zone: string
  company: string
  inviter: string
  name: string | null
  sites: string[]
  expires_at: string
}

/** Mails an invitation. Its link is this attempt's own; a second mail after a crash opens the same invitation. */
export const sendInvitation: Handler = async (payload) => {
  const { to, token, locale, time_zone, company, inviter, name, sites, expires_at } = payload as unknown as Invitation
  // in the fragment: no server, log or referrer ever sees it
  const url = `${setting('SITE_URL')}/invitation#${token}`
  await sendLetter(to, invitationLetter(locale, { company, inviter, name, sites, url, expiresAt: new Date(expires_at), timeZone: time_zone }))
}
