import { roles } from '../../kernel/generated/rights.ts'

/** The roles that only somebody with `member.rights` may give; the server refuses the same ones. */
const guarded = ['admin', 'executive', 'project_manager', 'hr', 'accountant', 'analyst', 'hse']

/** The roles that a person may give. */
export const grantable = (canRights: boolean): string[] => roles.map((role) => role.key).filter((key) => canRights || !guarded.includes(key))

/** A secret for an invitation link and what the server keeps of it (SHA-256, hex). */
export async function newToken(): Promise<{ token: string; hash: string }> {
  const token = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(24))))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token)))
  return { token, hash: Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('') }
}
