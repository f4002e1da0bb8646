/** What the API's roles may reach: policies/exposed.json and matrix.json, which reviewers read; what they do not name must be denied. */
import { readFileSync } from 'node:fs'
import { commands } from '../../app/kernel/generated/commands.ts'
import { matrix, tableOf } from './world.ts'

export type ApiRole = 'anon' | 'authenticated' | 'service_role'

const exposed = JSON.parse(readFileSync(new URL('../../policies/exposed.json', import.meta.url), 'utf8')) as {
  functions: Record<ApiRole, string[]>
  'hidden columns': Record<string, string[]>
}
const COMMANDS = Object.keys(commands).map((name) => `app.${name}`)
const TABLES = new Set(Object.keys(matrix).map((line) => `app.${tableOf(line)}`))

/** Whether a role of the API may call a function: `boot_*` in the list stands for every name that begins so. */
export function mayCall(role: ApiRole, name: string): boolean {
  const names = role === 'authenticated' ? [...exposed.functions.authenticated, ...COMMANDS] : exposed.functions[role]
  return names.some((each) => (each.endsWith('*') ? name.startsWith(each.slice(0, -1)) : each === name))
}

/** Whether a role of the API may read a relation, as far as its policies let it. */
export const mayRead = (role: ApiRole, relation: string): boolean => role === 'authenticated' && TABLES.has(relation)

/** Whether nobody may read a column of an exposed table. */
export const isHidden = (relation: string, column: string): boolean => exposed['hidden columns'][relation]?.includes(column) ?? false
