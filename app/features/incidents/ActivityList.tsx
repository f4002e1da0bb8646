import { A } from '@solidjs/router'
import { For, Show } from 'solid-js'
import { ago } from '../../kernel/i18n/format.ts'
import { t } from '../../kernel/i18n/index.ts'
import { Icon } from '../../kernel/ui/icons.tsx'
import type { Activity } from './data.ts'
import { stepIcon } from './labels.ts'
import { StepSentence } from './StepSentence.tsx'

/** What happened lately; nothing while nothing has. `card`: on a card, beside others. */
export function LatestActivity(props: { rows: Activity[]; class?: string; card?: boolean }) {
  return (
    <Show when={props.rows.length > 0}>
      <section class={`section ${props.class ?? ''}`}>
        <header>
          <h2>{t('today.activity')}</h2>
        </header>
        <div classList={{ card: props.card }}>
          <ActivityList rows={props.rows} />
        </div>
      </section>
    </Show>
  )
}

/** One line each. */
function ActivityList(props: { rows: Activity[] }) {
  return (
    <ul class="activity">
      <For each={props.rows}>
        {(row) => (
          <li>
            <A class="activity-line" href={`/incidents/${row.incident_id}`}>
              <span class="step-icon">
                <Icon name={stepIcon(row.kind)} />
              </span>
              <span class="grow">
                <span>
                  <StepSentence step={row} />
                </span>
                <span class="item-line">
                  <span>{row.title}</span>
                  <span>{row.site_name}</span>
                  <span>{ago(row.device_at)}</span>
                </span>
                <Show when={row.body}>{(body) => <span class="activity-body clip">{body()}</span>}</Show>
              </span>
            </A>
          </li>
        )}
      </For>
    </ul>
  )
}
