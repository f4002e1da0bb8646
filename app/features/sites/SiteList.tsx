import { A, useSearchParams, type RouteSectionProps } from '@solidjs/router'
import { createMemo, For, Show } from 'solid-js'
import { createRows } from '../../kernel/data.ts'
import { collate, date, number } from '../../kernel/i18n/format.ts'
import { plural, t, type Key } from '../../kernel/i18n/index.ts'
import { me } from '../../kernel/me.ts'
import { matches } from '../../kernel/search.ts'
import { session } from '../../kernel/session.ts'
import { Icon } from '../../kernel/ui/icons.tsx'
import { Page } from '../../kernel/ui/Page.tsx'
import { useParams } from '../../kernel/ui/params.ts'
import { Age, Badge, LinkButton, Panel, Rows, WriteState } from '../../kernel/ui/parts.tsx'
import { Split } from '../../kernel/ui/Split.tsx'
import { siteList, type SiteItem } from './data.ts'
import { gravestTone, siteLook, siteStatuses } from './labels.ts'

const filters = ['active', ...siteStatuses, 'archived'] as const
type Filter = (typeof filters)[number]
const sorts = {
  name: (a: SiteItem, b: SiteItem) => collate(a.name, b.name),
  code: (a: SiteItem, b: SiteItem) => collate(b.code, a.code),
  open: (a: SiteItem, b: SiteItem) => b.open - a.open || collate(a.name, b.name),
  ends_on: (a: SiteItem, b: SiteItem) => (a.ends_on ?? '9').localeCompare(b.ends_on ?? '9'),
  status: (a: SiteItem, b: SiteItem) => siteStatuses.indexOf(b.status as never) - siteStatuses.indexOf(a.status as never) || collate(a.name, b.name),
  client: (a: SiteItem, b: SiteItem) => collate(a.client_name ?? '', b.client_name ?? ''),
  manager: (a: SiteItem, b: SiteItem) => collate(a.site_manager_name ?? '', b.site_manager_name ?? ''),
}
type Sort = keyof typeof sorts
const sortChoices: Sort[] = ['name', 'code', 'open', 'ends_on']

const belongs = (site: SiteItem, filter: Filter) =>
  filter === 'archived' ? site.archived_at !== null : site.archived_at === null && (filter === 'active' || site.status === filter)

/** The sites of this person: cards on a phone, a table at a desk. Search, filter and sort live in the address. */
export default function SiteList(props: RouteSectionProps) {
  const params = useParams<{ id?: string }>()
  const [search, setSearch] = useSearchParams<{ q?: string; status?: string; sort?: string }>()
  const asOf = new Date().toISOString()
  const view = createRows(() => siteList(me(), asOf))
  const filter = (): Filter => (filters.includes(search.status as Filter) ? (search.status as Filter) : 'active')
  const sort = (): Sort => ((search.sort ?? '') in sorts ? (search.sort as Sort) : 'name')
  const found = createMemo(() =>
    view.rows().filter((site) => matches(search.q, site.name, site.code, site.client_name, site.city, site.site_manager_name, ...site.tags)),
  )
  const counts = createMemo(
    () => Object.fromEntries(filters.map((each) => [each, found().filter((site) => belongs(site, each)).length])) as Record<Filter, number>,
  )
  const shown = createMemo(() =>
    found()
      .filter((site) => belongs(site, filter()))
      .sort(sorts[sort()]),
  )
  const chosen = () => props.location.pathname !== '/sites'
  const href = (id: string) => `/sites/${id}${props.location.search}`

  const list = (
    <Page
      title={t('nav.sites')}
      actions={
        <Show when={session.can('site.create') && !chosen()}>
          <LinkButton class="only-desk" kind="plain" icon="plus" href="/sites/new">
            {t('create.site')}
          </LinkButton>
        </Show>
      }
    >
      <div class="stack tight">
        <div class="toolbar">
          <div class="search">
            <Icon name="search" />
            <input
              class="input"
              type="search"
              aria-label={t('site.search')}
              placeholder={t('site.search')}
              value={search.q ?? ''}
              onInput={(event) => setSearch({ q: event.currentTarget.value || undefined }, { replace: true })}
            />
          </div>
          <div class="select narrow-only">
            <select
              class="input"
              aria-label={t('action.sort')}
              onChange={(event) => setSearch({ sort: event.currentTarget.value === 'name' ? undefined : event.currentTarget.value })}
            >
              <For each={sortChoices}>
                {(each) => (
                  <option value={each} selected={sort() === each}>
                    {t(`site.sort.${each}` as Key)}
                  </option>
                )}
              </For>
            </select>
            <Icon name="sort" />
          </div>
        </div>
        <div class="chips" role="group" aria-label={t('action.filter')}>
          <For each={filters.filter((each) => each === 'active' || counts()[each] > 0 || filter() === each)}>
            {(each) => (
              <button
                type="button"
                class="chip"
                aria-pressed={filter() === each}
                onClick={() => setSearch({ status: each === 'active' ? undefined : each })}
              >
                {t(`site.status.${each}` as Key)} <span class="count">{number(counts()[each])}</span>
              </button>
            )}
          </For>
        </div>
      </div>
      <Age />
      <Rows
        view={view}
        rows={shown()}
        empty={
          <Panel
            icon="site"
            title={t('site.empty')}
            actions={
              <Show when={session.can('site.create')}>
                <LinkButton kind="primary" icon="plus" href="/sites/new">
                  {t('create.site')}
                </LinkButton>
              </Show>
            }
          >
            {t(session.can('site.create') ? 'site.emptyCreate' : 'site.emptyWait')}
          </Panel>
        }
        nothing={
          <Panel
            icon="search"
            title={t('state.nothing')}
            actions={
              <button type="button" class="button plain" onClick={() => setSearch({ q: undefined, status: undefined })}>
                {t('action.clearFilters')}
              </button>
            }
          />
        }
      >
        {(sites) => (
          <>
            <ul class="items narrow-only" aria-label={t('nav.sites')}>
              <For each={sites}>
                {(site) => (
                  <li>
                    <SiteCard site={site} href={href(site.id)} current={params.id === site.id} />
                  </li>
                )}
              </For>
            </ul>
            <SiteTable sites={sites} href={href} sort={sort()} onSort={(next) => setSearch({ sort: next === 'name' ? undefined : next })} />
          </>
        )}
      </Rows>
    </Page>
  )
  return (
    <Split list={list} chosen={chosen()} whole>
      {props.children}
    </Split>
  )
}

