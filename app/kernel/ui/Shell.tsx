import { A, useLocation, useNavigate } from '@solidjs/router'
import { createMemo, createSignal, For, onCleanup, onMount, Show, type JSX } from 'solid-js'
import { update } from '../pwa.ts'
import { session } from '../session.ts'
import { sync } from '../status.ts'
import { t, type Key } from '../i18n/index.ts'
import { Icon, type IconName } from './icons.tsx'
import { Avatar } from './parts.tsx'
import { Sheet } from './Sheet.tsx'
import { SyncPill, syncLook } from './SyncPill.tsx'

interface Place {
  href: string
  label: Key
  icon: IconName
}

const places: Place[] = [
  { href: '/', label: 'nav.today', icon: 'today' },
  { href: '/sites', label: 'nav.sites', icon: 'site' },
  { href: '/incidents', label: 'nav.incidents', icon: 'incident' },
  { href: '/people', label: 'nav.people', icon: 'people' },
  { href: '/company', label: 'nav.company', icon: 'company' },
]

interface Creation {
  href: string
  label: Key
  hint: Key
  icon: IconName
  allowed: () => boolean
}

/** What the + makes, for this person. Sites decide at the form whether reporting is allowed on them. */
export const creations: Creation[] = [
  { href: '/incidents/new', label: 'create.incident', hint: 'create.incidentHint', icon: 'incident', allowed: () => session.can('incident.report') },
  { href: '/sites/new', label: 'create.site', hint: 'create.siteHint', icon: 'site', allowed: () => session.can('site.create') },
  { href: '/people/invite', label: 'create.person', hint: 'create.personHint', icon: 'person', allowed: () => session.can('member.invite') },
]

function CreateSheet(props: { onClose: () => void }) {
  return (
    <Sheet title={t('create.title')} onClose={props.onClose}>
      <ul class="choices">
        <For each={creations.filter((each) => each.allowed())}>
          {(each) => (
            <li>
              <A class="choice" href={each.href} onClick={() => props.onClose()}>
                <span class="choice-icon"><Icon name={each.icon} /></span>
                <span class="grow">
                  <strong>{t(each.label)}</strong>
                  <small>{t(each.hint)}</small>
                </span>
                <Icon name="next" />
              </A>
            </li>
          )}
        </For>
      </ul>
    </Sheet>
  )
}

function isHere(pathname: string, href: string): boolean {
  return href === '/' ? pathname === '/' : pathname === href || pathname.startsWith(`${href}/`)
}

/** What concerns every screen: the server wants a new sign-in, or a newer version waits. */
function Banners() {
  return (
    <>
      <Show when={session.expired()}>
        <p class="banner">
          <Icon name="lock" />
          <span class="grow">{t('session.expired')}</span>
          <A class="button plain" href={`/sign-in?next=${encodeURIComponent(location.pathname)}`}>{t('account.signIn')}</A>
        </p>
      </Show>
      <Show when={update()}>
        {(apply) => (
          <p class="banner">
            <Icon name="download" />
            <span class="grow">{t('update.ready')}</span>
            <button type="button" class="button plain" onClick={() => apply()()}>{t('update.now')}</button>
          </p>
        )}
      </Show>
    </>
  )
}

/** The frame of every screen: bottom bar on a phone, rail at a desk, the + and the sync state in both. */
export function Shell(props: { children?: JSX.Element }) {
  const [creating, setCreating] = createSignal(false)
  const location = useLocation()
  const navigate = useNavigate()
  const allowed = () => creations.filter((each) => each.allowed())
  const create = () => {
    const [only, ...others] = allowed()
    if (only && others.length === 0) navigate(only.href)
    else setCreating(true)
  }
  // What a screen reader hears of the exchange: its outcome, not each step.
  const spoken = createMemo((before: string) => (sync.phase() === 'syncing' || sync.phase() === 'starting' ? before : syncLook().text), '')
  const link = (place: Place) => (
    <A href={place.href} class="nav-link" aria-current={isHere(location.pathname, place.href) ? 'page' : undefined}>
      <Icon name={place.icon} />
      <span>{t(place.label)}</span>
    </A>
  )
  const onKey = (event: KeyboardEvent) => {
    const typing = event.target instanceof HTMLElement && event.target.closest('input, textarea, select, dialog')
    if (!typing && event.key === 'n' && !event.ctrlKey && !event.metaKey && !event.altKey && allowed().length) {
      event.preventDefault()
      create()
    }
  }
  onMount(() => addEventListener('keydown', onKey))
  onCleanup(() => removeEventListener('keydown', onKey))

  return (
    <div class="shell">
      <a class="skip" href="#main">{t('nav.skip')}</a>
      <header class="rail">
        <div class="brand">
          <Icon name="plumb" />
          <span>Aplomb</span>
        </div>
        <A class="company-button" href="/switch" aria-label={t('nav.switch', { company: session.company()?.company_name ?? '' })}>
          <Avatar name={session.company()?.company_name ?? ''} />
          <span class="grow clip">{session.company()?.company_name}</span>
          <Show when={session.companies().length > 1}>
            <Icon name="sort" />
          </Show>
        </A>
        <Show when={allowed().length}>
          <button type="button" class="button primary" onClick={create}>
            <Icon name="plus" />
            <span>{t('create.button')}</span>
          </button>
        </Show>
        <nav aria-label={t('nav.main')}>
          <For each={places}>{link}</For>
        </nav>
        <div class="rail-foot">
          <SyncPill />
          <A class="nav-link" href="/account" aria-current={isHere(location.pathname, '/account') ? 'page' : undefined}>
            <Avatar name={session.company()?.full_name ?? ''} />
            <span class="clip">{session.company()?.full_name ?? t('nav.account')}</span>
          </A>
        </div>
      </header>
      <main id="main" class="main" tabindex="-1">
        <Banners />
        {props.children}
      </main>
      <nav class="bottom-bar" aria-label={t('nav.main')}>
        {link(places[0]!)}
        {link(places[1]!)}
        <Show when={allowed().length}>
          <button type="button" class="add" aria-label={t('create.button')} onClick={create}>
            <Icon name="plus" />
          </button>
        </Show>
        {link(places[2]!)}
        <A href="/menu" class="nav-link" aria-current={['/menu', '/people', '/company', '/account', '/switch'].some((href) => isHere(location.pathname, href)) ? 'page' : undefined}>
          <Icon name="menu" />
          <span>{t('nav.menu')}</span>
          <Show when={sync.refused() > 0}>
            <span class="dot"><span class="visually-hidden">{syncLook().text}</span></span>
          </Show>
        </A>
      </nav>
      <p class="visually-hidden" role="status">{spoken()}</p>
      <Show when={creating()}>
        <CreateSheet onClose={() => setCreating(false)} />
      </Show>
    </div>
  )
}
