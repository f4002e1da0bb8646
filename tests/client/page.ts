import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium, type Browser } from 'playwright-core'
import { build } from 'vite'

/** Turns the sources of an app into those of a later version: path ending → what is changed in the file. */
export type Changes = Record<string, (code: string) => string>

/** Builds the page of the browser tests as the app is built. Answers its folder, and the way to remove it. */
export async function buildPage(changes: Changes = {}): Promise<{ dir: string; remove: () => void }> {
  const dir = mkdtempSync(join(tmpdir(), 'aplomb-page-'))
  // As `npm run build` does: the test runner says `test`.
  const before = process.env['NODE_ENV']
  process.env['NODE_ENV'] = 'production'
  await build({
    configFile: fileURLToPath(new URL('../../vite.config.ts', import.meta.url)),
    root: fileURLToPath(new URL('page', import.meta.url)),
    publicDir: fileURLToPath(new URL('../../public', import.meta.url)),
    logLevel: 'warn',
    plugins: [
      {
        name: 'later-version',
        enforce: 'pre',
        transform: (code, id) => Object.entries(changes).find(([ending]) => id.endsWith(ending))?.[1](code),
      },
    ],
    build: { outDir: dir, emptyOutDir: true },
  }).finally(() => {
    process.env['NODE_ENV'] = before
  })
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) }
}

/** The Chromium of the system, or the one that the variable names. */
export const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium'

/** A browser without a profile. */
export const launch = (): Promise<Browser> => chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
