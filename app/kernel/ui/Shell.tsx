import { A, useLocation, useNavigate } from '@solidjs/router'
import { createMemo, createSignal, For, Show, type Component, type JSX } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import { applyUpdate, updateStep } from '../pwa.ts'
import { session } from '../session.ts'
import { sync } from '../status.ts'
import { t } from '../i18n/index.ts'
import { Icon } from './icons.tsx'
import { createKeys } from './keys.ts'
import { Avatar } from './parts.tsx'
import { creations, places, type Place } from './places.ts'
import { Sheet } from './Sheet.tsx'
import { SyncPill, syncLook } from './SyncPill.tsx'

function CreateSheet(props: { onClose: () => void }) {
  return (
    <Sheet title={t('create.title')} onClose={props.onClose}>
      <ul class="choices">
        <For each={creations.filter((each) => each.allowed())}>
          {(each) => (
            <li>
              <A class="choice" href={each.href} onClick={() => props.onClose()}>
                <span class="choice-icon">
                  <Icon name={each.icon} />
                </span>
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
          <A class="button plain" href={`/sign-in?next=${encodeURIComponent(location.pathname)}`}>
            {t('account.signIn')}
          </A>
        </p>
      </Show>
      <Show when={session.proofOwed() && !session.expired()}>
        <p class="banner">
          <Icon name="lock" />
          <span class="grow">{t('session.proof')}</span>
          <A class="button plain" href={`/proof?next=${encodeURIComponent(location.pathname)}`}>
            {t('session.giveProof')}
          </A>
        </p>
      </Show>
      <Show when={updateStep()}>
        {(step) => (
          <p class="banner" role="status">
            <Icon name="download" />
            <span class="grow">
              <strong>{t('update.title')}</strong> {t(`update.${step()}`)}
            </span>
            <button type="button" class="button plain" disabled={step() === 'busy'} onClick={() => void applyUpdate()}>
              {t('update.now')}
            </button>
          </p>
        )}
      </Show>
    </>
  )
}

/** The frame of every screen: bottom bar on a phone, rail at a desk, the + and the sync state in both. `mark` says what kind of company this is. */
export function Shell(props: { children?: JSX.Element; palette: Component<{ onClose: () => void }>; mark: Component }) {
  const [searching, setSearching] = createSignal(false)
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
  const thumb = (href: string) => link(places.find((place) => place.href === href)!)
  createKeys({ search: () => setSearching(true), create: () => allowed().length && create() })

  return (
    <div class="shell">
      <a class="skip" href="#main">
        {t('nav.skip')}
      </a>
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
        <Dynamic component={props.mark} />
        <Show when={allowed().length}>
          <button type="button" class="button primary" onClick={create}>
            <Icon name="plus" />
            <span>{t('create.button')}</span>
          </button>
        </Show>
        <button type="button" class="nav-link" aria-keyshortcuts="Control+K" onClick={() => setSearching(true)}>
          <Icon name="search" />
          <span class="grow">{t('search.title')}</span>
          <kbd aria-hidden="true">{t('search.keys')}</kbd>
        </button>
        <nav aria-label={t('nav.main')}>
          <For each={places.filter((place) => place.allowed?.() ?? true)}>{link}</For>
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
        <div class="only-phone">
          <Dynamic component={props.mark} />
        </div>
        {props.children}
      </main>
      <nav class="bottom-bar" aria-label={t('nav.main')}>
        {thumb('/')}
        {thumb('/sites')}
        <Show when={allowed().length}>
          <button type="button" class="add" aria-label={t('create.button')} onClick={create}>
            <Icon name="plus" />
          </button>
        </Show>
        {thumb('/incidents')}
        <A
          href="/menu"
          class="nav-link"
          aria-current={
            ['/menu', '/dashboard', '/photos', '/people', '/company', '/account', '/switch'].some((href) => isHere(location.pathname, href))
              ? 'page'
              : undefined
          }
        >
          <Icon name="menu" />
          <span>{t('nav.menu')}</span>
          <Show when={sync.refused() > 0}>
            <span class="dot">
              <span class="visually-hidden">{syncLook().text}</span>
            </span>
          </Show>
        </A>
      </nav>
      <p class="visually-hidden" role="status">
        {spoken()}
      </p>
      <Show when={searching()}>
        <Dynamic component={props.palette} onClose={() => setSearching(false)} />
      </Show>
      <Show when={creating()}>
        <CreateSheet onClose={() => setCreating(false)} />
      </Show>
    </div>
  )
}
