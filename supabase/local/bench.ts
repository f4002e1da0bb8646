import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runBenches } from '../../tests/bench/run.ts'

/** `npm run bench [group…]`: one JSON line per measure on standard output, everything else on standard error. */

const folder = fileURLToPath(new URL('../../tests/bench/', import.meta.url))
const wanted = process.argv.slice(2)
const unknown = wanted.filter((group) => !existsSync(join(folder, `${group}.bench.ts`)))
if (unknown.length > 0) {
  console.error(`There is no bench “${unknown.join('”, “')}” in tests/bench.`)
  process.exit(1)
}
process.exitCode = (await runBenches(folder, wanted)) ? 0 : 1
