// What other features may use of incidents.
export { LatestActivity } from './ActivityList.tsx'
export { IncidentCard } from './IncidentCard.tsx'
export { assignees, latestActivity, reportSites, routing, siteIncidents, waitingFor, type Reason, type WaitingIncident } from './data.ts'
export { severityOptions, typeLook } from './labels.ts'
export { types } from './rules.ts'
