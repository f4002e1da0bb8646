import { useNavigate } from '@solidjs/router'
import { createEffect, createMemo, createSignal, For, on, Show } from 'solid-js'
import { createRows } from '../../kernel/data.ts'
import { t, type Key } from '../../kernel/i18n/index.ts'
import { matches } from '../../kernel/search.ts'
import { session } from '../../kernel/session.ts'
import { Icon, type IconName } from '../../kernel/ui/icons.tsx'
import { creations, places } from '../../kernel/ui/places.ts'
import { Sheet } from '../../kernel/ui/Sheet.tsx'
import { everything, type Hit } from './data.ts'

interface Choice {
  href: string
  icon: IconName
  title: string
  detail?: string | null
}

const kinds: Record<Hit['kind'], { path: string; icon: IconName }> = {
  site: { path: '/sites', icon: 'site' },
  incident: { path: '/incidents', icon: 'incident' },
  person: { path: '/people', icon: 'person' },
}

/** Goes anywhere by typing: sites, incidents, people, screens and what can be created. */
export default function Palette(props: { onClose: () => void }) {
  const navigate = useNavigate()
  const [term, setTerm] = createSignal('')
  const [at, setAt] = createSignal(0)
  const hits = createRows(() => (term().trim().length > 1 ? everything(term()) : null))
  const screens = (): Choice[] => [
    ...creations.filter((each) => each.allowed()).map((each) => ({ href: each.href, icon: each.icon, title: t(each.label) })),
    ...[
      ...places,
      { href: '/sync', label: 'sync.title' as Key, icon: 'sync' as IconName },
      { href: '/account', label: 'nav.account' as Key, icon: 'settings' as IconName },
    ].map((each) => ({ href: each.href, icon: each.icon, title: t(each.label) })),
    ...(session.companies().length > 1 ? [{ href: '/switch', icon: 'company' as IconName, title: t('company.mine') }] : []),
  ]
  const choices = createMemo<Choice[]>(() => [
    ...(term().trim().length > 1
      ? hits.rows().map((hit) => ({ href: `${kinds[hit.kind].path}/${hit.id}`, icon: kinds[hit.kind].icon, title: hit.title, detail: hit.detail }))
      : []),
    ...screens().filter((choice) => matches(term(), choice.title)),
  ])
  createEffect(on(choices, () => setAt(0)))

  const go = (choice: Choice | undefined) => {
    if (!choice) return
    props.onClose()
    navigate(choice.href)
  }
  const onKey = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step) {
      event.preventDefault()
      setAt((now) => (now + step + choices().length) % Math.max(1, choices().length))
      document.getElementById(`choice-${at()}`)?.scrollIntoView({ block: 'nearest' })
    }
    if (event.key === 'Enter') {
      event.preventDefault()
      go(choices()[at()])
    }
  }
  return (
    <Sheet title={t('search.title')} onClose={props.onClose}>
      <div class="search">
        <Icon name="search" />
        <input
          class="input"
          type="search"
          autofocus
          role="combobox"
          aria-expanded="true"
          aria-controls="choices"
          aria-activedescendant={choices().length ? `choice-${at()}` : undefined}
          aria-label={t('search.hint')}
          placeholder={t('search.hint')}
          value={term()}
          onInput={(event) => setTerm(event.currentTarget.value)}
          onKeyDown={onKey}
        />
      </div>
      <Show
        when={choices().length > 0}
        fallback={
          <p class="quiet" role="status">
            {t('search.nothing')}
          </p>
        }
      >
        <ul class="palette" id="choices" role="listbox" aria-label={t('search.title')}>
          <For each={choices()}>
            {(choice, place) => (
              <li
                class="item"
                id={`choice-${place()}`}
                role="option"
                aria-selected={place() === at()}
                onPointerMove={() => setAt(place())}
                onClick={() => go(choice)}
              >
                <Icon name={choice.icon} />
                <span class="grow clip">{choice.title}</span>
                <Show when={choice.detail}>{(detail) => <span class="small quiet clip">{detail()}</span>}</Show>
              </li>
            )}
          </For>
        </ul>
      </Show>
    </Sheet>
  )
}
