import './face.css'
import { createSignal, createUniqueId, Show } from 'solid-js'
import { t } from '../i18n/index.ts'
import { storePicture, type PictureKind } from '../pictures.ts'
import { explain } from './explain.ts'
import { Face } from './Face.tsx'
import { Icon } from './icons.tsx'
import { Button } from './parts.tsx'

interface PictureFieldProps {
  kind: PictureKind
  /** Whose picture it is, for its initials. */
  name: string
  label: string
  hint: string
  /** SHA-256 of the picture. */
  value: string | null
  onChange: (sha256: string | null) => void
  disabled?: boolean
}

/** A logo or a portrait: shown, chosen from the device or its camera, taken away. It reaches the server when it is chosen; the form says that it counts. */
export function PictureField(props: PictureFieldProps) {
  const id = createUniqueId()
  let input!: HTMLInputElement
  const [busy, setBusy] = createSignal(false)
  const [fault, setFault] = createSignal<unknown>(null)
  const choose = async (file: File | undefined) => {
    if (!file) return
    setBusy(true)
    setFault(null)
    try {
      props.onChange(await storePicture(props.kind, file))
    } catch (error) {
      setFault(error)
    } finally {
      setBusy(false)
      input.value = ''
    }
  }
  return (
    <div class="field picture-field">
      <label class="label" for={id}>
        {props.label}
      </label>
      <div class="row">
        <Face kind={props.kind} picture={props.value} name={props.name} />
        <input
          ref={input}
          id={id}
          class="visually-hidden"
          type="file"
          accept={props.kind === 'logo' ? 'image/png,image/jpeg,image/webp,image/svg+xml' : 'image/*'}
          aria-describedby={`${id}-hint ${id}-fault`}
          disabled={props.disabled}
          onChange={(event) => void choose(event.currentTarget.files?.[0])}
        />
        <Show when={!props.disabled}>
          <Button icon="image" busy={busy()} onClick={() => input.click()}>
            {t(props.value ? 'picture.replace' : 'picture.choose')}
          </Button>
          <Show when={props.value}>
            <button type="button" class="button icon-only quiet" aria-label={t('picture.remove')} onClick={() => props.onChange(null)}>
              <Icon name="trash" />
            </button>
          </Show>
        </Show>
      </div>
      <p class="hint" id={`${id}-hint`}>
        {props.hint}
      </p>
      <p class="fault" id={`${id}-fault`} role="alert" hidden={!fault()}>
        <Icon name="alert" />
        <span>{fault() ? explain(fault(), props.label) : ''}</span>
      </p>
    </div>
  )
}
