import { t } from '../../kernel/i18n/index.ts'
import type { IconName } from '../../kernel/ui/icons.tsx'
import { severities, types, type IncidentType, type Severity, type Status, type Step } from './rules.ts'

export type Tone = 'ok' | 'warn' | 'danger' | 'info' | 'alarm' | ''

const typeIcons: Record<IncidentType, IconName> = { safety: 'safety', technical: 'technical', material: 'material', question: 'question' }
const typeTones: Record<IncidentType, Tone> = { safety: 'danger', technical: 'warn', material: 'info', question: '' }
const severityTones: Record<Severity, Tone> = { low: '', medium: 'info', high: 'warn', critical: 'alarm' }
const severityIcons: Record<Severity, IconName> = { low: 'info', medium: 'info', high: 'alert', critical: 'stop' }
const statusLooks: Record<Status, { icon: IconName; tone: Tone }> = {
  open: { icon: 'circle', tone: 'warn' },
  assigned: { icon: 'half', tone: 'info' },
  waiting: { icon: 'ask', tone: 'warn' },
  answered: { icon: 'answer', tone: 'info' },
  resolved: { icon: 'done', tone: 'ok' },
  closed: { icon: 'lock', tone: '' },
}
const stepIcons: Record<Step | 'report', IconName> = {
  report: 'incident',
  answer: 'answer',
  ask: 'ask',
  assign: 'give',
  resolve: 'done',
  reopen: 'reopen',
  close: 'lock',
  edit: 'edit',
}

/** How a type looks and reads. */
export const typeLook = (type: string) => ({
  icon: typeIcons[type as IncidentType],
  tone: typeTones[type as IncidentType],
  label: t(`incident.type.${type as IncidentType}`),
})
/** How a severity looks and reads. */
export const severityLook = (severity: string) => ({
  icon: severityIcons[severity as Severity],
  tone: severityTones[severity as Severity],
  label: t(`incident.severity.${severity as Severity}`),
})
/** How a status looks and reads. */
export const statusLook = (status: string) => ({ ...statusLooks[status as Status], label: t(`incident.status.${status as Status}`) })
/** The icon of a step. */
export const stepIcon = (step: string) => stepIcons[step as Step]

/** The types to choose from, explained in a line each when there is room. */
export const typeOptions = (explained: boolean) =>
  types.map((value) => ({ value, ...typeLook(value), hint: explained ? t(`incident.typeHint.${value}`) : undefined }))
/** The severities to choose from. */
export const severityOptions = () => severities.map((value) => ({ value, ...severityLook(value) }))
