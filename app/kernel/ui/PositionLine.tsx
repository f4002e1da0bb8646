import { Show } from 'solid-js'
import { number } from '../i18n/format.ts'
import { t } from '../i18n/index.ts'
import { Icon } from './icons.tsx'
import { Button } from './parts.tsx'
import type { createPosition } from './position.ts'

/** Says whether this device knows where it is, and asks it again. A line of a list `automatic`. */
export function PositionLine(props: { of: ReturnType<typeof createPosition> }) {
  const missing = () => {
    const state = props.of.state()
    return state === 'unknown' || state === 'refused' ? state : 'seeking'
  }
  return (
    <li>
      <Icon name="pin" />
      <span class="grow">
        {props.of.position() ? t('incident.positionFound', { metres: number(props.of.position()!.accuracy_m) }) : t(`incident.position.${missing()}`)}
      </span>
      <Show when={missing() !== 'seeking'}>
        <Button kind="quiet" onClick={() => props.of.seek()}>
          {t('action.retry')}
        </Button>
      </Show>
    </li>
  )
}
