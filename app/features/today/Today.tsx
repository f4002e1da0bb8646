import { A } from '@solidjs/router'
import { createMemo, createSignal, For, onCleanup, Show } from 'solid-js'
import { filled } from '../../kernel/active.ts'
import type { RowsView } from '../../kernel/contract.ts'
import { createRows } from '../../kernel/data.ts'
import { date, longDay, number } from '../../kernel/i18n/format.ts'
import { plural, t } from '../../kernel/i18n/index.ts'
import { canForOthers, isOutside, me } from '../../kernel/me.ts'
import { session } from '../../kernel/session.ts'
import { sync } from '../../kernel/status.ts'
import { Icon } from '../../kernel/ui/icons.tsx'
import { Page } from '../../kernel/ui/Page.tsx'
import { Age, Badge, LinkButton, Note, Outside, Panel, Rows, Skeleton, WriteState } from '../../kernel/ui/parts.tsx'
import { Checklist, createChecklist } from '../companies/public.ts'
import { IncidentCard, latestActivity, LatestActivity, types, typeLook, waitingFor, type Reason } from '../incidents/public.ts'
import { siteList, siteLook, type SiteItem } from '../sites/public.ts'
import { createOwnDrafts } from '../sync/public.ts'

/** Sites shown before the link to all of them. */
const FEW = 6
/** What waits for this person comes before what they wait for. */
const order: Reason[] = ['assigned', 'asked', 'check', 'routed', 'mine']

/** How long a list that this device has waits for one that it has not, in ms. */
const PATIENCE_MS = 400

