import type { OutboxItem } from '../../kernel/contract.ts'
import { tOr } from '../../kernel/i18n/index.ts'

/** What a command is called on screens. */
export const commandName = (item: OutboxItem) => tOr(`command.${item.name}`, item.name)

/** What it is about, as far as its own content says. */
export function subject(item: OutboxItem): string | undefined {
  const args = item.args as Record<string, unknown>
  const changes = (args['changes'] ?? {}) as Record<string, unknown>
  const found = [
    args['title'],
    args['name'],
    args['full_name'],
    args['label'],
    args['body'],
    changes['title'],
    changes['name'],
    changes['full_name'],
  ].find((value): value is string => typeof value === 'string' && value.trim() !== '')
  return found && found.length > 60 ? `${found.slice(0, 57)}…` : found
}

/** The ids of what it is about: a site, an incident, a person. */
export const aboutIds = (item: OutboxItem): string[] =>
  Object.entries(item.args as Record<string, unknown>).flatMap(([name, value]) =>
    /^(id|site_id|incident_id|membership_id)$/.test(name) && typeof value === 'string' ? [value] : [],
  )

/** Texts and numbers of a command that a person can mend, as a flat list; `path` leads to the value. */
export interface Mendable {
  path: string[]
  label: string
  value: string
  kind: 'text' | 'long' | 'number' | 'date'
}

const LONG = ['body', 'description', 'measures', 'address']
const HIDDEN =
  /(^|_)id$|_ids$|token|^was$|_at$|latitude|longitude|accuracy|^(roles?|tags|working_days|working_time|type|incident_type|severity|status|state|locale|time_zone|currency|holiday_region)$/

/** The texts and numbers in the arguments of a command, at any depth. */
export function mendables(args: Record<string, unknown>, path: string[] = []): Mendable[] {
  return Object.entries(args).flatMap(([name, value]): Mendable[] => {
    if (HIDDEN.test(name)) return []
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return mendables(value as Record<string, unknown>, [...path, name])
    if (typeof value !== 'string' && typeof value !== 'number' && value !== null) return []
    const text = value === null ? '' : String(value)
    const kind = LONG.includes(name) ? 'long' : typeof value === 'number' ? 'number' : /^\d{4}-\d\d-\d\d$/.test(text) ? 'date' : 'text'
    return [{ path: [...path, name], label: tOr(`field.${name}`, name), value: text, kind }]
  })
}

/** The same arguments with mended values put in their places; an empty text becomes null where it was null. */
export function mended(args: Record<string, unknown>, values: { path: string[]; value: string; kind: Mendable['kind'] }[]): Record<string, unknown> {
  const copy = structuredClone(args)
  for (const { path, value, kind } of values) {
    let place = copy
    for (const name of path.slice(0, -1)) place = place[name] as Record<string, unknown>
    const last = path.at(-1)!
    const blank = value.trim() === ''
    place[last] = blank ? (place[last] === null || kind !== 'text' ? null : '') : kind === 'number' ? Number(value.replace(',', '.')) : value
  }
  return copy
}
