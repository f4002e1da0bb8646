import './order.css'
import { createSignal, createUniqueId, For, Show } from 'solid-js'
import { t } from '../../kernel/i18n/index.ts'
import { Icon, type IconName } from '../../kernel/ui/icons.tsx'

interface Item {
  key: string
  label: string
  icon: IconName
  /** Carries the list's mark. */
  mark?: boolean
}

/** A list whose entries are put in order: by two buttons on each, which keep the focus, and by dragging at a desk. */
export function OrderList(props: { label: string; hint?: string; mark?: string; items: Item[]; onMove: (key: string, to: number) => void }) {
  const id = createUniqueId()
  const [dragged, setDragged] = createSignal<string | null>(null)
  const [over, setOver] = createSignal<string | null>(null)
  const [said, setSaid] = createSignal('')
  let list!: HTMLUListElement
  const at = (key: string) => props.items.findIndex((item) => item.key === key)
  const of = (key: string) => props.items[at(key)]

  function move(key: string, to: number, button?: HTMLButtonElement): void {
    if (to < 0 || to >= props.items.length || to === at(key)) return
    setSaid(t('menu.moved', { label: of(key)!.label, place: to + 1, count: props.items.length }))
    props.onMove(key, to)
    // The entry moves in the page, and would lose the focus.
    if (button) watchFor(() => button.focus())
  }
  /** Does something once the list has its new order. */
  function watchFor(work: () => void): void {
    const watcher = new MutationObserver(() => {
      watcher.disconnect()
      work()
    })
    watcher.observe(list, { childList: true })
  }
  const lay = () => {
    setDragged(null)
    setOver(null)
  }
  return (
    <section class="section" aria-labelledby={id}>
      <header>
        <h3 id={id}>{props.label}</h3>
      </header>
      <Show when={props.hint}>
        <p class="quiet small">{props.hint}</p>
      </Show>
      <ul class="order" ref={list}>
        <For each={props.items.map((item) => item.key)}>
          {(key) => (
            <li
              draggable={true}
              classList={{ lifted: dragged() === key, over: over() === key && dragged() !== key, below: at(key) > at(dragged() ?? key) }}
              onDragStart={(event) => {
                event.dataTransfer?.setData('text/plain', of(key)?.label ?? '')
                if (event.dataTransfer) event.dataTransfer.effectAllowed = 'move'
                setDragged(key)
              }}
              onDragEnd={lay}
              onDragOver={(event) => {
                if (dragged() === null) return
                event.preventDefault()
                setOver(key)
              }}
              onDrop={(event) => {
                event.preventDefault()
                const moved = dragged()
                lay()
                if (moved !== null) move(moved, at(key))
              }}
            >
              <span class="grip only-desk">
                <Icon name="menu" />
              </span>
              <Icon name={of(key)?.icon ?? 'star'} />
              <span class="grow clip">{of(key)?.label}</span>
              <Show when={of(key)?.mark}>
                <span class="badge only-phone">{props.mark}</span>
              </Show>
              <For each={[-1, 1] as const}>
                {(step) => (
                  <button
                    type="button"
                    class="button icon-only quiet"
                    aria-label={t(step < 0 ? 'menu.up' : 'menu.down', { label: of(key)?.label ?? '' })}
                    aria-disabled={at(key) + step < 0 || at(key) + step >= props.items.length}
                    onClick={(event) => move(key, at(key) + step, event.currentTarget)}
                  >
                    <Icon name={step < 0 ? 'up' : 'down'} />
                  </button>
                )}
              </For>
            </li>
          )}
        </For>
      </ul>
      <p class="visually-hidden" role="status">
        {said()}
      </p>
    </section>
  )
}
