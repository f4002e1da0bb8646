import { AppError, toAppError } from '../errors.ts'
import type { Outbox } from './outbox.ts'
import type { Remote } from './protocol.ts'

const MOST_COMMANDS = 50
const MOST_BYTES = 256_000

export interface Pushing {
  remote: Pick<Remote, 'push'>
  outbox: Outbox
  /** Nothing else writes the outbox's head or shows effects meanwhile. */
  exclusive: <T>(work: () => Promise<T>) => Promise<T>
  /** True when no further batch may start. */
  stopped: () => boolean
  /** Commands changed state. */
  onOutbox: () => void
  /** The rows shown may not match the outbox any more. */
  onMoved: () => void
}

/** True when the server could read the request but will never accept its content. */
const refusesContent = ({ code }: AppError) => /^(22|23|54)[0-9A-Z]{3}$/.test(code) || ['LIMIT', 'WRONG', 'BLANK', '400', '413', '422'].includes(code)

/**
 * Sends what waits, in order, until nothing does. Only one at a time may do so for an owner: its caller holds the lock of the engine.
 * Rejects with AppError when the server cannot be reached or wants something first; what was under way is then still marked so.
 */
export async function pushAll({ remote, outbox, exclusive, stopped, onOutbox, onMoved }: Pushing): Promise<void> {
  let size = MOST_COMMANDS
  let silent = 0
  for (;;) {
    const batch = await exclusive(() => outbox.take(size, MOST_BYTES))
    if (!batch || stopped()) return
    onOutbox()
    let answer
    try {
      answer = await remote.push(batch)
    } catch (thrown) {
      const error = toAppError(thrown)
      if (!refusesContent(error)) throw error
      await outbox.release()
      if (batch.commands.length > 1) size = Math.ceil(batch.commands.length / 2)
      else await exclusive(() => outbox.setAside(batch.commands[0]!.id, error))
      onMoved()
      continue
    }
    size = MOST_COMMANDS
    onMoved()
    await outbox.settle(answer.results)
    // Two silent answers in a row would go on for ever.
    silent = answer.results.length ? 0 : silent + 1
    if (silent > 1) throw new AppError('FAULT', undefined, `the server expects ${answer.expect} and takes nothing`)
    if (answer.expect !== batch.commands.at(-1)!.seq + 1) await exclusive(() => outbox.renumber(answer.expect))
    onOutbox()
  }
}
