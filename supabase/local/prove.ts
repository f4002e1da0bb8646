import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'

/**
 * `npm run prove -- --hours N [--seed S]`: attacks the border between companies, breaks devices, server and network in every way, kills
 * processes under load and watches the memory of a gateway at work, in
 * rounds with a seed each, until the time is over. Prints what each round counted; ends at the first failure, whose seed repeats it.
 */

const { values } = parseArgs({ options: { hours: { type: 'string', default: '1' }, seed: { type: 'string' } } })
const hours = Number(values.hours)
const first = Number(values.seed ?? Math.floor(Date.now() / 1000) % 1_000_000_000)
if (!(hours > 0) || !Number.isSafeInteger(first)) {
  console.error('npm run prove -- --hours N [--seed S]: N hours (0.5 is half an hour), S a whole number')
  process.exit(1)
}

const folders = ['tests/isolation', 'tests/faults', 'tests/crashes'].filter((folder) => existsSync(folder))
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')
/** Lines in which tests count: `isolation: …, seed 1`. */
const COUNTS = /^(?:isolation|mutants|faults|protocol bugs|crashes|memory)\b.*/
const end = Date.now() + hours * 3600_000
process.channel?.unref()

let round = 0
do {
  const seed = first + round * 1_000_000
  console.log(`round ${++round}, seed ${seed}`)
  const child = spawn(process.execPath, [vitest, 'run', '--project', 'parts', ...folders], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1', PROVE_LONG: '1', PROVE_SEED: String(seed), PROVE_UNTIL: String(end) },
  })
  const stop = () => child.kill('SIGTERM')
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop)
  process.once('disconnect', stop)
  let told = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (told += text))
  const [code] = (await once(child, 'exit')) as [number | null]
  const counts = told.split('\n').filter((line) => COUNTS.test(line))
  console.log(counts.map((line) => `  ${line}`).join('\n'))
  if (code !== 0) {
    console.log(told)
    console.log(`Round ${round} failed: npm run prove -- --hours ${hours} --seed ${seed} repeats it.`)
    process.exit(1)
  }
} while (Date.now() < end)
console.log(`${round} rounds, 0 failed`)
