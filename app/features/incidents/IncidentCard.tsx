import { A } from '@solidjs/router'
import { Show } from 'solid-js'
import { ago } from '../../kernel/i18n/format.ts'
import { t, tOr } from '../../kernel/i18n/index.ts'
import { Icon } from '../../kernel/ui/icons.tsx'
import { Badge, WriteState } from '../../kernel/ui/parts.tsx'
import type { IncidentItem } from './data.ts'
import { severityLook, statusLook, typeLook } from './labels.ts'

/** An incident in a list. `href` may keep the list's filters; `site` is left out on the page of a site. */
export function IncidentCard(props: { incident: IncidentItem; href: string; current?: boolean; site?: boolean; note?: string }) {
  const type = () => typeLook(props.incident.type)
  const status = () => statusLook(props.incident.status)
  const severity = () => severityLook(props.incident.severity)
  return (
    <A class="item" href={props.href} aria-current={props.current ? 'true' : undefined}>
      <span class={`glyph ${type().tone}`}>
        <Icon name={type().icon} />
      </span>
      <span class="grow">
        <span class="visually-hidden">{type().label}. </span>
        <span class="item-title">{props.incident.title}</span>
        <span class="item-line">
          <Show when={props.site !== false}>
            <span>{props.incident.site_name}</span>
          </Show>
          <Show when={props.incident.zone}>{(zone) => <span>{zone()}</span>}</Show>
          <span>{ago(props.incident.occurred_at)}</span>
        </span>
        <span class="item-badges">
          <Show when={props.incident.severity === 'critical' || props.incident.severity === 'high'}>
            <Badge icon={severity().icon} tone={severity().tone}>
              {severity().label}
            </Badge>
          </Show>
          <Badge icon={status().icon} tone={status().tone}>
            {status().label}
          </Badge>
          <Show
            when={
              props.note ??
              props.incident.assignee_name ??
              t('incident.forRole', { role: tOr(`role.${props.incident.routed_role}`, props.incident.routed_role) })
            }
          >
            {(who) => (
              <span class="who">
                <Icon name="person" />
                <span class="clip">{who()}</span>
              </span>
            )}
          </Show>
          <WriteState row={props.incident.id} />
        </span>
      </span>
      <Icon name="next" class="only-phone" />
    </A>
  )
}
