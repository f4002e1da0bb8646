import './order.css'
import { createEffect, createSignal, createUniqueId, For, on, Show } from 'solid-js'
import { t } from '../../kernel/i18n/index.ts'
import { Icon, type IconName } from '../../kernel/ui/icons.tsx'

interface Item {
  key: string
  label: string
  icon: IconName
  /** Carries the list's mark. */
  mark?: boolean
}

/**
 * A list whose entries are put in order: by two buttons on each, which keep the focus, and by dragging at a desk. A move shows at once, and the
 * next one goes on from there; `onMove` is given the new order too, and answers false when it is refused.
 */
export function OrderList(props: {
  label: string
  hint?: string
  mark?: string
  items: Item[]
  onMove: (key: string, to: number, order: string[]) => Promise<boolean>
}) {
  const id = createUniqueId()
  const [dragged, setDragged] = createSignal<string | null>(null)
  const [over, setOver] = createSignal<string | null>(null)
  const [said, setSaid] = createSignal('')
  /** The order as it was just put, until the rows have it. */
  const [put, setPut] = createSignal<string[] | null>(null)
  let underWay = 0
  const keys = () => {
    const here = props.items.map((item) => item.key)
    const order = put()?.filter((key) => here.includes(key)) ?? []
    return [...order, ...here.filter((key) => !order.includes(key))]
  }
  createEffect(
    on(
      () => props.items.map((item) => item.key).join('\n'),
      () => underWay === 0 && setPut(null),
    ),
  )
  const at = (key: string) => keys().indexOf(key)
  const of = (key: string) => props.items.find((item) => item.key === key)

  async function move(key: string, to: number, button?: HTMLButtonElement): Promise<void> {
    if (to < 0 || to >= props.items.length || to === at(key)) return
    const order = keys().toSpliced(at(key), 1).toSpliced(to, 0, key)
    setSaid(t('menu.moved', { label: of(key)!.label, place: to + 1, count: props.items.length }))
    setPut(order)
    button?.focus() // its entry moved in the page, and lost the focus
    underWay++
    const done = await props.onMove(key, to, order).finally(() => underWay--)
    if (!done && underWay === 0) setPut(null)
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
      <ul class="order">
        <For each={keys()}>
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
                if (moved !== null) void move(moved, at(key))
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
                    onClick={(event) => void move(key, at(key) + step, event.currentTarget)}
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
