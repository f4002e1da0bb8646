import { Show } from 'solid-js'
import { t } from '../../kernel/i18n/index.ts'
import { TextField } from '../../kernel/ui/fields.tsx'
import type { Form } from '../../kernel/ui/form.ts'
import { Icon } from '../../kernel/ui/icons.tsx'
import { grouped, identifierIssue, readIdentifier } from './identifiers.ts'

/** Takes a SIREN or a SIRET and says while it is typed whether it is one. */
export function IdentifierField<T extends { identifier: string }>(props: { form: Form<T> }) {
  const read = () => readIdentifier(props.form.values.identifier)
  const issue = () => {
    const key = identifierIssue(read())
    return key && t(`company.${key}`, { count: read().digits.length })
  }
  return (
    <div class="stack tight">
      <TextField
        form={props.form}
        name="identifier"
        label={t('company.identifier')}
        hint={t('company.identifierHint')}
        inputmode="numeric"
        maxlength={22}
        says={issue()}
      />
      <p class="live-check" role="status" aria-live="polite">
        <Show when={read().kind === 'siren' || read().kind === 'siret'}>
          <span class="good">
            <Icon name="check" />
            {t(read().kind === 'siren' ? 'company.goodSiren' : 'company.goodSiret', { number: grouped(read().digits) })}
          </span>
        </Show>
        <Show when={!props.form.fault('identifier') && issue()}>
          {(sentence) => (
            <span class={read().kind === 'typing' ? 'faint' : 'bad'}>
              <Show when={read().kind !== 'typing'}>
                <Icon name="alert" />
              </Show>
              {sentence()}
            </span>
          )}
        </Show>
      </p>
    </div>
  )
}

/** The fault to show under the field before sending. */
export const identifierFault = (identifier: string) => {
  const { kind, digits } = readIdentifier(identifier)
  return kind === 'wrong' || kind === 'typing' ? { identifier: digits.length > 9 ? 'SIRET' : 'SIREN' } : {}
}

/** The two columns of what the field holds. */
export function identifierColumns(identifier: string): { siren: string | null; siret: string | null } {
  const { kind, digits } = readIdentifier(identifier)
  return { siren: kind === 'siren' || kind === 'siret' ? digits.slice(0, 9) : null, siret: kind === 'siret' ? digits : null }
}
