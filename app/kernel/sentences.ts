// What failures are called on screen. Loaded behind the first screen, with the words of the others.
import { fateOf, toAppError } from './errors.ts'
import { errors } from './generated/errors.ts'
import type { Locale } from './i18n/index.ts'

const NETWORK = {
  fr: 'Pas de réseau. Votre saisie est conservée, réessayez plus tard.',
  en: 'No network. What you typed is kept, try again later.',
  es: 'Sin red. Lo escrito se conserva; inténtelo más tarde.',
  pt: 'Sem rede. O que escreveu fica guardado; tente mais tarde.',
}

const AWAY = {
  fr: 'Le serveur ne répond pas pour l’instant. Votre saisie est conservée, réessayez plus tard.',
  en: 'The server does not answer for now. What you typed is kept, try again later.',
  es: 'El servidor no responde por ahora. Lo escrito se conserva; inténtelo más tarde.',
  pt: 'O servidor não responde de momento. O que escreveu fica guardado; tente mais tarde.',
}

/** Sentences for what the database cannot say: the network, this device, and the sign-in service's own codes. */
export const elsewhere: Record<string, Record<Locale, string>> = {
  NETWORK,
  TIMEOUT: NETWORK,
  QUOTA: {
    fr: 'Cet appareil n’a plus de place pour garder la photo. Libérez de l’espace, puis reprenez-la.',
    en: 'This device has no room left to keep the photo. Free some space, then take it again.',
    es: 'A este dispositivo no le queda espacio para guardar la foto. Libere espacio y vuelva a hacerla.',
    pt: 'Este dispositivo já não tem espaço para guardar a foto. Liberte espaço e volte a tirá-la.',
  },
  IMAGE: {
    fr: 'Cette image ne peut pas être lue sur cet appareil. Enregistrez-la en JPEG, puis ajoutez-la.',
    en: 'This picture cannot be read on this device. Save it as a JPEG, then add it.',
    es: 'Esta imagen no se puede leer en este dispositivo. Guárdela en JPEG y añádala.',
    pt: 'Esta imagem não pode ser lida neste dispositivo. Guarde-a em JPEG e adicione-a.',
  },
  LOCAL: {
    fr: 'La base de cet appareil ne démarre pas. Vos envois partent quand même ; rouvrez l’application pour revoir les données.',
    en: 'The database on this device does not start. Your work is still sent; reopen the app to see the data again.',
    es: 'La base de este dispositivo no arranca. Sus envíos salen igualmente; vuelva a abrir la aplicación para ver los datos.',
    pt: 'A base deste dispositivo não arranca. Os seus envios seguem na mesma; reabra a aplicação para rever os dados.',
  },
  invalid_credentials: {
    fr: 'Adresse ou mot de passe incorrect : vérifiez-les, ou demandez un lien de connexion.',
    en: 'Wrong address or password: check them, or ask for a sign-in link.',
    es: 'Dirección o contraseña incorrecta: compruébelas o pida un enlace de conexión.',
    pt: 'Endereço ou palavra-passe incorretos: verifique-os ou peça uma ligação de acesso.',
  },
  user_already_exists: {
    fr: 'Un compte existe déjà pour cette adresse. Connectez-vous.',
    en: 'An account already exists for this address. Sign in.',
    es: 'Ya existe una cuenta con esta dirección. Inicie sesión.',
    pt: 'Já existe uma conta com este endereço. Inicie sessão.',
  },
  weak_length: {
    fr: 'Ce mot de passe est trop court : huit caractères au moins.',
    en: 'This password is too short: eight characters at least.',
    es: 'Esta contraseña es demasiado corta: ocho caracteres como mínimo.',
    pt: 'Esta palavra-passe é demasiado curta: oito caracteres no mínimo.',
  },
  weak_password: {
    fr: 'Ce mot de passe est trop court : huit caractères au moins.',
    en: 'This password is too short: eight characters at least.',
    es: 'Esta contraseña es demasiado corta: ocho caracteres como mínimo.',
    pt: 'Esta palavra-passe é demasiado curta: oito caracteres no mínimo.',
  },
  email_not_confirmed: {
    fr: 'Confirmez d’abord votre adresse : ouvrez le lien reçu par e-mail.',
    en: 'First confirm your address: open the link that you received.',
    es: 'Confirme primero su dirección: abra el enlace recibido por correo.',
    pt: 'Confirme primeiro o seu endereço: abra a ligação recebida por e-mail.',
  },
  weak_long: {
    fr: 'Ce mot de passe est trop long : 128 caractères au plus.',
    en: 'This password is too long: 128 characters at most.',
    es: 'Esta contraseña es demasiado larga: 128 caracteres como máximo.',
    pt: 'Esta palavra-passe é demasiado longa: 128 caracteres no máximo.',
  },
  weak_common: {
    fr: 'Ce mot de passe est l’un des premiers que l’on essaie. Choisissez plutôt une phrase à vous.',
    en: 'This password is among the first that anybody tries. Choose a phrase of your own.',
    es: 'Esta contraseña es de las primeras que cualquiera prueba. Elija mejor una frase suya.',
    pt: 'Esta palavra-passe é das primeiras que qualquer um tenta. Escolha antes uma frase sua.',
  },
  weak_simple: {
    fr: 'Ce mot de passe est trop régulier. Mélangez d’autres caractères.',
    en: 'This password is too regular. Mix in other characters.',
    es: 'Esta contraseña es demasiado regular. Mezcle otros caracteres.',
    pt: 'Esta palavra-passe é demasiado regular. Misture outros caracteres.',
  },
  weak_personal: {
    fr: 'Trop facile à deviner : n’utilisez ni votre nom ni votre adresse.',
    en: 'Too easy to guess: use neither your name nor your address.',
    es: 'Demasiado fácil de adivinar: no use ni su nombre ni su dirección.',
    pt: 'Demasiado fácil de adivinhar: não use o seu nome nem o seu endereço.',
  },
  same_password: {
    fr: 'Vous avez déjà utilisé ce mot de passe récemment. Choisissez-en un autre.',
    en: 'You used this password not long ago. Choose another one.',
    es: 'Ya usó esta contraseña hace poco. Elija otra.',
    pt: 'Já usou esta palavra-passe há pouco tempo. Escolha outra.',
  },
  password_expired: {
    fr: 'Ce mot de passe a expiré. Choisissez-en un nouveau par « Mot de passe oublié ».',
    en: 'This password has expired. Choose a new one by “Forgotten password”.',
    es: 'Esta contraseña ha caducado. Elija una nueva en «Contraseña olvidada».',
    pt: 'Esta palavra-passe expirou. Escolha uma nova em «Palavra-passe esquecida».',
  },
  otp_expired: {
    fr: 'Ce lien a déjà servi ou n’est plus valable. Demandez-en un nouveau.',
    en: 'This link was used already or is no longer valid. Ask for a new one.',
    es: 'Este enlace ya se usó o ha dejado de ser válido. Pida otro.',
    pt: 'Esta ligação já foi usada ou deixou de ser válida. Peça outra.',
  },
  reauthentication_not_valid: {
    fr: 'Ce code n’est pas le bon, ou il a expiré. Demandez-en un autre.',
    en: 'This code is wrong, or it has expired. Ask for another one.',
    es: 'Este código no es correcto o ha caducado. Pida otro.',
    pt: 'Este código não está certo ou expirou. Peça outro.',
  },
  mfa_verification_failed: {
    fr: 'Ce code n’est pas le bon, ou il a déjà servi. Attendez le suivant.',
    en: 'This code is wrong or was used already. Wait for the next one.',
    es: 'Este código no es correcto o ya se usó. Espere al siguiente.',
    pt: 'Este código não está certo ou já foi usado. Espere pelo seguinte.',
  },
  mfa_challenge_expired: {
    fr: 'Trop tard pour ce code. Saisissez le suivant.',
    en: 'Too late for this code. Enter the next one.',
    es: 'Demasiado tarde para este código. Introduzca el siguiente.',
    pt: 'Demasiado tarde para este código. Introduza o seguinte.',
  },
  insufficient_aal: {
    fr: 'Saisissez d’abord le code de votre téléphone : il protège ce réglage.',
    en: 'First enter the code from your phone: it guards this setting.',
    es: 'Introduzca primero el código de su teléfono: protege este ajuste.',
    pt: 'Introduza primeiro o código do seu telefone: ele protege esta definição.',
  },
  factor_code: {
    fr: 'Le code compte six chiffres : recopiez-les tous.',
    en: 'The code has six digits: copy them all.',
    es: 'El código tiene seis cifras: cópielas todas.',
    pt: 'O código tem seis algarismos: copie-os todos.',
  },
  recovery_code: {
    fr: 'Ce code de secours n’est pas valable, ou il a déjà servi. Essayez le suivant.',
    en: 'This recovery code is not valid, or it was used already. Try the next one.',
    es: 'Este código de recuperación no es válido o ya se usó. Pruebe el siguiente.',
    pt: 'Este código de recuperação não é válido ou já foi usado. Experimente o seguinte.',
  },
  over_email_send_rate_limit: {
    fr: 'Un message vient de partir. Attendez une minute avant d’en demander un autre.',
    en: 'A message has just left. Wait a minute before you ask for another one.',
    es: 'Acaba de salir un mensaje. Espere un minuto antes de pedir otro.',
    pt: 'Acabou de sair uma mensagem. Espere um minuto antes de pedir outra.',
  },
  email_address_invalid: {
    fr: 'Cette adresse n’est pas valable : vérifiez-la lettre à lettre.',
    en: 'This address is not valid: check it letter by letter.',
    es: 'Esta dirección no es válida: compruébela letra por letra.',
    pt: 'Este endereço não é válido: verifique-o letra a letra.',
  },
  validation_failed: {
    fr: 'Quelque chose manque : vérifiez l’adresse et le mot de passe.',
    en: 'Something is missing: check the address and the password.',
    es: 'Falta algo: compruebe la dirección y la contraseña.',
    pt: 'Falta algo: verifique o endereço e a palavra-passe.',
  },
  user_banned: {
    fr: 'Ce compte est suspendu. Adressez-vous à votre administrateur.',
    en: 'This account is suspended. Ask your administrator.',
    es: 'Esta cuenta está suspendida. Diríjase a su administrador.',
    pt: 'Esta conta está suspensa. Fale com o seu administrador.',
  },
  over_request_rate_limit: {
    fr: 'Trop d’essais. Réessayez dans quelques minutes.',
    en: 'Too many attempts. Try again in a few minutes.',
    es: 'Demasiados intentos. Pruebe de nuevo dentro de unos minutos.',
    pt: 'Demasiadas tentativas. Tente de novo dentro de alguns minutos.',
  },
  locked: {
    fr: 'Trop d’essais. Réessayez dans quinze minutes.',
    en: 'Too many attempts. Try again in fifteen minutes.',
    es: 'Demasiados intentos. Pruebe de nuevo dentro de quince minutos.',
    pt: 'Demasiadas tentativas. Tente de novo dentro de quinze minutos.',
  },
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
