import { createUniqueId, onCleanup, onMount, Show, type JSX } from 'solid-js'
import { t } from '../i18n/index.ts'
import { Icon } from './icons.tsx'

interface SheetProps {
  title: string
  onClose: () => void
  children: JSX.Element
  /** Buttons that stay in reach of the thumb. */
  actions?: JSX.Element
}

/** A modal sheet: from below on a phone, in the middle at a desk. Shown while it is rendered. */
export function Sheet(props: SheetProps) {
  const id = createUniqueId()
  let dialog!: HTMLDialogElement
  let gone = false
  onMount(() => {
    const opener = document.activeElement
    dialog.showModal()
    onCleanup(() => {
      gone = true
      if (dialog.open) dialog.close()
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus({ preventScroll: true })
    })
  })
  return (
    <dialog
      ref={dialog}
      class="sheet"
      aria-labelledby={id}
      onCancel={(event) => {
        if (event.target !== dialog) return
        event.preventDefault()
        props.onClose()
      }}
      // The event comes after the dialog: a sheet that was taken away has told already.
      onClose={(event) => event.target === dialog && !gone && props.onClose()}
      onPointerDown={(event) => event.target === dialog && props.onClose()}
    >
      <div class="sheet-body">
        <header class="row apart">
          <h2 id={id}>{props.title}</h2>
          <button type="button" class="button icon-only quiet" aria-label={t('action.close')} onClick={() => props.onClose()}>
            <Icon name="close" />
          </button>
        </header>
        {props.children}
        <Show when={props.actions}>
          <footer class="sheet-actions">{props.actions}</footer>
        </Show>
      </div>
    </dialog>
  )
}
