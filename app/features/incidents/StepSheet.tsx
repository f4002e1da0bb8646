import { createRows, run } from '../../kernel/data.ts'
import { t, tOr } from '../../kernel/i18n/index.ts'
import { list } from '../../kernel/i18n/format.ts'
import { FormNotes, SelectField, TextArea } from '../../kernel/ui/fields.tsx'
import { createForm } from '../../kernel/ui/form.ts'
import { Button } from '../../kernel/ui/parts.tsx'
import { Sheet } from '../../kernel/ui/Sheet.tsx'
import { Show } from 'solid-js'
import { assignees, type IncidentDetail } from './data.ts'
import type { Step } from './rules.ts'

/** Takes one step of an incident, with a word about it. `body` = what was already being typed. */
export function StepSheet(props: {
  incident: IncidentDetail
  step: Exclude<Step, 'edit' | 'answer'>
  body: string
  onClose: (sent: boolean) => void
}) {
  const people = createRows(() => (props.step === 'assign' ? assignees(props.incident.routed_role) : null))
  const form = createForm({
    initial: { body: props.body, assignee_id: '' },
    required: () => (props.step === 'ask' ? ['body'] : props.step === 'assign' ? ['assignee_id'] : []),
    async send({ body, assignee_id }) {
      const { id } = props.incident
      const word = body.trim() || null
      if (props.step === 'ask') await run('ask_incident', { id, body })
      else if (props.step === 'assign') await run('assign_incident', { id, assignee_id, body: word })
      else if (props.step === 'resolve') await run('resolve_incident', { id, body: word })
      else if (props.step === 'reopen') await run('reopen_incident', { id, body: word })
      else await run('close_incident', { id, body: word })
      props.onClose(true)
    },
  })
  return (
    <Sheet title={t(`incident.step.${props.step}`)} onClose={() => props.onClose(false)}>
      <form class="form" noValidate onSubmit={form.submit}>
        <p class="quiet">{t(`incident.stepHint.${props.step}`)}</p>
        <FormNotes form={form} />
        <Show when={props.step === 'assign'}>
          <SelectField
            form={form}
            name="assignee_id"
            label={t('field.assignee_id')}
            blank={t('person.choose')}
            options={people
              .rows()
              .filter((person) => person.id !== props.incident.assignee_id)
              .map((person) => ({ value: person.id, label: `${person.full_name} · ${list(person.roles.map((role) => tOr(`role.${role}`, role)))}` }))}
          />
        </Show>
        <TextArea form={form} name="body" label={t(props.step === 'ask' ? 'field.question' : 'field.comment')} rows={3} maxlength={10000} />
        <div class="sheet-actions">
          <Button onClick={() => props.onClose(false)}>{t('action.cancel')}</Button>
          <Button kind="primary" type="submit" busy={form.busy()}>
            {t(`incident.step.${props.step}`)}
          </Button>
        </div>
      </form>
    </Sheet>
  )
}
