import { authLetter, type AuthLetter, type AuthValues } from '../../../../edge-functions/_shared/mail/auth-letters.ts'
import { layOut, mailLocale } from '../../../../edge-functions/_shared/mail/letter.ts'
import { createSender, type MailSettings, type Sender } from '../../../../edge-functions/_shared/mail/send.ts'
import type { Device, UserRow } from './store.ts'

const TRIES = 3
const BETWEEN_TRIES = 2_000

/** The mails of the account. They leave behind the answer: how long one takes must not tell whether an address has an account. */
export class Letters {
  private readonly sender: Sender | undefined
  private readonly leaving = new Set<Promise<void>>()

  /** @param siteUrl the address under which people reach the app: links never repeat what a request calls its host */
  constructor(
    settings: MailSettings | undefined,
    private readonly siteUrl: string,
  ) {
    this.sender = settings && createSender(settings)
  }

  /** The address of a screen that spends a one-time token. The token is in the fragment: no server reads it, no mail scanner spends it. */
  link(type: string, token: string, redirectTo?: string | null): string {
    const next = this.path(redirectTo)
    return `${this.siteUrl}/verify?type=${type}${next ? `&next=${encodeURIComponent(next)}` : ''}#${token}`
  }

  /** Where a link of the service itself may lead: an address of the app, else its first screen. */
  landing(redirectTo?: string | null): string {
    return `${this.siteUrl}${this.path(redirectTo) ?? '/'}`
  }

  /** Sends a mail to a person in their language, sooner or later. */
  post(kind: AuthLetter, user: UserRow, device: Device, values: AuthValues = {}, to = user.email): void {
    if (!this.sender || !to) return
    const locale = mailLocale(user.raw_user_meta_data?.locale as string | undefined, device.language)
    const when = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }).format(new Date())
    const letter = layOut(authLetter(kind, locale, { when: `${when} UTC`, ...values }))
    const gone = this.send(this.sender, to, letter).finally(() => this.leaving.delete(gone))
    this.leaving.add(gone)
  }

  async close(): Promise<void> {
    await Promise.race([Promise.all(this.leaving), new Promise((late) => setTimeout(late, 3_000).unref())])
    this.sender?.close()
  }

  private async send(sender: Sender, to: string, letter: ReturnType<typeof layOut>): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await sender.send(to, letter)
      } catch (error) {
        if (attempt < TRIES) await new Promise((next) => setTimeout(next, BETWEEN_TRIES * attempt).unref())
        else return console.error(`[gateway] auth: a mail was not sent: ${(error as Error).message}`)
      }
    }
  }

  private path(redirectTo?: string | null): string | undefined {
    if (!redirectTo || !URL.canParse(redirectTo, this.siteUrl)) return undefined
    const url = new URL(redirectTo, this.siteUrl)
    return url.origin === new URL(this.siteUrl).origin ? url.pathname + url.search : undefined
  }
}
