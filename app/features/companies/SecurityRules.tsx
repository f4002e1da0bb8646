import { For, Show } from 'solid-js'
import { createRows, run } from '../../kernel/data.ts'
import { roles } from '../../kernel/generated/rights.ts'
import type { CompanyRow } from '../../kernel/generated/tables.ts'
import { t, tOr, type Key } from '../../kernel/i18n/index.ts'
import { session } from '../../kernel/session.ts'
import { announce } from '../../kernel/ui/dialogs.tsx'
import { FormNotes, SelectField, TextField } from '../../kernel/ui/fields.tsx'
import { createForm } from '../../kernel/ui/form.ts'
import { Icon } from '../../kernel/ui/icons.tsx'
import { Button } from '../../kernel/ui/parts.tsx'
import { companyDetail } from './data.ts'

const RULES = ['off', 'recommended', 'mandatory'] as const

/** What the company asks of its people's sign-in: for administrators. */
export function SecurityRules() {
  const view = createRows(companyDetail)
  return (
    <Show when={session.can('company.secure') && view.rows()[0]} keyed>
      {(company) => <Rules company={company} />}
    </Show>
  )
}

function Rules(props: { company: CompanyRow }) {
  const rules = props.company.factor_rules as Record<string, string>
  const form = createForm<Record<string, string>>({
    initial: {
      ...Object.fromEntries(roles.map(({ key }) => [key, rules[key] ?? 'off'])),
      factor_grace_days: String(props.company.factor_grace_days),
      password_days: props.company.password_days === null ? '' : String(props.company.password_days),
    },
    required: () => ['factor_grace_days'],
    async send(values) {
      await run('set_security', {
        factor_rules: Object.fromEntries(roles.map(({ key }) => [key, values[key] ?? 'off'])),
        factor_grace_days: Number(values.factor_grace_days),
        password_days: values.password_days ? Number(values.password_days) : null,
      })
      announce(t('company.saved'))
    },
  })
  return (
    <details class="card">
      <summary class="row">
        <div class="grow">
          <h2>{t('security.title')}</h2>
          <p class="quiet small">{t('security.hint')}</p>
        </div>
        <Icon name="down" />
      </summary>
      <form class="form" noValidate onSubmit={form.submit}>
        <FormNotes form={form} />
        <div class="form-grid">
          <For each={roles}>
            {({ key }) => (
              <SelectField
                form={form}
                name={key}
                label={tOr(`role.${key}`, key)}
                options={RULES.map((rule) => ({ value: rule, label: t(`security.${rule}` as Key) }))}
              />
            )}
          </For>
          <TextField
            form={form}
            name="factor_grace_days"
            type="number"
            inputmode="numeric"
            min="0"
            label={t('security.grace')}
            hint={t('security.graceHint')}
          />
          <TextField
            form={form}
            name="password_days"
            type="number"
            inputmode="numeric"
            min="30"
            label={t('security.passwordDays')}
            hint={t('security.passwordDaysHint')}
          />
        </div>
        <Button kind="primary" type="submit" field busy={form.busy()}>
          {t('action.save')}
        </Button>
      </form>
    </details>
  )
}
