import './keys.css'
import { For, Show } from 'solid-js'
import { t, type Key } from '../../kernel/i18n/index.ts'
import { places } from '../../kernel/ui/places.ts'
import { Sheet } from '../../kernel/ui/Sheet.tsx'

/** `inTurn`: one key after the other; else together. */
interface Shortcut {
  keys: string[]
  label: Key
  inTurn?: boolean
}

const everywhere: Shortcut[] = [
  { keys: ['Ctrl', 'K'], label: 'keys.search' },
  { keys: ['/'], label: 'keys.search' },
  { keys: ['N'], label: 'keys.create' },
  { keys: ['F'], label: 'keys.favourite' },
  { keys: ['?'], label: 'keys.help' },
]
const inLists: Shortcut[] = [
  { keys: ['↓'], label: 'keys.next' },
  { keys: ['↑'], label: 'keys.previous' },
  { keys: ['↵'], label: 'keys.open' },
  { keys: ['Esc'], label: 'keys.close' },
]

/** The keys that work on every screen. */
export default function Keys(props: { onClose: () => void }) {
  const goTo = (): Shortcut[] =>
    places
      .filter((place) => place.key && (place.allowed?.() ?? true))
      .map((place) => ({ keys: ['G', place.key!.toUpperCase()], label: place.label, inTurn: true }))
  return (
    <Sheet title={t('keys.title')} onClose={props.onClose}>
      <div class="keys">
        <Group title={t('keys.everywhere')} of={everywhere} />
        <Group title={t('keys.lists')} of={inLists} />
        <Group title={t('keys.go')} of={goTo()} />
      </div>
    </Sheet>
  )
}

function Group(props: { title: string; of: Shortcut[] }) {
  return (
    <section>
      <h3>{props.title}</h3>
      <dl>
        <For each={props.of}>
          {(shortcut) => (
            <div>
              <dt>{t(shortcut.label)}</dt>
              <dd>
                <For each={shortcut.keys}>
                  {(key, place) => (
                    <>
                      <Show when={place() > 0}>
                        <span class="faint"> {shortcut.inTurn ? t('keys.then') : '+'} </span>
                      </Show>
                      <kbd>{key}</kbd>
                    </>
                  )}
                </For>
              </dd>
            </div>
          )}
        </For>
      </dl>
    </section>
  )
}
