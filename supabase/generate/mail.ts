import { authLetter, type AuthLetter } from '../../edge-functions/_shared/mail/auth-letters.ts'
import { layOut, type MailLocale } from '../../edge-functions/_shared/mail/letter.ts'

/** The mails that hosted Auth sends, and the type of link in each. */
const HOSTED: Partial<Record<AuthLetter, string>> = {
  confirmation: 'signup',
  magic_link: 'magiclink',
  recovery: 'recovery',
  email_change: 'email_change',
  invite: 'invite',
  reauthentication: '',
}
const LOCALES: MailLocale[] = ['en', 'es', 'pt', 'fr']

/**
 * The templates of hosted Auth (Go's own): the letters of the embedded stack, in the language that the account names, else French. The
 * link leads to the screen that spends the token by a press.
 */
export function renderMailTemplates(): [path: string, text: string][] {
  return Object.entries(HOSTED).map(([kind, type]) => {
    const url = type && `{{ .SiteURL }}/verify?type=${type}#{{ .TokenHash }}`
    const code = type ? undefined : '{{ .Token }}'
    const html = (locale: MailLocale) => layOut(authLetter(kind as AuthLetter, locale, { url, code, email: '{{ .NewEmail }}' })).html
    const branches = LOCALES.map((locale, place) => {
      const condition = place === LOCALES.length - 1 ? 'else' : `${place === 0 ? '' : 'else '}if eq $locale "${locale}"`
      return `{{ ${condition} }}${html(locale)}`
    })
    return [`supabase/templates/${kind}.html`, `{{ $locale := printf "%v" .Data.locale }}${branches.join('')}{{ end }}\n`]
  })
}
