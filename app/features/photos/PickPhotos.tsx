import { createSignal, For, onCleanup, onMount, Show } from 'solid-js'
import { t } from '../../kernel/i18n/index.ts'
import { dropDraft, keepDraft, readDraft } from '../../kernel/ui/drafts.ts'
import { Icon } from '../../kernel/ui/icons.tsx'
import './photos.css'

/** Pictures picked for a form that is not sent yet. They are kept on this device under `draft`, through a crash too. */
export function createPicked(draft: string) {
  const [files, setFiles] = createSignal<File[]>([])
  const keep = (next: File[]) => {
    setFiles(next)
    void keepDraft(draft, next).catch(() => undefined)
  }
  onMount(
    () =>
      void readDraft<File[]>(draft)
        .then((kept) => kept?.length && setFiles((now) => [...kept, ...now]))
        .catch(() => undefined),
  )
  return {
    files,
    add: (more: Iterable<File>) => keep([...files(), ...more]),
    remove: (file: File) => keep(files().filter((each) => each !== file)),
    clear() {
      setFiles([])
      return dropDraft(draft)
    },
  }
}

/** A field of pictures: camera or gallery, several, each can be taken out again. */
export function PickPhotos(props: { picked: ReturnType<typeof createPicked>; label: string }) {
  const onChange = (input: HTMLInputElement) => {
    props.picked.add([...(input.files ?? [])])
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
            {(file) => (
              <li>
                <Chosen file={file} onRemove={() => props.picked.remove(file)} />
              </li>
            )}
          </For>
        </ul>
      </Show>
      <div class="row wrap">
        <label class="button plain tall">
          <Icon name="camera" />
          <span>{t('photo.take')}</span>
          <input class="visually-hidden" type="file" accept="image/*" capture="environment" onChange={(event) => onChange(event.currentTarget)} />
        </label>
        <label class="button plain tall">
          <Icon name="image" />
          <span>{t('photo.gallery')}</span>
          <input class="visually-hidden" type="file" accept="image/*" multiple onChange={(event) => onChange(event.currentTarget)} />
        </label>
      </div>
    </fieldset>
  )
}

function Chosen(props: { file: File; onRemove: () => void }) {
  const url = URL.createObjectURL(props.file)
  onCleanup(() => URL.revokeObjectURL(url))
  return (
    <span class="photo-tile">
      <span class="picture">
        <img src={url} alt={props.file.name} />
      </span>
      <button type="button" class="button icon-only photo-remove" aria-label={t('photo.takeOut')} onClick={() => props.onRemove()}>
        <Icon name="close" />
      </button>
    </span>
  )
}
