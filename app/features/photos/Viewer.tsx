import { A } from '@solidjs/router'
import { createEffect, createMemo, createSignal, on, onCleanup, onMount, Show } from 'solid-js'
import { createRows } from '../../kernel/data.ts'
import { dateTime, number } from '../../kernel/i18n/format.ts'
import { t } from '../../kernel/i18n/index.ts'
import { me } from '../../kernel/me.ts'
import { session } from '../../kernel/session.ts'
import { explain } from '../../kernel/ui/explain.ts'
import { Icon } from '../../kernel/ui/icons.tsx'
import { part } from '../../kernel/ui/part.tsx'
import { Badge, Button } from '../../kernel/ui/parts.tsx'
import { Place } from '../../kernel/ui/Place.tsx'
import { Annotations, shapesOf, Stroke } from './Annotations.tsx'
import { photoById, type PhotoItem } from './data.ts'
import { hereOf, photoName, shownState, sourceLabel, stateLook } from './labels.ts'
import { PhotoEdit } from './PhotoEdit.tsx'
import { Picture } from './Picture.tsx'
import { makeZoom } from './zoom.ts'

/** Most people look: the tools for drawing come when they are asked for. */
const Annotate = part(() => import('./Annotate.tsx'))

interface ViewerProps {
  photos: PhotoItem[]
  /** The photo shown. */
  id: string
  onMove: (id: string) => void
  onClose: () => void
}

/** One photo on the whole screen: swipe or arrows for the next, wheel or fingers to zoom, its facts beside it. */
export function Viewer(props: ViewerProps) {
  let dialog!: HTMLDialogElement
  let frame!: HTMLDivElement
  let zoom: ReturnType<typeof makeZoom> | undefined
  const place = createMemo(() => props.photos.findIndex((photo) => photo.id === props.id))
  const photo = () => props.photos[place()]!
  const [editing, setEditing] = createSignal(false)
  const [drawing, setDrawing] = createSignal(false)
  /** Whether what is drawn over photos shows. */
  const [layer, setLayer] = createSignal(true)
  const [facts, setFacts] = createSignal(innerWidth >= 900)
  const [compare, setCompare] = createSignal(false)
  const before = createRows(() => (photo().before_id ? photoById(photo().before_id!) : null))
  const pair = () => before.rows()[0]
  const go = (step: number) => {
    const next = props.photos[place() + step]
    if (next) props.onMove(next.id)
  }
  const mayEdit = () => photo().author_id === me() || session.can('photo.edit', photo().site_id)

  onMount(() => {
    const opener = document.activeElement
    dialog.showModal()
    zoom = makeZoom(frame, { onNext: () => go(1), onPrevious: () => go(-1) })
    onCleanup(() => {
      zoom?.stop()
      if (dialog.open) dialog.close()
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus({ preventScroll: true })
    })
  })
  createEffect(
    on(
      () => props.id,
      () => {
        zoom?.reset()
        setCompare(false)
      },
    ),
  )
  const keys: Record<string, () => void> = {
    ArrowRight: () => go(1),
    ArrowLeft: () => go(-1),
    '+': () => zoom?.by(1.4),
    '-': () => zoom?.by(1 / 1.4),
    '0': () => zoom?.reset(),
    i: () => setFacts(!facts()),
  }
  return (
    <dialog
      ref={dialog}
      class="viewer"
      aria-label={photoName(photo())}
      onCancel={(event) => {
        if (event.target !== dialog) return
        event.preventDefault()
        if (!drawing()) props.onClose()
      }}
      onKeyDown={(event) => {
        if (editing() || drawing() || event.target instanceof HTMLInputElement) return
        keys[event.key]?.()
      }}
    >
      <header class="viewer-bar" inert={drawing()}>
        <button type="button" class="button icon-only quiet" aria-label={t('action.close')} onClick={() => props.onClose()}>
          <Icon name="close" />
        </button>
        <p class="grow clip small">{t('photo.place', { place: place() + 1, total: props.photos.length })}</p>
        <Show when={pair()}>
          <Button kind="quiet" icon="sort" aria-pressed={compare()} onClick={() => setCompare(!compare())}>
            {t('photo.compare')}
          </Button>
        </Show>
        <Show when={shapesOf(photo()).length > 0}>
          <button
            type="button"
            class="button icon-only quiet"
            aria-label={t('photo.annotations')}
            title={t('photo.annotations')}
            aria-pressed={layer()}
            onClick={() => setLayer(!layer())}
          >
            <Stroke name="eye" />
          </button>
        </Show>
        <Show when={mayEdit()}>
          <Button kind="quiet" class="viewer-annotate" icon="edit" onClick={() => setDrawing(true)}>
            {t('photo.annotate')}
          </Button>
        </Show>
        <button type="button" class="button icon-only quiet" aria-label={t('photo.facts')} aria-pressed={facts()} onClick={() => setFacts(!facts())}>
          <Icon name="info" />
        </button>
      </header>
      <div class="viewer-body" inert={drawing()} classList={{ 'with-facts': facts() }}>
        <div ref={frame} class="viewer-frame" classList={{ pair: compare() && !!pair(), bare: !layer() }}>
          <Show when={compare() && pair()}>
            {(other) => (
              <figure>
                <Picture photo={other()} size="full" alt={photoName(other())} eager />
                <Annotations photo={other()} />
                <figcaption>{t('photo.before')}</figcaption>
              </figure>
            )}
          </Show>
          <figure>
            <Picture photo={photo()} size="full" alt={photoName(photo())} eager />
            <Annotations photo={photo()} />
            <Show when={compare() && pair()}>
              <figcaption>{t('photo.afterWord')}</figcaption>
            </Show>
          </figure>
        </div>
        <Show when={place() > 0}>
          <button type="button" class="button icon-only viewer-step previous" aria-label={t('photo.previous')} onClick={() => go(-1)}>
            <Icon name="back" />
          </button>
        </Show>
        <Show when={place() < props.photos.length - 1}>
          <button type="button" class="button icon-only viewer-step following" aria-label={t('photo.next')} onClick={() => go(1)}>
            <Icon name="next" />
          </button>
        </Show>
        <Show when={facts()}>
          <Facts photo={photo()} onEdit={mayEdit() ? () => setEditing(true) : undefined} />
        </Show>
      </div>
      <Show when={drawing()}>
        <Annotate photo={photo()} onClose={() => setDrawing(false)} />
      </Show>
      <Show when={editing()}>
        <PhotoEdit photo={photo()} others={props.photos} onClose={() => setEditing(false)} />
      </Show>
    </dialog>
  )
}

