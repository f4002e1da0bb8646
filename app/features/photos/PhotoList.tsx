import { useSearchParams } from '@solidjs/router'
import { createMemo, For, Show, type JSX } from 'solid-js'
import { filled } from '../../kernel/active.ts'
import { createRows } from '../../kernel/data.ts'
import { date, longDay, number } from '../../kernel/i18n/format.ts'
import { plural, t } from '../../kernel/i18n/index.ts'
import { matches } from '../../kernel/search.ts'
import { session } from '../../kernel/session.ts'
import { Icon } from '../../kernel/ui/icons.tsx'
import { Page } from '../../kernel/ui/Page.tsx'
import { part } from '../../kernel/ui/part.tsx'
import { Age, LinkButton, Panel, Rows } from '../../kernel/ui/parts.tsx'
import { SearchField } from '../../kernel/ui/SearchField.tsx'
import { Views } from '../../kernel/ui/table/Views.tsx'
import { photoAuthors, photoList, photoSites, photoZones, type PhotoItem } from './data.ts'
import { createViewer, PhotoGrid } from './PhotoGrid.tsx'

interface Filters extends Record<string, string | undefined> {
  site?: string
  zone?: string
  author?: string
  from?: string
  to?: string
  q?: string
  view?: 'map'
}

/** Photos that are asked for at once: a page draws fewer tiles than a map gathers points. */
const MOST = { list: 500, map: 5000 }

/** The map and what draws it come when somebody wants a map. */
const PhotoMap = part(
  () => import('./PhotoMap.tsx'),
  () => <p class="quiet">{t('photo.map.loading')}</p>,
)

