import { readMailSettings, type MailSettings } from '../../edge-functions/_shared/mail/send.ts'

/** What the environment, or `.env`, says about this installation. */
export interface Settings {
  siteUrl?: string
  mail?: MailSettings
  confirmEmail?: boolean
}

/**
 * Reads SITE_URL, SMTP_URL, MAIL_FROM and CONFIRM_EMAIL.
 * @throws a sentence when a value makes no sense
 */
export function readSettings(env: Record<string, string | undefined>): Settings {
  const siteUrl = env.SITE_URL?.trim() || undefined
  if (siteUrl && !(URL.canParse(siteUrl) && /^https?:$/.test(new URL(siteUrl).protocol)))
    throw new Error('SITE_URL must look like https://aplomb.example.com.')
  const confirm = env.CONFIRM_EMAIL?.trim() || undefined
  if (confirm && !['on', 'off'].includes(confirm)) throw new Error('CONFIRM_EMAIL is on or off.')
  return {
    siteUrl: siteUrl && new URL(siteUrl).origin,
    mail: readMailSettings(env),
    confirmEmail: confirm === undefined ? undefined : confirm === 'on',
  }
}
