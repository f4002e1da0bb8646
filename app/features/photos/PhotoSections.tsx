import { Show } from 'solid-js'
import { createRows } from '../../kernel/data.ts'
import { t } from '../../kernel/i18n/index.ts'
import { session } from '../../kernel/session.ts'
import { LinkButton, Rows } from '../../kernel/ui/parts.tsx'
import { incidentPhotos, latestPhotos, sitePhotos } from './data.ts'
import { LeftPhotos } from './LeftPhotos.tsx'
import { createViewer, PhotoGrid } from './PhotoGrid.tsx'

/** The latest photos of the company's sites; nothing while there are none. */
export function LatestPhotos() {
  const view = createRows(() => latestPhotos())
  const viewer = createViewer(view.rows)
  return (
    <Show when={view.rows().length > 0}>
      <section class="section">
        <header>
          <h2>{t('photo.latest')}</h2>
          <a href="/photos">{t('photo.all')}</a>
        </header>
        <PhotoGrid photos={view.rows()} label={t('photo.latest')} onOpen={viewer.open} />
        <viewer.View />
      </section>
    </Show>
  )
}

/** The latest photos of a site, on its page. */
export function SitePhotos(props: { siteId: string; archived: boolean }) {
  const view = createRows(() => sitePhotos(props.siteId))
  const viewer = createViewer(view.rows)
  return (
    <section class="section">
      <header>
        <h2>{t('nav.photos')}</h2>
        <Show when={view.rows().length > 0}>
          <a href={`/photos?site=${props.siteId}`}>{t('photo.all')}</a>
        </Show>
      </header>
      <Rows view={view} skeleton={1} empty={<p class="quiet">{t('photo.noneYet')}</p>}>
        {(rows) => <PhotoGrid photos={rows} label={t('nav.photos')} onOpen={viewer.open} />}
      </Rows>
      <viewer.View />
      <Show when={!props.archived && session.can('photo.upload', props.siteId)}>
        <div>
          <LinkButton icon="camera" href={`/photos/new?site=${props.siteId}`}>
            {t('photo.take')}
          </LinkButton>
        </div>
      </Show>
    </section>
  )
}

/** The photos of an incident, in its thread. */
export function IncidentPhotos(props: { incidentId: string; mayAdd: boolean }) {
  const view = createRows(() => incidentPhotos(props.incidentId))
  const viewer = createViewer(view.rows)
  return (
    <Show when={view.rows().length > 0 || props.mayAdd}>
      <section class="section">
        <header>
          <h2>
            {t('nav.photos')} <span class="section-count">{view.rows().length || ''}</span>
          </h2>
        </header>
        <Show when={view.rows().length > 0}>
          <PhotoGrid photos={view.rows()} label={t('nav.photos')} onOpen={viewer.open} />
        </Show>
        <LeftPhotos incidentId={props.incidentId} />
        <viewer.View />
        <Show when={props.mayAdd}>
          <div>
            <LinkButton icon="camera" href={`/photos/new?incident=${props.incidentId}`}>
              {t('photo.add')}
            </LinkButton>
          </div>
        </Show>
      </section>
    </Show>
  )
}
