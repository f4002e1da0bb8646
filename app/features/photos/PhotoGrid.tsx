import { createMemo, createSignal, For, Show } from 'solid-js'
import { t } from '../../kernel/i18n/index.ts'
import { Icon } from '../../kernel/ui/icons.tsx'
import type { PhotoItem } from './data.ts'
import { photoName, shownState, stateLook } from './labels.ts'
import { Picture } from './Picture.tsx'
import { Viewer } from './Viewer.tsx'
import './photos.css'

/** Photos as a grid of tiles; a tile opens the viewer at its photo, which goes on through `all` photos where the grid is a part. */
export function PhotoGrid(props: { photos: PhotoItem[]; all?: PhotoItem[]; label: string }) {
  const [open, setOpen] = createSignal<string | null>(null)
  const all = () => props.all ?? props.photos
  const ids = createMemo(() => all().map((photo) => photo.id))
  return (
    <>
      <ul class="photo-grid" aria-label={props.label}>
        <For each={props.photos}>
          {(photo) => (
            <li>
              <Tile photo={photo} onOpen={() => setOpen(photo.id)} />
            </li>
          )}
        </For>
      </ul>
      <Show when={open() && ids().includes(open()!)}>
        <Viewer photos={all()} id={open()!} onMove={setOpen} onClose={() => setOpen(null)} />
      </Show>
    </>
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
