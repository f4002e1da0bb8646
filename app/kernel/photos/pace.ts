import type { Clock } from '../sync/ports.ts'

export interface Pace {
  /** Asks for a turn within `ms`; never puts off one that comes earlier. */
  within: (ms: number) => void
  stop: () => void
}

/**
 * Takes turns at `work`, one after the other: the next comes when it was asked for, and `every` ms after the last one at the latest.
 * What is asked for during a turn gets another one after it: whoever asked may have changed something behind its back.
 */
export function makePace(clock: Pick<Clock, 'now' | 'after'>, every: number, work: () => Promise<void>): Pace {
  let at = Infinity
  let cancel = () => {}
  let busy = false
  let stopped = false

  function within(ms: number): void {
    const wanted = clock.now() + ms
    if (stopped || wanted >= at) return
    at = wanted
    cancel()
    if (!busy) cancel = clock.after(ms, turn)
  }

  function turn(): void {
    at = Infinity
    busy = true
    void work().finally(() => {
      busy = false
      const asked = at - clock.now()
      at = Infinity
      within(Math.max(0, Math.min(asked, every)))
    })
  }

  return {
    within,
    stop() {
      stopped = true
      cancel()
    },
  }
}
