// What an incident asks and allows. The same rules stand in sql/effects/incidents.sql and sql/modules/incidents.sql: the server decides,
// the screens only avoid offering what it would refuse.

export const types = ['safety', 'technical', 'material', 'question'] as const
export const severities = ['low', 'medium', 'high', 'critical'] as const
export type IncidentType = (typeof types)[number]
export type Severity = (typeof severities)[number]
export type Status = 'open' | 'assigned' | 'waiting' | 'answered' | 'resolved' | 'closed'
export type Step = 'answer' | 'ask' | 'assign' | 'resolve' | 'reopen' | 'close' | 'edit'

/** Statuses in which somebody still has to do something. */
export const live: Status[] = ['open', 'assigned', 'waiting', 'answered']
/** True while somebody still has to do something. */
export const isLive = (status: string) => live.includes(status as Status)

/** The fields that a report must carry, by type and severity. */
export function requiredFields(type: string, severity: string): string[] {
  const grave = severity === 'high' || severity === 'critical'
  return [
    'title',
    ...(grave ? ['description'] : []),
    ...(type === 'safety' && grave ? ['injured'] : []),
    ...(type === 'safety' && severity === 'critical' ? ['measures'] : []),
    ...(type === 'material' ? ['item'] : []),
  ]
}

/** What a report of a danger says of people hurt; not to know is an answer too. */
export const injuries = ['none', 'light', 'serious', 'unknown'] as const

/** The fields that the form insists on: those of the server, and whether anybody is hurt whatever the gravity. A title is made of what is missing. */
export function askedFields(type: string, severity: string): string[] {
  const required = requiredFields(type, severity)
  if (type === 'material') return required.filter((name) => name !== 'title')
  return type === 'safety' && !required.includes('injured') ? [...required, 'injured'] : required
}

/** The fields of `details` that a type has, beside those that every report has. */
export const detailFields: Record<IncidentType, string[]> = {
  safety: ['injured', 'measures'],
  technical: [],
  material: ['item', 'quantity', 'needed_by'],
  question: ['plan'],
}

interface Case {
  status: string
  reporter_id: string
  assignee_id: string | null
  site_archived: boolean
}

/** The steps that this person can take now; `can` = what they may do on incidents of others. An answer is never refused for the status: words written offline must arrive. */
export function stepsFor(incident: Case, me: string | undefined, can: (permission: string) => boolean): Set<Step> {
  const steps = new Set<Step>()
  if (!me || incident.site_archived) return steps
  const reporter = incident.reporter_id === me
  const handles = can('incident.handle') || incident.assignee_id === me
  const working = isLive(incident.status)
  if (handles || reporter) steps.add('answer').add('edit')
  if (handles && working) steps.add('ask').add('assign').add('resolve')
  if ((handles || reporter) && !working) steps.add('reopen')
  if ((reporter || can('incident.close')) && incident.status !== 'closed') steps.add('close')
  return steps
}

/** The step to put first: what this incident waits for from this person. */
export function nextStep(incident: Case, me: string | undefined, steps: Set<Step>): Step | undefined {
  const order: Step[] =
    incident.status === 'resolved'
      ? incident.reporter_id === me
        ? ['close', 'reopen']
        : ['reopen']
      : incident.status === 'open' && incident.assignee_id === null
        ? ['assign', 'answer']
        : ['answer']
  return order.find((step) => steps.has(step))
}
