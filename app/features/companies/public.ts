// What other features may use of companies.
export { Checklist, createChecklist } from './GettingStarted.tsx'
