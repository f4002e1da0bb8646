import { createTransport } from 'nodemailer'
import type { Mail } from './letter.ts'

/** Where mails go, as the environment says. */
export interface MailSettings {
  /** `smtps://user:password@host:465`, or `smtp://…:587`: STARTTLS is then required, except on this machine. */
  smtpUrl: string
  /** `Aplomb <no-reply@example.com>`. */
  from: string
}

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|localhost|::1)$/

/**
 * Reads SMTP_URL and MAIL_FROM.
 * @returns undefined when no server is set
 * @throws a sentence when a value makes no sense
 */
export function readMailSettings(env: Record<string, string | undefined>): MailSettings | undefined {
  const smtpUrl = env.SMTP_URL?.trim()
  if (!smtpUrl) return undefined
  if (!/^smtps?:\/\//.test(smtpUrl) || !URL.canParse(smtpUrl)) throw new Error('SMTP_URL must look like smtps://user:password@host:465.')
  const from = env.MAIL_FROM?.trim()
  if (!from?.includes('@')) throw new Error('SMTP_URL is set, so MAIL_FROM must name the sender: Aplomb <no-reply@example.com>.')
  return { smtpUrl, from }
}

/** Sends mails over one pool of connections. */
export function createSender({ smtpUrl, from }: MailSettings) {
  const { protocol, hostname, port, username, password, searchParams } = new URL(smtpUrl)
  const local = LOOPBACK.test(hostname.replace(/^\[|\]$/g, ''))
  const secure = protocol === 'smtps:'
  const transport = createTransport({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port) || (secure ? 465 : 587),
    secure,
    requireTLS: !secure && !local && searchParams.get('requireTLS') !== 'false',
    ignoreTLS: local && !secure,
    auth: username ? { user: decodeURIComponent(username), pass: decodeURIComponent(password) } : undefined,
    pool: true,
    maxConnections: 2,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 30_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return {
    /** Hands a mail to the server; rejects when the server refuses it or does not answer. */
    send: async (to: string, mail: Mail): Promise<void> => {
      await transport.sendMail({ from, to, ...mail, headers: { 'auto-submitted': 'auto-generated' } })
    },
    close: () => transport.close(),
  }
}

export type Sender = ReturnType<typeof createSender>
