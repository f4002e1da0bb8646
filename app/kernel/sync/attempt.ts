import { refusalOf } from '../errors.ts'
import type { PendingCommand } from './apply.ts'
import type { Outbox } from './outbox.ts'

export interface AttemptPorts {
  outbox: Pick<Outbox, 'withdraw'>
  /** Shows the effect in the local database and answers the tables it touched; null while there is no database. */
  show: ((command: PendingCommand) => Promise<string[]>) | null
  /** True when the local rows are a complete download. */
  complete: boolean
}

/**
 * Shows the effect of a command just added to the outbox. Answers the tables it touched, null when the rows do not show it. To be called
 * exclusively. Rejects with AppError when the effect refuses it; the command is then out of the outbox.
 */
export async function attemptEffect({ outbox, show, complete }: AttemptPorts, command: PendingCommand): Promise<string[] | null> {
  try {
    return show ? await show(command) : null
  } catch (error) {
    const refusal = refusalOf(error, complete)
    // Where a row it needs may not have arrived yet, or the database itself fails, the server judges.
    if (refusal && (await outbox.withdraw(command.id))) throw refusal
    return null
  }
}
