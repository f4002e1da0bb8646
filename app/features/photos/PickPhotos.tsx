import { createResource, createSignal, For, onCleanup, onMount, Show } from 'solid-js'
import { t } from '../../kernel/i18n/index.ts'
import { dropDraft, keepDraft, readDraft } from '../../kernel/ui/drafts.ts'
import { Icon } from '../../kernel/ui/icons.tsx'
import type { Position } from '../../kernel/ui/position.ts'
import { hasPlace } from './capture.ts'
import './photos.css'

/** A picture of a form that is not sent yet. */
export interface Picked {
  file: File
  /** It comes straight from the camera of this device. One of the gallery was taken anywhere. */
  justTaken: boolean
  /** Where the device was when it was taken; a draft may be sent from elsewhere. */
  place: Position | null
}

/**
 * Pictures picked for a form that is not sent yet. They are kept on this device under `draft`, through a crash too.
 * @param position where this device is
 */
export function createPicked(draft: string, position: () => Position | null) {
  const [files, setFiles] = createSignal<Picked[]>([])
  const keep = (next: Picked[]) => {
    setFiles(next)
    return keepDraft(draft, next).catch(() => undefined)
  }
  onMount(
    () =>
      void readDraft<(Picked | File)[]>(draft)
        .then((kept) => kept?.length && setFiles((now) => [...kept.map(asPicked), ...now]))
        .catch(() => undefined),
  )
  return {
    files,
    add: (more: Iterable<File>, justTaken: boolean) =>
      void keep([...files(), ...[...more].map((file) => ({ file, justTaken, place: justTaken ? position() : null }))]),
    remove: (picked: Picked) => void keep(files().filter((each) => each !== picked)),
    only: keep,
    clear() {
      setFiles([])
      return dropDraft(draft)
    },
  }
}

/** Drafts of an older app hold the files alone. */
const asPicked = (kept: Picked | File): Picked => (kept instanceof File ? { file: kept, justTaken: false, place: null } : kept)

/** A field of pictures: camera or gallery, several, each can be taken out again. */
export function PickPhotos(props: { picked: ReturnType<typeof createPicked>; label: string }) {
  const onChange = (input: HTMLInputElement, justTaken: boolean) => {
    props.picked.add([...(input.files ?? [])], justTaken)
    input.value = ''
  }
  return (
    <fieldset class="field">
      <legend class="label">
        {props.label} <span class="optional">{t('form.optional')}</span>
      </legend>
      <Show when={props.picked.files().length}>
        <ul class="photo-grid small" aria-label={props.label}>
          <For each={props.picked.files()}>
            {(picked) => (
              <li>
                <Chosen picked={picked} onRemove={() => props.picked.remove(picked)} />
              </li>
            )}
          </For>
        </ul>
      </Show>
      <div class="row wrap">
        <label class="button plain tall">
          <Icon name="camera" />
          <span>{t('photo.take')}</span>
          <input
            class="visually-hidden"
            type="file"
            accept="image/*"
            capture="environment"
            onChange={(event) => onChange(event.currentTarget, true)}
          />
        </label>
        <label class="button plain tall">
          <Icon name="image" />
          <span>{t('photo.gallery')}</span>
          <input class="visually-hidden" type="file" accept="image/*" multiple onChange={(event) => onChange(event.currentTarget, false)} />
        </label>
      </div>
    </fieldset>
  )
}

function Chosen(props: { picked: Picked; onRemove: () => void }) {
  const url = URL.createObjectURL(props.picked.file)
  onCleanup(() => URL.revokeObjectURL(url))
  const [unplaced] = createResource(async () => !props.picked.justTaken && !(await hasPlace(props.picked.file)))
  return (
    <span class="photo-tile">
      <span class="picture">
        <img src={url} alt={props.picked.file.name} />
      </span>
      <Show when={unplaced.latest}>
        <span class="photo-word tiny">{t('photo.fromGallery')}</span>
      </Show>
      <button type="button" class="button icon-only photo-remove" aria-label={t('photo.takeOut')} onClick={() => props.onRemove()}>
        <Icon name="close" />
      </button>
    </span>
  )
}
