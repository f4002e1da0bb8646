import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { newId } from '../../app/kernel/ids.ts'
import { remoteOf } from '../../app/kernel/remote.ts'
import { createWorld, type World } from '../support/world.ts'
import { buildPage, CHROMIUM, launch } from './page.ts'
import type { Kernel } from './page/page.tsx'

declare const kernel: Kernel

const EMAIL = 'anne@navigateur.test'
const PASSWORD = 'un-bon-secret'
let world: World
let built: Awaited<ReturnType<typeof buildPage>>
let browser: Browser
let company: string
const site = newId()
const failures: string[] = []

const eventually = (check: () => Promise<void> | void) => vi.waitFor(check, { timeout: 60_000, interval: 50 })
const titles = (page: Page) => page.locator('li').allTextContents()
const phase = (page: Page) => page.locator('main').getAttribute('data-phase')
const onServer = async (title: string) => Number((await world.db`select count(*) as n from app.incidents where title = ${title}`)[0]!['n'])
const report = (page: Page, title: string) =>
  page.evaluate(
    ([id, title]) => kernel.run('report_incident', { id: kernel.newId(), site_id: id!, type: 'technical', severity: 'low', title: title! }),
    [site, title],
  )

async function open(context: BrowserContext): Promise<Page> {
  const page = await context.newPage()
  page.on('pageerror', (error) => failures.push(error.message))
  await page.goto(world.url)
  return page
}

async function signIn(page: Page): Promise<void> {
  await page.evaluate(([email, password]) => kernel.session.signIn(email!, password!), [EMAIL, PASSWORD])
  await eventually(async () => expect(await phase(page)).toBe('idle'))
}

beforeAll(async () => {
  built = await buildPage()
  world = await createWorld('browser', { staticDir: built.dir })
  const { client } = await world.signUp(EMAIL, PASSWORD)
  company = await remoteOf(client).rpc<string>('found_company', { id: newId(), name: 'Les Murs', full_name: 'Anne Chef' })
  await remoteOf(client).rpc('create_site', { command_id: newId(), id: site, name: 'Nord' }, company)
  browser = await launch()
}, 120_000)
afterAll(async () => {
  await browser?.close()
  await world?.close()
  built?.remove()
})

describe('a signed-in browser', { timeout: 180_000 }, () => {
  it('fills its database behind the first paint, sends, and shows in every tab', async () => {
    const context = await browser.newContext()
    const one = await open(context)
    await signIn(one)
    await eventually(async () => expect(await one.locator('h1').textContent()).toBe('Les Murs'))
    const other = await open(context)
    await eventually(async () => expect(await other.locator('h1').textContent()).toBe('Les Murs'))
    await report(other, 'Depuis l’autre onglet')
    expect(await titles(other)).toContain('Depuis l’autre onglet')
    await eventually(async () => expect(await titles(one)).toContain('Depuis l’autre onglet'))
    await eventually(async () => expect(await onServer('Depuis l’autre onglet')).toBe(1))
    await eventually(async () => expect(await one.locator('li').first().getAttribute('data-state')).toBe('server'))

    // The tab that runs the database and the exchange closes: the other one takes over, and nothing hangs.
    await one.close()
    await report(other, 'Après le départ du premier')
    await eventually(async () => expect(await titles(other)).toContain('Après le départ du premier'))
    await eventually(async () => expect(await onServer('Après le départ du premier')).toBe(1))
    await context.close()
  })

  it('says at once why an action is impossible, and keeps nothing of it', async () => {
    const context = await browser.newContext()
    const page = await open(context)
    await signIn(page)
    await report(page, ' ')
    expect(await page.locator('#error').textContent()).toMatch(/Il manque une information/)
    const unsent = () => page.evaluate(() => kernel.outbox.items().filter((item) => item.state !== 'acknowledged'))
    await eventually(async () => expect(await unsent()).toEqual([])) // the list is read anew after the sentence shows
    await context.close()
  })

  it('opens without a network, shows what it showed, keeps what is written, and sends it once', async () => {
    const context = await browser.newContext()
    const page = await open(context)
    await signIn(page)
    await page.evaluate(() => navigator.serviceWorker.ready)
    await eventually(async () =>
      expect(await page.evaluate(async () => (await (await caches.open('aplomb-heavy')).keys()).length)).toBeGreaterThan(3),
    )
    await eventually(async () => expect(await page.locator('main').getAttribute('data-source')).toBe('local'))
    await context.setOffline(true)
    await report(page, 'Écrit sans réseau')
    expect(await titles(page)).toContain('Écrit sans réseau')
    await page.close()

    const again = await open(context)
    await eventually(async () => expect(await titles(again)).toContain('Écrit sans réseau'))
    expect(await again.locator('#user').textContent()).toBe(EMAIL)
    await eventually(async () => expect(await phase(again)).toBe('offline'))
    expect(await again.locator('li', { hasText: 'Écrit sans réseau' }).getAttribute('data-state')).toBe('queued')
    expect(await onServer('Écrit sans réseau')).toBe(0)
    await context.setOffline(false)
    await eventually(async () => expect(await onServer('Écrit sans réseau')).toBe(1))
    await eventually(async () => expect(await again.locator('main').getAttribute('data-pending')).toBe('0'))
    await context.close()
  })

  it('keeps a finished download that a reload without a network follows at once', async () => {
    const context = await browser.newContext()
    const page = await open(context)
    await eventually(async () =>
      expect(await page.evaluate(async () => (await (await caches.open('aplomb-heavy')).keys()).length)).toBeGreaterThan(3),
    )
    await page.evaluate(([email, password]) => kernel.session.signIn(email!, password!), [EMAIL, PASSWORD])
    await page.locator('main[data-phase="idle"]').waitFor()
    await context.setOffline(true)
    await page.reload()
    await page.locator('main[data-phase="offline"][data-source="local"]').waitFor()
    expect(await page.locator('main').getAttribute('data-filled')).toBe('true')
    await context.close()
  }, 120_000)

  it('refreshes an old session once for all tabs', async () => {
    const context = await browser.newContext()
    const tabs = [await open(context)]
    await signIn(tabs[0]!)
    for (let more = 0; more < 2; more++) tabs.push(await open(context))
    for (const tab of tabs) await eventually(async () => expect(await phase(tab)).toBe('idle'))
    const tokens = async () => Number((await world.db`select count(*) as n from auth.refresh_tokens`)[0]!['n'])
    const before = await tokens()
    await tabs[0]!.evaluate(async () => {
      const kept = JSON.parse((await kernel.readValue<string>('session'))!) as object
      await kernel.writeValue('session', JSON.stringify({ ...kept, expires_at: 1 }))
    })
    const names = await Promise.all(tabs.map((tab) => tab.evaluate(async () => (await kernel.session.sessions()).length)))
    expect(names.every((count) => count > 0)).toBe(true)
    expect(await tokens()).toBe(before + 1)
    await context.close()
  })

  it('stays signed in when page and worker refresh at once, twenty times', async () => {
    const context = await browser.newContext()
    const page = await open(context)
    await signIn(page)
    const tokens = async () => Number((await world.db`select count(*) as n from auth.refresh_tokens`)[0]!['n'])
    for (let round = 0; round < 20; round++) {
      const before = await tokens()
      await page.evaluate(async () => {
        const kept = JSON.parse((await kernel.readValue<string>('session'))!) as object
        await kernel.writeValue('session', JSON.stringify({ ...kept, expires_at: 1 }))
      })
      const [sessions, token] = await page.evaluate(() =>
        Promise.all([kernel.session.sessions().then((list) => list.length), kernel.workerToken(), kernel.workerToken()]),
      )
      expect(sessions).toBeGreaterThan(0)
      expect(token.split('.')).toHaveLength(3)
      expect(await tokens()).toBe(before + 1)
    }
    expect(await page.evaluate(() => kernel.session.expired())).toBe(false)
    await context.close()
  })

  it('warns before signing out with unsent work, and keeps it for the next time', async () => {
    const context = await browser.newContext()
    const page = await open(context)
    await signIn(page)
    await context.setOffline(true)
    await report(page, 'Pas encore parti')
    expect(await page.evaluate(() => kernel.session.signOut().catch((error: { pending: number }) => error.pending))).toBe(1)
    await page.evaluate(() => kernel.session.signOut({ force: true }))
    await eventually(async () => expect(await page.locator('#user').textContent()).toBe(''))
    expect(await titles(page)).toEqual([])
    await context.setOffline(false)
    await signIn(page)
    await eventually(async () => expect(await onServer('Pas encore parti')).toBe(1))
    await context.close()
  })
})