function Facts(props: { photo: PhotoItem; onEdit?: () => void }) {
  const photo = () => props.photo
  const look = () => stateLook(shownState(photo()))
  const here = () => hereOf(photo().id)
  return (
    <aside class="viewer-facts" aria-label={t('photo.facts')}>
      <Show when={photo().caption}>{(text) => <p class="strong">{text()}</p>}</Show>
      <div class="row wrap">
        <Badge icon={look().icon} tone={look().tone}>
          {look().label}
        </Badge>
      </div>
      <Show when={here()?.state === 'refused' && here()?.reason}>{(code) => <p class="fault">{explain({ code: code() })}</p>}</Show>
      <dl class="facts">
        <div>
          <dt>{t('field.site_id')}</dt>
          <dd>
            <A href={`/sites/${photo().site_id}`}>{photo().site_name}</A>
          </dd>
        </div>
        <Show when={photo().zone}>
          <div>
            <dt>{t('field.zone')}</dt>
            <dd>{photo().zone}</dd>
          </div>
        </Show>
        <Show when={photo().incident_id}>
          <div>
            <dt>{t('incident.title')}</dt>
            <dd>
              <A href={`/incidents/${photo().incident_id}`}>{photo().incident_title ?? t('incident.title')}</A>
            </dd>
          </div>
        </Show>
        <div>
          <dt>{t('photo.takenAt')}</dt>
          <dd>{dateTime(photo().taken_at)}</dd>
        </div>
        <div>
          <dt>{t('photo.author')}</dt>
          <dd>{photo().author_name ?? t('state.unknown')}</dd>
        </div>
        <div>
          <dt>{t('field.position')}</dt>
          <dd>
            <Show when={photo().latitude !== null} fallback={<span class="faint">{t('photo.source.none')}</span>}>
              <Place latitude={photo().latitude!} longitude={photo().longitude!} />
              <span class="quiet small">
                {' '}
                {photo().accuracy_m !== null ? `± ${number(Math.round(photo().accuracy_m!))} m · ` : ''}
                {sourceLabel(photo().position_source)}
              </span>
            </Show>
          </dd>
        </div>
        <div>
          <dt>{t('photo.proof')}</dt>
          <dd class="mono tiny wrap-anywhere">{photo().sha256}</dd>
        </div>
      </dl>
      <Show when={props.onEdit}>
        {(edit) => (
          <Button icon="edit" onClick={() => edit()()}>
            {t('action.edit')}
          </Button>
        )}
      </Show>
    </aside>
  )
}
