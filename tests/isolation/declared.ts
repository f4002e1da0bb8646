/** What the API's roles may call: read from policies/exposed.json, which a reviewer reads; a function that it does not name must be denied. */
import { readFileSync } from 'node:fs'
import { commands } from '../../app/kernel/generated/commands.ts'

const exposed = JSON.parse(readFileSync(new URL('../../policies/exposed.json', import.meta.url), 'utf8')) as Record<'anon' | 'authenticated' | 'service_role', string[]>

const COMMANDS = Object.keys(commands).map((name) => `app.${name}`)

/** Whether a role of the API may call a function: `boot_*` in the list stands for every name that begins so. */
export function mayCall(role: 'anon' | 'authenticated' | 'service_role', name: string): boolean {
  const names = role === 'authenticated' ? [...exposed.authenticated, ...COMMANDS] : exposed[role]
  return names.some((each) => (each.endsWith('*') ? name.startsWith(each.slice(0, -1)) : each === name))
}