it('has met no error that nobody caught', () => {
  expect(failures).toEqual([])
})

describe('the outbox in IndexedDB', { timeout: 60_000 }, () => {
  it('does as the one in memory', async () => {
    const context = await browser.newContext()
    const page = await open(context)
    const seen = await page.evaluate(async () => {
      const box = kernel.makeOutbox(kernel.idbOutboxStore('them:theirs'))
      const other = kernel.makeOutbox(kernel.idbOutboxStore('other:theirs'))
      const [a, b, c] = [await box.add('x', { n: 'a' }), await box.add('x', { n: 'b' }), await box.add('x', { n: 'c' })]
      await box.take(2, 1e6)
      await box.settle([
        { seq: 1, id: a.id, status: 'applied' },
        { seq: 2, id: b.id, status: 'refused', code: 'RIGHT', message: 'RIGHT: x' },
      ])
      await box.withdraw(c.id)
      const d = await box.add('x', { n: 'd' })
      await box.resend(b.id, { n: 'B' })
      await box.renumber(1)
      await box.setAside(d.id, { code: '22P05' })
      await box.add('x', { n: 'e' }).then(async ({ id }) => {
        await box.take(9, 1e6)
        await box.release()
        return id
      })
      return {
        rows: (await box.list()).map((each) => `${each.seq} ${each.args['n']} ${each.state} ${each.attempts}`),
        other: await other.list(),
        count: await box.count(),
      }
    })
    expect(seen).toEqual({ rows: ['1 a queued 2', '2 d refused 0', '2 B queued 1', '3 e queued 1'], other: [], count: { waiting: 3, refused: 1 } })
    await context.close()
  })

  it('keeps a command that a kill follows at once', async () => {
    const profile = mkdtempSync(join(tmpdir(), 'aplomb-profile-'))
    const start = () => chromium.launchPersistentContext(profile, { executablePath: CHROMIUM, args: ['--no-sandbox'] })
    let context = await start()
    let page = await open(context)
    await signIn(page)
    await context.setOffline(true)
    const session = await context.newCDPSession(page)
    await report(page, 'Juste avant la panne')
    // The whole browser dies as on an empty battery: no event, no goodbye.
    await session.send('Browser.crash' as never).catch(() => undefined)
    await context.close().catch(() => undefined)
    expect(existsSync(profile)).toBe(true)
    context = await start()
    page = await open(context)
    await eventually(async () => expect(await titles(page)).toContain('Juste avant la panne'))
    await eventually(async () => expect(await onServer('Juste avant la panne')).toBe(1))
    await context.close()
    rmSync(profile, { recursive: true, force: true })
  })
})
