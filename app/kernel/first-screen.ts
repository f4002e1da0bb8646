// When the heavy work may begin. Small: it is in the first chunk.

/** A screen that never says so must not hold back the database for ever, in ms. */
const LONGEST = 10_000

let show: () => void

/** Resolves once the first screen has painted its content: what loads before it delays it. */
export const firstScreen = new Promise<void>((resolve) => {
  show = resolve
})
setTimeout(() => show(), LONGEST)

/** A screen says that its content is in the page. */
export const screenShown = () => requestAnimationFrame(() => setTimeout(show))
