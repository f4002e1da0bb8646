/** How every mail of Aplomb looks: one column, one button, and the same words as plain text. Pure: Node, Deno and a build run it. */

export type MailLocale = 'fr' | 'en' | 'es' | 'pt'

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
  /** Small print below: how long it holds, what to do when it was not you. */
  notes?: string[]
}

/** A mail, ready to be sent. */
export interface Mail {
  subject: string
  text: string
  html: string
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

/** Lays a letter out as text and HTML. Whatever stands in it is escaped; an address that is not http(s) becomes no link. */
export function layOut({ locale, subject, body, action, code, notes = [] }: Letter): Mail {
  const url = action && /^(https?:\/\/|\{\{)/.test(action.url) ? action.url : undefined
  const text = [...body, ...(url ? [`${action!.label} :\n${url}`] : []), ...(code ? [code] : []), ...notes, `-- \n${FOOT[locale]}`].join('\n\n')
  const paragraph = (content: string, style: string) => `<p style="margin:0 0 16px;${style}">${escape(content)}</p>`
  const html = `<!doctype html>
<html lang="${locale}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light"><title>${escape(subject)}</title></head>
<body style="margin:0;background:#f5f3ef;font-family:Inter,Arial,sans-serif;color:#1c1917">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center" style="padding:24px 12px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:520px;background:#ffffff;border-radius:12px"><tr><td style="padding:28px">
<p style="margin:0 0 20px;font-size:15px;font-weight:700;color:#ad4300">Aplomb</p>
<h1 style="margin:0 0 16px;font-size:22px;line-height:1.3">${escape(subject)}</h1>
${body.map((content) => paragraph(content, 'font-size:16px;line-height:1.5')).join('\n')}
${url ? `<p style="margin:24px 0"><a href="${escape(url)}" style="display:inline-block;padding:16px 24px;border-radius:8px;background:#f26a0f;color:#1c1108;font-size:16px;font-weight:700;text-decoration:none">${escape(action!.label)}</a></p>` : ''}
${code ? `<p style="margin:24px 0;font-size:28px;font-weight:700;letter-spacing:4px">${escape(code)}</p>` : ''}
${notes.map((content) => paragraph(content, 'font-size:14px;line-height:1.5;color:#57534e')).join('\n')}
</td></tr></table>
<p style="margin:16px 0 0;font-size:13px;color:#57534e">${escape(FOOT[locale])}</p>
</td></tr></table>
</body>
</html>
`
  return { subject, text, html }
}
