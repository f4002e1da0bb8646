import { A } from '@solidjs/router'
import { createMemo, createSignal, For, Show } from 'solid-js'
import { createRows, newId, run } from '../../kernel/data.ts'
import { changed } from '../../kernel/changes.ts'
import type { CompanyRow } from '../../kernel/generated/tables.ts'
import { date, weekday } from '../../kernel/i18n/format.ts'
import { locales, t } from '../../kernel/i18n/index.ts'
import { session } from '../../kernel/session.ts'
import { Clashes } from '../../kernel/ui/Clashes.tsx'
import { announce } from '../../kernel/ui/dialogs.tsx'
import { ChecksField, FormNotes, SelectField, TextField } from '../../kernel/ui/fields.tsx'
import { createForm } from '../../kernel/ui/form.ts'
import { Icon } from '../../kernel/ui/icons.tsx'
import { Page } from '../../kernel/ui/Page.tsx'
import { Button, Note, Rows, WriteState } from '../../kernel/ui/parts.tsx'
import { closures, companyClashes, companyDetail } from './data.ts'
import { identifierColumns, identifierFault, IdentifierField } from './IdentifierField.tsx'
import { grouped } from './identifiers.ts'
import { Looks } from './Looks.tsx'
import { Routing } from './Routing.tsx'
import { SecurityRules } from './SecurityRules.tsx'

const currencies = ['EUR', 'CHF', 'GBP', 'USD', 'MAD', 'TND', 'XOF', 'XPF']
const regions = ['FR', 'FR-ALSACE-MOSELLE', 'NONE'] as const

/** The company: what it is, when it works, where its incidents go. */
export default function CompanySettings() {
  const view = createRows(companyDetail)
  const clashes = createRows(companyClashes)
  // The form keeps the values its author saw; a save shows the new ones.
  const [saves, setSaves] = createSignal(0)
  const seen = createMemo<{ row: CompanyRow; save: number } | undefined>((before) => {
    const save = saves()
    const row = view.rows()[0]
    return before && before.save === save ? before : row && { row, save }
  })
  return (
    <Page title={t('nav.company')} back="/menu" narrow>
      <Show when={!session.can('company.edit')}>
        <Note icon="lock">{t('company.readOnly')}</Note>
      </Show>
      <Show
        when={seen()}
        keyed
        fallback={
          <Rows view={view} empty={<p>{t('state.unknown')}</p>}>
            {() => null}
          </Rows>
        }
      >
        {({ row }) => <Identity company={row} onSaved={() => setSaves((count) => count + 1)} />}
      </Show>
      <Show when={view.rows()[0]}>{(company) => <Looks company={company()} />}</Show>
      <Closures />
      <Routing />
      <SecurityRules />
      <Show when={session.can('company.edit')}>
        <A class="choice" href="/company/words">
          <Icon name="answer" />
          <span class="grow">
            <strong>{t('sentence.title')}</strong>
            <small>{t('sentence.hint')}</small>
          </span>
          <Icon name="next" />
        </A>
      </Show>
      <Show when={session.can('analyst.manage')}>
        <A class="choice" href="/company/analysts">
          <Icon name="laptop" />
          <span class="grow">
            <strong>{t('analyst.title')}</strong>
            <small>{t('analyst.hint')}</small>
          </span>
          <Icon name="next" />
        </A>
      </Show>
      <Clashes clashes={clashes.rows()} />
    </Page>
  )
}

