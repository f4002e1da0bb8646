import { createEffect, createMemo, createSignal, on, onCleanup, onMount, Show } from 'solid-js'
import { t } from '../../kernel/i18n/index.ts'
import { onFetched, pixelsHeld, pixelsOf, type PhotoName } from '../../kernel/photos/pixels.ts'
import { pixelsHere } from '../../kernel/photos/view.ts'
import { Icon } from '../../kernel/ui/icons.tsx'

/** How far outside the screen pictures are fetched already. */
const AHEAD = '400px'

interface PictureProps {
  photo: PhotoName
  size: 'thumb' | 'full'
  alt: string
  /** Fetched at once, wherever it stands. */
  eager?: boolean
  /** Shows what this device holds, or comes to hold, and asks no network: an icon stands for the rest. */
  held?: boolean
  ref?: (image: HTMLImageElement) => void
}

/** The pixels of a photo once they are near the screen; a calm tile while there are none. */
export function Picture(props: PictureProps) {
  let frame!: HTMLSpanElement
  const [near, setNear] = createSignal(false)
  const [url, setUrl] = createSignal<string | null>(null)
  const [missing, setMissing] = createSignal(false)
  onMount(() => {
    if (props.eager) return setNear(true)
    const watcher = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && setNear(true), { rootMargin: AHEAD })
    watcher.observe(frame)
    onCleanup(() => watcher.disconnect())
  })
  // A row that changes in its words alone must not take the picture away and fetch it again.
  const asked = createMemo(() => near() && props.photo.id)
  const state = createMemo(() => props.photo.state)
  // What was missing is looked for again when another screen has fetched it, and when the network may be asked.
  const [again, setAgain] = createSignal(0)
  const look = () => missing() && setAgain((count) => count + 1)
  onCleanup(onFetched((sha256) => sha256 === props.photo.sha256 && look()))
  createEffect(on(() => props.held, look, { defer: true }))
  createEffect(
    on([asked, state, () => props.size, again], ([id]) => {
      if (!id) return
      let alive = true
      let made: string | null = null
      setMissing(false)
      const show = (blob: Blob | null) => {
        if (!alive || !blob) return
        if (made) URL.revokeObjectURL(made)
        made = URL.createObjectURL(blob)
        setUrl(made)
      }
      let whole = false
      // The small one at once, the large one when it has come.
      if (props.size === 'full') void pixelsHere(id, 'thumb').then((blob) => !whole && show(blob))
      const sought = props.held ? pixelsHeld(props.photo, props.size) : pixelsOf(props.photo, props.size)
      void sought.then(
        (blob) => {
          whole = true
          if (blob) show(blob)
          else if (alive) setMissing(true)
        },
        () => alive && !url() && setMissing(true),
      )
      onCleanup(() => {
        alive = false
        setUrl(null)
        if (made) URL.revokeObjectURL(made)
      })
    }),
  )
  return (
    <span ref={frame} class="picture" classList={{ missing: missing() }}>
      <Show
        when={url()}
        fallback={
          <Show when={missing()}>
            <span class="picture-none">
              <Icon name={props.held ? 'camera' : 'offline'} />
              <Show when={!props.held}>
                <span class="tiny">{t('photo.notHere')}</span>
              </Show>
            </span>
          </Show>
        }
      >
        {(source) => <img ref={props.ref} src={source()} alt={props.alt} draggable={false} decoding="async" />}
      </Show>
    </span>
  )
}
