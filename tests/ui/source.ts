import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseSync } from 'vite'

const app = fileURLToPath(new URL('../../app', import.meta.url))

export interface SourceFile {
  /** Path under app/. */
  path: string
  text: string
  program: Node
}

/** A node of the syntax tree, as far as these tests look. */
export interface Node {
  type: string
  start: number
  [name: string]: unknown
}

/** Every source file of the app, without the dictionaries and what is generated. */
export function appSources(): SourceFile[] {
  return ['features', 'kernel', 'routes.tsx', 'main.tsx']
    .flatMap((entry) =>
      entry.endsWith('.tsx') ? [entry] : readdirSync(join(app, entry), { recursive: true, encoding: 'utf8' }).map((name) => join(entry, name)),
    )
    .filter((path) => /\.tsx?$/.test(path) && !/i18n\/(index|\w\w)\b/.test(path) && !path.includes('/generated/'))
    .map((path) => parseSource(path, readFileSync(join(app, path), 'utf8')))
}

/** A source file from its text. */
export const parseSource = (path: string, text: string): SourceFile => ({ path, text, program: parseSync(path, text).program as unknown as Node })

/** Walks a syntax tree, parents first. */
export function walk(node: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(node)) return node.forEach((each) => walk(each, visit))
  if (node === null || typeof node !== 'object') return
  if (typeof (node as Node).type === 'string') visit(node as Node)
  for (const value of Object.values(node)) walk(value, visit)
}

/** `path:line` of a place in a file, for a reader of the failure. */
export const place = (file: SourceFile, node: Node) => `${file.path}:${file.text.slice(0, node.start).split('\n').length}`
