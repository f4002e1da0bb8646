import { A } from '@solidjs/router'
import { For, Show } from 'solid-js'
import type { OutboxItem } from '../../kernel/contract.ts'
import { dateTime, time } from '../../kernel/i18n/format.ts'
import { t, tOr } from '../../kernel/i18n/index.ts'
import { me } from '../../kernel/me.ts'
import { outbox } from '../../kernel/status.ts'
import { explain } from '../../kernel/ui/explain.ts'
import { Icon } from '../../kernel/ui/icons.tsx'
import { Badge } from '../../kernel/ui/parts.tsx'
import type { IncidentStep } from './data.ts'
import { statusLook, stepIcon } from './labels.ts'
import { StepSentence } from './StepSentence.tsx'

/** Beyond this many milliseconds the device's time and the server's are both worth showing. */
const APART = 60_000

function Times(props: { step: IncidentStep }) {
  const apart = () => Math.abs(Date.parse(props.step.at) - Date.parse(props.step.device_at)) > APART
  const sameDay = () => props.step.at.slice(0, 10) === props.step.device_at.slice(0, 10)
  return (
    <Show when={apart() && !props.step.command_id} fallback={<time dateTime={props.step.device_at}>{dateTime(props.step.device_at)}</time>}>
      <span>
        {t('incident.twoTimes', { device: dateTime(props.step.device_at), server: sameDay() ? time(props.step.at) : dateTime(props.step.at) })}
      </span>
    </Show>
  )
}

function StepState(props: { step: IncidentStep }) {
  const item = () => outbox.items().find((each) => each.id === props.step.command_id)
  return (
    <Show
      when={item()?.state === 'queued' || item()?.state === 'sending'}
      fallback={
        <Show when={props.step.actor_id === me()}>
          <span class="sent">
            <Icon name="check" />
            {t('write.sent')}
          </span>
        </Show>
      }
    >
      <Badge icon={item()!.state === 'queued' ? 'device' : 'sync'} tone={item()!.state === 'queued' ? '' : 'info'}>
        {t(item()!.state === 'queued' ? 'write.queued' : 'write.sending')}
      </Badge>
    </Show>
  )
}

/** Every step of an incident, who took it and when, and the state of those that have not left. */
export function Ledger(props: { steps: IncidentStep[]; refused: OutboxItem[] }) {
  return (
    <ol class="ledger" aria-label={t('incident.ledger')}>
      <For each={props.steps}>
        {(step) => (
          <li class="step" classList={{ mine: step.actor_id === me() }}>
            <span class="step-icon">
              <Icon name={stepIcon(step.kind)} />
            </span>
            <div class="grow">
              <p>
                <StepSentence step={step} />
              </p>
              <Show when={step.body}>{(body) => <p class="step-body prose">{body()}</p>}</Show>
              <p class="item-line tiny">
                <Times step={step} />
                <Show when={step.from_status && step.from_status !== step.to_status}>
                  <span>{statusLook(step.to_status).label}</span>
                </Show>
                <StepState step={step} />
              </p>
            </div>
          </li>
        )}
      </For>
      <For each={props.refused}>
        {(item) => (
          <li class="step refused">
            <span class="step-icon">
              <Icon name="stop" />
            </span>
            <div class="grow">
              <p>
                <strong>{tOr(`command.${item.name}`, item.name)}</strong>
              </p>
              <Show when={'body' in item.args && item.args.body}>{(body) => <p class="step-body prose">{String(body())}</p>}</Show>
              <p class="fault">
                <Icon name="alert" />
                {explain(item)}
              </p>
              <A href={`/sync/${item.id}`}>{t('sync.mend')}</A>
            </div>
          </li>
        )}
      </For>
    </ol>
  )
}
