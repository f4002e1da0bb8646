import { createMemo, createSignal, For, Show } from 'solid-js'
import { createRows, run } from '../../kernel/data.ts'
import { date, money, number } from '../../kernel/i18n/format.ts'
import { locale, t, tOr } from '../../kernel/i18n/index.ts'
import { session } from '../../kernel/session.ts'
import { outbox } from '../../kernel/status.ts'
import { Clashes } from '../../kernel/ui/Clashes.tsx'
import { announce, confirm } from '../../kernel/ui/dialogs.tsx'
import { explain } from '../../kernel/ui/explain.ts'
import { Page } from '../../kernel/ui/Page.tsx'
import { Place } from '../../kernel/ui/Place.tsx'
import { useParams } from '../../kernel/ui/params.ts'
import { Age, Badge, Button, LinkButton, Note, Panel, Rows, WriteState } from '../../kernel/ui/parts.tsx'
import { IncidentCard, siteIncidents } from '../incidents/public.ts'
import { SitePhotos } from '../photos/public.ts'
import { activePeople, siteClashes, siteDetail, type SiteDetail } from './data.ts'
import { siteLook } from './labels.ts'
import { SiteTeam } from './SiteTeam.tsx'

/** One site: what it is, who is there, what is open. */
export default function SitePage() {
  const params = useParams<{ id: string }>()
  const view = createRows(() => siteDetail(params.id!))
  const site = () => view.rows().find((row) => row.id === params.id)
  const refused = createMemo(() =>
    outbox.items().find((item) => item.state === 'refused' && item.name === 'create_site' && 'id' in item.args && item.args.id === params.id),
  )
  return (
    <Show
      when={site()}
      fallback={
        <Page title={t('site.title')} back="/sites">
          <Rows
            view={view}
            empty={
              <Show
                when={refused()}
                fallback={
                  <Panel icon="lock" title={t('state.ghost')} actions={<LinkButton href="/sites">{t('nav.sites')}</LinkButton>}>
                    {t('state.ghostBody')}
                  </Panel>
                }
              >
                {(item) => (
                  <Panel
                    icon="stop"
                    tone="danger"
                    title={t('site.refused')}
                    actions={
                      <LinkButton kind="primary" href={`/sync/${item().id}`}>
                        {t('sync.mend')}
                      </LinkButton>
                    }
                  >
                    {explain(item())}
                  </Panel>
                )}
              </Show>
            }
          >
            {() => null}
          </Rows>
        </Page>
      }
    >
      {(found) => <Content site={found()} />}
    </Show>
  )
}

