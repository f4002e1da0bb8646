import { createEffect, Show } from 'solid-js'
import { t } from '../../kernel/i18n/index.ts'
import type { PhotoItem } from './data.ts'
import { drawShapes, type Shape } from './shapes.ts'

/** Strokes that only photos need, on a grid of 24. */
const strokes = {
  arrow: 'M5 19 19 5M9 5h10v10',
  line: 'M3 16c3-8 6-10 8-7s-2 9 1 9 4-6 9-11',
  rectangle: 'M4 6h16v12H4z',
  ellipse: 'M2.5 12a9.5 7 0 1 0 19 0a9.5 7 0 1 0 -19 0z',
  text: 'M5 7V5h14v2M12 5v14M9.5 19h5',
  erase: 'M8 20 3.5 15.5a1.5 1.5 0 0 1 0-2.1l9.4-9.4a1.5 1.5 0 0 1 2.1 0l5.5 5.5a1.5 1.5 0 0 1 0 2.1L12 20zM8.5 8.5l8 8M7 20h14',
  undo: 'M9 14 4 9l5-5M4 9h10.5a5.5 5.5 0 0 1 0 11H11',
  eye: 'M2 12s3.6-7 10-7 10 7 10 7-3.6 7-10 7-10-7-10-7zM9 12a3 3 0 1 0 6 0a3 3 0 1 0 -6 0z',
}
export type StrokeName = keyof typeof strokes

/** A sign for a tool; the word beside it says what it is. */
export function Stroke(props: { name: StrokeName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={strokes[props.name]} />
    </svg>
  )
}

/** What is drawn over a photo; rows kept by an older app have nothing of it. */
export const shapesOf = (photo: PhotoItem): Shape[] => photo.annotations ?? []

/** What is drawn over a photo, on top of its picture. */
export function Annotations(props: { photo: PhotoItem }) {
  const words = () => shapesOf(props.photo).flatMap((shape) => shape.text ?? [])
  return (
    <Show when={shapesOf(props.photo).length > 0}>
      <svg
        class="annotations"
        role="img"
        aria-label={[t('photo.annotations'), ...words()].join(', ')}
        ref={(svg) => createEffect(() => drawShapes(svg, shapesOf(props.photo), props.photo))}
      />
    </Show>
  )
}
