import { A, useLocation, useNavigate } from '@solidjs/router'
import { createMemo, createSignal, createUniqueId, For, Show, type JSX } from 'solid-js'
import { applyUpdate, updateStep } from '../pwa.ts'
import { session } from '../session.ts'
import { sync } from '../status.ts'
import { t } from '../i18n/index.ts'
import { Icon } from './icons.tsx'
import { createKeys } from './keys.ts'
import { creations, nearPlaces, seenPlaces, type Place } from './places.ts'
import { Sheet } from './Sheet.tsx'
import { SlotsContext, type Slots } from './slots.tsx'
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

/** The frame of every screen: bottom bar on a phone, rail at a desk, the + and the sync state in both. */
export function Shell(props: { children?: JSX.Element; slots: Slots }) {
  const { slots } = props
  const [open, setOpen] = createSignal<'search' | 'create' | 'help' | null>(null)
  const close = () => setOpen(null)
  const location = useLocation()
  const navigate = useNavigate()
  const allowed = () => creations.filter((each) => each.allowed())
  const create = () => {
    const [only, ...others] = allowed()
    if (only && others.length === 0) navigate(only.href)
    else setOpen('create')
  }
  // What a screen reader hears of the exchange: its outcome, not each step.
  const spoken = createMemo((before: string) => (sync.phase() === 'syncing' || sync.phase() === 'starting' ? before : syncLook().text), '')
  const link = (place: Place) => {
    const id = createUniqueId()
    return (
      <A href={place.href} class="nav-link" aria-current={isHere(location.pathname, place.href) ? 'page' : undefined} aria-describedby={id}>
        <Icon name={place.icon} />
        <span>{t(place.label)}</span>
        <slots.count href={place.href} id={id} />
      </A>
    )
  }
  createKeys({
    search: () => setOpen('search'),
    create: () => allowed().length && create(),
    help: () => setOpen('help'),
    go: (key) => {
      const place = seenPlaces().find((each) => each.key === key)
      if (place) navigate(place.href)
      return place !== undefined
    },
  })

  return (
    <SlotsContext.Provider value={slots}>
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
            <slots.logo />
            <span class="grow clip" title={session.company()?.company_name}>
              {session.company()?.company_name}
            </span>
            <Show when={session.companies().length > 1}>
              <Icon name="sort" />
            </Show>
          </A>
          <slots.mark />
          <Show when={allowed().length}>
            <button type="button" class="button primary" onClick={create}>
              <Icon name="plus" />
              <span>{t('create.button')}</span>
            </button>
          </Show>
          <button type="button" class="nav-link" aria-keyshortcuts="Control+K" onClick={() => setOpen('search')}>
            <Icon name="search" />
            <span class="grow">{t('search.title')}</span>
            <kbd aria-hidden="true">{t('search.keys')}</kbd>
          </button>
          <nav aria-label={t('nav.main')}>
            <For each={seenPlaces()}>{link}</For>
          </nav>
          <slots.favourites />
          <slots.own />
          <div class="rail-foot">
            <SyncPill />
            <A class="nav-link" href="/account" aria-current={isHere(location.pathname, '/account') ? 'page' : undefined}>
              <slots.portrait id={session.company()?.membership_id ?? ''} name={session.company()?.full_name ?? ''} />
              <span class="clip">{session.company()?.full_name ?? t('nav.account')}</span>
            </A>
          </div>
        </header>
        <main id="main" class="main" tabindex="-1">
          <p class="print-head" aria-hidden="true">
            <slots.logo />
            {session.company()?.company_name}
          </p>
          <Banners />
          <div class="only-phone">
            <slots.mark />
          </div>
          {props.children}
        </main>
        <nav class="bottom-bar" aria-label={t('nav.main')}>
          <For each={nearPlaces().slice(0, 2)}>{link}</For>
          <Show when={allowed().length}>
            <button type="button" class="add" aria-label={t('create.button')} onClick={create}>
              <Icon name="plus" />
            </button>
          </Show>
          <For each={nearPlaces().slice(2)}>{link}</For>
          <A
            href="/menu"
            class="nav-link"
            aria-current={
              ['/menu', '/account', '/switch', ...seenPlaces().map(({ href }) => href)].some(
                (href) => isHere(location.pathname, href) && !nearPlaces().some((near) => near.href === href),
              )
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
        <slots.pull />
        <p class="visually-hidden" role="status">
          {spoken()}
        </p>
        <Show when={open() === 'search'}>
          <slots.palette onClose={close} onHelp={() => setOpen('help')} />
        </Show>
        <Show when={open() === 'help'}>
          <slots.help onClose={close} />
        </Show>
        <Show when={open() === 'create'}>
          <CreateSheet onClose={close} />
        </Show>
      </div>
    </SlotsContext.Provider>
  )
}
