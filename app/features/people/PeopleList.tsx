import { A, useSearchParams, type RouteSectionProps } from '@solidjs/router'
import { createMemo, For, Show } from 'solid-js'
import { createRows } from '../../kernel/data.ts'
import { list } from '../../kernel/i18n/format.ts'
import { t } from '../../kernel/i18n/index.ts'
import { roles } from '../../kernel/generated/rights.ts'
import { me } from '../../kernel/me.ts'
import { matches } from '../../kernel/search.ts'
import { session } from '../../kernel/session.ts'
import { Face } from '../../kernel/ui/Face.tsx'
import { Icon } from '../../kernel/ui/icons.tsx'
import { Page } from '../../kernel/ui/Page.tsx'
import { useParams } from '../../kernel/ui/params.ts'
import { Age, Badge, LinkButton, Panel, Rows, WriteState } from '../../kernel/ui/parts.tsx'
import { SearchField } from '../../kernel/ui/SearchField.tsx'
import { Split } from '../../kernel/ui/Split.tsx'
import { DataTable, TableTools } from '../../kernel/ui/table/DataTable.tsx'
import { createTable } from '../../kernel/ui/table/state.ts'
import { isDesk } from '../../kernel/ui/wide.ts'
import { personColumns, personTitle } from './columns.tsx'
import { activePeopleIds, pendingInvitations, peopleList, type PersonItem } from './data.ts'
import { Invitations } from './Invitations.tsx'
import { roleName, stateLook } from './labels.ts'
import { Teams } from './Teams.tsx'

type View = 'people' | 'invitations' | 'teams'

