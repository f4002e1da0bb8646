import { A } from '@solidjs/router'
import { createEffect, onMount, Show, type JSX } from 'solid-js'
import { screenMounted } from '../first-screen.ts'
import { t } from '../i18n/index.ts'
import { Icon } from './icons.tsx'
import { SyncPill } from './SyncPill.tsx'

interface PageProps {
  title: string
  /** Above the title: a code, a state. */
  eyebrow?: JSX.Element
  /** Where the back arrow goes; top pages have none. */
  back?: string
  /** The arrow stays at a desk too; else the list beside it is the way back. */
  backAlways?: boolean
  actions?: JSX.Element
  /** The width of one column of reading. */
  narrow?: boolean
  children: JSX.Element
}

let arrivals = 0

/** One screen: its bar with the way back, its title and the sync state, and its content. Moves the focus to the title on arrival. */
export function Page(props: PageProps) {
  let heading!: HTMLHeadingElement
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
              <div class="eyebrow grow">{props.eyebrow}</div>
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
