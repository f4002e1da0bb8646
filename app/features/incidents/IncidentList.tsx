import { useSearchParams, type RouteSectionProps } from '@solidjs/router'
import { createMemo, For, Show } from 'solid-js'
import { createRows } from '../../kernel/data.ts'
import { number } from '../../kernel/i18n/format.ts'
import { t } from '../../kernel/i18n/index.ts'
import { matches } from '../../kernel/search.ts'
import { session } from '../../kernel/session.ts'
import { Icon } from '../../kernel/ui/icons.tsx'
import { Page } from '../../kernel/ui/Page.tsx'
import { useParams } from '../../kernel/ui/params.ts'
import { Age, LinkButton, Panel, Rows } from '../../kernel/ui/parts.tsx'
import { SearchField } from '../../kernel/ui/SearchField.tsx'
import { Split } from '../../kernel/ui/Split.tsx'
import { DataTable, TableTools } from '../../kernel/ui/table/DataTable.tsx'
import { createTable } from '../../kernel/ui/table/state.ts'
import { Views } from '../../kernel/ui/table/Views.tsx'
import { isDesk } from '../../kernel/ui/wide.ts'
import { incidentColumns } from './columns.tsx'
import { figures, incidentCounts, incidentList, incidentsBehind, incidentTable, type Figure, type Group } from './data.ts'
import { IncidentCard } from './IncidentCard.tsx'
import { typeLook } from './labels.ts'
import { types } from './rules.ts'

const groups: Group[] = ['live', 'resolved', 'closed']

