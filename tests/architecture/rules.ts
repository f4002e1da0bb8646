import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The text of the repository: path → content. */
export type Sources = ReadonlyMap<string, string>

/** A house rule about files. */
export interface SourceRule {
  /** The rule as a sentence. */
  name: string
  /** What breaks the rule, as one line each. */
  check(sources: Sources): string[]
  /** Files that break it: a rule that lets them pass is no rule. */
  planted: Record<string, string>
}

/** A house rule about the database. */
export interface SchemaRule {
  /** The rule as a sentence. */
  name: string
  /** A query that answers what breaks the rule, as rows of one text. */
  query: string
  /** What may break it, and why. */
  except?: Record<string, string>
  /** SQL that breaks it, run by the owner and rolled back. */
  planted: string
}

/** The folder of the repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url))
const BINARY = /\.(png|jpe?g|gif|webp|ico|woff2?|ttf|pdf|wasm|gz|br)$/

/** Every text file that is committed or about to be. */
export function readSources(): Sources {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
  const paths = listed.split('\n').filter((path) => path && path !== 'node_modules' && !BINARY.test(path) && existsSync(join(root, path)))
  return new Map(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')]))
}

/** The files below a folder whose name ends so. */
export function filesIn(sources: Sources, folder: string, ending = ''): [path: string, text: string][] {
  return [...sources].filter(([path]) => path.startsWith(folder) && path.endsWith(ending))
}

/** The module names of sql/order.txt. */
export function nouns(sources: Sources): string[] {
  return (sources.get('sql/order.txt') ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
}

/** Files written by a program. */
export function isGenerated(path: string): boolean {
  return path.startsWith('app/kernel/generated/') || path === 'package-lock.json'
}
