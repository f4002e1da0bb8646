import { Show } from 'solid-js'
import { t } from '../i18n/index.ts'
import { announce } from './dialogs.tsx'
import { Icon } from './icons.tsx'
import { mapLink } from './position-link.ts'
import { isDesk } from './wide.ts'

/** A position in degrees: a phone opens its maps; at a desk, where no program answers such a link, the text is copied. */
export function Place(props: { latitude: number; longitude: number }) {
  const text = () => `${props.latitude.toFixed(5)}, ${props.longitude.toFixed(5)}`
  const copy = async () => {
    await navigator.clipboard.writeText(text())
    announce(t('place.copied'), 'copy')
  }
  return (
    <Show
      when={isDesk()}
      fallback={
        <a class="place" href={mapLink(props.latitude, props.longitude)}>
          <Icon name="pin" /> {t('place.open')}
        </a>
      }
    >
      <span class="place">
        <span class="mono">{text()}</span>
        <button type="button" class="button icon-only quiet" aria-label={t('place.copy')} title={t('place.copy')} onClick={copy}>
          <Icon name="copy" />
        </button>
      </span>
    </Show>
  )
}
