import './sync.css'
import { A } from '@solidjs/router'
import { createMemo, createResource, For, Show } from 'solid-js'
import type { OutboxItem } from '../../kernel/contract.ts'
import { createRows } from '../../kernel/data.ts'
import { ago, bytes, dateTime } from '../../kernel/i18n/format.ts'
import { plural, t } from '../../kernel/i18n/index.ts'
import { isKnownPhoto } from '../../kernel/photos/known.ts'
import { photosWaiting } from '../../kernel/photos/waiting.ts'
import { session } from '../../kernel/session.ts'
import { outbox, sync } from '../../kernel/status.ts'
import { announce, confirm } from '../../kernel/ui/dialogs.tsx'
import { explain } from '../../kernel/ui/explain.ts'
import { Icon } from '../../kernel/ui/icons.tsx'
import { Page } from '../../kernel/ui/Page.tsx'
import { Button, LinkButton, Panel, Progress, received } from '../../kernel/ui/parts.tsx'
import { syncLook } from '../../kernel/ui/SyncPill.tsx'
import { PhotosWaiting } from '../photos/public.ts'
import { namesOf } from './data.ts'
import { aboutIds, commandName, subject } from './describe.ts'
import { createOwnDrafts, discardDraft, type Draft } from './drafts.ts'

/** Is my work safe? What waits, what was refused and why, and what this device holds. */
export default function SyncPage() {
  const [storage] = createResource(() => sync.storage())
  const refused = createMemo(() => outbox.items().filter((item) => item.state === 'refused' && !isKnownPhoto(item)))
  const waiting = createMemo(() => outbox.items().filter((item) => item.state === 'queued' || item.state === 'sending'))
  const sent = createMemo(() =>
    outbox
      .items()
      .filter((item) => item.state === 'acknowledged' || isKnownPhoto(item))
      .reverse()
      .slice(0, 10),
  )
  const known = createRows(() => {
    const ids = [...new Set([...refused(), ...waiting(), ...sent()].flatMap(aboutIds))]
    return ids.length ? namesOf(ids) : null
  })
  const names = createMemo(() => new Map(known.rows().map(({ id, name }) => [id, name])))
  const about = (item: OutboxItem): About => {
    const where = [...new Set(aboutIds(item).map((id) => names().get(id)))].filter(Boolean).join(' · ')
    const says = subject(item)
    return { where, says: says && !where.includes(says) ? says : undefined }
  }
  const drafts = createOwnDrafts()
  const discard = async (draft: Draft) => {
    const body = t(draft.about ? 'draft.discardAbout' : 'draft.discardBody', { about: draft.about })
    if (!(await confirm({ title: t('draft.discardTitle'), body, action: t('draft.discard'), danger: true }))) return
    await discardDraft(draft)
    announce(t('draft.discarded'))
  }
  const look = () => syncLook()
  const save = () => {
    const link = document.createElement('a')
    link.href = URL.createObjectURL(outbox.exportAll())
    link.download = `aplomb-${new Date().toISOString().slice(0, 10)}.json`
    link.click()
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
  }

  return (
    <Page title={t('sync.title')} back="/menu" narrow>
      <section class={`card sync-card ${look().tone}`}>
        <div class="row">
          <span class={`glyph ${look().tone}`}>
            <Icon name={look().icon} />
          </span>
          <div class="grow">
            <p class="strong">{look().text}</p>
            <p class="small quiet">
              {sync.lastSyncAt() ? t('sync.last', { time: dateTime(sync.lastSyncAt()), ago: ago(sync.lastSyncAt()!) }) : t('sync.never')}
            </p>
          </div>
        </div>
        <p class="quiet">
          {t(
            refused().length
              ? 'sync.safeRefused'
              : waiting().length || photosWaiting().waiting
                ? 'sync.safeWaiting'
                : drafts().length
                  ? 'sync.safeDrafts'
                  : 'sync.safeAll',
          )}
        </p>
        <Show when={sync.phase() === 'error' && sync.code()}>
          {(code) => (
            <p class="fault">
              <Icon name="alert" />
              {explain({ code: code() })}
            </p>
          )}
        </Show>
        <Show when={sync.booting()}>
          {(boot) => (
            <>
              <Progress done={boot().done} total={boot().total} label={t('state.booting')} />
              <span class="small quiet">{received(boot())}</span>
            </>
          )}
        </Show>
        <div class="row wrap">
          <Show
            when={session.expired() || session.proofOwed()}
            fallback={
              <Button kind="primary" icon="sync" onClick={() => sync.retryNow()}>
                {t('sync.now')}
              </Button>
            }
          >
            <LinkButton kind="primary" icon="lock" href={session.expired() ? '/sign-in?next=/sync' : '/proof?next=/sync'}>
              {t(session.expired() ? 'account.signIn' : 'session.giveProof')}
            </LinkButton>
          </Show>
          <Show when={refused().length + waiting().length > 0}>
            <Button icon="download" onClick={save}>
              {t('sync.export')}
            </Button>
          </Show>
        </div>
      </section>

      <Show when={drafts().length > 0}>
        <section class="section">
          <header>
            <h2>
              {t('draft.title')} <span class="section-count">{drafts().length}</span>
            </h2>
          </header>
          <p class="small quiet">{t('draft.hint')}</p>
          <ul class="items" aria-label={t('draft.title')}>
            <For each={drafts()}>
              {(draft) => (
                <li class="row">
                  <A class="item" href={draft.href}>
                    <span class="glyph">
                      <Icon name="edit" />
                    </span>
                    <span class="grow">
                      <span class="item-title">{t(`draft.${draft.kind}`)}</span>
                      <Show when={draft.about}>
                        <span class="item-line">
                          <span class="clip">{draft.about}</span>
                        </span>
                      </Show>
                    </span>
                    <span class="small strong">{t('draft.resume')}</span>
                    <Icon name="next" />
                  </A>
                  <button
                    type="button"
                    class="button icon-only quiet"
                    aria-label={t('draft.discardThis', { draft: [t(`draft.${draft.kind}`), draft.about].filter(Boolean).join(', ') })}
                    title={t('draft.discard')}
                    onClick={() => void discard(draft)}
                  >
                    <Icon name="trash" />
                  </button>
                </li>
              )}
            </For>
          </ul>
        </section>
      </Show>

      <Show when={refused().length > 0}>
        <section class="section">
          <header>
            <h2>
              {t('sync.refusedTitle')} <span class="section-count">{refused().length}</span>
            </h2>
          </header>
          <ul class="items">
            <For each={refused()}>
              {(item) => (
                <li>
                  <A class="item" href={`/sync/${item.id}`}>
                    <span class="glyph danger">
                      <Icon name="stop" />
                    </span>
                    <span class="grow">
                      <span class="item-title">{commandName(item)}</span>
                      <AboutLines of={about(item)} />
                      <span class="item-line">{t('sync.saved', { time: dateTime(item.createdAt) })}</span>
                      <span class="fault">{explain(item)}</span>
                    </span>
                    <Icon name="next" />
                  </A>
                </li>
              )}
            </For>
          </ul>
        </section>
      </Show>

      <section class="section">
        <header>
          <h2>
            {t('sync.waitingTitle')} <span class="section-count">{waiting().length || ''}</span>
          </h2>
        </header>
        <Show
          when={waiting().length > 0}
          fallback={
            <Show when={refused().length === 0}>
              <Panel icon="synced" tone="ok" title={t('sync.nothing')}>
                {t('sync.nothingBody')}
              </Panel>
            </Show>
          }
        >
          <ul class="items">
            <For each={waiting()}>{(item) => <Line item={item} about={about(item)} />}</For>
          </ul>
        </Show>
      </section>

      <PhotosWaiting />

      <Show when={sent().length > 0}>
        <section class="section">
          <header>
            <h2>{t('sync.sentTitle')}</h2>
          </header>
          <ul class="items">
            <For each={sent()}>{(item) => <Line item={item} about={about(item)} />}</For>
          </ul>
        </section>
      </Show>

      <section class="section">
        <header>
          <h2>{t('sync.storage')}</h2>
        </header>
        <div class="card">
          <Show when={storage()} fallback={<p class="quiet">{t('state.unknown')}</p>}>
            {(used) => (
              <>
                <p>{t('sync.used', { used: bytes(used().usage), quota: bytes(used().quota) })}</p>
                <Progress done={used().usage} total={used().quota} label={t('sync.storage')} />
              </>
            )}
          </Show>
          <p class="small quiet">{t('sync.storageHint')}</p>
        </div>
      </section>
      <p class="visually-hidden" role="status">
        {plural('sync.pending', waiting().length)}
      </p>
    </Page>
  )
}