function Identity(props: { company: CompanyRow; onSaved: () => void }) {
  const { company } = props
  const locked = !session.can('company.edit')
  const form = createForm({
    initial: {
      name: company.name,
      identifier: grouped(company.siret ?? company.siren ?? ''),
      locale: company.locale,
      time_zone: company.time_zone,
      currency: company.currency,
      holiday_region: company.holiday_region,
      working_days: company.working_days.map(String),
    },
    required: () => ['name', 'working_days'],
    check: ({ identifier }) => identifierFault(identifier),
    async send({ identifier, working_days, ...rest }) {
      const { name, siren, siret, locale, time_zone, currency, holiday_region } = company
      const edit = changed(
        { name, siren, siret, locale, time_zone, currency, holiday_region, working_days: [...company.working_days].sort() },
        { ...rest, name: rest.name.trim(), ...identifierColumns(identifier), working_days: working_days.map(Number).sort() },
      )
      if (edit) await run('update_company', edit)
      announce(t('company.saved'))
      props.onSaved()
    },
  })
  const zones = () =>
    [...new Set([company.time_zone, ...Intl.supportedValuesOf('timeZone')])].map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') }))
  return (
    <form class="form card" noValidate onSubmit={form.submit}>
      <h2>{t('company.identity')}</h2>
      <FormNotes form={form} />
      <fieldset class="form" disabled={locked}>
        <legend class="visually-hidden">{t('company.identity')}</legend>
        <TextField form={form} name="name" label={t('company.name')} maxlength={120} />
        <IdentifierField form={form} />
        <div class="form-grid">
          <SelectField
            form={form}
            name="locale"
            label={t('company.language')}
            options={Object.entries(locales).map(([value, label]) => ({ value, label }))}
          />
          <SelectField
            form={form}
            name="currency"
            label={t('field.currency')}
            options={[...new Set([company.currency, ...currencies])].map((value) => ({ value, label: value }))}
          />
          <SelectField form={form} name="time_zone" label={t('field.time_zone')} options={zones()} />
          <SelectField
            form={form}
            name="holiday_region"
            label={t('field.holiday_region')}
            options={regions.map((value) => ({ value, label: t(`company.region.${value}`) }))}
          />
        </div>
        <ChecksField
          form={form}
          name="working_days"
          label={t('field.working_days')}
          options={[1, 2, 3, 4, 5, 6, 7].map((day) => ({ value: String(day), label: weekday(day) }))}
        />
      </fieldset>
      <Show when={!locked}>
        <div>
          <Button kind="primary" type="submit" busy={form.busy()}>
            {t('action.save')}
          </Button>
        </div>
      </Show>
    </form>
  )
}

function Closures() {
  const view = createRows(closures)
  const allowed = () => session.can('calendar.edit')
  const form = createForm({
    initial: { day: '', label: '' },
    required: () => ['day', 'label'],
    check: ({ day }) => (view.rows().some((closure) => closure.day === day) ? { day: 'TAKEN' } : {}),
    async send({ day, label }) {
      await run('add_closure', { id: newId(), day, label: label.trim() })
      form.restart()
    },
  })
  return (
    <section class="section">
      <header>
        <h2>{t('company.closures')}</h2>
      </header>
      <p class="quiet small">{t('company.closuresHint')}</p>
      <Rows view={view} skeleton={1} empty={<p class="quiet">{t('company.noClosures')}</p>}>
        {(days) => (
          <ul class="items">
            <For each={days}>
              {(closure) => (
                <li class="item">
                  <span class="glyph">
                    <Icon name="calendar" />
                  </span>
                  <div class="grow">
                    <p class="item-title">{closure.label}</p>
                    <p class="item-line">
                      <span>{date(closure.day)}</span>
                    </p>
                    <WriteState row={closure.id} />
                  </div>
                  <Show when={allowed()}>
                    <button
                      type="button"
                      class="button icon-only quiet"
                      aria-label={t('company.removeClosure', { label: closure.label })}
                      onClick={() => run('remove_closure', { id: closure.id })}
                    >
                      <Icon name="trash" />
                    </button>
                  </Show>
                </li>
              )}
            </For>
          </ul>
        )}
      </Rows>
      <Show when={allowed()}>
        <form class="card form" noValidate onSubmit={form.submit}>
          <FormNotes form={form} />
          <div class="form-grid">
            <TextField form={form} name="day" type="date" label={t('field.day')} />
            <TextField form={form} name="label" label={t('field.label')} maxlength={120} />
          </div>
          <div>
            <Button type="submit" icon="plus" busy={form.busy()}>
              {t('company.addClosure')}
            </Button>
          </div>
        </form>
      </Show>
    </section>
  )
}