/** Every incident this person may see, filtered; the filters live in the address. */
export default function IncidentList(props: RouteSectionProps) {
  const params = useParams<{ id?: string }>()
  const [search, setSearch] = useSearchParams<{
    group?: string
    type?: string
    grave?: string
    q?: string
    who?: string
    late?: string
    of?: string
    view?: string
    sort?: string
  }>()
  const group = (): Group => (groups.includes(search.group as Group) ? (search.group as Group) : 'live')
  const chosen = () => props.location.pathname !== '/incidents'
  const asTable = () => isDesk() && search.view === 'table' && !chosen()
  /** The figure whose incidents are asked for: they have every status. */
  const figure = (): Figure | undefined => (search.late ? 'late' : figures.find((each) => each === search.of))
  const asOf = new Date().toISOString()
  const view = createRows(() => {
    const counted = figure()
    if (counted) return incidentsBehind(counted, asOf)
    return asTable() ? incidentTable(group()) : incidentList(group())
  })
  const table = createTable('incidents', incidentColumns)
  const counts = createRows(incidentCounts)
  const me = () => session.company()?.membership_id

  const shown = createMemo(() =>
    view
      .rows()
      .filter(
        (row) =>
          (!search.type || row.type === search.type) &&
          (!search.grave || row.severity === 'high' || row.severity === 'critical') &&
          (!search.who || (search.who === 'me' ? row.assignee_id === me() || row.reporter_id === me() : row.assignee_id === null)) &&
          matches(search.q, row.title, row.site_name, row.site_code, row.zone, row.reporter_name, row.assignee_name),
      ),
  )
  const ordered = createMemo(() => table.order(shown()))
  const filtered = () => !!(search.type || search.grave || search.q || search.who || figure())
  /** How many there are before the filters of this screen: a list shows the first ones of a group alone. */
  const total = () => (figure() ? view.rows().length : Math.max(counts.rows()[0]?.[group()] ?? 0, view.rows().length))
  const href = (id: string) => `/incidents/${id}${query()}`
  const query = () => {
    const kept = new URLSearchParams()
    for (const name of ['group', 'type', 'grave', 'q', 'who', 'late', 'of', 'view', 'sort'] as const) if (search[name]) kept.set(name, search[name]!)
    return kept.size ? `?${kept}` : ''
  }

  const list = (
    <Page title={t('nav.incidents')}>
      <div class="stack tight">
        <div class="tabs" role="group" aria-label={t('incident.groups')}>
          <For each={groups}>
            {(each) => (
              <button
                type="button"
                class="tab"
                aria-pressed={!figure() && group() === each}
                onClick={() => setSearch({ group: each === 'live' ? undefined : each, late: undefined, of: undefined })}
              >
                {t(`incident.group.${each}`)} <span class="section-count">{number(counts.rows()[0]?.[each])}</span>
              </button>
            )}
          </For>
        </div>
        <div class="toolbar">
          <SearchField label={t('incident.search')} value={search.q} onSearch={(q) => setSearch({ q }, { replace: true })} />
          <Show when={isDesk()}>
            <Views
              views={['list', 'table']}
              now={search.view === 'table' ? 'table' : 'list'}
              onChoose={(next) => setSearch({ view: next === 'list' ? undefined : next }, { replace: true })}
            />
          </Show>
          <Show when={asTable()}>
            <TableTools state={table} rows={ordered} />
          </Show>
        </div>
        <div class="chips" role="group" aria-label={t('action.filter')}>
          <button
            type="button"
            class="chip"
            aria-pressed={search.who === 'me'}
            onClick={() => setSearch({ who: search.who === 'me' ? undefined : 'me' })}
          >
            <Icon name="person" />
            {t('incident.who.me')}
          </button>
          <button
            type="button"
            class="chip"
            aria-pressed={search.who === 'none'}
            onClick={() => setSearch({ who: search.who === 'none' ? undefined : 'none' })}
          >
            {t('incident.who.none')}
          </button>
          <Show when={figure() !== 'late' && figure()}>
            {(counted) => (
              <button type="button" class="chip" aria-pressed="true" onClick={() => setSearch({ of: undefined })}>
                {t(`incident.of.${counted() as Exclude<Figure, 'late'>}`)}
                <Icon name="close" />
              </button>
            )}
          </Show>
          <button
            type="button"
            class="chip"
            aria-pressed={search.late === '1'}
            onClick={() => setSearch({ late: search.late ? undefined : '1', of: undefined })}
          >
            <Icon name="clock" />
            {t('incident.late')}
          </button>
          <For each={types}>
            {(type) => (
              <button
                type="button"
                class="chip"
                aria-pressed={search.type === type}
                onClick={() => setSearch({ type: search.type === type ? undefined : type })}
              >
                <Icon name={typeLook(type).icon} />
                {typeLook(type).label}
              </button>
            )}
          </For>
          <button type="button" class="chip" aria-pressed={search.grave === '1'} onClick={() => setSearch({ grave: search.grave ? undefined : '1' })}>
            <Icon name="alert" />
            {t('incident.grave')}
          </button>
        </div>
      </div>
      <Age />
      <Show when={asTable() && shown().length > 0}>
        <DataTable state={table} rows={ordered()} label={t('nav.incidents')} href={(row) => href(row.id)} title={(row) => row.title} />
      </Show>
      <Show when={!asTable() || shown().length === 0}>
        <Rows
          view={view}
          rows={shown()}
          empty={
            <Show
              when={!figure()}
              fallback={
                <Panel
                  icon="done"
                  tone="ok"
                  title={t(figure() === 'late' ? 'incident.noneLate' : 'state.nothing')}
                  actions={<LinkButton href="/incidents">{t('incident.all')}</LinkButton>}
                />
              }
            >
              <Panel
                icon={group() === 'live' ? 'done' : 'incident'}
                tone={group() === 'live' ? 'ok' : ''}
                title={t(`incident.empty.${group()}`)}
                actions={
                  <Show when={group() === 'live' && session.can('incident.report')}>
                    <LinkButton href="/incidents/new" kind="primary" icon="plus">
                      {t('create.incident')}
                    </LinkButton>
                  </Show>
                }
              >
                {t(`incident.emptyBody.${group()}`)}
              </Panel>
            </Show>
          }
          nothing={
            <Panel
              icon="search"
              title={t('state.nothing')}
              actions={
                <button
                  type="button"
                  class="button plain"
                  onClick={() => setSearch({ type: undefined, grave: undefined, q: undefined, who: undefined, late: undefined, of: undefined })}
                >
                  {t('action.clearFilters')}
                </button>
              }
            />
          }
        >
          {(rows) => (
            <>
              <ul class="items" aria-label={t('nav.incidents')}>
                <For each={rows}>
                  {(incident) => (
                    <li>
                      <IncidentCard incident={incident} href={href(incident.id)} current={params.id === incident.id} />
                    </li>
                  )}
                </For>
              </ul>
              <Show when={filtered() || rows.length < total()}>
                <p class="tiny faint" role="status">
                  {t('state.shown', { shown: number(rows.length), total: number(total()) })}
                </p>
              </Show>
            </>
          )}
        </Rows>
      </Show>
    </Page>
  )

  return (
    <Split list={list} chosen={chosen()} alone={props.location.pathname === '/incidents/new'} whole={asTable()}>
      {props.children}
    </Split>
  )
}
