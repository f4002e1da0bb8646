import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** One figure of a bench. */
export interface Measure {
  name: string
  value: number
  unit: string
  /** What it is held to, as a comparison: '<= 100', '>= 0.5', '= 0', '> 0'. */
  goal: string
}

/** What each tests/bench/<group>.bench.ts exports. */
export interface Bench {
  /** Takes the measures of the group; each may be yielded as soon as it is known. Clears up after itself. */
  run(): AsyncIterable<Measure> | Promise<Measure[]>
}

/**
 * Runs groups one after the other and prints a JSON line per measure.
 * @param folder where the `<group>.bench.ts` files are
 * @param wanted names of groups; all of them when empty
 * @returns false when a group broke. A missed goal is a result, not a failure.
 */
export async function runBenches(folder: string, wanted: string[] = []): Promise<boolean> {
  const groups = readdirSync(folder)
    .flatMap((file) => /^(.+)\.bench\.ts$/.exec(file)?.[1] ?? [])
    .sort()
  const print = console.log
  console.log = console.error // standard output holds measures alone
  let sound = true
  try {
    for (const group of wanted.length > 0 ? wanted : groups) {
      const began = performance.now()
      try {
        const bench = (await import(pathToFileURL(join(folder, `${group}.bench.ts`)).href)) as Bench
        for await (const measure of iterate(bench.run())) print(line(group, measure))
      } catch (error) {
        sound = false
        console.error(`${group} broke:`, error)
      }
      console.error(`${group}: ${((performance.now() - began) / 1000).toFixed(0)} s`)
    }
  } finally {
    console.log = print
  }
  return sound
}

async function* iterate(measures: ReturnType<Bench['run']>): AsyncGenerator<Measure> {
  yield* Symbol.asyncIterator in measures ? measures : await measures
}

function line(group: string, { name, value, unit, goal }: Measure): string {
  const rounded = Number(value.toPrecision(4))
  return JSON.stringify({ group, name, value: rounded, unit, goal, pass: meets(rounded, goal) })
}

/** Does the value meet the goal? @throws when the goal is not a comparison with a number */
export function meets(value: number, goal: string): boolean {
  const [, sign = '', limit = ''] = /^(<=|>=|<|>|=) (-?[\d.]+)$/.exec(goal) ?? []
  const bound = Number.parseFloat(limit)
  if (!sign || Number.isNaN(value)) throw new Error(`Not a measurable goal: ${value} ${goal}`)
  return { '<=': value <= bound, '>=': value >= bound, '<': value < bound, '>': value > bound, '=': value === bound }[sign] ?? false
}
