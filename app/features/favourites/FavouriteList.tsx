import './favourites.css'
import { A, useLocation } from '@solidjs/router'
import { For, Show } from 'solid-js'
import { createRows } from '../../kernel/data.ts'
import { t } from '../../kernel/i18n/index.ts'
import { Icon } from '../../kernel/ui/icons.tsx'
import { WithMenu, type MenuChoice } from '../../kernel/ui/Menu.tsx'
import { drop, move } from './acts.ts'
import { favourites, type Favourite } from './data.ts'
import { iconOf } from './icon.ts'

/** The screens that this person keeps at hand, in the rail or on the phone's menu; a menu on each puts them in order. */
export default function FavouriteList() {
  const view = createRows(favourites)
  const location = useLocation()
  const choices = (favourite: Favourite): MenuChoice[] => [
    { icon: 'up', label: t('favourite.up'), run: () => void move(view.rows(), favourite, -1), off: view.rows()[0] === favourite },
    { icon: 'down', label: t('favourite.down'), run: () => void move(view.rows(), favourite, 1), off: view.rows().at(-1) === favourite },
    { icon: 'laptop', label: t('favourite.open'), run: () => void open(favourite.href) },
    { icon: 'trash', label: t('favourite.drop'), run: () => void drop(favourite) },
  ]
  return (
    <Show when={view.rows().length > 0}>
      <nav class="favourites" aria-label={t('favourite.title')}>
        <h2>{t('favourite.title')}</h2>
        <ul>
          <For each={view.rows()}>
            {(favourite) => (
              <li>
                <WithMenu label={t('favourite.actions', { label: favourite.label })} choices={choices(favourite)}>
                  <A
                    class="nav-link"
                    href={favourite.href}
                    aria-current={location.pathname + location.search === favourite.href ? 'page' : undefined}
                  >
                    <Icon name={iconOf(favourite.href)} />
                    <span class="grow clip">{favourite.label}</span>
                  </A>
                </WithMenu>
              </li>
            )}
          </For>
        </ul>
      </nav>
    </Show>
  )
}
