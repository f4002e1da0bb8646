// Many histories, and the shortest story of one that went wrong.
import { historyOf, written, type History } from './operations.ts'
import { runHistory, type Settings, type Told } from './run.ts'
import type { World } from './world.ts'

export interface Campaign {
  /** The first history's seed; the others follow it. */
  seed: number
  count: number
  /** Operations of each history. */
  length: number
  /** Devices of a history at most. */
  most?: number
  settings?: Settings
  /** Histories that run beside each other, so that one computes while another waits for the database. */
  lanes?: number
  /** Ends after the first history that went wrong. */
  first?: boolean
  /** No history starts after this moment (Date.now()). */
  until?: number
}

export interface Outcome extends Omit<Told, 'wrongs'> {
  histories: number
  failures: { seed: number; wrongs: string[] }[]
}

/** Runs the histories of consecutive seeds. Answers what they did in sum, and those that went wrong. */
export async function campaign(
  world: World,
  { seed, count, length, most, settings, lanes = 3, first = false, until = Infinity }: Campaign,
): Promise<Outcome> {
  const outcome: Outcome = { histories: 0, written: 0, applied: 0, refused: 0, calls: 0, failures: [] }
  let next = 0
  const lane = async () => {
    while (next < count && Date.now() < until && !(first && outcome.failures.length)) {
      const own = seed + next++
      const { wrongs, ...sums } = await runHistory(world, historyOf(own, length, most), settings)
      outcome.histories++
      for (const key of Object.keys(sums) as (keyof typeof sums)[]) outcome[key] += sums[key]
      if (wrongs.length) outcome.failures.push({ seed: own, wrongs })
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return outcome
}

/** Leaves out what is not needed for the failure (delta debugging). Answers the shortest history found, and what is wrong with it. */
export async function shrink(world: World, history: History, settings?: Settings, tries = 150): Promise<{ history: History; wrongs: string[] }> {
  let best = history
  let { wrongs } = await runHistory(world, history, settings)
  if (!wrongs.length) return { history, wrongs }
  for (let size = Math.ceil(best.operations.length / 2); size >= 1 && tries > 0;) {
    let shorter = false
    for (let start = 0; start < best.operations.length && tries > 0; tries--) {
      const shortened = { ...best, operations: best.operations.toSpliced(start, size) }
      const told = await runHistory(world, shortened, settings)
      if (told.wrongs.length) {
        best = shortened
        wrongs = told.wrongs
        shorter = true
      } else start += size
    }
    if (size === 1 && !shorter) break
    size = size === 1 ? 1 : Math.ceil(size / 2)
  }
  return { history: best, wrongs }
}

/** The story of a failure, to be read and to be run again. */
export function story({ seed, devices, operations }: History, wrongs: string[]): string {
  return [
    `seed ${seed}, ${devices} devices, ${operations.length} operations:`,
    ...operations.map((each) => `  ${written(each)}`),
    ...wrongs.map((wrong) => `→ ${wrong}`),
  ].join('\n')
}
