import { A, useLocation } from '@solidjs/router'
import { createEffect, For, onMount, Show, type JSX } from 'solid-js'
import { screenMounted } from '../first-screen.ts'
import { t } from '../i18n/index.ts'
import { dress } from './font.ts'
import { Icon } from './icons.tsx'
import { places } from './places.ts'
import { Slot } from './slots.tsx'
import { SyncPill } from './SyncPill.tsx'

interface PageProps {
  title: string
  /** Above the title: a code, a state. */
  eyebrow?: JSX.Element
  /** Where the back arrow goes; top pages have none. */
  back?: string
  /** What this page belongs to, between its place of the navigation and itself: a site for its form. */
  within?: { href: string; label: string }
  /** The arrow stays at a desk too; else the list beside it is the way back. */
  backAlways?: boolean
  actions?: JSX.Element
  /** The width of one column of reading. */
  narrow?: boolean
  children: JSX.Element
}

let arrivals = 0

/** At a desk: the way from the navigation down to this page. */
function Crumbs(props: { within?: { href: string; label: string } }) {
  const location = useLocation()
  const way = () => {
    const start = `/${location.pathname.split('/')[1]}`
    const place = places.find((each) => each.href === start && each.href !== location.pathname)
    return [...(place ? [{ href: place.href, label: t(place.label) }] : []), ...(props.within ? [props.within] : [])]
  }
  return (
    <Show when={way().length > 0}>
      <nav class="crumbs only-desk" aria-label={t('nav.way')}>
        <ol>
          <For each={way()}>
            {(step) => (
              <li>
                <A href={step.href}>{step.label}</A>
                <Icon name="next" />
              </li>
            )}
          </For>
        </ol>
      </nav>
    </Show>
  )
}

/** One screen: its bar with the way back, its title and the sync state, and its content. Moves the focus to the title on arrival. */
export function Page(props: PageProps) {
  let heading!: HTMLHeadingElement
  dress()
  createEffect(() => (document.title = `${props.title} · Aplomb`))
  onMount(() => {
    screenMounted()
    if (arrivals++ > 0 && !document.querySelector('[autofocus], dialog[open]')) heading.focus({ preventScroll: true })
  })
  return (
    <article class="page" classList={{ narrow: props.narrow }}>
      <Show
        when={props.back}
        fallback={
          <header class="page-head">
            <div class="grow">
              <Show when={props.eyebrow}>
                <div class="eyebrow">{props.eyebrow}</div>
              </Show>
              <h1 ref={heading} tabindex="-1">
                {props.title}
              </h1>
            </div>
            <div class="only-desk">
              <Slot name="star" title={props.title} />
            </div>
            <SyncPill class="only-phone" />
          </header>
        }
      >
        {(back) => (
          <>
            <header class="page-bar">
              <A class={`button icon-only quiet ${props.backAlways ? '' : 'only-phone'}`} href={back()} aria-label={t('action.back')}>
                <Icon name="back" />
              </A>
              <div class="row grow">
                <Crumbs within={props.within} />
                <div class="eyebrow">{props.eyebrow}</div>
              </div>
              <Slot name="star" title={props.title} />
              <SyncPill class="only-phone" />
            </header>
            <div class="page-title">
              <h1 ref={heading} tabindex="-1">
                {props.title}
              </h1>
            </div>
          </>
        )}
      </Show>
      <Show when={props.actions}>
        <div class="page-actions">{props.actions}</div>
      </Show>
      <div class="page-body">{props.children}</div>
    </article>
  )
}
