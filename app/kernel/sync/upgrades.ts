/** How arguments as an older app wrote them are written today. */
type Change = (args: Record<string, unknown>) => Record<string, unknown>

/** Command → the version that changed its arguments → the change from the form before it. Oldest first; see sql/kernel/versions.sql. */
const CHANGES: Record<string, [version: number, change: Change][]> = {}

/**
 * The arguments of a command in today's form. What an older app wrote stays as it is in the outbox: the server knows a repeated command by
 * its first form, which goes along as `written`.
 */
export function upgraded(
  { name, args, version = 1 }: { name: string; args: Record<string, unknown>; version?: number },
  table = CHANGES,
): {
  args: Record<string, unknown>
  written?: Record<string, unknown>
} {
  const changes = (table[name] ?? []).filter(([since]) => since > version)
  return changes.length ? { args: changes.reduce((now, [, change]) => change(now), args), written: args } : { args }
}
