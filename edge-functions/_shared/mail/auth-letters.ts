import type { Letter, MailLocale } from './letter.ts'

/** The mails of the account: the embedded Auth service and hosted Auth's templates both say these words. */
export const AUTH_LETTERS = [
  'confirmation',
  'magic_link',
  'recovery',
  'email_change',
  'invite',
  'reauthentication',
  'new_sign_in',
  'locked',
  'password_changed',
] as const
export type AuthLetter = (typeof AUTH_LETTERS)[number]

/** What a mail of the account needs to know; each uses its part. */
export interface AuthValues {
  /** Where the button leads. */
  url?: string
  /** The code to type. */
  code?: string
  /** The new address of an e-mail change. */
  email?: string
  /** Browser and system of a new sign-in. */
  device?: string
  /** When, in words. */
  when?: string
}

interface Words {
  subject: string
  body: (values: AuthValues) => string[]
  button?: string
  notes?: string[]
}

const fr = {
  hour: 'Ce lien sert une seule fois et reste valable une heure.',
  day: 'Ce lien sert une seule fois et reste valable 24 heures.',
  notYou: 'Ce n’était pas vous ? Ne faites rien : rien ne change.',
  alarm: 'Ce n’était pas vous ? Choisissez tout de suite un nouveau mot de passe et terminez les sessions inconnues.',
}
const en = {
  hour: 'This link works once and for one hour.',
  day: 'This link works once and for 24 hours.',
  notYou: 'Was it not you? Do nothing: nothing changes.',
  alarm: 'Was it not you? Choose a new password at once and end the sessions that you do not know.',
}
const es = {
  hour: 'Este enlace sirve una sola vez y durante una hora.',
  day: 'Este enlace sirve una sola vez y durante 24 horas.',
  notYou: '¿No ha sido usted? No haga nada: nada cambia.',
  alarm: '¿No ha sido usted? Elija ahora mismo otra contraseña y cierre las sesiones desconocidas.',
}
const pt = {
  hour: 'Esta ligação serve uma só vez e durante uma hora.',
  day: 'Esta ligação serve uma só vez e durante 24 horas.',
  notYou: 'Não foi você? Não faça nada: nada muda.',
  alarm: 'Não foi você? Escolha já outra palavra-passe e termine as sessões desconhecidas.',
}