function SiteCard(props: { site: SiteItem; href: string; current: boolean }) {
  return (
    <A class="item" href={props.href} aria-current={props.current ? 'true' : undefined}>
      <span class="grow">
        <span class="item-title">{props.site.name}</span>
        <span class="item-line">
          <span class="mono">{props.site.code}</span>
          <Show when={props.site.city}>{(city) => <span>{city()}</span>}</Show>
          <Show when={props.site.client_name}>{(client) => <span>{client()}</span>}</Show>
        </span>
        <span class="item-badges">
          <SiteBadges site={props.site} />
        </span>
      </span>
      <Icon name="next" />
    </A>
  )
}

function SiteBadges(props: { site: SiteItem }) {
  const look = () => siteLook(props.site)
  return (
    <>
      <Badge icon={look().icon} tone={look().tone}>
        {look().label}
      </Badge>
      <Show when={props.site.open > 0}>
        <Badge icon="incident" tone={gravestTone(props.site.gravest)}>
          {plural('site.openIncidents', props.site.open)}
        </Badge>
      </Show>
      <WriteState row={props.site.id} />
    </>
  )
}

function SiteTable(props: { sites: SiteItem[]; href: (id: string) => string; sort: Sort; onSort: (sort: Sort) => void }) {
  const Head = (head: { sort: Sort; label: Key; class?: string }) => (
    <th
      scope="col"
      class={head.class}
      aria-sort={props.sort === head.sort ? (head.sort === 'code' || head.sort === 'open' ? 'descending' : 'ascending') : undefined}
    >
      <button type="button" class="sorter" onClick={() => props.onSort(head.sort)}>
        {t(head.label)}
        <Show when={props.sort === head.sort}>
          <Icon name={head.sort === 'code' || head.sort === 'open' ? 'down' : 'up'} />
        </Show>
      </button>
    </th>
  )
  return (
    <div class="table-frame wide-only">
      <table class="table">
        <thead>
          <tr>
            <Head sort="code" label="field.code" />
            <Head sort="name" label="site.title" />
            <Head sort="client" label="field.client_name" />
            <Head sort="manager" label="field.site_manager_id" />
            <Head sort="status" label="field.status" />
            <Head sort="open" label="nav.incidents" class="number" />
            <Head sort="ends_on" label="field.ends_on" class="number" />
          </tr>
        </thead>
        <tbody>
          <For each={props.sites}>
            {(site) => (
              <tr>
                <td class="mono faint">{site.code}</td>
                <td>
                  <A class="row-link" href={props.href(site.id)}>
                    {site.name}
                  </A>
                  <Show when={site.city}>
                    <div class="small quiet">{site.city}</div>
                  </Show>
                </td>
                <td>{site.client_name}</td>
                <td>{site.site_manager_name}</td>
                <td>
                  <span class="row">
                    <Badge icon={siteLook(site).icon} tone={siteLook(site).tone}>
                      {siteLook(site).label}
                    </Badge>
                    <WriteState row={site.id} />
                  </span>
                </td>
                <td class="number">
                  <Show when={site.open > 0} fallback={<span class="faint">0</span>}>
                    <Badge icon="incident" tone={gravestTone(site.gravest)}>
                      {number(site.open)}
                    </Badge>
                  </Show>
                </td>
                <td class="number">{date(site.ends_on)}</td>
              </tr>
            )}
          </For>
        </tbody>
      </table>
    </div>
  )
}
