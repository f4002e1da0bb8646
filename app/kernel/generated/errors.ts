// Written by `npm run generate`. Do not edit: change the SQL and run it again.

export type ErrorCode = keyof typeof sentences;

const sentences = {
  AUTHN: {
    fr: 'Connectez-vous pour continuer. Rien n’est perdu.',
    en: 'Sign in to continue. Nothing is lost.',
    es: 'Inicie sesión para continuar. No se ha perdido nada.',
    pt: 'Inicie sessão para continuar. Nada se perdeu.',
  },
  PROOF: {
    fr: 'Cette entreprise demande le code de votre téléphone. Saisissez-le pour continuer ; rien n’est perdu.',
    en: 'This company asks for the code from your phone. Enter it to continue; nothing is lost.',
    es: 'Esta empresa pide el código de su teléfono. Introdúzcalo para continuar; no se ha perdido nada.',
    pt: 'Esta empresa pede o código do seu telefone. Introduza-o para continuar; nada se perdeu.',
  },
  RIGHT: {
    fr: 'Votre rôle ne permet pas cette action. Demandez à un administrateur de votre entreprise.',
    en: 'Your role does not allow this. Ask an administrator of your company.',
    es: 'Su función no permite esta acción. Diríjase a un administrador de su empresa.',
    pt: 'A sua função não permite esta ação. Fale com um administrador da sua empresa.',
  },
  GHOST: {
    fr: 'Cet élément n’existe pas ou ne vous est pas visible. Demandez à la personne qui vous en a parlé.',
    en: 'This item does not exist or is not visible to you. Ask whoever told you of it.',
    es: 'Este elemento no existe o usted no puede verlo. Pregunte a quien se lo indicó.',
    pt: 'Este elemento não existe ou não lhe é visível. Pergunte a quem lho indicou.',
  },
  BLANK: {
    fr: 'Il manque une information obligatoire : {field}. Complétez-la ; le reste est gardé.',
    en: 'A required field is missing: {field}. Fill it in; the rest is kept.',
    es: 'Falta un dato obligatorio: {field}. Complételo; el resto se conserva.',
    pt: 'Falta um dado obrigatório: {field}. Preencha-o; o resto fica guardado.',
  },
  WRONG: {
    fr: 'La valeur de « {field} » n’est pas valable. Corrigez-la ; le reste est gardé.',
    en: 'The value of “{field}” is not valid. Correct it; the rest is kept.',
    es: 'El valor de «{field}» no es válido. Corríjalo; el resto se conserva.',
    pt: 'O valor de «{field}» não é válido. Corrija-o; o resto fica guardado.',
  },
  TWICE: {
    fr: 'Cette action a déjà été envoyée avec un autre contenu. Elle est gardée dans « Envois » : comparez, puis renvoyez ou abandonnez.',
    en: 'This action was already sent with other content. It is kept under “Outbox”: compare, then send it again or discard it.',
    es: 'Esta acción ya se envió con otro contenido. Se conserva en «Envíos»: compare y luego reenvíe o descarte.',
    pt: 'Esta ação já foi enviada com outro conteúdo. Fica guardada em «Envios»: compare e depois reenvie ou descarte.',
  },
  TAKEN: {
    fr: 'Cette valeur est déjà utilisée : {field}. Choisissez-en une autre.',
    en: 'This value is already in use: {field}. Choose another one.',
    es: 'Este valor ya está en uso: {field}. Elija otro.',
    pt: 'Este valor já está a ser usado: {field}. Escolha outro.',
  },
  CLASH: {
    fr: 'Cette période chevauche une période existante. Choisissez d’autres dates.',
    en: 'This period overlaps an existing one. Choose other dates.',
    es: 'Este período se solapa con otro existente. Elija otras fechas.',
    pt: 'Este período sobrepõe-se a outro existente. Escolha outras datas.',
  },
  FROZE: {
    fr: 'Ce chantier est archivé : il se lit, mais ne peut plus être modifié.',
    en: 'This site is archived: it can be read, but no longer changed.',
    es: 'Esta obra está archivada: se puede leer, pero ya no se puede modificar.',
    pt: 'Esta obra está arquivada: pode ser lida, mas já não pode ser alterada.',
  },
  STATE: {
    fr: 'Cette étape n’est plus possible : l’incident a changé d’état. Relisez son suivi.',
    en: 'This step is no longer possible: the incident has changed state. Read what happened to it.',
    es: 'Este paso ya no es posible: la incidencia ha cambiado de estado. Relea su seguimiento.',
    pt: 'Este passo já não é possível: o incidente mudou de estado. Releia o seu seguimento.',
  },
  SIREN: {
    fr: 'Ce numéro SIREN n’est pas valable : vérifiez ses 9 chiffres.',
    en: 'This SIREN number is not valid: check its 9 digits.',
    es: 'Este número SIREN no es válido: compruebe sus 9 cifras.',
    pt: 'Este número SIREN não é válido: verifique os seus 9 algarismos.',
  },
  SIRET: {
    fr: 'Ce numéro SIRET n’est pas valable : vérifiez ses 14 chiffres.',
    en: 'This SIRET number is not valid: check its 14 digits.',
    es: 'Este número SIRET no es válido: compruebe sus 14 cifras.',
    pt: 'Este número SIRET não é válido: verifique os seus 14 algarismos.',
  },
  STALE: {
    fr: 'Cette invitation n’est plus valable. Demandez-en une nouvelle.',
    en: 'This invitation is no longer valid. Ask for a new one.',
    es: 'Esta invitación ya no es válida. Pida una nueva.',
    pt: 'Este convite já não é válido. Peça um novo.',
  },
  LEASE: {
    fr: 'Ce travail n’est plus à cet exécutant.',
    en: 'This job is no longer this worker’s.',
    es: 'Este trabajo ya no corresponde a este ejecutor.',
    pt: 'Este trabalho já não pertence a este executor.',
  },
  OWNER: {
    fr: 'Une entreprise garde toujours au moins un administrateur actif : nommez d’abord quelqu’un d’autre.',
    en: 'A company always keeps at least one active administrator: name somebody else first.',
    es: 'Una empresa conserva siempre al menos un administrador activo: nombre antes a otra persona.',
    pt: 'Uma empresa mantém sempre pelo menos um administrador ativo: nomeie primeiro outra pessoa.',
  },
  OLDER: {
    fr: 'Cette version de l’application est trop ancienne. Mettez-la à jour avant d’envoyer.',
    en: 'This version of the app is too old. Update it before sending.',
    es: 'Esta versión de la aplicación es demasiado antigua. Actualícela antes de enviar.',
    pt: 'Esta versão da aplicação é demasiado antiga. Atualize-a antes de enviar.',
  },
  LIMIT: {
    fr: 'C’est trop long ou trop volumineux : {field}. Raccourcissez, puis renvoyez.',
    en: 'This is too long or too large: {field}. Shorten it, then send again.',
    es: 'Es demasiado largo o demasiado grande: {field}. Acórtelo y vuelva a enviarlo.',
    pt: 'É demasiado longo ou demasiado grande: {field}. Encurte-o e volte a enviar.',
  },
  FAULT: {
    fr: 'Une erreur est survenue de notre côté. Votre saisie est conservée : réessayez ; si cela recommence, prévenez un administrateur.',
    en: 'Something went wrong on our side. What you typed is kept: try again; if it happens again, tell an administrator.',
    es: 'Se ha producido un error por nuestra parte. Lo escrito se conserva: inténtelo de nuevo; si se repite, avise a un administrador.',
    pt: 'Ocorreu um erro do nosso lado. O que escreveu fica guardado: tente de novo; se voltar a acontecer, avise um administrador.',
  },
  OUTER: {
    fr: 'Vous n’avez plus accès à cette entreprise. Ce qui attend reste sur cet appareil.',
    en: 'You no longer have access to this company. What is waiting stays on this device.',
    es: 'Ya no tiene acceso a esta empresa. Lo que espera permanece en este dispositivo.',
    pt: 'Já não tem acesso a esta empresa. O que espera fica neste dispositivo.',
  },
  KEEPS: {
    fr: 'Cette photo est une preuve : elle est conservée tant que le chantier vit, puis dix ans.',
    en: 'This photo is evidence: it is kept while the site lives, then for ten years.',
    es: 'Esta foto es una prueba: se conserva mientras viva la obra y diez años más.',
    pt: 'Esta foto é uma prova: é conservada enquanto a obra existir e mais dez anos.',
  },
  OFTEN: {
    fr: 'C’est la limite d’une journée. Réessayez demain.',
    en: 'That is the limit of a day. Try again tomorrow.',
    es: 'Ese es el límite de un día. Inténtelo de nuevo mañana.',
    pt: 'É o limite de um dia. Tente de novo amanhã.',
  },
};

/** The sentence of each error code; {field} stands for what it is about. */
export const errors: Record<ErrorCode, { fr: string; en: string; es: string; pt: string }> = sentences;
