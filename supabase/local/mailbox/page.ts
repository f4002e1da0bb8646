import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { send } from '../gateway/http.ts'
import type { CaughtMail, Mailbox } from './index.ts'

const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/

/** Puts times into the reader's own zone; without it they stay in the server's, which they name. */
const LOCAL_TIMES = `for (const each of document.querySelectorAll('time'))
  each.textContent = new Intl.DateTimeFormat('fr', { dateStyle: 'long', timeStyle: 'short' }).format(new Date(each.dateTime))`
const HASH = createHash('sha256').update(LOCAL_TIMES).digest('base64')

/** No other script runs here, and none of a mail: its frame has none. Nothing is loaded from anywhere; pictures are the mail's own. */
const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'content-security-policy': `default-src 'none'; script-src 'sha256-${HASH}'; style-src 'unsafe-inline'; img-src data:; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`,
}

/**
 * Serves what the catcher holds: `/mail` the list, `/mail/<id>` one of them. On this machine alone: the peer is loopback, nothing passed
 * the request on, and the browser was told a loopback address (another name could be somebody's trick to read it).
 */
export async function showMail(request: IncomingMessage, response: ServerResponse, url: URL, mailbox: Mailbox): Promise<void> {
  const peer = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '')
  const near = (peer === '127.0.0.1' || peer === '::1') && !request.headers['x-forwarded-for'] && LOOPBACK.test(request.headers.host ?? '')
  if (!near)
    return send(
      request,
      response,
      403,
      page(
        'Aplomb',
        '<p>Cette page ne se lit que sur la machine elle-même.</p><p lang="en"><small>This page is read on the machine itself.</small></p>',
      ),
      HEADERS,
    )
  const id = url.pathname.slice('/mail/'.length)
  if (!id) return send(request, response, 200, list(mailbox.list()), HEADERS)
  const mail = mailbox.list().find((each) => each.id === id)
  if (!mail)
    return send(
      request,
      response,
      404,
      page('?', '<p><a href="/mail">Messages</a></p><p>Ce message n’existe pas, ou n’est plus gardé. <small lang="en">No such mail.</small></p>'),
      HEADERS,
    )
  return send(request, response, 200, one(mail), HEADERS)
}

const escape = (text: string) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
const FORMAT = new Intl.DateTimeFormat('fr', {
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZoneName: 'short',
})
/** A moment, as HTML. */
const moment = (at: Date) => `<time datetime="${at.toISOString()}">${escape(FORMAT.format(at))}</time>`

function page(title: string, content: string): string {
  return `<!doctype html><html lang="fr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(title)}</title><style>
:root { color-scheme: light dark; font-family: system-ui, sans-serif }
body { margin: 0 auto; padding: 24px 16px; max-width: 860px; line-height: 1.5 }
a { color: inherit } ul { list-style: none; padding: 0; margin: 0 } li { border-top: 1px solid #8884 }
li a { display: block; padding: 14px 0; text-decoration: none } li strong { display: block } small, dt { opacity: .7 }
iframe { width: 100%; height: 620px; border: 1px solid #8884; border-radius: 8px; background: #fff } pre { white-space: pre-wrap; overflow-wrap: anywhere }
dl { display: grid; grid-template-columns: auto 1fr; gap: 0 12px } dd { margin: 0; overflow-wrap: anywhere }
</style></head><body>${content}<script>${LOCAL_TIMES}</script></body></html>`
}

function list(mails: CaughtMail[]): string {
  const lines = mails.map(
    (mail) =>
      `<li><a href="/mail/${mail.id}"><strong>${escape(mail.subject)}</strong><small>${escape(mail.to.join(', '))} · ${moment(mail.at)}</small></a></li>`,
  )
  return page(
    'Messages',
    `<h1>Messages</h1><p>Gardés ici au lieu d’être envoyés : aucun serveur de messagerie n’est réglé (<code>SMTP_URL</code>).<br>
<small lang="en">Kept here instead of being sent: no mail server is set.</small></p>${
      lines.length ? `<ul>${lines.join('')}</ul>` : '<p>Aucun message pour l’instant. <small lang="en">No mail yet.</small></p>'
    }`,
  )
}

function one(mail: CaughtMail): string {
  const facts = [
    ['À', escape(mail.to.join(', '))],
    ['De', escape(mail.from)],
    ['Le', moment(mail.at)],
  ]
  // links open in a tab of their own; scripts, forms and the page around stay out of the mail's reach
  const html = mail.html.replace(/(?<=src=")cid:([^"]+)(?=")/g, (whole, id: string) => mail.pictures[id] ?? whole)
  const body = html
    ? `<iframe title="Message" sandbox="allow-popups allow-popups-to-escape-sandbox" srcdoc="${escape(`<base target="_blank">${html}`)}"></iframe>`
    : ''
  return page(
    mail.subject,
    `<p><a href="/mail">Messages</a></p><h1>${escape(mail.subject)}</h1><dl>${facts.map(([name, value]) => `<dt>${name}</dt><dd>${value}</dd>`).join('')}</dl>${body}<h2>Texte</h2><pre>${escape(mail.text)}</pre>`,
  )
}