/** Where a sending stands, in plain words. */
const looks = {
  queued: { icon: 'device', tone: '', text: 'sync.state.queued' },
  sending: { icon: 'sync', tone: 'info', text: 'sync.state.sending' },
  acknowledged: { icon: 'check', tone: 'ok', text: 'sync.state.sent' },
  // the only refusal among the sendings: a photo that is there already
  refused: { icon: 'copy', tone: '', text: 'photo.line.known' },
} as const

/** What a sending is about: where it belongs, and what its author wrote. */
interface About {
  where: string
  says: string | undefined
}

function AboutLines(props: { of: About }) {
  return (
    <For each={[props.of.where, props.of.says]}>
      {(text) => <Show when={text}>{(said) => <span class="sending-about clip">{said()}</span>}</Show>}
    </For>
  )
}

/** One sending, a line each: what was done, where, what was said, when, and where it stands. */
function Line(props: { item: OutboxItem; about: About }) {
  const look = () => looks[props.item.state as keyof typeof looks] ?? looks.queued
  return (
    <li class="item sending">
      <span class={`glyph ${look().tone}`}>
        <Icon name={look().icon} />
      </span>
      <div class="grow">
        <p class="item-title">{commandName(props.item)}</p>
        <AboutLines of={props.about} />
        <p class="item-line">{t('sync.saved', { time: dateTime(props.item.createdAt) })}</p>
        <p class={`sending-state ${look().tone}`}>
          {t(look().text)}
          <Show when={props.item.state === 'queued' && props.item.attempts > 0}> {plural('sync.attempts', props.item.attempts)}</Show>
        </p>
      </div>
    </li>
  )
}
