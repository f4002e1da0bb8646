import { createUniqueId, For } from 'solid-js'
import { createRows } from '../../kernel/data.ts'
import { t } from '../../kernel/i18n/index.ts'
import { Icon } from '../../kernel/ui/icons.tsx'
import { photoZones, type PhotoSite } from './data.ts'

interface SiteZoneProps {
  sites: PhotoSite[]
  /** The site chosen; empty while none is. */
  siteId: string
  onSite: (id: string) => void
  zone: string
  onZone: (zone: string) => void
  /** The site is settled, or may not change now. */
  fixed: boolean
}

/** Where the next photos belong: a site, and a zone in words already used there or new ones. */
export function SiteZone(props: SiteZoneProps) {
  const zones = createRows(() => (props.siteId ? photoZones(props.siteId) : null))
  const zonesId = createUniqueId()
  return (
    <div class="form-grid">
      <label class="field">
        <span class="label">{t('field.site_id')}</span>
        <span class="select">
          <select class="input" disabled={props.fixed} onChange={(event) => props.onSite(event.currentTarget.value)}>
            <option value="" selected={!props.siteId}>
              {t('incident.chooseSite')}
            </option>
            <For each={props.sites}>
              {(site) => <option value={site.id} selected={site.id === props.siteId}>{`${site.name} · ${site.code}`}</option>}
            </For>
          </select>
          <Icon name="down" />
        </span>
      </label>
      <label class="field">
        <span class="label">
          {t('field.zone')} <span class="optional">{t('form.optional')}</span>
        </span>
        <input
          class="input"
          value={props.zone}
          maxlength={120}
          list={zonesId}
          placeholder={t('incident.zonePlaceholder')}
          onInput={(event) => props.onZone(event.currentTarget.value)}
        />
      </label>
      <datalist id={zonesId}>
        <For each={zones.rows()}>{(row) => <option value={row.zone} />}</For>
      </datalist>
    </div>
  )
}
