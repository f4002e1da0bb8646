import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** All that goes into the built app. */
const SOURCES = ['app', 'public', 'sql', 'index.html', 'vite.config.ts', 'package-lock.json']

/**
 * Builds the app when the build is missing or older than its sources.
 * @param root the checkout
 * @returns the folder of the built app
 * @throws when the build fails; vite has said why
 */
export async function buildApp(root: string): Promise<string> {
  const dist = join(root, 'dist')
  if (changedAt(join(dist, 'index.html')) > Math.max(...SOURCES.map((name) => changedAt(join(root, name))))) return dist
  console.error('Building the app…')
  const vite = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin', 'vite.js')
  const child = spawn(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    env: { ...process.env, NODE_ENV: 'production' }, // whoever asks: a test runner says `test`
  })
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error('The app could not be built: see above.')
  return dist
}

/** When a file, or the newest file below a folder, changed last, in ms; 0 when there is none. */
function changedAt(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) return 0
  if (!found.isDirectory()) return found.mtimeMs
  return Math.max(found.mtimeMs, ...readdirSync(path).map((name) => changedAt(join(path, name))))
}
