import { onCleanup, onMount } from 'solid-js'

/** The second key of `g` comes within this time, in ms. */
const CHORD = 1500

/** Whether a key belongs to what is being typed, to an open sheet or to a menu. */
const isTyping = (event: KeyboardEvent) =>
  event.target instanceof HTMLElement && event.target.closest('input, textarea, select, dialog, [role=menu]') !== null

/** Moves the focus to the next or previous line of the list in which it stands. */
function moveInList(event: KeyboardEvent, step: 1 | -1): void {
  const line = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>('.items > li, .table tbody tr') : null
  const next = step === 1 ? line?.nextElementSibling : line?.previousElementSibling
  const link = next?.querySelector<HTMLElement>('a, button')
  if (!link) return
  event.preventDefault()
  link.focus()
}

interface Actions {
  search: () => void
  create: () => void
  help: () => void
  /** Goes to the place of this key; false when there is none. */
  go: (key: string) => boolean
}

/** The keyboard of every screen; `app/features/search/Keys.tsx` says it to people. */
export function createKeys(actions: Actions): void {
  let chord = 0
  const onKey = (event: KeyboardEvent) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
      event.preventDefault()
      return actions.search()
    }
    if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return
    const following = event.timeStamp - chord < CHORD
    chord = 0
    if (following && actions.go(event.key)) return event.preventDefault()
    switch (event.key) {
      case 'ArrowDown':
      case 'j':
        return moveInList(event, 1)
      case 'ArrowUp':
      case 'k':
        return moveInList(event, -1)
      case 'g':
        chord = event.timeStamp
        return
      case '/':
        event.preventDefault()
        return actions.search()
      case 'n':
        event.preventDefault()
        return actions.create()
      case '?':
        event.preventDefault()
        return actions.help()
      case 'f':
        return document.querySelector<HTMLElement>('.star')?.click()
    }
  }
  onMount(() => addEventListener('keydown', onKey))
  onCleanup(() => removeEventListener('keydown', onKey))
}
