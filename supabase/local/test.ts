import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildApp } from './build.ts'

/**
 * `npm test [-- filter…]`: runs every test; the last line counts them. `--again` (CI): files with a browser that failed, five at most, are
 * played once more by themselves, and the output names them: a machine that others use too can be too slow for a browser.
 */

interface Report {
  testResults: { name: string; status: string; assertionResults: { status: string }[] }[]
}
interface Count {
  passed: number
  failed: number
}

const root = fileURLToPath(new URL('../..', import.meta.url))
const AGAIN_AT_MOST = 5
const WITH_BROWSER = /^tests\/(journeys|client\/browser)/

// once, before tests that open the app side by side; those say for themselves what they miss
await buildApp(root).catch((error: Error) => console.error(error.message))

const folder = mkdtempSync(join(tmpdir(), 'aplomb-report-'))
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')
const filters = process.argv.slice(2).filter((argument) => argument !== '--again')
const first = await run('all', filters)
let total = first.count
const again = process.argv.includes('--again') ? slowJourneys(first.report) : []
if (again.length) {
  console.log(`\nOnce more, by themselves: ${again.join(', ')}`)
  const second = await run('again', again)
  const kept = countFiles(first.report!.testResults.filter(({ name }) => !again.includes(relative(root, name))))
  total = { passed: kept.passed + second.count.passed, failed: kept.failed + second.count.failed }
  console.log(`On a second try: ${second.count.passed} passed, ${second.count.failed} failed in ${again.join(', ')}`)
}
rmSync(folder, { recursive: true, force: true })
console.log(`${total.passed} passed, ${total.failed} failed`)
process.exitCode = total.passed > 0 && total.failed === 0 ? 0 : 1

/** Runs the tests of these files, or all, and counts them. */
async function run(name: string, files: string[]): Promise<{ report: Report | null; count: Count }> {
  const file = join(folder, `${name}.json`)
  const child = spawn(process.execPath, [vitest, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`, ...files], {
    stdio: 'inherit',
  })
  const end = () => child.kill('SIGTERM')
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect'] as const) process.on(signal, end)
  process.channel?.unref()
  const [code] = (await once(child, 'exit')) as [number | null]
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect'] as const) process.off(signal, end)
  const report = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Report) : null
  if (!report) return { report, count: { passed: 0, failed: 1 } }
  const count = countFiles(report.testResults)
  // A run that broke without a failed test is a failure of its own.
  return { report, count: { ...count, failed: count.failed === 0 && code !== 0 && count.passed > 0 ? 1 : count.failed } }
}

/** The files with a browser that failed, when they are few and nothing else did. */
function slowJourneys(report: Report | null): string[] {
  const failed = (report?.testResults ?? []).filter(({ status }) => status === 'failed').map(({ name }) => relative(root, name))
  return failed.length <= AGAIN_AT_MOST && failed.every((name) => WITH_BROWSER.test(name)) ? failed : []
}

/** A file that could not be loaded counts as one failure. */
function countFiles(files: Report['testResults']): Count {
  const of = (wanted: string) => files.flatMap((file) => file.assertionResults).filter(({ status }) => status === wanted).length
  const broken = files.filter(({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'))
  return { passed: of('passed'), failed: of('failed') + broken.length }
}
