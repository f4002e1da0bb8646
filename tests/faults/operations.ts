// A history as a list of operations, each with a seed of its own: one can be left out without changing the others.
import { STORMS } from './network.ts'
import { seeded } from './random.ts'

export type Deed =
  | 'write'
  | 'shoot'
  | 'mend photos'
  | 'mend'
  | 'online'
  | 'offline'
  | 'weather'
  | 'kill'
  | 'tab'
  | 'clock'
  | 'token'
  | 'quota'
  | 'evict'
  | 'upgrade'
  | 'rights'
  | 'leave'
  | 'keep'
  | 'restore'
  | 'slow'
  | 'worker'
  | 'wait'

export interface Operation {
  deed: Deed
  device: number
  seed: number
  /** Milliseconds that pass afterwards. */
  wait: number
}

export interface History {
  seed: number
  devices: number
  operations: Operation[]
}

const WEIGHTS: Record<Deed, number> = {
  write: 52, shoot: 7, 'mend photos': 1, mend: 3, online: 5, offline: 4, weather: 6, kill: 5, tab: 3, clock: 2, token: 2, quota: 2, evict: 1, upgrade: 1, rights: 3, leave: 1, keep: 2,
  restore: 1, slow: 2, worker: 2, wait: 2,
} // prettier-ignore

/** The history of a seed. */
export function historyOf(seed: number, length: number, most = 8): History {
  const random = seeded(seed)
  const devices = Math.min(most, random.pick([2, 2, 3, 3, 3, 4, 4, 5, 6, 8]))
  const operations = Array.from({ length }, (): Operation => {
    const deed = random.weighed(WEIGHTS)
    const pause = random.weighed({ none: 50, short: 40, long: 9, month: 1 })
    return {
      deed,
      device: random.between(0, devices - 1),
      seed: random.between(0, 2 ** 31),
      wait: pause === 'none' ? 0 : pause === 'short' ? random.between(100, 9_000) : pause === 'long' ? random.between(10_000, 90_000) : 0,
    }
  })
  return { seed, devices, operations }
}

/** One operation in a line. */
export const written = ({ deed, device, seed, wait }: Operation): string => `${deed} device ${device}, seed ${seed}, then ${wait} ms`

export const storms = Object.keys(STORMS)
