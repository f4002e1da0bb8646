import { createSignal, For, Show } from 'solid-js'
import { t } from '../../kernel/i18n/index.ts'
import { Icon } from '../../kernel/ui/icons.tsx'
import { shapesOf } from './Annotations.tsx'
import type { PhotoItem } from './data.ts'
import { photoName, shownState, stateLook } from './labels.ts'
import { Picture } from './Picture.tsx'
import { Viewer } from './Viewer.tsx'
import './photos.css'

/**
 * The viewer of a page with photos. Draw `View` outside of what is drawn anew when rows change, else it closes with each change.
 * @param photos what it goes through
 */
export function createViewer(photos: () => PhotoItem[]) {
  const [shown, open] = createSignal<string | null>(null)
  const View = () => (
    <Show when={photos().some((photo) => photo.id === shown())}>
      <Viewer photos={photos()} id={shown()!} onMove={open} onClose={() => open(null)} />
    </Show>
  )
  return { open, View }
}

/** Photos as a grid of tiles. */
export function PhotoGrid(props: { photos: PhotoItem[]; label: string; onOpen: (id: string) => void }) {
  return (
    <ul class="photo-grid" aria-label={props.label}>
      <For each={props.photos}>
        {(photo) => (
          <li>
            <Tile photo={photo} onOpen={() => props.onOpen(photo.id)} />
          </li>
        )}
      </For>
    </ul>
  )
}

function Tile(props: { photo: PhotoItem; onOpen: () => void }) {
  const state = () => shownState(props.photo)
  const look = () => stateLook(state())
  return (
    <button type="button" class="photo-tile" onClick={() => props.onOpen()}>
      <Picture photo={props.photo} size="thumb" alt={photoName(props.photo)} />
      <span class="photo-marks">
        <Show when={state() !== 'verified'}>
          <span class={`photo-mark ${look().tone}`} title={look().label}>
            <Icon name={look().icon} />
            <span class="visually-hidden">{look().label}</span>
          </span>
        </Show>
        <Show when={props.photo.before_id}>
          <span class="photo-mark" title={t('photo.after')}>
            <Icon name="sort" />
            <span class="visually-hidden">{t('photo.after')}</span>
          </span>
        </Show>
        <Show when={shapesOf(props.photo).length > 0}>
          <span class="photo-mark" title={t('photo.isAnnotated')}>
            <Icon name="edit" />
            <span class="visually-hidden">{t('photo.isAnnotated')}</span>
          </span>
        </Show>
        <Show when={props.photo.incident_id}>
          <span class="photo-mark" title={t('photo.inIncident')}>
            <Icon name="incident" />
            <span class="visually-hidden">{t('photo.inIncident')}</span>
          </span>
        </Show>
      </span>
    </button>
  )
}