/** The people of the company, the invitations that wait, and the teams. */
export default function PeopleList(props: RouteSectionProps) {
  const params = useParams<{ id?: string }>()
  const [search, setSearch] = useSearchParams<{ q?: string; role?: string; view?: string; active?: string }>()
  const view = createRows(peopleList)
  const asOf = new Date().toISOString()
  const acted = createRows(() => (search.active ? activePeopleIds(asOf) : null))
  const actedIds = createMemo(() => new Set(acted.rows().map((row) => row.id)))
  const canInvite = () => session.can('member.invite')
  const invitations = createRows(() => (canInvite() ? pendingInvitations() : null))
  const tab = (): View => (search.view === 'teams' || (search.view === 'invitations' && canInvite()) ? (search.view as View) : 'people')
  const shown = createMemo(() =>
    view
      .rows()
      .filter(
        (person) =>
          (!search.active || actedIds().has(person.id)) &&
          (!search.role || person.roles.includes(search.role)) &&
          matches(search.q, person.full_name, person.email, person.job, ...person.roles.map(roleName)),
      ),
  )
  const used = createMemo(() => roles.map((role) => role.key).filter((key) => view.rows().some((person) => person.roles.includes(key))))
  const href = (id: string) => `/people/${id}${props.location.search}`
  const chosen = () => props.location.pathname !== '/people'
  const table = createTable('people', personColumns)
  const wide = () => isDesk() && !chosen()
  const go = (next: View) => setSearch({ view: next === 'people' ? undefined : next })

  const page = (
    <Page
      title={t('nav.people')}
      actions={
        <Show when={canInvite() && !chosen()}>
          <LinkButton kind="plain" icon="plus" href="/people/invite">
            {t('create.person')}
          </LinkButton>
          <LinkButton kind="plain" icon="people" href="/people/import">
            {t('bulk.title')}
          </LinkButton>
        </Show>
      }
    >
      <div class="tabs" role="group" aria-label={t('nav.people')}>
        <button type="button" class="tab" aria-pressed={tab() === 'people'} onClick={() => go('people')}>
          {t('person.all')} <span class="section-count">{view.rows().length || ''}</span>
        </button>
        <Show when={canInvite()}>
          <button type="button" class="tab" aria-pressed={tab() === 'invitations'} onClick={() => go('invitations')}>
            {t('invitation.pending')} <span class="section-count">{invitations.rows().length || ''}</span>
          </button>
        </Show>
        <button type="button" class="tab" aria-pressed={tab() === 'teams'} onClick={() => go('teams')}>
          {t('team.all')}
        </button>
      </div>
      <Show when={tab() === 'people'}>
        <div class="toolbar">
          <SearchField label={t('person.search')} value={search.q} onSearch={(q) => setSearch({ q }, { replace: true })} />
          <div class="select">
            <select
              class="input"
              aria-label={t('person.filterRole')}
              onChange={(event) => setSearch({ role: event.currentTarget.value || undefined })}
            >
              <option value="" selected={!search.role}>
                {t('person.everyRole')}
              </option>
              <For each={used()}>
                {(role) => (
                  <option value={role} selected={search.role === role}>
                    {roleName(role)}
                  </option>
                )}
              </For>
            </select>
            <Icon name="down" />
          </div>
          <button
            type="button"
            class="chip"
            aria-pressed={search.active === 'week'}
            onClick={() => setSearch({ active: search.active ? undefined : 'week' })}
          >
            <Icon name="clock" />
            {t('person.active')}
          </button>
          <Show when={wide()}>
            <TableTools state={table} rows={() => table.order(shown())} />
          </Show>
        </div>
        <Age />
        <Show when={wide() && shown().length > 0}>
          <DataTable state={table} rows={table.order(shown())} label={t('nav.people')} href={(person) => href(person.id)} title={personTitle} />
        </Show>
        <Show when={!wide() || shown().length === 0}>
          <Rows
            view={view}
            rows={shown()}
            empty={
              <Panel icon="people" title={t('person.empty')}>
                {t('person.emptyBody')}
              </Panel>
            }
            nothing={
              <Panel
                icon="search"
                title={t('state.nothing')}
                actions={
                  <button type="button" class="button plain" onClick={() => setSearch({ q: undefined, role: undefined, active: undefined })}>
                    {t('action.clearFilters')}
                  </button>
                }
              />
            }
          >
            {(people) => (
              <ul class="items" aria-label={t('nav.people')}>
                <For each={people}>
                  {(person) => (
                    <li>
                      <PersonCard person={person} href={href(person.id)} current={params.id === person.id} />
                    </li>
                  )}
                </For>
              </ul>
            )}
          </Rows>
        </Show>
      </Show>
      <Show when={tab() === 'invitations'}>
        <Invitations view={invitations} />
      </Show>
      <Show when={tab() === 'teams'}>
        <Teams people={view.rows()} />
      </Show>
    </Page>
  )
  return (
    <Split list={page} chosen={chosen()} alone={['/people/invite', '/people/import'].includes(props.location.pathname)} whole>
      {props.children}
    </Split>
  )
}

function Name(props: { person: PersonItem }) {
  return (
    <>
      {props.person.full_name}
      <Show when={props.person.id === me()}>
        {' '}
        <span class="faint">{t('person.you')}</span>
      </Show>
    </>
  )
}

function PersonCard(props: { person: PersonItem; href: string; current: boolean }) {
  return (
    <A class="item" href={props.href} aria-current={props.current ? 'true' : undefined}>
      <Face kind="people" picture={props.person.portrait} name={props.person.full_name} />
      <span class="grow">
        <span class="item-title">
          <Name person={props.person} />
        </span>
        <span class="item-line">
          <span>{list(props.person.roles.map(roleName))}</span>
        </span>
        <Show when={props.person.state !== 'active'}>
          <span class="item-badges">
            <Badge icon={stateLook(props.person.state).icon} tone={stateLook(props.person.state).tone}>
              {stateLook(props.person.state).label}
            </Badge>
          </span>
        </Show>
        <WriteState row={props.person.id} />
      </span>
      <Icon name="next" />
    </A>
  )
}
