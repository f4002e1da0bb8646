// Time of one history: nothing moves but by advance(), and a pause of the machine changes nothing.

export interface Timeline {
  /** Milliseconds since the history began. */
  now: () => number
  /** Calls back after `ms`. Answers the way to cancel. */
  after: (ms: number, call: () => void) => () => void
  /** What a device waits for outside of virtual time, such as Postgres: time stands still until it is there. */
  outside: <T>(work: Promise<T>) => Promise<T>
  /** Lets `ms` pass, one appointment after the other. */
  advance: (ms: number) => Promise<void>
  /** Lets everything run that needs no time. */
  settle: () => Promise<void>
}

/** Time at zero, nothing appointed. */
export function makeTimeline(): Timeline {
  let now = 0
  let order = 0
  let waiting = 0
  const appointments = new Map<number, { at: number; order: number; call: () => void }>()

  let wake: (() => void) | undefined
  const settle = async () => {
    do {
      if (waiting) await new Promise<void>((resolve) => (wake = resolve))
      await new Promise((resolve) => setImmediate(resolve))
    } while (waiting)
  }

  return {
    now: () => now,
    after(ms, call) {
      const key = ++order
      appointments.set(key, { at: now + Math.max(0, ms), order: key, call })
      return () => void appointments.delete(key)
    },
    async outside(work) {
      waiting++
      try {
        return await work
      } finally {
        if (--waiting === 0) wake?.()
      }
    },
    settle,
    async advance(ms) {
      const end = now + ms
      await settle()
      for (;;) {
        let next: { at: number; order: number; call: () => void } | undefined
        for (const each of appointments.values()) {
          if (each.at <= end && (!next || each.at < next.at || (each.at === next.at && each.order < next.order))) next = each
        }
        if (!next) break
        appointments.delete(next.order)
        now = next.at
        next.call()
        await settle()
      }
      now = end
    },
  }
}
