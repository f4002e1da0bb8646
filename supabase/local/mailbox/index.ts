import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import PostalMime from 'postal-mime'
import { SMTPServer } from 'smtp-server'

/** A mail that arrived. */
export interface CaughtMail {
  id: string
  at: Date
  from: string
  to: string[]
  subject: string
  text: string
  html: string
  /** What the HTML shows of the mail's own: data addresses by content id. */
  pictures: Record<string, string>
}

/** An SMTP server for loopback alone that keeps what it is sent instead of delivering it. */
export interface Mailbox {
  /** `smtp://127.0.0.1:port`, for senders. */
  url: string
  /** The mails kept, newest first. */
  list(): CaughtMail[]
  /** The newest mail to an address that is not older than `since`, waited for up to `seconds`. */
  next(to: string, options?: { since?: Date; subject?: RegExp; seconds?: number }): Promise<CaughtMail>
  close(): Promise<void>
}

const KEPT = 200
const LARGEST = 10 * 1024 * 1024

/**
 * Starts the catcher.
 * @param options `port` 0 takes a free one; `dir` keeps the mails over restarts, as one file each
 */
export async function startMailbox({ port = 0, dir }: { port?: number; dir?: string } = {}): Promise<Mailbox> {
  const mails: CaughtMail[] = []
  const waiting = new Set<() => void>()
  let count = 0
  if (dir) {
    mkdirSync(dir, { recursive: true, mode: 0o700 })
    for (const file of readdirSync(dir)
      .filter((name) => /^[\w-]+\.eml$/.test(name))
      .sort()) {
      mails.unshift(await parse(file.slice(0, -'.eml'.length), readFileSync(join(dir, file)), []))
    }
  }

  async function keep(raw: Buffer, to: string[]): Promise<void> {
    const id = `${new Date().toISOString().replaceAll(/[^0-9]/g, '')}-${String(count++).padStart(4, '0')}`
    const mail = await parse(id, raw, to)
    mails.unshift(mail)
    if (dir) writeFileSync(join(dir, `${id}.eml`), raw, { mode: 0o600 })
    for (const old of mails.splice(KEPT)) if (dir) rmSync(join(dir, `${old.id}.eml`), { force: true })
    for (const tell of waiting) tell()
  }

  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    size: LARGEST,
    logger: false,
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        if (stream.sizeExceeded) return done(Object.assign(new Error('Too large'), { responseCode: 552 }))
        void (async () => {
          const fault = await keep(
            Buffer.concat(chunks),
            session.envelope.rcptTo.map(({ address }) => address),
          ).then(
            () => null,
            (error: Error) => error,
          )
          done(fault)
        })()
      })
    },
  })
  server.on('error', () => undefined) // a client went away in mid-sentence
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })

  const find = (to: string, since: Date, subject: RegExp) =>
    mails.find((mail) => mail.to.includes(to.toLowerCase()) && mail.at >= since && subject.test(mail.subject))
  return {
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    list: () => [...mails],
    async next(to, { since = new Date(0), subject = /(?:)/, seconds = 10 } = {}) {
      let look: () => void
      let limit: NodeJS.Timeout | undefined
      const found = new Promise<CaughtMail>((resolve, reject) => {
        look = () => {
          const mail = find(to, since, subject)
          if (mail) resolve(mail)
        }
        limit = setTimeout(() => reject(new Error(`no mail to ${to} in ${seconds} s`)), seconds * 1000)
        waiting.add(look)
        look()
      })
      return found.finally(() => {
        clearTimeout(limit)
        waiting.delete(look)
      })
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

async function parse(id: string, raw: Buffer, recipients: string[]): Promise<CaughtMail> {
  const mail = await PostalMime.parse(raw, { attachmentEncoding: 'base64' })
  const named = (mail.to ?? []).map(({ address }) => address ?? '')
  return {
    id,
    at: new Date(mail.date ?? Date.now()),
    from: mail.from?.address ?? '',
    to: (recipients.length > 0 ? recipients : named).map((address) => address.toLowerCase()),
    subject: mail.subject ?? '',
    text: mail.text ?? '',
    html: mail.html ?? '',
    pictures: Object.fromEntries(
      mail.attachments
        .filter(({ contentId, mimeType }) => contentId && mimeType.startsWith('image/'))
        .map(({ contentId, mimeType, content }) => [contentId!.replace(/^<|>$/g, ''), `data:${mimeType};base64,${content as string}`]),
    ),
  }
}
