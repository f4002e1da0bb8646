import './face.css'
import { createEffect, createSignal, on, onCleanup, Show } from 'solid-js'
import { active } from '../active.ts'
import { pictureUrl, type PictureKind } from '../pictures.ts'
import { Avatar } from './parts.tsx'

/** A logo or a portrait in its small frame; initials until it is there. Its name stands beside it. */
export function Face(props: { kind: PictureKind; picture: string | null | undefined; name: string }) {
  const [url, setUrl] = createSignal<string | null>(null)
  createEffect(
    on([() => props.picture, active], ([picture, now]) => {
      setUrl(null)
      if (!picture || !now) return
      let here = true
      onCleanup(() => (here = false))
      pictureUrl(props.kind, picture).then(
        (found) => here && setUrl(found),
        () => undefined, // initials do until the network is back
      )
    }),
  )
  return (
    <Show when={url()} fallback={<Avatar name={props.name} />}>
      {(source) => (
        <span class={`avatar face ${props.kind}`} aria-hidden="true">
          <img src={source()} alt="" onError={() => setUrl(null)} />
        </span>
      )}
    </Show>
  )
}
