import { useSearchParams } from '@solidjs/router'
import { createMemo, createSignal, onCleanup, Show } from 'solid-js'
import { createRows } from '../../kernel/data.ts'
import { dateTime } from '../../kernel/i18n/format.ts'
import { t } from '../../kernel/i18n/index.ts'
import { canForOthers, me } from '../../kernel/me.ts'
import { session } from '../../kernel/session.ts'
import { NoSites } from '../../kernel/ui/NoSites.tsx'
import { Page } from '../../kernel/ui/Page.tsx'
import { Age, Button, LinkButton, Rows } from '../../kernel/ui/parts.tsx'
import { latestActivity, LatestActivity } from '../incidents/public.ts'
import { LatestPhotos } from '../photos/public.ts'
import { AdoptionChart, FlowChart, OpenChart, ResponseChart } from './Charts.tsx'
import { adoptionWeeks, incidentWeeks, openIncidents, portfolio, tiles, type TileName } from './data.ts'
import { Portfolio } from './Portfolio.tsx'
import { Targets } from './Targets.tsx'
import { Tiles } from './Tiles.tsx'
import './dashboard.css'

type View = 'company' | 'sites'

/** Figures of the company and its sites; they move by themselves when something happens in the field. */
export default function Dashboard() {
  const [search, setSearch] = useSearchParams<{ view?: string; of?: string }>()
  const [asOf, setAsOf] = createSignal(new Date().toISOString())
  const minute = setInterval(() => setAsOf(new Date().toISOString()), 60_000)
  onCleanup(() => clearInterval(minute))
  const [aiming, setAiming] = createSignal(false)

  const leads = () => session.company()?.roles.includes('executive') ?? false
  const view = (): View => (search.view === 'sites' || search.view === 'company' ? search.view : leads() ? 'company' : 'sites')
  const allowed = () => canForOthers('analytics.view')
  const headline = createRows(() => (allowed() ? tiles(asOf()) : null))
  const sites = createRows(() => (allowed() ? portfolio(me(), asOf()) : null))
  const weeks = createRows(() => (allowed() && view() === 'company' ? incidentWeeks(asOf()) : null))
  const open = createRows(() => (allowed() && view() === 'company' ? openIncidents(asOf()) : null))
  const adoption = createRows(() => (allowed() && view() === 'company' ? adoptionWeeks(asOf()) : null))
  const activity = createRows(() => (allowed() && view() === 'company' ? latestActivity() : null))
  const mine = createMemo(() => sites.rows().filter((site) => site.mine))
  const ofMe = () => search.of === 'me' || (search.of !== 'all' && !leads() && mine().length > 0)
  const shown = () => (ofMe() ? mine() : sites.rows())
  const tile = (kpi: TileName) => headline.rows().find((each) => each.kpi === kpi)
  const chosenTiles = createMemo(() => {
    const few: TileName[] = ['open_incidents', 'overdue_incidents', 'response_minutes', 'in_time_share']
    return view() === 'company' ? headline.rows() : headline.rows().filter((each) => few.includes(each.kpi))
  })

  return (
    <Page
      title={t('nav.dashboard')}
      eyebrow={
        <span>
          {session.company()?.company_name} <span class="faint">· {t('dashboard.asOf', { time: dateTime(asOf()) })}</span>
        </span>
      }
      actions={
        <div class="only-desk row">
          <Show when={session.can('target.edit')}>
            <Button kind="quiet" icon="settings" onClick={() => setAiming(true)}>
              {t('dashboard.targets')}
            </Button>
          </Show>
          <Button icon="print" onClick={() => print()}>
            {t('dashboard.print')}
          </Button>
        </div>
      }
    >
      <div class="tabs" role="group" aria-label={t('nav.dashboard')}>
        <button type="button" class="tab" aria-pressed={view() === 'company'} onClick={() => setSearch({ view: 'company' })}>
          {t('dashboard.company')}
        </button>
        <button type="button" class="tab" aria-pressed={view() === 'sites'} onClick={() => setSearch({ view: 'sites' })}>
          {t('dashboard.sites')} <span class="section-count">{sites.rows().length || ''}</span>
        </button>
      </div>
      <Age />
      <Show when={!allowed() || sites.rows().length === 0}>
        <Rows view={sites} refused={!allowed()} empty={<NoSites>{t('dashboard.emptyBody')}</NoSites>}>
          {() => null}
        </Rows>
      </Show>
      <Show when={allowed() && sites.rows().length > 0}>
        <Tiles tiles={chosenTiles()} />
        <Show
          when={view() === 'company'}
          fallback={
            <section class="section">
              <Show when={mine().length > 0 && mine().length < sites.rows().length}>
                <div class="chips" role="group" aria-label={t('action.filter')}>
                  <button type="button" class="chip" aria-pressed={ofMe()} onClick={() => setSearch({ of: 'me' })}>
                    {t('dashboard.mine')} <span class="count">{mine().length}</span>
                  </button>
                  <button type="button" class="chip" aria-pressed={!ofMe()} onClick={() => setSearch({ of: 'all' })}>
                    {t('dashboard.all')} <span class="count">{sites.rows().length}</span>
                  </button>
                </div>
              </Show>
              <Portfolio sites={shown()} />
            </section>
          }
        >
          <div class="charts">
            <Show when={weeks.rows().length > 0}>
              <FlowChart weeks={weeks.rows()} />
            </Show>
            <Show when={open.source() !== 'none'}>
              <OpenChart rows={open.rows()} />
            </Show>
            <Show when={weeks.rows().length > 0}>
              <ResponseChart weeks={weeks.rows()} tile={tile('response_minutes')} />
            </Show>
            <Show when={adoption.rows().length > 0}>
              <AdoptionChart weeks={adoption.rows()} />
            </Show>
          </div>
          <LatestPhotos />
          <div class="columns">
            <section class="section">
              <header>
                <h2>{t('dashboard.worries')}</h2>
                <LinkButton kind="quiet" href="/dashboard?view=sites">
                  {t('today.allSites')}
                </LinkButton>
              </header>
              <Portfolio sites={sites.rows().slice(0, 4)} />
            </section>
            <LatestActivity rows={activity.rows()} card />
          </div>
        </Show>
      </Show>
      <Show when={aiming()}>
        <Targets onClose={() => setAiming(false)} />
      </Show>
    </Page>
  )
}
