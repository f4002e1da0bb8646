import { createSignal } from 'solid-js'

const desk = matchMedia('(min-width: 64rem)')
const [isDesk, setDesk] = createSignal(desk.matches)
desk.addEventListener('change', () => setDesk(desk.matches))

/** Whether there is the room of a desk: tables beside a rail. The style sheets say the same width. */
export { isDesk }
