import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest'
import { buildApp } from '../../supabase/local/build.ts'
import { DESK, launchChromium, PHONE } from '../support/chromium.ts'
import { createWorld, type World, type WorldOptions } from '../support/world.ts'

/** A journey asserts what comes, not when: a machine that others use too takes half a minute for what a phone does in one second. */
const PATIENCE_MS = 60_000

const root = fileURLToPath(new URL('../..', import.meta.url))

/** What a journey plays on: a real backend, a browser, and devices that report their faults. */
export interface Stage {
  world: World
  /** Address that the app is opened at; the world's own unless the journey starts another one. */
  url: string
  /** A new phone. */
  phone(options?: BrowserContextOptions): Promise<BrowserContext>
  /** A new desk. */
  desk(options?: BrowserContextOptions): Promise<BrowserContext>
  /** Watches a context that the journey made by itself. */
  watch(context: BrowserContext): BrowserContext
  /** What no page may do: uncaught errors and violations of the content security policy. */
  faults: string[]
}

/**
 * The stage of one test file: made before its tests, taken down after them. Every test fails on a fault of its pages, and its devices are
 * closed after it.
 * @param name names the database for a reader of the server's log
 * @param options `prepare` is given the folder of the built app and answers the one to serve; `gateway` are settings of the world's
 */
export function useStage(name: string, { prepare = (dist: string) => dist, gateway = undefined as WorldOptions['gateway'] } = {}): Stage {
  let browser: Browser
  const open: BrowserContext[] = []
  const device = async (options: BrowserContextOptions) => stage.watch(await browser.newContext(options))
  const stage = {
    faults: [] as string[],
    phone: (options) => device({ ...PHONE, ...options }),
    desk: (options) => device({ ...DESK, ...options }),
    watch(context) {
      open.push(context)
      context.setDefaultTimeout(PATIENCE_MS)
      context.on('weberror', (error) =>
        stage.faults.push(`${error.page()?.url()}: ${error.error().name} ${error.error().message} ${error.error().stack}`),
      )
      // The console tells of workers too; the event tells of pages what was blocked, and where.
      context.on('console', (message) => {
        if (/content security policy|trusted(html|script)/i.test(message.text())) stage.faults.push(message.text())
      })
      void context.addInitScript(() =>
        document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile, lineNumber }) =>
          console.error(`Content Security Policy: ${violatedDirective} blocked ${blockedURI} at ${sourceFile}:${lineNumber}`),
        ),
      )
      return context
    },
  } as Stage

  beforeAll(async () => {
    stage.world = await createWorld(name, { staticDir: prepare(await buildApp(root)), gateway })
    stage.url = stage.world.url
    browser = await launchChromium()
  }, 120_000)
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') for (const page of open.flatMap((context) => context.pages())) await tellScreen(page)
    await Promise.all(open.splice(0).map((context) => context.close()))
    expect(stage.faults.splice(0)).toEqual([])
  })
  afterAll(async () => {
    await browser?.close()
    await stage.world?.close()
  })
  return stage
}

/** Says what a screen showed when its journey failed. */
async function tellScreen(page: Page): Promise<void> {
  const shown = await page.locator('body').ariaSnapshot({ timeout: 5_000 }).catch(String)
  console.error(`${page.url()}\n${shown}\n`)
}

/** Tries `check` again until it passes; answers what it answers. */
export const eventually = <T>(check: () => T | Promise<T>, timeout = PATIENCE_MS): Promise<T> => vi.waitFor(check, { timeout, interval: 50 })

/** Waits until the service worker of `page` controls it and holds everything a start without a network needs. */
export async function readyForFlight(page: Page): Promise<void> {
  const heavy = readdirSync(join(root, 'dist', 'assets')).filter((name) => /\.(wasm|data|ttf)$|^heavy-/.test(name)).length
  // Not waitForFunction: a promise of false would pass for true.
  const held = () =>
    page.evaluate(async () => (navigator.serviceWorker.controller ? (await (await caches.open('aplomb-heavy')).keys()).length : 'no worker yet'))
  await eventually(async () => expect(await held()).toBe(heavy))
}
