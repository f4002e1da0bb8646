// What failures are called on screen. Loaded behind the first screen, with the words of the others.
import { fateOf, toAppError } from './errors.ts'
import { errors } from './generated/errors.ts'

type Locale = 'fr' | 'en'

const NETWORK = {
  fr: 'Pas de réseau. Votre saisie est conservée, réessayez plus tard.',
  en: 'No network. What you typed is kept, try again later.',
}

const AWAY = {
  fr: 'Le serveur ne répond pas pour l’instant. Votre saisie est conservée, réessayez plus tard.',
  en: 'The server does not answer for now. What you typed is kept, try again later.',
}

/** Sentences for what the database cannot say: the network, this device, and the sign-in service's own codes. */
export const elsewhere: Record<string, Record<Locale, string>> = {
  NETWORK,
  TIMEOUT: NETWORK,
  QUOTA: {
    fr: 'Cet appareil n’a plus de place pour garder la photo. Libérez de l’espace, puis reprenez-la.',
    en: 'This device has no room left to keep the photo. Free some space, then take it again.',
  },
  IMAGE: {
    fr: 'Cette image ne peut pas être lue sur cet appareil. Enregistrez-la en JPEG, puis ajoutez-la.',
    en: 'This picture cannot be read on this device. Save it as a JPEG, then add it.',
  },
  LOCAL: {
    fr: 'La base de cet appareil ne démarre pas. Vos envois partent quand même ; rouvrez l’application pour revoir les données.',
    en: 'The database on this device does not start. Your work is still sent; reopen the app to see the data again.',
  },
  invalid_credentials: {
    fr: 'Adresse ou mot de passe incorrect : vérifiez-les, ou demandez un lien de connexion.',
    en: 'Wrong address or password: check them, or ask for a sign-in link.',
  },
  user_already_exists: {
    fr: 'Un compte existe déjà pour cette adresse. Connectez-vous.',
    en: 'An account already exists for this address. Sign in.',
  },
  weak_length: { fr: 'Ce mot de passe est trop court : huit caractères au moins.', en: 'This password is too short: eight characters at least.' },
  weak_password: { fr: 'Ce mot de passe est trop court : huit caractères au moins.', en: 'This password is too short: eight characters at least.' },
  email_not_confirmed: {
    fr: 'Confirmez d’abord votre adresse : ouvrez le lien reçu par e-mail.',
    en: 'First confirm your address: open the link that you received.',
  },
  weak_long: { fr: 'Ce mot de passe est trop long : 128 caractères au plus.', en: 'This password is too long: 128 characters at most.' },
  weak_common: {
    fr: 'Ce mot de passe est l’un des premiers que l’on essaie. Choisissez plutôt une phrase à vous.',
    en: 'This password is among the first that anybody tries. Choose a phrase of your own.',
  },
  weak_simple: {
    fr: 'Ce mot de passe est trop régulier. Mélangez d’autres caractères.',
    en: 'This password is too regular. Mix in other characters.',
  },
  weak_personal: {
    fr: 'Trop facile à deviner : n’utilisez ni votre nom ni votre adresse.',
    en: 'Too easy to guess: use neither your name nor your address.',
  },
  same_password: {
    fr: 'Vous avez déjà utilisé ce mot de passe récemment. Choisissez-en un autre.',
    en: 'You used this password not long ago. Choose another one.',
  },
  password_expired: {
    fr: 'Ce mot de passe a expiré. Choisissez-en un nouveau par « Mot de passe oublié ».',
    en: 'This password has expired. Choose a new one by “Forgotten password”.',
  },
  otp_expired: {
    fr: 'Ce lien a déjà servi ou n’est plus valable. Demandez-en un nouveau.',
    en: 'This link was used already or is no longer valid. Ask for a new one.',
  },
  reauthentication_not_valid: {
    fr: 'Ce code n’est pas le bon, ou il a expiré. Demandez-en un autre.',
    en: 'This code is wrong, or it has expired. Ask for another one.',
  },
  mfa_verification_failed: {
    fr: 'Ce code n’est pas le bon, ou il a déjà servi. Attendez le suivant.',
    en: 'This code is wrong or was used already. Wait for the next one.',
  },
  mfa_challenge_expired: { fr: 'Trop tard pour ce code. Saisissez le suivant.', en: 'Too late for this code. Enter the next one.' },
  insufficient_aal: {
    fr: 'Saisissez d’abord le code de votre second facteur : il protège ce réglage.',
    en: 'First enter the code of your second factor: it guards this setting.',
  },
  factor_code: { fr: 'Le code compte six chiffres : recopiez-les tous.', en: 'The code has six digits: copy them all.' },
  recovery_code: {
    fr: 'Ce code de secours n’est pas valable, ou il a déjà servi. Essayez le suivant.',
    en: 'This recovery code is not valid, or it was used already. Try the next one.',
  },
  over_email_send_rate_limit: {
    fr: 'Un message vient de partir. Attendez une minute avant d’en demander un autre.',
    en: 'A message has just left. Wait a minute before you ask for another one.',
  },
  email_address_invalid: {
    fr: 'Cette adresse n’est pas valable : vérifiez-la lettre à lettre.',
    en: 'This address is not valid: check it letter by letter.',
  },
  validation_failed: {
    fr: 'Quelque chose manque : vérifiez l’adresse et le mot de passe.',
    en: 'Something is missing: check the address and the password.',
  },
  user_banned: { fr: 'Ce compte est suspendu. Adressez-vous à votre administrateur.', en: 'This account is suspended. Ask your administrator.' },
  over_request_rate_limit: { fr: 'Trop d’essais. Réessayez dans quelques minutes.', en: 'Too many attempts. Try again in a few minutes.' },
  locked: { fr: 'Trop d’essais. Réessayez dans quinze minutes.', en: 'Too many attempts. Try again in fifteen minutes.' },
}

/** The sentence to show for an error. `fieldName` is the label of its field in the same language, when the screen knows it. */
export function sentence(error: unknown, locale: Locale, fieldName?: string): string {
  const { code, field } = toAppError(error)
  const known =
    elsewhere[code] ??
    (errors as Record<string, Record<Locale, string>>)[code] ??
    (fateOf(code) === 'retry' && code !== 'FAULT' ? AWAY : errors.FAULT)
  return known[locale].replace('{field}', fieldName ?? field ?? '')
}
