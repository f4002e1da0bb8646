import { readMailSettings, type MailSettings } from '../../edge-functions/_shared/mail/send.ts'

/** What the environment, or `.env`, says about this installation. */
export interface Settings {
  mail?: MailSettings
  confirmEmail?: boolean
}

/**
 * Reads SMTP_URL, MAIL_FROM and CONFIRM_EMAIL.
 * @throws a sentence when a value makes no sense
 */
export function readSettings(env: Record<string, string | undefined>): Settings {
  const confirm = env.CONFIRM_EMAIL?.trim() || undefined
  if (confirm && !['on', 'off'].includes(confirm)) throw new Error('CONFIRM_EMAIL is on or off.')
  return {
    mail: readMailSettings(env),
    confirmEmail: confirm === undefined ? undefined : confirm === 'on',
  }
}
