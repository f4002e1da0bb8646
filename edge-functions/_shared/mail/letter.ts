/** How every mail of Aplomb looks: one column, one button, and the same words as plain text. Pure: Node, Deno and a build run it. */

export type MailLocale = 'fr' | 'en' | 'es' | 'pt'

/** How a company signs its mails. */
export interface Sender {
  name: string
  /** #rrggbb; the product's colour without one. */
  accent?: string | null
  /** A PNG in base64. It travels in the mail: a logo to be fetched would stay hidden in most readers, and tell when it is read. */
  logo?: string | null
}

/** What a mail says, in the reader's language. */
export interface Letter {
  locale: MailLocale
  subject: string
  /** Paragraphs above the button. */
  body: string[]
  /** The one thing to do. */
  action?: { label: string; url: string }
  /** A code to type, shown large. */
  code?: string
  /** The company that speaks; the product without one. */
  sender?: Sender
  /** Small print below: how long it holds, what to do when it was not you. */
  notes?: string[]
}

/** A mail, ready to be sent. */
export interface Mail {
  subject: string
  text: string
  html: string
  /** Pictures that the HTML shows. */
  attachments?: { filename: string; cid: string; content: string; encoding: 'base64'; contentType: 'image/png'; contentDisposition: 'inline' }[]
}

const FOOT: Record<MailLocale, string> = {
  fr: 'Aplomb, l’application de vos chantiers.',
  en: 'Aplomb, the app for your sites.',
  es: 'Aplomb, la aplicación de sus obras.',
  pt: 'Aplomb, a aplicação das suas obras.',
}

const escape = (text: string) =>
  text.replace(/[&<>"']/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[sign] ?? sign)

/** A language that mails speak: of `wanted` the first one known, else French. */
export function mailLocale(...wanted: (string | null | undefined)[]): MailLocale {
  const codes = wanted.flatMap((text) => (text ?? '').split(',')).map((text) => text.trim().slice(0, 2).toLowerCase())
  return (codes.find((code) => code in FOOT) as MailLocale | undefined) ?? 'fr'
}

const LOGO = 'logo@aplomb'
const BRAND = { fill: '#f26a0f', ink: '#1c1108', name: '#ad4300' }

/** Relative luminance as WCAG has it. */
function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!
}

/** The button's colours: the company's, with the words in what reads better on it. The name is written in it where white bears it. */
function colours(accent: string | null | undefined): typeof BRAND {
  if (!/^#[0-9a-f]{6}$/.test(accent ?? '')) return BRAND
  const light = luminance(accent!)
  // black reads better than white above this
  return { fill: accent!, ink: light > 0.179 ? '#000000' : '#ffffff', name: 1.05 / (light + 0.05) >= 4.5 ? accent! : '#1c1917' }
}

/** Lays a letter out as text and HTML. Whatever stands in it is escaped; an address that is not http(s) becomes no link. */
export function layOut({ locale, subject, body, action, code, sender, notes = [] }: Letter): Mail {
  const { fill, ink, name } = colours(sender?.accent)
  const logo = /^iVBORw0KGgo[A-Za-z0-9+/]+=*$/.test(sender?.logo ?? '') ? sender!.logo! : undefined
  const url = action && /^(https?:\/\/|\{\{)/.test(action.url) ? action.url : undefined
  const text = [...body, ...(url ? [`${action!.label} :\n${url}`] : []), ...(code ? [code] : []), ...notes, `-- \n${FOOT[locale]}`].join('\n\n')
  const paragraph = (content: string, style: string) => `<p style="margin:0 0 16px;${style}">${escape(content)}</p>`
  const html = `<!doctype html>
<html lang="${locale}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light"><title>${escape(subject)}</title></head>
<body style="margin:0;background:#f5f3ef;font-family:Inter,Arial,sans-serif;color:#1c1917">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center" style="padding:24px 12px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:520px;background:#ffffff;border-radius:12px"><tr><td style="padding:28px">
${logo ? `<p style="margin:0 0 8px"><img src="cid:${LOGO}" alt="" height="40" style="height:40px;max-width:180px;object-fit:contain"></p>\n` : ''}<p style="margin:0 0 20px;font-size:15px;font-weight:700;color:${name}">${escape(sender?.name ?? 'Aplomb')}</p>
<h1 style="margin:0 0 16px;font-size:22px;line-height:1.3">${escape(subject)}</h1>
${body.map((content) => paragraph(content, 'font-size:16px;line-height:1.5')).join('\n')}
${url ? `<p style="margin:24px 0"><a href="${escape(url)}" style="display:inline-block;padding:16px 24px;border-radius:8px;background:${fill};color:${ink};font-size:16px;font-weight:700;text-decoration:none">${escape(action!.label)}</a></p>` : ''}
${code ? `<p style="margin:24px 0;font-size:28px;font-weight:700;letter-spacing:4px">${escape(code)}</p>` : ''}
${notes.map((content) => paragraph(content, 'font-size:14px;line-height:1.5;color:#57534e')).join('\n')}
</td></tr></table>
<p style="margin:16px 0 0;font-size:13px;color:#57534e">${escape(FOOT[locale])}</p>
</td></tr></table>
</body>
</html>
`
  if (!logo) return { subject, text, html }
  const picture = {
    filename: 'logo.png',
    cid: LOGO,
    content: logo,
    encoding: 'base64',
    contentType: 'image/png',
    contentDisposition: 'inline',
  } as const
  return { subject, text, html, attachments: [picture] }
}
