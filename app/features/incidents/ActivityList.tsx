import { A } from '@solidjs/router'
import { For, Show } from 'solid-js'
import { ago } from '../../kernel/i18n/format.ts'
import { t } from '../../kernel/i18n/index.ts'
import { me } from '../../kernel/me.ts'
import { Icon } from '../../kernel/ui/icons.tsx'
import type { Activity } from './data.ts'
import { stepIcon } from './labels.ts'

/** What happened lately, in one line each. */
export function ActivityList(props: { rows: Activity[] }) {
  return (
    <ul class="activity">
      <For each={props.rows}>
        {(row) => (
          <li>
            <A class="activity-line" href={`/incidents/${row.incident_id}`}>
              <span class="step-icon"><Icon name={stepIcon(row.kind)} /></span>
              <span class="grow">
                <span>
                  <strong>{row.actor_id === me() ? t('person.me') : row.actor_name ?? t('person.former')}</strong>{' '}
                  <span class="quiet">{t(`incident.did.${row.kind as 'report'}`, { assignee: row.assignee_name ?? '' })}</span>
                </span>
                <span class="item-line"><span>{row.title}</span><span>{row.site_name}</span><span>{ago(row.device_at)}</span></span>
                <Show when={row.body}>{(body) => <span class="activity-body clip">{body()}</span>}</Show>
              </span>
            </A>
          </li>
        )}
      </For>
    </ul>
  )
}
