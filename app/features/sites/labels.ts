import { t } from '../../kernel/i18n/index.ts'
import type { IconName } from '../../kernel/ui/icons.tsx'

export const siteStatuses = ['planned', 'running', 'alert', 'finished'] as const
export type SiteStatus = (typeof siteStatuses)[number]

const looks: Record<SiteStatus | 'archived', { icon: IconName; tone: 'ok' | 'warn' | 'danger' | 'info' | '' }> = {
  planned: { icon: 'calendar', tone: 'info' },
  running: { icon: 'half', tone: 'ok' },
  alert: { icon: 'alert', tone: 'danger' },
  finished: { icon: 'done', tone: '' },
  archived: { icon: 'archive', tone: '' },
}

/** How the status of a site looks and reads; an archived site is that before anything else. */
export function siteLook(site: { status: string; archived_at: string | null }) {
  const status = site.archived_at ? 'archived' : (site.status as SiteStatus)
  return { ...looks[status], label: t(`site.status.${status}`) }
}

/** The roles that a person can have on a site. */
export const siteRoles = ['project_manager', 'site_manager', 'crew', 'design_office', 'hse', 'viewer'] as const

const grave = ['low', 'medium', 'high', 'critical'] as const
/** The tone of the gravest open incident: 0 low … 3 critical. */
export const gravestTone = (rank: number | null) => (rank === null ? '' : rank >= 3 ? 'alarm' : grave[rank] === 'high' ? 'warn' : '')
