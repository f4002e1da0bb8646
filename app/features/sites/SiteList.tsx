import { A, useSearchParams, type RouteSectionProps } from '@solidjs/router'
import { createMemo, For, Show } from 'solid-js'
import { createRows } from '../../kernel/data.ts'
import { collate, number } from '../../kernel/i18n/format.ts'
import { plural, t, type Key } from '../../kernel/i18n/index.ts'
import { me } from '../../kernel/me.ts'
import { matches } from '../../kernel/search.ts'
import { session } from '../../kernel/session.ts'
import { Icon } from '../../kernel/ui/icons.tsx'
import { NoSites } from '../../kernel/ui/NoSites.tsx'
import { Page } from '../../kernel/ui/Page.tsx'
import { useParams } from '../../kernel/ui/params.ts'
import { Age, Badge, LinkButton, Panel, Rows, WriteState } from '../../kernel/ui/parts.tsx'
import { SearchField } from '../../kernel/ui/SearchField.tsx'
import { Split } from '../../kernel/ui/Split.tsx'
import { DataTable, TableTools } from '../../kernel/ui/table/DataTable.tsx'
import { createTable } from '../../kernel/ui/table/state.ts'
import { Views } from '../../kernel/ui/table/Views.tsx'
import { isDesk } from '../../kernel/ui/wide.ts'
import { siteColumns } from './columns.tsx'
import { siteList, type SiteItem } from './data.ts'
import { gravestTone, siteLook, siteStatuses } from './labels.ts'
import { SiteBoard } from './SiteBoard.tsx'

/** all = those not archived; active = those where work goes on, as the dashboard counts them. */
const filters = ['all', 'active', ...siteStatuses, 'archived'] as const
type Filter = (typeof filters)[number]
const sortChoices = ['name', 'code', 'open', 'ends_on'] as const
/** What the choice of a phone writes in the address. */
const sortOf = { name: '', code: '-code', open: '-open', ends_on: 'ends_on' }

const belongs = (site: SiteItem, filter: Filter) =>
  filter === 'archived'
    ? site.archived_at !== null
    : site.archived_at === null &&
      (filter === 'all' || site.status === filter || (filter === 'active' && (site.status === 'running' || site.status === 'alert')))

/** The sites of this person: cards on a phone, a table at a desk. Search, filter and sort live in the address. */
export default function SiteList(props: RouteSectionProps) {
  const params = useParams<{ id?: string }>()
  const [search, setSearch] = useSearchParams<{ q?: string; status?: string; sort?: string; view?: string }>()
  const asOf = new Date().toISOString()
  const view = createRows(() => siteList(me(), asOf))
  const filter = (): Filter => (filters.includes(search.status as Filter) ? (search.status as Filter) : 'all')
  const table = createTable('sites', siteColumns)
  const wide = () => isDesk() && !chosen()
  const layout = () => (search.view === 'board' ? 'board' : 'table')
  const found = createMemo(() =>
    view.rows().filter((site) => matches(search.q, site.name, site.code, site.client_name, site.city, site.site_manager_name, ...site.tags)),
  )
  const counts = createMemo(
    () => Object.fromEntries(filters.map((each) => [each, found().filter((site) => belongs(site, each)).length])) as Record<Filter, number>,
  )
  const shown = createMemo(() => {
    const sites = found().filter((site) => belongs(site, filter()))
    return table.sorted() ? table.order(sites) : sites.toSorted((a, b) => collate(a.name, b.name))
  })
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
          <SearchField label={t('site.search')} value={search.q} onSearch={(q) => setSearch({ q }, { replace: true })} />
          <Show
            when={wide()}
            fallback={
              <div class="select">
                <select
                  class="input"
                  aria-label={t('action.sort')}
                  onChange={(event) => setSearch({ sort: event.currentTarget.value || undefined }, { replace: true })}
                >
                  <For each={sortChoices}>
                    {(each) => (
                      <option value={sortOf[each]} selected={(search.sort ?? '') === sortOf[each]}>
                        {t(`site.sort.${each}` as Key)}
                      </option>
                    )}
                  </For>
                </select>
                <Icon name="sort" />
              </div>
            }
          >
            <Views
              views={['table', 'board']}
              now={layout()}
              onChoose={(next) => setSearch({ view: next === 'table' ? undefined : next }, { replace: true })}
            />
            <Show when={layout() === 'table'}>
              <TableTools state={table} rows={shown} />
            </Show>
          </Show>
        </div>
        <div class="chips" role="group" aria-label={t('action.filter')}>
          <For each={filters.filter((each) => each === 'all' || counts()[each] > 0 || filter() === each)}>
            {(each) => (
              <button
                type="button"
                class="chip"
                aria-pressed={filter() === each}
                onClick={() => setSearch({ status: each === 'all' ? undefined : each })}
              >
                {t(`site.status.${each}` as Key)} <span class="count">{number(counts()[each])}</span>
              </button>
            )}
          </For>
        </div>
      </div>
      <Age />
      <Show when={wide() && shown().length > 0 && layout() === 'board'}>
        <SiteBoard sites={shown()} href={href} />
      </Show>
      <Show when={wide() && shown().length > 0 && layout() === 'table'}>
        <DataTable state={table} rows={shown()} label={t('nav.sites')} href={(site) => href(site.id)} title={(site) => site.name} />
      </Show>
      <Show when={!wide() || shown().length === 0}>
        <Rows
          view={view}
          rows={shown()}
          empty={<NoSites>{t(session.can('site.create') ? 'site.emptyCreate' : 'site.emptyWait')}</NoSites>}
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
            <ul class="items" aria-label={t('nav.sites')}>
              <For each={sites}>
                {(site) => (
                  <li>
                    <SiteCard site={site} href={href(site.id)} current={params.id === site.id} />
                  </li>
                )}
              </For>
            </ul>
          )}
        </Rows>
      </Show>
    </Page>
  )
  return (
    <Split list={list} chosen={chosen()} alone={props.location.pathname === '/sites/new'} whole>
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
