import type { Clock } from './sync/ports.ts'

/** This device's clock and timers. */
export const deviceClock: Clock = {
  now: Date.now,
  after: (ms, call) => {
    const timer = setTimeout(call, ms)
    return () => clearTimeout(timer)
  },
}
