import { For, Show } from 'solid-js'
import { createRows } from '../../kernel/data.ts'
import { t } from '../../kernel/i18n/index.ts'
import { me } from '../../kernel/me.ts'
import { session } from '../../kernel/session.ts'
import { Icon } from '../../kernel/ui/icons.tsx'
import { assignees, reportSites, severityOptions } from '../incidents/public.ts'

interface Choice {
  value: string
  label: string
}

/** What a refused command named and may name otherwise: its site, its severity, its person. */
export function Choices(props: { args: Record<string, unknown>; onChoose: (name: string, value: string) => void }) {
  const has = (name: string) => typeof props.args[name] === 'string'
  const sites = createRows(() => (has('site_id') ? reportSites(me()) : null))
  const people = createRows(() => (has('assignee_id') || has('membership_id') ? assignees('') : null))
  const siteChoices = () =>
    sites
      .rows()
      .filter((site) => session.can('incident.report', site.id))
      .map((site) => ({ value: site.id, label: site.name }))
  const peopleChoices = () => people.rows().map((person) => ({ value: person.id, label: person.full_name }))
  return (
    <>
      <Show when={has('site_id')}>
        <Select name="site_id" label={t('field.site_id')} options={siteChoices()} {...props} />
      </Show>
      <Show when={has('severity')}>
        <Select name="severity" label={t('field.severity')} options={severityOptions()} {...props} />
      </Show>
      <Show when={has('assignee_id')}>
        <Select name="assignee_id" label={t('field.assignee_id')} options={peopleChoices()} {...props} />
      </Show>
      <Show when={has('membership_id')}>
        <Select name="membership_id" label={t('field.membership_id')} options={peopleChoices()} {...props} />
      </Show>
    </>
  )
}

function Select(props: {
  name: string
  label: string
  options: Choice[]
  args: Record<string, unknown>
  onChoose: (name: string, value: string) => void
}) {
  const known = () => props.options.some((option) => option.value === props.args[props.name])
  return (
    <label class="field">
      <span class="label">{props.label}</span>
      <span class="select">
        <select class="input" onChange={(event) => props.onChoose(props.name, event.currentTarget.value)}>
          <Show when={!known()}>
            <option value={String(props.args[props.name])} selected>
              {t('sync.noLonger')}
            </option>
          </Show>
          <For each={props.options}>
            {(option) => (
              <option value={option.value} selected={option.value === props.args[props.name]}>
                {option.label}
              </option>
            )}
          </For>
        </select>
        <Icon name="down" />
      </span>
    </label>
  )
}
