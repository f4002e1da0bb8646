import { expect, test } from 'vitest'
import { watchMemory } from './memory.ts'

const HOUR = 3_600_000
/** `npm run prove` says until when. */
const until = Number(process.env['PROVE_UNTIL'] ?? 0)
const ms = Math.min(HOUR, Math.max(until - Date.now(), 60_000))

// A shorter watch may not grow by more either: what a minute shows is less than what an hour would, never a proof of it.
test.runIf(process.env['PROVE_LONG'])(
  'the memory of a gateway at work grows by at most 5 % in an hour, or in all the time there is',
  async () => {
    expect((await watchMemory(ms)).growth).toBeLessThanOrEqual(5)
  },
  ms + 300_000,
)
