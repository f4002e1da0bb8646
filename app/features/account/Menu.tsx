import { A, useNavigate } from '@solidjs/router'
import { For, Show } from 'solid-js'
import { list } from '../../kernel/i18n/format.ts'
import { t, tOr, type Key } from '../../kernel/i18n/index.ts'
import { canForOthers } from '../../kernel/me.ts'
import { session } from '../../kernel/session.ts'
import { Icon, type IconName } from '../../kernel/ui/icons.tsx'
import { Page } from '../../kernel/ui/Page.tsx'
import { Button } from '../../kernel/ui/parts.tsx'
import { Slot } from '../../kernel/ui/slots.tsx'
import { syncLook } from '../../kernel/ui/SyncPill.tsx'
import { signOutSafely } from './sign-out.ts'

const places: { href: string; label: Key; icon: IconName; allowed?: () => boolean }[] = [
  { href: '/dashboard', label: 'nav.dashboard', icon: 'chart', allowed: () => canForOthers('analytics.view') },
  { href: '/photos', label: 'nav.photos', icon: 'camera' },
  { href: '/people', label: 'nav.people', icon: 'people' },
  { href: '/company', label: 'nav.company', icon: 'company' },
  { href: '/account', label: 'nav.account', icon: 'settings' },
]

/** On a phone, everything that the bar has no room for. */
export default function Menu() {
  const navigate = useNavigate()
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
        <For each={places.filter((place) => place.allowed?.() ?? true)}>
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
      <div>
        <Button kind="quiet" icon="leave" onClick={leave}>
          {t('account.signOut')}
        </Button>
      </div>
    </Page>
  )
}
