import type { PendingCommand } from './apply.ts'
import type { StoredCommand } from './outbox.ts'
import { upgraded } from './upgrades.ts'

/** A command of the outbox as the local database runs it, on behalf of `actorId` (a membership). */
export function pendingOf(command: StoredCommand, companyId: string, actorId: string): PendingCommand {
  const { id, name, createdAt } = command
  return { id, name, args: upgraded(command).args, at: new Date(createdAt).toISOString(), companyId, actorId }
}
