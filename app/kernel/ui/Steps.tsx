import { For } from 'solid-js'
import { t } from '../i18n/index.ts'

/** Where one stands in a short series of screens. */
export function Steps(props: { count: number; now: number; label: string }) {
  return (
    <div class="steps">
      <div class="steps-bars" aria-hidden="true">
        <For each={Array.from({ length: props.count })}>{(_, place) => <span classList={{ past: place() < props.now }} />}</For>
      </div>
      <p class="tiny quiet">
        {t('form.step', { now: props.now, count: props.count })} · {props.label}
      </p>
    </div>
  )
}
