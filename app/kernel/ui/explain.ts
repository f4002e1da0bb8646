import { toAppError } from '../errors.ts'
import { failureWords, locale, t, tOr, typeset } from '../i18n/index.ts'

/** The sentence for an error, with the name that its field has on screen (`label`, else the field's own). */
export function explain(error: unknown, label?: string): string {
  const { field } = toAppError(error)
  const says = failureWords()?.(error, locale(), label ?? (field && tOr(`field.${field}`, field)))
  return says === undefined ? t('state.error') : typeset(says, locale())
}
