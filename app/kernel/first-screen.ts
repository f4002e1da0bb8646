// When the heavy work may begin. Small: it is in the first chunk.

/** A screen that never says so must not hold back the database for ever, in ms. */
const LONGEST = 10_000

let show: () => void

/** Resolves once the first screen has painted its content: what loads before it delays it. */
export const firstScreen = new Promise<void>((resolve) => {
  show = resolve
})
setTimeout(() => show(), LONGEST)

let mounted = false
let awaited = 0

const showWhenWhole = () => mounted && awaited === 0 && requestAnimationFrame(() => setTimeout(show))

/** A screen says that it is in the page, but for the parts it awaits. */
export function screenMounted(): void {
  document.getElementById('start')?.remove()
  mounted = true
  showWhenWhole()
}

/** A part of a screen is still to come; answers how it says that it is there, once. */
export function awaitPart(): () => void {
  awaited++
  return () => {
    awaited--
    showWhenWhole()
  }
}
