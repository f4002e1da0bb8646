import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { appVersion } from '../../app/kernel/generated/version.ts'
import { newId } from '../../app/kernel/ids.ts'
import { remoteOf } from '../../app/kernel/remote.ts'
import { createWorld, type World } from '../support/world.ts'
import { buildPage, launch } from './page.ts'
import type { Kernel } from './page/page.tsx'

declare const kernel: Kernel

const EMAIL = 'anne@versions.test'
const PASSWORD = 'un-bon-secret'
const next = appVersion + 1
const site = newId()
const served = mkdtempSync(join(tmpdir(), 'aplomb-served-'))
let world: World
let browser: Browser
let builds: Awaited<ReturnType<typeof buildPage>>[]

/** The next version of the app writes the titles of incidents in another way. */
const later = {
  'generated/version.ts': (code: string) => code.replace(`appVersion: number = ${appVersion}`, `appVersion: number = ${next}`),
  'sync/upgrades.ts': (code: string) =>
    code.replace(/(CHANGES.*) = \{\}/, `$1 = { report_incident: [[${next}, (args) => ({ ...args, title: args['title'] + ' (nouvelle forme)' })]] }`),
}

/** Puts a build on the server in place of what is there. */
function publish({ dir }: { dir: string }): void {
  rmSync(served, { recursive: true, force: true })
  cpSync(dir, served, { recursive: true })
}

/** What the deployment of the next version does. */
const upgradeServer = () =>
  world.db.unsafe(`
    create or replace function sync.app_version() returns integer language sql immutable as 'select ${next}';
    create or replace function sync.least_version(command text) returns integer language sql immutable
      as $$ select case command when 'report_incident' then ${next} else 1 end $$`)

const eventually = (check: () => Promise<void> | void) => vi.waitFor(check, { timeout: 60_000, interval: 50 })
const report = (page: Page, title: string) =>
  page.evaluate(
    ([id, title]) => kernel.run('report_incident', { id: kernel.newId(), site_id: id!, type: 'technical', severity: 'low', title: title! }),
    [site, title],
  )
const titles = async () => (await world.db`select title from app.incidents order by title`).map((row) => row['title'] as string)

beforeAll(async () => {
  builds = [await buildPage(), await buildPage(later)]
  publish(builds[0]!)
  world = await createWorld('browser_versions', { staticDir: served })
  const { client } = await world.signUp(EMAIL, PASSWORD)
  const company = await remoteOf(client).rpc<string>('found_company', { id: newId(), name: 'Les Murs', full_name: 'Anne Chef' })
  await remoteOf(client).rpc('create_site', { command_id: newId(), id: site, name: 'Nord' }, company)
  browser = await launch()
}, 180_000)
afterAll(async () => {
  await browser?.close()
  await world?.close()
  builds?.forEach((each) => each.remove())
  rmSync(served, { recursive: true, force: true })
})

it('work queued by an old app waits for the new one, arrives once and is read as it was meant', async () => {
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(world.url)
  await page.evaluate(([email, password]) => kernel.session.signIn(email!, password!), [EMAIL, PASSWORD])
  await eventually(async () => expect(await page.locator('main').getAttribute('data-phase')).toBe('idle'))
  await page.evaluate(() => navigator.serviceWorker.ready)

  // The server takes the first report, but its answer is lost; the second one never leaves.
  let lost = 0
  await context.route('**/rpc/sync_push', async (route) => {
    if (!lost++) await route.fetch()
    await route.abort()
  })
  await report(page, 'Arrivé, réponse perdue')
  await eventually(async () => expect(await titles()).toEqual(['Arrivé, réponse perdue']))
  await report(page, 'Pas parti')

  // Now server and app are upgraded; the old app is still open.
  await upgradeServer()
  publish(builds[1]!)
  await context.unroute('**/rpc/sync_push')
  await page.evaluate(() => kernel.sync.retryNow())
  await eventually(async () => expect(await page.evaluate(() => [kernel.sync.phase(), kernel.sync.code()])).toEqual(['error', 'OLDER']))
  expect(await titles()).toEqual(['Arrivé, réponse perdue'])
  expect(await page.locator('main').getAttribute('data-pending')).toBe('2')
  expect(await page.locator('main').getAttribute('data-refused')).toBe('0')

  // The refusal made it look for its successor, which waits until it is called.
  await eventually(async () => expect(await page.evaluate(() => kernel.updateStep())).toBe('ready'))
  await page.evaluate(() => Object.assign(window, { before: true }))
  await page.evaluate(() => void kernel.applyUpdate())
  await page.waitForFunction(() => !('before' in window) && 'kernel' in window)
  await eventually(async () => expect(await page.locator('main').getAttribute('data-pending')).toBe('0'))
  await eventually(async () => expect(await titles()).toEqual(['Arrivé, réponse perdue', 'Pas parti (nouvelle forme)']))
  expect(await page.locator('main').getAttribute('data-refused')).toBe('0')
  expect(await world.db`select status from app_private.command_log where name = 'report_incident'`).toEqual([
    { status: 'applied' },
    { status: 'applied' },
  ])
  await eventually(async () => expect(await page.locator('li').allTextContents()).toEqual(await titles()))
  await context.close()
}, 240_000)
