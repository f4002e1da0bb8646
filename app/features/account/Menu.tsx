import { A, useNavigate } from '@solidjs/router'
import { createSignal, For, Show } from 'solid-js'
import { list } from '../../kernel/i18n/format.ts'
import { t, tOr } from '../../kernel/i18n/index.ts'
import { session } from '../../kernel/session.ts'
import { Icon } from '../../kernel/ui/icons.tsx'
import { Page } from '../../kernel/ui/Page.tsx'
import { Button } from '../../kernel/ui/parts.tsx'
import { nearPlaces, seenPlaces, type Place } from '../../kernel/ui/places.ts'
import { Slot } from '../../kernel/ui/slots.tsx'
import { syncLook } from '../../kernel/ui/SyncPill.tsx'
import { ArrangeSheet } from '../menus/public.ts'
import { signOutSafely } from './sign-out.ts'

/** After the main screens. */
const own: Place = { href: '/account', label: 'nav.account', icon: 'settings' }

/** On a phone, everything that the bar has no room for. */
export default function Menu() {
  const navigate = useNavigate()
  const [arranging, setArranging] = createSignal(false)
  const places = () => [...seenPlaces().filter((place) => !nearPlaces().includes(place)), own]
  const leave = async () => {
    if (await signOutSafely()) navigate('/sign-in')
  }
  return (
    <Page title={t('nav.menu')} narrow>
      <A class="choice" href="/switch">
        <Slot name="logo" />
        <span class="grow">
          <strong>{session.company()?.company_name}</strong>
          <small>{list((session.company()?.roles ?? []).map((role) => tOr(`role.${role}`, role)))}</small>
        </span>
        <Show when={session.companies().length > 1} fallback={<Icon name="next" />}>
          <span class="badge">{t('company.switch')}</span>
        </Show>
      </A>
      <ul class="items">
        <For each={places()}>
          {(place) => (
            <li>
              <A class="item" href={place.href}>
                <span class="glyph">
                  <Icon name={place.icon} />
                </span>
                <span class="grow item-title">{t(place.label)}</span>
                <Icon name="next" />
              </A>
            </li>
          )}
        </For>
        <li>
          <A class="item" href="/sync">
            <span class={`glyph ${syncLook().tone}`}>
              <Icon name={syncLook().icon} />
            </span>
            <span class="grow">
              <span class="item-title">{t('sync.title')}</span>
              <span class="item-line">{syncLook().text}</span>
            </span>
            <Icon name="next" />
          </A>
        </li>
      </ul>
      <Slot name="favourites" />
      <div class="row wrap">
        <Button kind="quiet" icon="sort" onClick={() => setArranging(true)}>
          {t('menu.arrange')}
        </Button>
        <Button kind="quiet" icon="leave" onClick={leave}>
          {t('account.signOut')}
        </Button>
      </div>
      <Show when={arranging()}>
        <ArrangeSheet onClose={() => setArranging(false)} />
      </Show>
    </Page>
  )
}