/** Every photo this person may see, by day; the filters live in the address. */
export default function PhotoList() {
  const [search, setSearch] = useSearchParams<Filters>()
  const timeZone = () => session.company()?.time_zone ?? 'Europe/Paris'
  const layout = () => (search.view === 'map' ? 'map' : 'list')
  const most = () => MOST[layout()]
  const view = createRows(() =>
    photoList({ site: search.site, zone: search.zone, author: search.author, from: search.from, to: search.to }, timeZone(), most()),
  )
  const sites = createRows(photoSites)
  const zones = createRows(() => photoZones(search.site ?? null))
  const authors = createRows(photoAuthors)
  const shown = createMemo(() =>
    view.rows().filter((photo) => matches(search.q, photo.caption, photo.zone, photo.site_name, photo.author_name, photo.incident_title)),
  )
  const filters = () => [search.site, search.zone, search.author, search.from, search.to, search.q].map((value) => value ?? '').join('\n')
  const filtered = () => filters().trim() !== ''
  const clear = () => setSearch({ site: undefined, zone: undefined, author: undefined, from: undefined, to: undefined, q: undefined })
  const dayOf = (photo: PhotoItem) => new Intl.DateTimeFormat('sv-SE', { timeZone: timeZone() }).format(new Date(photo.taken_at))
  const days = createMemo(() => {
    const all = new Map<string, PhotoItem[]>()
    for (const photo of shown()) all.set(dayOf(photo), [...(all.get(dayOf(photo)) ?? []), photo])
    return all
  })
  // Named by text: a photo that changes must not draw its day anew, with the viewer over it.
  const dayNames = createMemo(() => [...days().keys()])
  const viewer = createViewer(shown)
  const dayName = (day: string) => (day.startsWith(String(new Date().getFullYear())) ? longDay(day) : date(day))
  const mayAdd = () => session.can('photo.upload')
  /** The photos, or why there are none. */
  const All = (props: { children?: JSX.Element }) => (
    <Rows
      view={view}
      rows={shown()}
      empty={
        <Show when={!filtered()} fallback={<Nothing onClear={clear} />}>
          <Panel
            icon="camera"
            title={t('photo.empty')}
            actions={
              <Show when={mayAdd()}>
                <LinkButton href="/photos/new" kind="primary" icon="camera">
                  {t('photo.take')}
                </LinkButton>
              </Show>
            }
          >
            {t('photo.emptyBody')}
          </Panel>
        </Show>
      }
      nothing={<Nothing onClear={clear} />}
    >
      {() => props.children}
    </Rows>
  )

  return (
    <Page
      title={t('nav.photos')}
      actions={
        <Show when={mayAdd()}>
          <LinkButton icon="download" href={search.site ? `/photos/import?site=${search.site}` : '/photos/import'}>
            {t('photo.import')}
          </LinkButton>
          <LinkButton kind="primary" icon="camera" href={search.site ? `/photos/new?site=${search.site}` : '/photos/new'}>
            {t('photo.take')}
          </LinkButton>
        </Show>
      }
    >
      <div class="stack tight">
        <div class="toolbar">
          <SearchField label={t('photo.search')} value={search.q} onSearch={(q) => setSearch({ q }, { replace: true })} />
          <Views
            views={['list', 'map']}
            now={layout()}
            onChoose={(next) => setSearch({ view: next === 'map' ? next : undefined }, { replace: true })}
          />
        </div>
        <div class="photo-filters" role="group" aria-label={t('action.filter')}>
          <Choice
            label={t('field.site_id')}
            all={t('photo.allSites')}
            value={search.site}
            options={sites.rows().map((row) => [row.id, row.name])}
            onChoose={(site) => setSearch({ site, zone: undefined })}
          />
          <Choice
            label={t('field.zone')}
            all={t('photo.allZones')}
            value={search.zone}
            options={zones.rows().map((row) => [row.zone, row.zone])}
            onChoose={(zone) => setSearch({ zone })}
          />
          <Choice
            label={t('photo.author')}
            all={t('photo.allAuthors')}
            value={search.author}
            options={authors.rows().map((row) => [row.id, row.full_name])}
            onChoose={(author) => setSearch({ author })}
          />
          <label class="photo-day">
            <span>{t('photo.from')}</span>
            <input
              class="input"
              type="date"
              value={search.from ?? ''}
              onChange={(event) => setSearch({ from: event.currentTarget.value || undefined })}
            />
          </label>
          <label class="photo-day">
            <span>{t('photo.to')}</span>
            <input
              class="input"
              type="date"
              value={search.to ?? ''}
              onChange={(event) => setSearch({ to: event.currentTarget.value || undefined })}
            />
          </label>
        </div>
      </div>
      <Age />
      <Show when={view.rows().length >= most()}>
        <p class="small quiet">{t('photo.onlyLatest', { most: number(most()) })}</p>
      </Show>
      <Show
        when={layout() === 'map'}
        fallback={
          <All>
            <For each={dayNames()}>
              {(day) => (
                <section class="section">
                  <header>
                    <h2>
                      {dayName(day)} <span class="section-count">{days().get(day)?.length}</span>
                    </h2>
                  </header>
                  <PhotoGrid photos={days().get(day) ?? []} label={dayName(day)} onOpen={viewer.open} />
                </section>
              )}
            </For>
            <p class="tiny faint" role="status">
              {plural('photo.count', shown().length)}
            </p>
          </All>
        }
      >
        <PhotoMap
          photos={shown()}
          sites={sites.rows()}
          filters={filters()}
          complete={filled() && view.source() === 'local'}
          onList={() => setSearch({ view: undefined }, { replace: true })}
        >
          <All />
        </PhotoMap>
      </Show>
      <viewer.View />
    </Page>
  )
}

function Nothing(props: { onClear: () => void }) {
  return (
    <Panel
      icon="search"
      title={t('state.nothing')}
      actions={
        <button type="button" class="button plain" onClick={() => props.onClear()}>
          {t('action.clearFilters')}
        </button>
      }
    />
  )
}

function Choice(props: {
  label: string
  all: string
  value?: string
  options: [value: string, label: string][]
  onChoose: (value: string | undefined) => void
}) {
  return (
    <span class="select">
      <select class="input" aria-label={props.label} onChange={(event) => props.onChoose(event.currentTarget.value || undefined)}>
        <option value="" selected={!props.value}>
          {props.all}
        </option>
        <For each={props.options}>
          {([value, label]) => (
            <option value={value} selected={value === props.value}>
              {label}
            </option>
          )}
        </For>
      </select>
      <Icon name="down" />
    </span>
  )
}
