import { createMemo, createSignal, For, Match, onCleanup, Show, splitProps, Switch, type JSX } from 'solid-js'
import { A, type AnchorProps } from '@solidjs/router'
import type { RowsView } from '../contract.ts'
import { filled } from '../active.ts'
import { isOutside } from '../me.ts'
import { session } from '../session.ts'
import { commandOf, sync } from '../status.ts'
import { plural, t } from '../i18n/index.ts'
import { number, time } from '../i18n/format.ts'
import { explain } from './explain.ts'
import { Icon, type IconName } from './icons.tsx'

type Kind = 'primary' | 'plain' | 'quiet' | 'danger'

interface ButtonProps extends JSX.ButtonHTMLAttributes<HTMLButtonElement> {
  kind?: Kind
  icon?: IconName
  busy?: boolean
  /** 56 px, for gloves. */
  field?: boolean
}

/** A button with its word; `busy` keeps its place while something is sent. */
export function Button(props: ButtonProps) {
  const [own, rest] = splitProps(props, ['kind', 'icon', 'busy', 'field', 'children', 'class'])
  return (
    <button
      type="button"
      {...rest}
      class={`button ${own.kind ?? 'plain'} ${own.class ?? ''}`}
      classList={{ tall: own.field, busy: own.busy }}
      aria-busy={own.busy}
    >
      <Show when={own.icon}>{(icon) => <Icon name={icon()} />}</Show>
      <span>{own.children}</span>
    </button>
  )
}

/** A link that looks like a button. */
export function LinkButton(props: AnchorProps & { kind?: Kind; icon?: IconName; field?: boolean }) {
  const [own, rest] = splitProps(props, ['kind', 'icon', 'field', 'children', 'class'])
  return (
    <A {...rest} class={`button ${own.kind ?? 'plain'} ${own.field ? 'tall' : ''} ${own.class ?? ''}`}>
      <Show when={own.icon}>{(icon) => <Icon name={icon()} />}</Show>
      <span>{own.children}</span>
    </A>
  )
}

/** A state in a word, an icon and a colour: never the colour alone. */
export function Badge(props: { tone?: 'ok' | 'warn' | 'danger' | 'info' | 'alarm' | ''; icon?: IconName; children: JSX.Element }) {
  return (
    <span class={`badge ${props.tone ?? ''}`}>
      <Show when={props.icon}>{(icon) => <Icon name={icon()} />}</Show>
      <span>{props.children}</span>
    </span>
  )
}

/** The two first letters of a name, in a circle. */
export function Avatar(props: { name: string }) {
  const initials = () =>
    props.name
      .split(/[\s-]+/)
      .filter(Boolean)
      .map((word) => word[0])
      .slice(0, 2)
      .join('')
      .toUpperCase()
  return (
    // Drawn, not written: what is written on a link belongs to its name.
    <span class="avatar" aria-hidden="true" data-initials={initials()} />
  )
}

/** Where the last unsent write about a row stands; nothing once the server has it. */
export function WriteState(props: { row: string }) {
  return (
    <Switch>
      <Match when={commandOf(props.row) === 'queued'}>
        <Badge icon="device">{t('write.queued')}</Badge>
      </Match>
      <Match when={commandOf(props.row) === 'sending'}>
        <Badge icon="sync" tone="info">
          {t('write.sending')}
        </Badge>
      </Match>
      <Match when={commandOf(props.row) === 'refused'}>
        <Badge icon="stop" tone="danger">
          {t('write.refused')}
        </Badge>
      </Match>
    </Switch>
  )
}

/** A calm panel instead of content: nothing yet, not allowed, gone wrong. */
export function Panel(props: { icon: IconName; title: string; children?: JSX.Element; actions?: JSX.Element; tone?: string }) {
  return (
    <div class={`panel ${props.tone ?? ''}`}>
      <span class="panel-icon">
        <Icon name={props.icon} />
      </span>
      <h2>{props.title}</h2>
      <Show when={props.children}>
        <p class="quiet">{props.children}</p>
      </Show>
      <Show when={props.actions}>
        <div class="row wrap">{props.actions}</div>
      </Show>
    </div>
  )
}

/** A note inside a page: read-only, offline, a clash. */
export function Note(props: { icon: IconName; tone?: 'info' | 'warn' | 'danger' | ''; children: JSX.Element; action?: JSX.Element }) {
  return (
    <div class={`note ${props.tone ?? ''}`}>
      <Icon name={props.icon} />
      <div class="note-body">
        <div class="grow">{props.children}</div>
        {props.action}
      </div>
    </div>
  )
}

/** The skeletons on screen, the one that came first at the head. */
const [waiting, setWaiting] = createSignal<object[]>([])

