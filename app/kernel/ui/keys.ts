import { onCleanup, onMount } from 'solid-js'

/** Whether a key belongs to what is being typed or to an open sheet. */
const isTyping = (event: KeyboardEvent) => event.target instanceof HTMLElement && event.target.closest('input, textarea, select, dialog') !== null

/** Moves the focus to the next or previous line of the list in which it stands. */
function moveInList(event: KeyboardEvent): void {
  const line = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>('.items > li, .table tbody tr') : null
  const next = event.key === 'ArrowDown' ? line?.nextElementSibling : line?.previousElementSibling
  const link = next?.querySelector<HTMLElement>('a, button')
  if (!link) return
  event.preventDefault()
  link.focus()
}

/** The keyboard of every screen: Ctrl-K or / to search, n to create, arrows in lists. */
export function createKeys(actions: { search: () => void; create: () => void }): void {
  const onKey = (event: KeyboardEvent) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
      event.preventDefault()
      return actions.search()
    }
    if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') return moveInList(event)
    if (event.key !== '/' && event.key !== 'n') return
    event.preventDefault()
    if (event.key === '/') actions.search()
    else actions.create()
  }
  onMount(() => addEventListener('keydown', onKey))
  onCleanup(() => removeEventListener('keydown', onKey))
}
