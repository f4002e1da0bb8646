import { createEffect, on, type JSX } from 'solid-js'

/**
 * A list and, beside it at a desk, the thing chosen in it. On a phone one at a time; going back finds the list where it was left.
 * `whole`: at a desk the list takes all the room while nothing is chosen.
 * `alone`: something new is being made: the list, with its own buttons to make one, stays away.
 */
export function Split(props: { list: JSX.Element; chosen: boolean; whole?: boolean; alone?: boolean; children: JSX.Element }) {
  let left = 0
  createEffect(
    on(
      () => props.chosen,
      (chosen, before) => {
        if (before === undefined) return
        scrollTo(0, chosen ? 0 : left)
      },
    ),
  )
  const remember = () => {
    if (!props.chosen) left = scrollY
  }
  return (
    <div class="split" classList={{ chosen: props.chosen, whole: props.whole && !props.chosen, alone: props.alone }}>
      <div class="split-list" onClick={remember}>
        {props.list}
      </div>
      <div class="split-detail">{props.children}</div>
    </div>
  )
}
