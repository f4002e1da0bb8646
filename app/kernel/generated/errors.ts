// Written by `npm run generate`. Do not edit: change the SQL and run it again.

export type ErrorCode = keyof typeof sentences;

const sentences = {
  AUTHN: {
    fr: 'Connectez-vous pour continuer. Rien n’est perdu.',
    en: 'Sign in to continue. Nothing is lost.',
  },
  PROOF: {
    fr: 'Cette entreprise demande un second facteur. Saisissez votre code pour continuer ; rien n’est perdu.',
    en: 'This company asks for a second factor. Enter your code to continue; nothing is lost.',
  },
  RIGHT: {
    fr: 'Votre rôle ne permet pas cette action. Demandez à un administrateur de votre entreprise.',
    en: 'Your role does not allow this. Ask an administrator of your company.',
  },
  GHOST: {
    fr: 'Cet élément n’existe pas ou ne vous est pas visible. Demandez à la personne qui vous en a parlé.',
    en: 'This item does not exist or is not visible to you. Ask whoever told you of it.',
  },
  BLANK: {
    fr: 'Il manque une information obligatoire : {field}. Complétez-la ; le reste est gardé.',
    en: 'A required field is missing: {field}. Fill it in; the rest is kept.',
  },
  WRONG: {
    fr: 'La valeur de « {field} » n’est pas valable. Corrigez-la ; le reste est gardé.',
    en: 'The value of “{field}” is not valid. Correct it; the rest is kept.',
  },
  TWICE: {
    fr: 'Cette action a déjà été envoyée avec un autre contenu. Elle est gardée dans « Envois » : comparez, puis renvoyez ou abandonnez.',
    en: 'This action was already sent with other content. It is kept under “Outbox”: compare, then send it again or discard it.',
  },
  TAKEN: {
    fr: 'Cette valeur est déjà utilisée : {field}. Choisissez-en une autre.',
    en: 'This value is already in use: {field}. Choose another one.',
  },
  CLASH: {
    fr: 'Cette période chevauche une période existante. Choisissez d’autres dates.',
    en: 'This period overlaps an existing one. Choose other dates.',
  },
  FROZE: {
    fr: 'Ce chantier est archivé : il se lit, mais ne peut plus être modifié.',
    en: 'This site is archived: it can be read, but no longer changed.',
  },
  STATE: {
    fr: 'Cette étape n’est plus possible : l’incident a changé d’état. Relisez son suivi.',
    en: 'This step is no longer possible: the incident has changed state. Read what happened to it.',
  },
  SIREN: {
    fr: 'Ce numéro SIREN n’est pas valable : vérifiez ses 9 chiffres.',
    en: 'This SIREN number is not valid: check its 9 digits.',
  },
  SIRET: {
    fr: 'Ce numéro SIRET n’est pas valable : vérifiez ses 14 chiffres.',
    en: 'This SIRET number is not valid: check its 14 digits.',
  },
  STALE: {
    fr: 'Cette invitation n’est plus valable. Demandez-en une nouvelle.',
    en: 'This invitation is no longer valid. Ask for a new one.',
  },
  LEASE: {
    fr: 'Ce travail n’est plus à cet exécutant.',
    en: 'This job is no longer this worker’s.',
  },
  OWNER: {
    fr: 'Une entreprise garde toujours au moins un administrateur actif : nommez d’abord quelqu’un d’autre.',
    en: 'A company always keeps at least one active administrator: name somebody else first.',
  },
  OLDER: {
    fr: 'Cette version de l’application est trop ancienne. Mettez-la à jour avant d’envoyer.',
    en: 'This version of the app is too old. Update it before sending.',
  },
  LIMIT: {
    fr: 'C’est trop long ou trop volumineux : {field}. Raccourcissez, puis renvoyez.',
    en: 'This is too long or too large: {field}. Shorten it, then send again.',
  },
  FAULT: {
    fr: 'Une erreur est survenue de notre côté. Votre saisie est conservée : réessayez ; si cela recommence, prévenez un administrateur.',
    en: 'Something went wrong on our side. What you typed is kept: try again; if it happens again, tell an administrator.',
  },
  OUTER: {
    fr: 'Vous n’avez plus accès à cette entreprise. Ce qui attend reste sur cet appareil.',
    en: 'You no longer have access to this company. What is waiting stays on this device.',
  },
  KEEPS: {
    fr: 'Cette photo est une preuve : elle est conservée tant que le chantier vit, puis dix ans.',
    en: 'This photo is evidence: it is kept while the site lives, then for ten years.',
  },
  OFTEN: {
    fr: 'C’est la limite d’une journée. Réessayez demain.',
    en: 'That is the limit of a day. Try again tomorrow.',
  },
};

/** The sentence of each error code; {field} stands for what it is about. */
export const errors: Record<ErrorCode, { fr: string; en: string }> = sentences;
