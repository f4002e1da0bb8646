import { createResource, createSignal, Show } from 'solid-js'
import { plural, t } from '../../kernel/i18n/index.ts'
import { confirm } from '../../kernel/ui/dialogs.tsx'
import { Button, Note } from '../../kernel/ui/parts.tsx'
import { addPicked, dropLeft, readLeft } from './left.ts'

/** The pictures of a report that this device could not keep: tried again, or thrown away. */
export function LeftPhotos(props: { incidentId: string }) {
  const [left, { refetch }] = createResource(
    () => props.incidentId,
    (id) => readLeft(id).catch(() => undefined),
  )
  const [busy, setBusy] = createSignal(false)
  const retry = async () => {
    setBusy(true)
    await addPicked(left.latest!).finally(() => setBusy(false))
    await refetch()
  }
  const discard = async () => {
    const sure = await confirm({ title: t('photo.discardTitle'), body: t('photo.left.discardBody'), action: t('photo.discard'), danger: true })
    if (!sure) return
    await dropLeft(props.incidentId)
    await refetch()
  }
  return (
    <Show when={left.latest}>
      {(found) => (
        <Note
          icon="alert"
          tone="warn"
          action={
            <div class="row wrap">
              <Button icon="sync" busy={busy()} onClick={() => void retry()}>
                {t('action.retry')}
              </Button>
              <Button kind="quiet" icon="trash" onClick={() => void discard()}>
                {t('photo.discard')}
              </Button>
            </div>
          }
        >
          <p>{plural('photo.left', found().picked.length)}</p>
          <p class="small">
            {found()
              .picked.map(({ file }) => file.name)
              .join(', ')}
          </p>
        </Note>
      )}
    </Show>
  )
}
