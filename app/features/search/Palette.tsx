import './keys.css'
import { useNavigate } from '@solidjs/router'
import { createEffect, createMemo, createSignal, For, on, Show } from 'solid-js'
import { createRows } from '../../kernel/data.ts'
import { t, type Key } from '../../kernel/i18n/index.ts'
import { matches } from '../../kernel/search.ts'
import { session } from '../../kernel/session.ts'
import { sync } from '../../kernel/status.ts'
import { announce } from '../../kernel/ui/dialogs.tsx'
import { Icon, type IconName } from '../../kernel/ui/icons.tsx'
import { creations, places } from '../../kernel/ui/places.ts'
import { Sheet } from '../../kernel/ui/Sheet.tsx'
import { setSunlight, setTheme, sunlight } from '../../kernel/ui/theme.ts'
import { isDesk } from '../../kernel/ui/wide.ts'
import { favourites } from '../favourites/public.ts'
import { everything, type Hit } from './data.ts'

interface Choice {
  group: Key
  icon: IconName
  title: string
  detail?: string | null
  run: () => void
}

const kinds: Record<Hit['kind'], { path: string; icon: IconName }> = {
  site: { path: '/sites', icon: 'site' },
  incident: { path: '/incidents', icon: 'incident' },
  person: { path: '/people', icon: 'person' },
}

/** Goes anywhere and does anything by typing: sites, incidents, people, favourites, screens, creations and actions. */
export default function Palette(props: { onClose: () => void; onHelp: () => void }) {
  const navigate = useNavigate()
  const [term, setTerm] = createSignal('')
  const [at, setAt] = createSignal(0)
  const searching = () => term().trim().length > 1
  const hits = createRows(() => (searching() ? everything(term()) : null))
  const kept = createRows(favourites)

  const leading = (group: Key, icon: IconName, title: string, href: string, detail?: string | null): Choice => ({
    group,
    icon,
    title,
    detail,
    run: () => navigate(href),
  })
  const acting = (icon: IconName, label: Key, run: () => void): Choice => ({ group: 'palette.act', icon, title: t(label), run })
  const actions = (): Choice[] => [
    acting('sync', 'palette.sync', () => {
      sync.retryNow()
      announce(t('palette.synced'))
    }),
    acting('sun', 'palette.light', () => setTheme('light')),
    acting('moon', 'palette.dark', () => setTheme('dark')),
    acting('device', 'palette.auto', () => setTheme('auto')),
    acting('sun', 'palette.sunlight', () => setSunlight(!sunlight())),
    ...(isDesk() ? [acting('print', 'palette.print', () => setTimeout(print)), acting('keyboard', 'keys.title', props.onHelp)] : []),
  ]
  const screens = (): Choice[] => [
    ...places.filter((each) => each.allowed?.() ?? true).map((each) => leading('palette.screens', each.icon, t(each.label), each.href)),
    leading('palette.screens', 'sync', t('sync.title'), '/sync'),
    leading('palette.screens', 'settings', t('nav.account'), '/account'),
    ...(session.companies().length > 1 ? [leading('palette.screens', 'company', t('company.mine'), '/switch')] : []),
  ]
  const choices = createMemo<Choice[]>(() => {
    const fits = (choice: Choice) => matches(term(), choice.title)
    const found = searching()
      ? hits.rows().map((hit) => leading('palette.found', kinds[hit.kind].icon, hit.title, `${kinds[hit.kind].path}/${hit.id}`, hit.detail))
      : []
    return [
      ...kept
        .rows()
        .map((each) => leading('favourite.title', 'star', each.label, each.href))
        .filter(fits),
      ...found,
      ...creations
        .filter((each) => each.allowed())
        .map((each) => leading('palette.create', each.icon, t(each.label), each.href))
        .filter(fits),
      ...screens().filter(fits),
      ...actions().filter(fits),
    ]
  })
  createEffect(on([term], () => setAt(0)))
  createEffect(() => at() >= choices().length && setAt(0))

  const go = (choice: Choice | undefined) => {
    if (!choice) return
    props.onClose()
    choice.run()
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
              <>
                <Show when={choices()[place() - 1]?.group !== choice.group}>
                  <li class="palette-group" role="presentation">
                    {t(choice.group)}
                  </li>
                </Show>
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
              </>
            )}
          </For>
        </ul>
      </Show>
      <p class="palette-foot only-desk" aria-hidden="true">
        <span>
          <kbd>↑</kbd>
          <kbd>↓</kbd>
          {t('palette.move')}
        </span>
        <span>
          <kbd>↵</kbd>
          {t('palette.confirm')}
        </span>
      </p>
    </Sheet>
  )
}