function Content(props: { site: SiteDetail }) {
  const site = () => props.site
  const incidents = createRows(() => siteIncidents(site().id))
  const clashes = createRows(() => siteClashes(site().id))
  const people = createRows(activePeople)
  const look = () => siteLook(site())
  const archived = () => site().archived_at !== null
  const canEdit = () => !archived() && session.can('site.edit', site().id)
  const currency = () => session.company()?.currency ?? 'EUR'
  const place = () => [site().address, [site().postal_code, site().city].filter(Boolean).join(' ')].filter(Boolean).join(', ')
  const person = (column: string, value: unknown) =>
    column.endsWith('_manager_id') ? people.rows().find((each) => each.id === value)?.full_name : undefined

  const archive = async () => {
    if (
      !(await confirm({ title: t('site.archiveTitle', { name: site().name }), body: t('site.archiveBody'), action: t('site.archive'), danger: true }))
    )
      return
    await run('archive_site', { id: site().id })
    announce(t('site.archived', { name: site().name }), 'archive')
  }

  const [writing, setWriting] = createSignal(false)
  const report = async () => {
    setWriting(true)
    try {
      const { save, siteReport } = await import('./report.ts')
      const { file, alone } = await siteReport(site().id, locale())
      save(file, `${site().code} ${site().name}`.replaceAll(/[^\p{L}\p{N}._ -]+/gu, '-') + '.pdf')
      announce(alone ? t('site.reportAlone') : t('site.reportSaved', { name: site().name }), 'download')
    } catch (error) {
      announce(explain(error), 'alert')
    } finally {
      setWriting(false)
    }
  }

  return (
    <Page
      title={site().name}
      back="/sites"
      backAlways
      eyebrow={
        <>
          <span class="mono">{site().code}</span>
          <Show when={site().client_name}>
            <span aria-hidden="true">·</span>
            <span>{site().client_name}</span>
          </Show>
        </>
      }
      actions={
        <>
          <Show when={!archived() && session.can('incident.report', site().id)}>
            <LinkButton kind="primary" icon="incident" href={`/incidents/new?site=${site().id}`}>
              {t('create.incident')}
            </LinkButton>
          </Show>
          <Button icon="download" busy={writing()} disabled={writing()} onClick={report}>
            {t('site.report')}
          </Button>
          <Show when={canEdit()}>
            <LinkButton icon="edit" href={`/sites/${site().id}/edit`}>
              {t('action.edit')}
            </LinkButton>
          </Show>
        </>
      }
    >
      <Age />
      <div class="row wrap">
        <Badge icon={look().icon} tone={look().tone}>
          {look().label}
        </Badge>
        <For each={site().tags}>{(tag) => <Badge icon="tag">{tag}</Badge>}</For>
        <WriteState row={site().id} />
      </div>
      <Show when={archived()}>
        <Note icon="archive">{t('site.readOnly', { date: date(site().archived_at) })}</Note>
      </Show>

      <div class="figures">
        <div class="figure" classList={{ danger: incidents.rows().some((row) => row.severity === 'critical') }}>
          <p class="label">{t('site.openTitle')}</p>
          <p class="value">{number(incidents.rows().length)}</p>
        </div>
        <div class="figure">
          <p class="label">{t('site.dates')}</p>
          <p class="value long">{date(site().ends_on) || t('site.noEnd')}</p>
        </div>
        <Show when={session.can('budget.view', site().id)}>
          <div class="figure">
            <p class="label">{t('field.budget')}</p>
            <p class="value" classList={{ long: (site().budget ?? '').length > 9 || !site().budget }}>
              {site().budget ? money(site().budget!, currency()) : t('site.noBudget')}
            </p>
          </div>
        </Show>
      </div>

      <section class="section">
        <header>
          <h2>
            {t('site.openTitle')} <span class="section-count">{incidents.rows().length || ''}</span>
          </h2>
        </header>
        <Rows view={incidents} skeleton={2} empty={<p class="quiet">{t('site.noIncidents')}</p>}>
          {(rows) => (
            <ul class="items">
              <For each={rows}>
                {(incident) => (
                  <li>
                    <IncidentCard incident={incident} href={`/incidents/${incident.id}`} site={false} />
                  </li>
                )}
              </For>
            </ul>
          )}
        </Rows>
      </section>

      <SitePhotos siteId={site().id} archived={archived()} />

      <SiteTeam site={site()} />

      <section class="section">
        <header>
          <h2>{t('site.facts')}</h2>
        </header>
        <div class="card">
          <dl class="facts">
            <Fact label={t('field.client_name')} value={site().client_name} />
            <div>
              <dt>{t('field.address')}</dt>
              <dd>
                <Show when={place()} fallback={<span class="faint">{t('state.unknown')}</span>}>
                  {place()}
                </Show>
                <Show when={site().latitude !== null && site().longitude !== null}>
                  <Place latitude={site().latitude!} longitude={site().longitude!} />
                </Show>
              </dd>
            </div>
            <Fact label={t('field.project_manager_id')} value={site().project_manager_name} />
            <Fact label={t('field.site_manager_id')} value={site().site_manager_name} />
            <Fact label={t('field.architect')} value={site().architect} />
            <Fact label={t('field.starts_on')} value={date(site().starts_on)} />
            <Fact label={t('field.ends_on')} value={date(site().ends_on)} />
            <For each={Object.entries(site().custom)}>{([name, value]) => <Fact label={tOr(`field.${name}`, name)} value={String(value)} />}</For>
          </dl>
        </div>
      </section>

      <Clashes clashes={clashes.rows()} name={person} />

      <Show when={!archived() && session.can('site.archive')}>
        <section class="section">
          <header>
            <h2>{t('site.archive')}</h2>
          </header>
          <p class="quiet">{t('site.archiveHint')}</p>
          <div>
            <Button icon="archive" onClick={archive}>
              {t('site.archive')}
            </Button>
          </div>
        </section>
      </Show>
      <p class="tiny faint">{t('site.createdOn', { date: date(site().created_at) })}</p>
    </Page>
  )
}

function Fact(props: { label: string; value: string | null }) {
  return (
    <div>
      <dt>{props.label}</dt>
      <dd>
        <Show when={props.value} fallback={<span class="faint">{t('state.unknown')}</span>}>
          {props.value}
        </Show>
      </dd>
    </div>
  )
}
