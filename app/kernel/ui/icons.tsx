import { icons } from '../generated/icons.ts'

/** Lucide's strokes, and the mark of the product. */
const paths = { ...icons, plumb: 'M12 2v8 M9 10h6l1.5 5L12 22l-4.5-7z' }

export type IconName = keyof typeof paths

/** A picture that says nothing to a screen reader: the word beside it does. */
export function Icon(props: { name: IconName; class?: string }) {
  return (
    <svg class={props.class ? `icon ${props.class}` : 'icon'} viewBox="0 0 24 24" aria-hidden="true">
      <path d={paths[props.name]} />
    </svg>
  )
}
