import { Show } from 'solid-js'
import { date, number } from '../../kernel/i18n/format.ts'
import { t } from '../../kernel/i18n/index.ts'
import { Badge, WriteState } from '../../kernel/ui/parts.tsx'
import type { Column } from '../../kernel/ui/table/columns.ts'
import type { SiteItem } from './data.ts'
import { gravestTone, siteLook } from './labels.ts'

/** The columns of the table of sites. */
export const siteColumns = (): Column<SiteItem>[] => [
  { key: 'code', label: t('field.code'), value: (site) => site.code, kind: 'mono', width: '8.5rem', descending: true },
  { key: 'name', label: t('site.title'), value: (site) => site.name, always: true, width: 'minmax(12rem, 2fr)' },
  { key: 'city', label: t('field.city'), value: (site) => site.city, kind: 'quiet' },
  { key: 'client', label: t('field.client_name'), value: (site) => site.client_name, width: 'minmax(9rem, 1.2fr)' },
  {
    key: 'project_manager',
    label: t('field.project_manager_id'),
    value: (site) => site.project_manager_name,
    optional: true,
    width: 'minmax(10rem, 1fr)',
  },
  { key: 'manager', label: t('field.site_manager_id'), value: (site) => site.site_manager_name, width: 'minmax(9.5rem, 1fr)' },
  {
    key: 'status',
    label: t('field.status'),
    value: (site) => siteLook(site).label,
    width: '8.5rem',
    cell: (site) => (
      <span class="row">
        <Badge icon={siteLook(site()).icon} tone={siteLook(site()).tone}>
          {siteLook(site()).label}
        </Badge>
        <WriteState row={site().id} />
      </span>
    ),
  },
  {
    key: 'open',
    label: t('nav.incidents'),
    value: (site) => site.open,
    kind: 'number',
    descending: true,
    width: '7rem',
    cell: (site) => (
      <Show when={site().open > 0} fallback={<span class="faint">0</span>}>
        <Badge icon="incident" tone={gravestTone(site().gravest)}>
          {number(site().open)}
        </Badge>
      </Show>
    ),
  },
  {
    key: 'starts_on',
    label: t('field.starts_on'),
    value: (site) => site.starts_on,
    cell: (site) => date(site().starts_on),
    kind: 'number',
    optional: true,
  },
  { key: 'ends_on', label: t('field.ends_on'), value: (site) => site.ends_on, cell: (site) => date(site().ends_on), kind: 'number', width: '9rem' },
]
