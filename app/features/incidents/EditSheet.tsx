import { Show } from 'solid-js'
import { run } from '../../kernel/data.ts'
import { changed } from '../../kernel/changes.ts'
import { t, tOr } from '../../kernel/i18n/index.ts'
import { FormNotes, TextArea, TextField, TilesField } from '../../kernel/ui/fields.tsx'
import { createForm } from '../../kernel/ui/form.ts'
import { Button } from '../../kernel/ui/parts.tsx'
import { Sheet } from '../../kernel/ui/Sheet.tsx'
import type { IncidentDetail } from './data.ts'
import { severityOptions } from './labels.ts'
import { injuries, requiredFields } from './rules.ts'

/** Mends what a report said. Only what was changed is sent, with what it was. */
export function EditSheet(props: { incident: IncidentDetail; onClose: () => void }) {
  const before = props.incident
  const text = (name: string) => String(before.details[name] ?? '')
  const form = createForm({
    initial: {
      severity: before.severity,
      title: before.title,
      description: before.description ?? '',
      zone: before.zone ?? '',
      item: text('item'),
      quantity: text('quantity'),
      injured: text('injured'),
      measures: text('measures'),
      plan: text('plan'),
    },
    required: (values) => requiredFields(before.type, values.severity).filter((name) => name in values) as never,
    async send({ severity, title, description, zone, ...rest }) {
      const details = { ...before.details }
      for (const [name, value] of Object.entries(rest)) {
        if (value.trim()) details[name] = value.trim()
        else delete details[name]
      }
      const edit = changed(
        { severity: before.severity, title: before.title, description: before.description, zone: before.zone, details: before.details },
        { severity, title: title.trim(), description: description.trim() || null, zone: zone.trim() || null, details },
      )
      if (edit) await run('update_incident', { id: before.id, ...edit })
      props.onClose()
    },
  })
  return (
    <Sheet title={t('incident.step.edit')} onClose={props.onClose}>
      <form class="form" noValidate onSubmit={form.submit}>
        <FormNotes form={form} />
        <TilesField form={form} name="severity" label={t('field.severity')} options={severityOptions()} columns={2} />
        <TextField form={form} name="title" label={t('field.title')} maxlength={160} />
        <TextArea form={form} name="description" label={t('field.description')} />
        <TextField form={form} name="zone" label={t('field.zone')} maxlength={120} />
        <Show when={before.type === 'material'}>
          <TextField form={form} name="item" label={t('field.item')} maxlength={160} />
          <TextField form={form} name="quantity" label={t('field.quantity')} maxlength={60} />
        </Show>
        <Show when={before.type === 'safety'}>
          <TilesField
            form={form}
            name="injured"
            label={t('field.injured')}
            options={injuries.map((value) => ({ value, label: tOr(`incident.injured.${value}`, value) }))}
            columns={2}
          />
          <TextArea form={form} name="measures" label={t('field.measures')} />
        </Show>
        <Show when={before.type === 'question'}>
          <TextField form={form} name="plan" label={t('field.plan')} maxlength={160} />
        </Show>
        <div class="sheet-actions">
          <Button onClick={props.onClose}>{t('action.cancel')}</Button>
          <Button kind="primary" type="submit" busy={form.busy()}>
            {t('action.save')}
          </Button>
        </div>
      </form>
    </Sheet>
  )
}