const WORDS: Record<MailLocale, Record<AuthLetter, Words>> = {
  fr: {
    confirmation: {
      subject: 'Confirmez votre adresse',
      body: () => ['Bienvenue. Confirmez que cette adresse est la vôtre pour ouvrir votre compte.'],
      button: 'Confirmer mon adresse',
      notes: [fr.day, fr.notYou],
    },
    magic_link: {
      subject: 'Votre lien de connexion',
      body: () => ['Vous avez demandé à vous connecter sans mot de passe.'],
      button: 'Me connecter',
      notes: [fr.hour, fr.notYou],
    },
    recovery: {
      subject: 'Choisissez un nouveau mot de passe',
      body: () => ['Vous avez demandé à changer un mot de passe oublié.'],
      button: 'Choisir un mot de passe',
      notes: [fr.hour, fr.notYou],
    },
    email_change: {
      subject: 'Confirmez le changement d’adresse',
      body: ({ email = '' }) => [`La nouvelle adresse de votre compte sera ${email}.`, 'Chacune des deux adresses doit confirmer.'],
      button: 'Confirmer',
      notes: [fr.day, fr.notYou],
    },
    invite: {
      subject: 'Vous êtes invité sur Aplomb',
      body: () => ['Un compte vous attend. Choisissez un mot de passe pour y entrer.'],
      button: 'Accepter l’invitation',
      notes: [fr.day],
    },
    reauthentication: {
      subject: 'Votre code de confirmation',
      body: () => ['Saisissez ce code pour confirmer que c’est bien vous.'],
      notes: ['Ce code sert une seule fois, pendant dix minutes. Ne le donnez à personne.', fr.alarm],
    },
    new_sign_in: {
      subject: 'Nouvelle connexion à votre compte',
      body: ({ device = '', when = '' }) => [`Un appareil s’est connecté : ${device}, ${when}.`],
      notes: [fr.alarm],
    },
    locked: {
      subject: 'Votre compte est verrouillé quinze minutes',
      body: () => ['Cinq mots de passe faux ont été saisis en quinze minutes. Le compte se rouvre de lui-même.'],
      notes: [fr.alarm],
    },
    password_changed: {
      subject: 'Votre mot de passe a changé',
      body: () => ['Le mot de passe de votre compte vient d’être changé. Vos autres sessions sont terminées.'],
      notes: [fr.alarm],
    },
  },
  en: {
    confirmation: {
      subject: 'Confirm your address',
      body: () => ['Welcome. Confirm that this address is yours to open your account.'],
      button: 'Confirm my address',
      notes: [en.day, en.notYou],
    },
    magic_link: {
      subject: 'Your sign-in link',
      body: () => ['You asked to sign in without a password.'],
      button: 'Sign in',
      notes: [en.hour, en.notYou],
    },
    recovery: {
      subject: 'Choose a new password',
      body: () => ['You asked to change a forgotten password.'],
      button: 'Choose a password',
      notes: [en.hour, en.notYou],
    },
    email_change: {
      subject: 'Confirm the change of address',
      body: ({ email = '' }) => [`The new address of your account will be ${email}.`, 'Each of the two addresses must confirm.'],
      button: 'Confirm',
      notes: [en.day, en.notYou],
    },
    invite: {
      subject: 'You are invited to Aplomb',
      body: () => ['An account is waiting for you. Choose a password to enter.'],
      button: 'Accept the invitation',
      notes: [en.day],
    },
    reauthentication: {
      subject: 'Your confirmation code',
      body: () => ['Enter this code to confirm that it is you.'],
      notes: ['This code works once, for ten minutes. Give it to nobody.', en.alarm],
    },
    new_sign_in: {
      subject: 'New sign-in to your account',
      body: ({ device = '', when = '' }) => [`A device signed in: ${device}, ${when}.`],
      notes: [en.alarm],
    },
    locked: {
      subject: 'Your account is locked for fifteen minutes',
      body: () => ['Five wrong passwords were entered within fifteen minutes. The account opens again by itself.'],
      notes: [en.alarm],
    },
    password_changed: {
      subject: 'Your password has changed',
      body: () => ['The password of your account has just been changed. Your other sessions have ended.'],
      notes: [en.alarm],
    },
  },
  es: {
    confirmation: {
      subject: 'Confirme su dirección',
      body: () => ['Bienvenido. Confirme que esta dirección es suya para abrir su cuenta.'],
      button: 'Confirmar mi dirección',
      notes: [es.day, es.notYou],
    },
    magic_link: {
      subject: 'Su enlace de acceso',
      body: () => ['Ha pedido entrar sin contraseña.'],
      button: 'Entrar',
      notes: [es.hour, es.notYou],
    },
    recovery: {
      subject: 'Elija una nueva contraseña',
      body: () => ['Ha pedido cambiar una contraseña olvidada.'],
      button: 'Elegir una contraseña',
      notes: [es.hour, es.notYou],
    },
    email_change: {
      subject: 'Confirme el cambio de dirección',
      body: ({ email = '' }) => [`La nueva dirección de su cuenta será ${email}.`, 'Las dos direcciones deben confirmar.'],
      button: 'Confirmar',
      notes: [es.day, es.notYou],
    },
    invite: {
      subject: 'Le invitan a Aplomb',
      body: () => ['Le espera una cuenta. Elija una contraseña para entrar.'],
      button: 'Aceptar la invitación',
      notes: [es.day],
    },
    reauthentication: {
      subject: 'Su código de confirmación',
      body: () => ['Escriba este código para confirmar que es usted.'],
      notes: ['El código sirve una sola vez, durante diez minutos. No se lo dé a nadie.', es.alarm],
    },
    new_sign_in: {
      subject: 'Nuevo acceso a su cuenta',
      body: ({ device = '', when = '' }) => [`Ha entrado un dispositivo: ${device}, ${when}.`],
      notes: [es.alarm],
    },
    locked: {
      subject: 'Su cuenta está bloqueada quince minutos',
      body: () => ['Se han escrito cinco contraseñas falsas en quince minutos. La cuenta se abre sola.'],
      notes: [es.alarm],
    },
    password_changed: {
      subject: 'Su contraseña ha cambiado',
      body: () => ['Se acaba de cambiar la contraseña de su cuenta. Sus otras sesiones han terminado.'],
      notes: [es.alarm],
    },
  },
  pt: {
    confirmation: {
      subject: 'Confirme o seu endereço',
      body: () => ['Bem-vindo. Confirme que este endereço é seu para abrir a sua conta.'],
      button: 'Confirmar o meu endereço',
      notes: [pt.day, pt.notYou],
    },
    magic_link: {
      subject: 'A sua ligação de acesso',
      body: () => ['Pediu para entrar sem palavra-passe.'],
      button: 'Entrar',
      notes: [pt.hour, pt.notYou],
    },
    recovery: {
      subject: 'Escolha uma nova palavra-passe',
      body: () => ['Pediu para mudar uma palavra-passe esquecida.'],
      button: 'Escolher uma palavra-passe',
      notes: [pt.hour, pt.notYou],
    },
    email_change: {
      subject: 'Confirme a mudança de endereço',
      body: ({ email = '' }) => [`O novo endereço da sua conta será ${email}.`, 'Os dois endereços devem confirmar.'],
      button: 'Confirmar',
      notes: [pt.day, pt.notYou],
    },
    invite: {
      subject: 'Está convidado para o Aplomb',
      body: () => ['Uma conta espera por si. Escolha uma palavra-passe para entrar.'],
      button: 'Aceitar o convite',
      notes: [pt.day],
    },
    reauthentication: {
      subject: 'O seu código de confirmação',
      body: () => ['Escreva este código para confirmar que é você.'],
      notes: ['O código serve uma só vez, durante dez minutos. Não o dê a ninguém.', pt.alarm],
    },
    new_sign_in: {
      subject: 'Novo acesso à sua conta',
      body: ({ device = '', when = '' }) => [`Entrou um dispositivo: ${device}, ${when}.`],
      notes: [pt.alarm],
    },
    locked: {
      subject: 'A sua conta está bloqueada quinze minutos',
      body: () => ['Foram escritas cinco palavras-passe erradas em quinze minutos. A conta abre-se sozinha.'],
      notes: [pt.alarm],
    },
    password_changed: {
      subject: 'A sua palavra-passe mudou',
      body: () => ['A palavra-passe da sua conta acaba de ser mudada. As suas outras sessões terminaram.'],
      notes: [pt.alarm],
    },
  },
}

/** The letter of one kind in one language. */
export function authLetter(kind: AuthLetter, locale: MailLocale, values: AuthValues): Letter {
  const { subject, body, button, notes } = WORDS[locale][kind]
  return {
    locale,
    subject,
    body: body(values),
    action: button && values.url ? { label: button, url: values.url } : undefined,
    code: values.code,
    notes,
  }
}
