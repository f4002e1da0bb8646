import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { claim, isClaimed, waitUntil } from './processes.ts'

/** A build that takes longer than this, in ms, will not end. */
const PATIENCE = 300_000

/** All that goes into the built app. */
const SOURCES = ['app', 'public', 'sql', 'index.html', 'vite.config.ts', 'vite.split.ts', 'package-lock.json']

/**
 * Builds the app when the build is missing or older than its sources. Builds of one checkout come one at a time and replace the folder at once:
 * a second run finds the first one's, never half of it.
 * @param root the checkout
 * @returns the folder of the built app
 * @throws what vite said when the build fails
 */
export async function buildApp(root: string): Promise<string> {
  const dist = join(root, 'dist')
  const fresh = () => changedAt(join(dist, 'index.html')) > Math.max(...SOURCES.map((name) => changedAt(join(root, name))))
  if (fresh()) return dist
  const folder = join(root, '.cache', 'build')
  const release = await takeTurn(folder)
  try {
    if (fresh()) return dist
    console.error('Building the app…')
    const [next, old] = [join(folder, 'next'), join(folder, 'old')]
    await build(root, next)
    rmSync(old, { recursive: true, force: true })
    if (existsSync(dist)) renameSync(dist, old)
    renameSync(next, dist)
    rmSync(old, { recursive: true, force: true })
    return dist
  } finally {
    release()
  }
}

/** What vite prints counts only when it fails: its warnings are about code of libraries. */
async function build(root: string, folder: string): Promise<void> {
  const vite = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin', 'vite.js')
  const child = spawn(process.execPath, [vite, 'build', '--outDir', folder, '--emptyOutDir', '--logLevel', 'warn'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_ENV: 'production' }, // whoever asks: a test runner says `test`
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`${said}\nThe app could not be built: see above.`)
}

/** Waits until no other living process builds here; answers how to let the next one in. */
async function takeTurn(folder: string): Promise<() => void> {
  mkdirSync(folder, { recursive: true })
  for (;;) {
    if (!(await waitUntil(() => !isClaimed(folder), PATIENCE))) throw new Error('Another build of the app does not end.')
    try {
      return await claim(folder)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' && !isClaimed(folder)) throw error // two came at the same moment
    }
  }
}

/** When a file, or the newest file below a folder, changed last, in ms; 0 when there is none. */
function changedAt(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) return 0
  if (!found.isDirectory()) return found.mtimeMs
  return Math.max(found.mtimeMs, ...readdirSync(path).map((name) => changedAt(join(path, name))))
}
