import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'

/**
 * `npm run prove -- --hours N [--seed S]`: attacks the border between companies, breaks devices, server and network in every way, kills
 * processes under load and watches the memory of a gateway at work, in rounds with a seed each, until the time is over. Each round prints what it counted; the first failure ends it.
 * `npm run prove -- --seed S` alone repeats the history of a seed, in memory and on PGlite, and shrinks what goes wrong.
 */

const { values } = parseArgs({ options: { hours: { type: 'string' }, seed: { type: 'string' } } })
const replay = values.seed !== undefined && values.hours === undefined
const hours = Number(values.hours ?? 1)
const first = Number(values.seed ?? Math.floor(Date.now() / 1000) % 1_000_000_000)
if (!(hours > 0) || !Number.isSafeInteger(first)) {
  console.error('npm run prove -- [--hours N] [--seed S]: N hours (0.5 is half an hour), S a whole number')
  process.exit(1)
}

const HISTORIES = ['tests/faults/faults.test.ts', 'tests/faults/phones.test.ts']
/** Attacks and planted bugs take as long as they take; histories fill the rest of a round. */
const REST = ['tests/isolation', 'tests/crashes/server.test.ts', 'tests/crashes/resources.test.ts', 'tests/faults/mutants.test.ts']
/** Watched beside all the rest, for an hour when there is one. */
const MEMORY = ['tests/crashes/memory.test.ts']
const ROUND_MS = 3600_000
/** In less than this, hours, attacks and planted bugs are those of `npm test`, with other seeds. */
const LONG_HOURS = 0.5
/** Lines in which tests count: `isolation: …, seed 1`. */
const COUNTS = /^(?:isolation|mutants|faults|protocol bugs|crashes|memory)\b.*/
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')
const started = Date.now()
const end = started + hours * 3600_000
const children = new Set<ChildProcess>()
let stopped = false
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect'] as const) process.on(signal, () => void stop())
process.channel?.unref()

/** Ends what still runs, and then this process as failed. */
async function stop(): Promise<never> {
  stopped = true
  const ends = [...children].map((child) => once(child, 'close'))
  for (const child of children) child.kill('SIGTERM')
  await Promise.all(ends)
  process.exit(1)
}

/** Runs test files with a seed; ends everything when one fails. */
async function run(files: string[], seed: number, env: Record<string, string>): Promise<void> {
  const child = spawn(process.execPath, [vitest, 'run', '--project', 'parts', ...files], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1', PROVE_SEED: String(seed), ...env },
  })
  children.add(child)
  let told = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (told += text))
  const [code] = (await once(child, 'close')) as [number | null]
  children.delete(child)
  // its end says nothing of what it proved: `stop` ends this process
  if (stopped) return new Promise<never>(() => undefined)
  const counts = told.split('\n').filter((line) => COUNTS.test(line))
  console.log(counts.map((line) => `  ${line}`).join('\n'))
  if (code === 0) return
  console.log(told)
  console.log(
    `Failed. A history that went wrong is repeated by its own seed: npm run prove -- --seed <seed>; the rest by --hours and --seed ${seed}.`,
  )
  await stop()
}

/** Rounds, one after the other, until the time is over. Answers how many. */
async function runRounds(): Promise<number> {
  const long: Record<string, string> = hours >= LONG_HOURS ? { PROVE_LONG: '1' } : {}
  for (let round = 0; ; round++) {
    if (round > 0 && Date.now() >= end) return round
    const seed = first + round * 1_000_000
    const roundEnd = Math.min(end, Date.now() + ROUND_MS)
    console.log(`round ${round + 1}, seed ${seed}`)
    await run(REST, seed, long)
    if (Date.now() < roundEnd) await run(HISTORIES, seed, { PROVE_LONG: '1', PROVE_UNTIL: String(roundEnd) })
  }
}

if (replay) {
  console.log(`seed ${first}`)
  await run(HISTORIES, first, { PROVE_COUNT: '1', PROVE_PHONES: '1' })
} else {
  const [rounds] = await Promise.all([runRounds(), run(MEMORY, first, { PROVE_LONG: '1', PROVE_UNTIL: String(end) })])
  console.log(`${rounds} rounds, 0 failed, ${((Date.now() - started) / 3600_000).toFixed(2)} hours`)
}