/** What waits for me, and my sites. */
export default function Today() {
  const waiting = createRows(() => waitingFor(me(), session.company()?.roles ?? []))
  const asOf = new Date().toISOString()
  const sites = createRows(() => siteList(me(), asOf))
  const activity = createRows(latestActivity)
  const checklist = createChecklist()
  const live = createMemo(() => sites.rows().filter((site) => !site.archived_at && site.status !== 'finished'))
  const mine = createMemo(() => {
    const own = live().filter((site) => site.mine)
    return (own.length ? own : live()).toSorted((a, b) => (b.gravest ?? -1) - (a.gravest ?? -1) || b.open - a.open)
  })
  const forMe = () => waiting.rows().filter((incident) => incident.reason !== 'mine')
  // Of every site, as the lists that the figures open.
  const sum = (of: (site: SiteItem) => number) => sites.rows().reduce((total, site) => total + of(site), 0)
  const first = () => (session.company()?.full_name ?? '').split(' ')[0] ?? ''

  // Drawn at once when all is known: nothing that comes later moves what is being read. What is here does not wait long for what is not.
  const lists: RowsView<unknown>[] = [waiting, sites]
  // A snapshot is of a full database: when it is empty, there was nothing.
  const late = () =>
    lists.find((view) => view.rows().length === 0 && !view.error() && view.source() !== 'snapshot' && (view.source() === 'none' || !filled()))
  const [patient, setPatient] = createSignal(true)
  const patience = setTimeout(() => setPatient(false), PATIENCE_MS)
  onCleanup(() => clearTimeout(patience))
  const some = () => lists.some((view) => view.rows().length > 0)
  const known = createMemo((before: boolean) => before || (!late() && !checklist.pending()) || (!patient() && some()), false)
  const drafts = createOwnDrafts()
  /** Until when a second factor must be set up, while it is not. */
  const factorDue = () => (session.company()?.factor_rule === 'mandatory' ? session.company()?.factor_due : null)

  return (
    <Page title={t('today.hello', { name: first() })} eyebrow={<span class="first-up">{longDay(Date.now())}</span>}>
      <Age />
      <Show when={sync.refused() > 0}>
        <Note
          icon="stop"
          tone="danger"
          action={
            <LinkButton kind="plain" href="/sync">
              {t('sync.mend')}
            </LinkButton>
          }
        >
          {plural('today.refused', sync.refused())}
        </Note>
      </Show>
      <Show when={drafts().length > 0}>
        <Note
          icon="edit"
          action={
            <LinkButton kind="plain" href={drafts().length === 1 ? drafts()[0]!.href : '/sync'}>
              {t('draft.resume')}
            </LinkButton>
          }
        >
          {plural('draft.count', drafts().length)}
          <Show when={drafts().length === 1 && drafts()[0]!.about}>{(about) => <p class="small quiet clip">{about()}</p>}</Show>
        </Note>
      </Show>
      <Show when={factorDue()}>
        {(day) => (
          <Note
            icon="lock"
            tone="warn"
            action={
              <LinkButton kind="plain" href="/account/security">
                {t('account.enrol')}
              </LinkButton>
            }
          >
            {t('account.factorMandatory', { day: date(day()) })}
          </Note>
        )}
      </Show>
      <Show when={session.can('incident.report')}>
        <nav class="quick only-phone" aria-label={t('create.incident')}>
          <For each={types}>
            {(type) => (
              <A class={`quick-report ${typeLook(type).tone}`} href={`/incidents/new?type=${type}`}>
                <Icon name={typeLook(type).icon} />
                <span>{typeLook(type).label}</span>
              </A>
            )}
          </For>
        </nav>
      </Show>
      <Show when={known() && canForOthers('analytics.view') && live().length > 0}>
        <div class="figures">
          <A class="figure" href="/incidents">
            <p class="label">{t('today.open')}</p>
            <p class="value">{number(sum((site) => site.open))}</p>
          </A>
          <A class="figure" classList={{ danger: sum((site) => site.overdue) > 0 }} href="/incidents?late=1">
            <p class="label">{t('today.overdue')}</p>
            <p class="value">{number(sum((site) => site.overdue))}</p>
          </A>
          <A class="figure" href="/sites?status=running">
            <p class="label">{t('today.running')}</p>
            <p class="value">{number(live().filter((site) => site.status === 'running').length)}</p>
          </A>
          <A class="figure" classList={{ danger: live().some((site) => site.status === 'alert') }} href="/sites?status=alert">
            <p class="label">{t('today.alert')}</p>
            <p class="value">{number(live().filter((site) => site.status === 'alert').length)}</p>
          </A>
        </div>
      </Show>
      <Show when={!isOutside()} fallback={<Outside />}>
        <Show
          when={known()}
          fallback={
            <Rows view={late() ?? waiting} skeleton={6} empty={<Skeleton lines={6} />}>
              {() => <Skeleton lines={6} />}
            </Rows>
          }
        >
          <div class="columns">
            <div class="stack wide">
              <Show when={checklist.open()}>
                <section class="section">
                  <header>
                    <h2>{t('start.title')}</h2>
                  </header>
                  <Checklist steps={checklist.steps} />
                </section>
              </Show>
              <Rows
                view={waiting}
                skeleton={3}
                empty={
                  <Show when={!checklist.open()}>
                    <Panel
                      icon="done"
                      tone="ok"
                      title={t('today.clear')}
                      actions={
                        <Show when={session.can('incident.report')}>
                          <LinkButton kind="primary" icon="plus" href="/incidents/new">
                            {t('create.incident')}
                          </LinkButton>
                        </Show>
                      }
                    >
                      {t('today.clearBody')}
                    </Panel>
                  </Show>
                }
              >
                {() => (
                  <For each={order}>
                    {(reason) => (
                      <Show when={waiting.rows().some((incident) => incident.reason === reason)}>
                        <section class="section">
                          <header>
                            <h2>
                              {t(`today.reason.${reason}`)}{' '}
                              <span class="section-count">{waiting.rows().filter((incident) => incident.reason === reason).length}</span>
                            </h2>
                          </header>
                          <ul class="items">
                            <For each={waiting.rows().filter((incident) => incident.reason === reason)}>
                              {(incident) => (
                                <li>
                                  <IncidentCard incident={incident} href={`/incidents/${incident.id}`} />
                                </li>
                              )}
                            </For>
                          </ul>
                        </section>
                      </Show>
                    )}
                  </For>
                )}
              </Rows>
              <Show when={waiting.rows().length > 0 && forMe().length === 0}>
                <p class="quiet">{t('today.nothingForMe')}</p>
              </Show>
              <LatestActivity rows={activity.rows()} class="only-desk" />
            </div>
            <section class="section">
              <header>
                <h2>{t('today.sites')}</h2>
                <A class="small" href="/sites">
                  {t('today.allSites')}
                </A>
              </header>
              <Rows
                view={sites}
                rows={mine()}
                skeleton={3}
                empty={<p class="quiet">{t('site.emptyWait')}</p>}
                nothing={<p class="quiet">{t('today.noLiveSite')}</p>}
              >
                {(rows) => (
                  <ul class="items">
                    <For each={rows.slice(0, FEW)}>
                      {(site) => (
                        <li>
                          <SiteLine site={site} />
                        </li>
                      )}
                    </For>
                  </ul>
                )}
              </Rows>
            </section>
            <LatestActivity rows={activity.rows()} class="only-phone" />
          </div>
        </Show>
      </Show>
    </Page>
  )
}

function SiteLine(props: { site: SiteItem }) {
  const look = () => siteLook(props.site)
  return (
    <A class="item" href={`/sites/${props.site.id}`}>
      <span class={`glyph ${look().tone}`}>
        <Icon name={look().icon} />
      </span>
      <span class="grow">
        <span class="item-title">{props.site.name}</span>
        <span class="item-line">
          <span>{look().label}</span>
          <Show when={props.site.city}>{(city) => <span>{city()}</span>}</Show>
        </span>
        <WriteState row={props.site.id} />
      </span>
      <Show when={props.site.open > 0}>
        <Badge icon="incident" tone={props.site.gravest === 3 ? 'alarm' : props.site.gravest === 2 ? 'warn' : ''}>
          <span class="visually-hidden">{plural('site.openIncidents', props.site.open)}</span>
          <span aria-hidden="true">{number(props.site.open)}</span>
        </Badge>
      </Show>
      <Icon name="next" />
    </A>
  )
}
