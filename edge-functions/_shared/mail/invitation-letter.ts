import { mailLocale, type Letter, type MailLocale } from './letter.ts'

/** What the mail of an invitation tells. */
export interface InvitationValues {
  company: string
  /** The company's colour and logo (a PNG in base64), where it has them. */
  accent?: string | null
  logo?: string | null
  inviter: string
  /** Who is invited, when the author said so. */
  name: string | null
  /** Names of the sites that come with it. */
  sites: string[]
  url: string
  /** When the link ends, and where the company is. */
  expiresAt: Date
  timeZone: string
}

interface Words {
  subject: (values: InvitationValues) => string
  hello: (name: string | null) => string
  body: (values: InvitationValues) => string
  sites: (names: string) => string
  button: string
  until: (day: string) => string
  stranger: string
}

const LANGUAGE: Record<MailLocale, string> = { fr: 'fr-FR', en: 'en-GB', es: 'es-ES', pt: 'pt-PT' }

const WORDS: Record<MailLocale, Words> = {
  fr: {
    subject: ({ company }) => `Rejoignez ${company} sur Aplomb`,
    hello: (name) => (name ? `Bonjour ${name},` : 'Bonjour,'),
    body: ({ inviter, company }) => `${inviter} vous invite à rejoindre ${company} sur Aplomb, l’application des chantiers.`,
    sites: (names) => `Chantiers : ${names}.`,
    button: 'Rejoindre l’entreprise',
    until: (day) => `Ce lien sert une seule fois, jusqu’au ${day}.`,
    stranger: 'Vous ne connaissez pas cette personne ? Ne faites rien : rien ne se passe.',
  },
  en: {
    subject: ({ company }) => `Join ${company} on Aplomb`,
    hello: (name) => (name ? `Hello ${name},` : 'Hello,'),
    body: ({ inviter, company }) => `${inviter} invites you to join ${company} on Aplomb, the app for construction sites.`,
    sites: (names) => `Sites: ${names}.`,
    button: 'Join the company',
    until: (day) => `This link works once, until ${day}.`,
    stranger: 'You do not know this person? Do nothing: nothing happens.',
  },
  es: {
    subject: ({ company }) => `Únase a ${company} en Aplomb`,
    hello: (name) => (name ? `Hola, ${name}:` : 'Hola:'),
    body: ({ inviter, company }) => `${inviter} le invita a unirse a ${company} en Aplomb, la aplicación de las obras.`,
    sites: (names) => `Obras: ${names}.`,
    button: 'Unirse a la empresa',
    until: (day) => `Este enlace sirve una sola vez, hasta el ${day}.`,
    stranger: '¿No conoce a esta persona? No haga nada: nada ocurre.',
  },
  pt: {
    subject: ({ company }) => `Junte-se a ${company} no Aplomb`,
    hello: (name) => (name ? `Olá ${name},` : 'Olá,'),
    body: ({ inviter, company }) => `${inviter} convida-o a juntar-se a ${company} no Aplomb, a aplicação das obras.`,
    sites: (names) => `Obras: ${names}.`,
    button: 'Juntar-me à empresa',
    until: (day) => `Esta ligação serve uma só vez, até ${day}.`,
    stranger: 'Não conhece esta pessoa? Não faça nada: nada acontece.',
  },
}

/** The letter that invites somebody, in the company's language. */
export function invitationLetter(wanted: string, values: InvitationValues): Letter {
  const locale = mailLocale(wanted)
  const { subject, hello, body, sites, button, until, stranger } = WORDS[locale]
  const day = new Intl.DateTimeFormat(LANGUAGE[locale], { dateStyle: 'long', timeZone: values.timeZone }).format(values.expiresAt)
  return {
    locale,
    sender: { name: values.company, accent: values.accent, logo: values.logo },
    subject: subject(values),
    body: [hello(values.name), body(values), ...(values.sites.length > 0 ? [sites(values.sites.slice(0, 10).join(', '))] : [])],
    action: { label: button, url: values.url },
    notes: [until(day), stranger],
  }
}
