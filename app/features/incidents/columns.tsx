import { createMemo, Show } from 'solid-js'
import { dateTime } from '../../kernel/i18n/format.ts'
import { t } from '../../kernel/i18n/index.ts'
import { Badge } from '../../kernel/ui/parts.tsx'
import type { Column } from '../../kernel/ui/table/columns.ts'
import type { IncidentItem } from './data.ts'
import { severityLook, statusLook, typeLook } from './labels.ts'
import { severities } from './rules.ts'

/** A word of the ledger as a badge; drawn again only when it is another one. */
function LookBadge(props: { of: string; look: typeof severityLook | typeof statusLook }) {
  const word = createMemo(() => props.of)
  const look = createMemo(() => props.look(word()))
  return (
    <Badge icon={look().icon} tone={look().tone}>
      {look().label}
    </Badge>
  )
}

/** The columns of the table of incidents. */
export const incidentColumns = (): Column<IncidentItem>[] => [
  { key: 'title', label: t('incident.title'), value: (row) => row.title, always: true, width: 'minmax(12rem, 3fr)' },
  { key: 'site', label: t('site.title'), value: (row) => row.site_name, width: 'minmax(9rem, 1.5fr)' },
  { key: 'zone', label: t('field.zone'), value: (row) => row.zone, kind: 'quiet', optional: true },
  { key: 'type', label: t('table.type'), value: (row) => typeLook(row.type).label, width: '6.5rem' },
  {
    key: 'severity',
    label: t('field.severity'),
    value: (row) => severities.indexOf(row.severity as (typeof severities)[number]),
    text: (row) => severityLook(row.severity).label,
    descending: true,
    width: '8.5rem',
    cell: (row) => <LookBadge of={row().severity} look={severityLook} />,
  },
  {
    key: 'status',
    label: t('field.status'),
    value: (row) => statusLook(row.status).label,
    width: '12.5rem',
    cell: (row) => <LookBadge of={row().status} look={statusLook} />,
  },
  { key: 'reporter', label: t('table.reporter'), value: (row) => row.reporter_name, optional: true, width: 'minmax(7.5rem, 1fr)' },
  {
    key: 'assignee',
    label: t('incident.handledBy'),
    value: (row) => row.assignee_name,
    width: 'minmax(7.5rem, 1fr)',
    cell: (row) => (
      <Show when={row().assignee_name} fallback={<span class="faint">–</span>}>
        {row().assignee_name}
      </Show>
    ),
  },
  {
    key: 'reported',
    label: t('table.reported'),
    value: (row) => row.reported_at,
    cell: (row) => dateTime(row().reported_at),
    kind: 'number',
    descending: true,
    width: '8.5rem',
  },
]
