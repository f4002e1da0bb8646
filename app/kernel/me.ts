import { permissions } from './generated/rights.ts'
import { session } from './session.ts'

/** The membership of this person in the active company; people are named by it everywhere. */
export const me = (): string => session.company()?.membership_id ?? ''

/** The name of a draft of this person in this company: another person's on the same phone never shows. */
export const draftName = (what: string): string => `${session.user()?.id}:${session.company()?.company_id}:${what}`

/** Whether a permission is held on things of others too: `session.can` also says yes where it covers one's own alone. */
export function canForOthers(permission: string): boolean {
  const roles = session.company()?.roles ?? []
  return permissions.some((each) => `${each.module}.${each.action}` === permission && each.scope === 'company' && roles.includes(each.role))
}

/** Roles to which the company shows nothing inside the app: no row has a scope of theirs. */
const OUTSIDE = ['client', 'analyst']

/** Whether this person sees none of the company's work, by every role they hold. */
export const isOutside = (): boolean => session.company()?.roles.every((role) => OUTSIDE.includes(role)) ?? false
