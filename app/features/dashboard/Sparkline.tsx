import { createMemo, Show } from 'solid-js'

const WIDTH = 100
const HEIGHT = 28
const PAD = 3

/** The last weeks as a line, the target dashed. Says nothing to a screen reader: the figure beside it does. */
export function Sparkline(props: { values: (number | null)[]; target: number | null }) {
  const drawn = createMemo(() => {
    const known = props.values.filter((value) => value !== null)
    const all = props.target === null ? known : [...known, props.target]
    const low = Math.min(...all)
    const span = Math.max(...all) - low || 1
    const x = (place: number) => PAD + (place / Math.max(props.values.length - 1, 1)) * (WIDTH - 2 * PAD)
    const y = (value: number) => HEIGHT - PAD - ((value - low) / span) * (HEIGHT - 2 * PAD)
    const points = props.values.flatMap((value, place) => (value === null ? [] : [[x(place), y(value)] as const]))
    return {
      points,
      line: points.map(([px, py]) => `${px.toFixed(1)},${py.toFixed(1)}`).join(' '),
      aim: props.target === null ? null : y(props.target),
    }
  })
  return (
    <Show when={drawn().points.length > 1}>
      <svg class="sparkline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        <Show when={drawn().aim !== null}>
          <line class="sparkline-target" x1="0" x2={WIDTH} y1={drawn().aim!} y2={drawn().aim!} />
        </Show>
        <polyline points={drawn().line} />
      </svg>
    </Show>
  )
}