/** Bars where rows will be; `first` says in words what is under way, since nothing was ever received here. */
export function Skeleton(props: { lines?: number; first?: boolean }) {
  const me = {}
  setWaiting((all) => [...all, me])
  onCleanup(() => setWaiting((all) => all.filter((each) => each !== me)))
  // Several lists of one screen wait for the same answer: the first one says so.
  const speaks = createMemo(() => waiting()[0] === me)
  return (
    <div class="skeletons" role="status">
      <Show when={speaks()}>
        <span class="visually-hidden">{t('state.loading')}</span>
      </Show>
      <Show when={props.first && speaks()}>
        <p class="small quiet">{t('state.bootingAsked')}</p>
      </Show>
      <For each={Array.from({ length: props.lines ?? 5 })}>{() => <div class="skeleton" />}</For>
    </div>
  )
}

/** How far something is; a moving bar while `total` is unknown (0). */
export function Progress(props: { done: number; total: number; label: string }) {
  return (
    <Show when={props.total > 0} fallback={<progress class="progress" aria-label={props.label} />}>
      <progress class="progress" max={props.total} value={Math.min(props.done, props.total)} aria-label={props.label} />
    </Show>
  )
}

/** « 3 200 lignes reçues sur 12 000 »; before the first ones, what is under way. */
export const received = ({ done, total }: { done: number; total: number }): string =>
  !done ? t('state.bootingAsked') : total ? t('state.bootingOf', { done: number(done), total: number(total) }) : plural('state.bootingRows', done)

function Booting() {
  const progress = () => sync.booting()
  return (
    <Show when={progress()} fallback={<Skeleton />}>
      {(boot) => (
        <Panel icon="download" title={t('state.booting')}>
          <Progress done={boot().done} total={boot().total} label={t('state.booting')} />
          <span class="small">{received(boot())}</span>
        </Panel>
      )}
    </Show>
  )
}

interface RowsProps<T> {
  view: RowsView<T>
  /** The rows to draw when they are not the view's own, after a search or a filter. */
  rows?: T[]
  empty: JSX.Element
  /** What to say when a search or a filter leaves nothing. */
  nothing?: JSX.Element
  /** The person may not see this at all. */
  refused?: boolean
  skeleton?: number
  children: (rows: T[]) => JSX.Element
}

/** Draws a list in each of its states. Loading never covers rows that this device already has. */
export function Rows<T>(props: RowsProps<T>) {
  const shown = () => props.rows ?? props.view.rows()
  const never = () => props.view.source() === 'none' || (props.view.rows().length === 0 && !filled())
  return (
    <Switch fallback={props.children(shown())}>
      <Match when={props.refused}>
        <Panel icon="lock" title={t('state.refused')}>
          {t('state.refusedBody')}
        </Panel>
      </Match>
      <Match when={shown().length > 0}>{props.children(shown())}</Match>
      <Match when={props.view.error()}>
        {(error) => (
          <Panel
            icon="alert"
            tone="danger"
            title={t('state.error')}
            actions={<Button onClick={() => location.reload()}>{t('action.reload')}</Button>}
          >
            {explain(error())}
          </Panel>
        )}
      </Match>
      <Match when={never() && sync.phase() === 'offline'}>
        <Panel
          icon="offline"
          title={t('state.offline')}
          actions={
            <Button icon="sync" onClick={() => sync.retryNow()}>
              {t('action.retry')}
            </Button>
          }
        >
          {t('state.offlineBody')}
        </Panel>
      </Match>
      <Match when={never() && (sync.phase() === 'error' || sync.phase() === 'paused')}>
        <Panel
          icon="alert"
          title={t('state.error')}
          actions={
            <Button icon="sync" onClick={() => sync.retryNow()}>
              {t('action.retry')}
            </Button>
          }
        >
          {explain({ code: sync.code() ?? 'FAULT' })}
        </Panel>
      </Match>
      <Match when={never()}>
        <Show when={sync.booting()} fallback={<Skeleton lines={props.skeleton} first={sync.phase() === 'syncing' && sync.lastSyncAt() === null} />}>
          <Booting />
        </Show>
      </Match>
      <Match when={props.view.rows().length === 0 && isOutside()}>
        <Outside />
      </Match>
      <Match when={props.view.rows().length === 0}>
        <div class="empty">{props.empty}</div>
      </Match>
      <Match when={props.nothing}>{props.nothing}</Match>
    </Switch>
  )
}

/** What a client or an analyst finds where the company's own people find their work: why it is empty, and the next step. */
export function Outside() {
  const analyst = () => session.company()?.roles.includes('analyst') ?? false
  return (
    <Panel
      icon="people"
      title={t(analyst() ? 'outside.analyst' : 'outside.client')}
      actions={
        <>
          <LinkButton href="/account">{t('nav.account')}</LinkButton>
          <Show when={session.companies().length > 1}>
            <LinkButton href="/switch">{t('outside.switch')}</LinkButton>
          </Show>
        </>
      }
    >
      {t(analyst() ? 'outside.analystBody' : 'outside.clientBody', { company: session.company()?.company_name ?? '' })}
    </Panel>
  )
}

/** How old the figures are, when this device is offline. */
export function Age() {
  return (
    <Show when={sync.phase() === 'offline' && sync.lastSyncAt()}>
      {(at) => (
        <p class="age">
          <Icon name="offline" /> {t('state.age', { time: time(at()) })}
        </p>
      )}
    </Show>
  )
}
