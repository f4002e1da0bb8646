import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { generate, staleFiles } from '../generate.ts'
import { withDeployedDatabase } from './database.ts'

/** `npm run check`: types, format, lint, architecture, generated files. One line per part; what failed says why. */

const root = process.cwd()
const tool = (name: string) => join(root, 'node_modules', '.bin', name)

/** One part of the check: returns what is wrong with it, or nothing. */
type Part = () => Promise<string>

const formatted = ['*.ts', '{app,supabase,tests,edge-functions}/**/*.{ts,tsx,mjs,css}']

const parts: Record<string, Part> = {
  types: () => program(tool('tsc'), ['--noEmit', '-p', 'tsconfig.json']),
  'types of workers': () => (hasWorkers() ? program(tool('tsc'), ['--noEmit', '-p', 'tsconfig.worker.json']) : Promise.resolve('')),
  'types of functions': () => program(tool('tsc'), ['--noEmit', '-p', 'tsconfig.functions.json']),
  format: () => program(tool('prettier'), ['--check', '--log-level=warn', ...formatted]),
  lint: () => program(tool('oxlint'), ['--deny-warnings']),
  architecture: () => program(tool('vitest'), ['run', '--reporter=dot', 'tests/architecture.test.ts']),
  'generated files': checkGenerated,
}

let failed = 0
for (const [name, part] of Object.entries(parts)) {
  const began = performance.now()
  const trouble = await part().catch((error: unknown) => String(error instanceof Error ? error.stack : error))
  if (trouble) {
    failed += 1
    console.error(trouble.trimEnd())
  }
  console.log(`${trouble ? '✗' : '✓'} ${name} (${((performance.now() - began) / 1000).toFixed(1)} s)`)
}
console.log(failed === 0 ? 'All is well.' : `${failed} of ${Object.keys(parts).length} parts failed.`)
process.exitCode = failed === 0 ? 0 : 1

/** Runs a program; its output matters only when it fails. */
async function program(path: string, args: string[]): Promise<string> {
  const child = spawn(path, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NO_COLOR: '1' } })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  const [code] = (await once(child, 'close')) as [number | null]
  return code === 0 ? '' : output || `${path} ended with ${code}`
}

/** tsc refuses a project without files. */
function hasWorkers(): boolean {
  const app = join(root, 'app')
  return (
    existsSync(app) && readdirSync(app, { recursive: true, encoding: 'utf8' }).some((path) => /(?:^service-worker|(?:^|[/.])worker)\.ts$/.test(path))
  )
}

async function checkGenerated(): Promise<string> {
  const files = await withDeployedDatabase((databaseUrl) => generate(databaseUrl, root))
  const stale = staleFiles(files, root)
  return stale.length === 0 ? '' : `Out of date: ${stale.join(', ')}. Run \`npm run generate\` and commit the result.`
}
