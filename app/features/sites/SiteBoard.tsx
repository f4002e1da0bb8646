import './board.css'
import { A } from '@solidjs/router'
import { createSignal, For, Show } from 'solid-js'
import { run } from '../../kernel/data.ts'
import { date, number } from '../../kernel/i18n/format.ts'
import { plural, t } from '../../kernel/i18n/index.ts'
import { session } from '../../kernel/session.ts'
import { announce } from '../../kernel/ui/dialogs.tsx'
import { explain } from '../../kernel/ui/explain.ts'
import { Icon } from '../../kernel/ui/icons.tsx'
import { Badge, WriteState } from '../../kernel/ui/parts.tsx'
import type { SiteItem } from './data.ts'
import { gravestTone, siteLook, siteStatuses, type SiteStatus } from './labels.ts'

/** Moves a site to another status, through the outbox. */
async function move(site: SiteItem, status: SiteStatus): Promise<void> {
  if (site.status === status) return
  try {
    await run('update_site', { id: site.id, changes: { status }, was: { status: site.status } })
    announce(t('board.moved', { name: site.name, status: t(`site.status.${status}`) }))
  } catch (error) {
    announce(explain(error), 'alert')
  }
}

/** The sites in a column per status. A card is dragged, or moved by the list of statuses it carries: by keyboard and touch too. */
export function SiteBoard(props: { sites: SiteItem[]; href: (id: string) => string }) {
  const [dragged, setDragged] = createSignal<SiteItem | null>(null)
  const [over, setOver] = createSignal<SiteStatus | null>(null)
  const of = (status: SiteStatus) => props.sites.filter((site) => site.status === status)
  const drop = (status: SiteStatus) => {
    const site = dragged()
    setDragged(null)
    setOver(null)
    if (site) void move(site, status)
  }
  return (
    <>
      <p class="visually-hidden">{t('board.hint')}</p>
      <div class="board">
        <For each={siteStatuses}>
          {(status) => (
            <section
              class="board-column"
              classList={{ over: over() === status && dragged()?.status !== status }}
              aria-label={t(`site.status.${status}`)}
              onDragOver={(event) => {
                if (!dragged()) return
                event.preventDefault()
                setOver(status)
              }}
              onDragLeave={(event) => !event.currentTarget.contains(event.relatedTarget as Node | null) && setOver(null)}
              onDrop={(event) => {
                event.preventDefault()
                drop(status)
              }}
            >
              <h2>
                <Icon name={siteLook({ status, archived_at: null }).icon} /> {t(`site.status.${status}`)}{' '}
                <span class="section-count">{number(of(status).length)}</span>
              </h2>
              <ul>
                <For each={of(status)} fallback={<li class="board-empty">{t('board.empty')}</li>}>
                  {(site) => (
                    <BoardCard
                      site={site}
                      href={props.href(site.id)}
                      lifted={dragged()?.id === site.id}
                      onLift={() => setDragged(site)}
                      onLay={() => {
                        setDragged(null)
                        setOver(null)
                      }}
                    />
                  )}
                </For>
              </ul>
            </section>
          )}
        </For>
      </div>
    </>
  )
}

function BoardCard(props: { site: SiteItem; href: string; lifted: boolean; onLift: () => void; onLay: () => void }) {
  const movable = () => session.can('site.edit', props.site.id) && !props.site.archived_at
  return (
    <li
      class="board-card"
      classList={{ lifted: props.lifted, movable: movable() }}
      draggable={movable()}
      onDragStart={(event) => {
        event.dataTransfer?.setData('text/plain', props.site.name)
        if (event.dataTransfer) event.dataTransfer.effectAllowed = 'move'
        props.onLift()
      }}
      onDragEnd={() => props.onLay()}
    >
      <A class="card-title" href={props.href} draggable={false}>
        {props.site.name}
      </A>
      <p class="item-line">
        <span class="mono">{props.site.code}</span>
        <Show when={props.site.city}>{(city) => <span>{city()}</span>}</Show>
      </p>
      <p class="item-badges">
        <Show when={props.site.open > 0}>
          <Badge icon="incident" tone={gravestTone(props.site.gravest)}>
            {plural('site.openIncidents', props.site.open)}
          </Badge>
        </Show>
        <Show when={props.site.ends_on}>{(day) => <span class="small quiet">{t('site.until', { date: date(day()) })}</span>}</Show>
        <WriteState row={props.site.id} />
      </p>
      <Show when={movable()}>
        <div class="select board-move">
          <select
            class="input"
            aria-label={t('board.status', { name: props.site.name })}
            onChange={(event) => void move(props.site, event.currentTarget.value as SiteStatus)}
          >
            <For each={siteStatuses}>
              {(each) => (
                <option value={each} selected={each === props.site.status}>
                  {t(`site.status.${each}`)}
                </option>
              )}
            </For>
          </select>
          <Icon name="down" />
        </div>
      </Show>
    </li>
  )
}
