import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { DESK, EXECUTIVE, MANAGER, notePaint, onStage, paintedAt, PHONE, signIn, WAIT } from './app-stage.ts'
import type { Measure } from './run.ts'
import type { Wire } from './wire.ts'

const SAMPLES = 25

/** From the tap on « Signaler » to the title on the executive's open list, painted. */
async function* liveness(browser: Browser, url: string): AsyncGenerator<Measure> {
  const phone = await browser.newContext(PHONE)
  const desk = await browser.newContext(DESK)
  const [hand, screen] = await Promise.all([phone.newPage(), desk.newPage()])
  await Promise.all([hand.goto(url), screen.goto(url)])
  await signIn(screen, EXECUTIVE)
  await screen.getByRole('navigation', { name: 'Navigation principale' }).getByRole('link', { name: 'Incidents', exact: true }).click()
  await signIn(hand, MANAGER)
  await hand.evaluate(() =>
    document.addEventListener('submit', () => Object.assign(globalThis, { tapped: performance.timeOrigin + performance.now() }), true),
  )
  const took: number[] = []
  for (let n = 1; n <= SAMPLES; n++) {
    const title = `Mesure numéro ${String(n).padStart(2, '0')}`
    await hand.getByRole('button', { name: 'Nouveau' }).click()
    await hand.getByRole('dialog').getByRole('link', { name: 'Signaler un incident' }).click()
    await hand.getByRole('radio', { name: 'Technique' }).check()
    await hand.getByLabel('En une phrase').fill(title)
    const seen = screen.evaluate(
      (wanted) =>
        new Promise<number>((resolve, reject) => {
          setTimeout(() => reject(new Error(`${wanted} never came`)), 20_000)
          new MutationObserver((_, observer) => {
            if (!document.body.innerText.includes(wanted)) return
            observer.disconnect()
            requestAnimationFrame(() => setTimeout(() => resolve(performance.timeOrigin + performance.now())))
          }).observe(document.body, { childList: true, subtree: true, characterData: true })
        }),
      title,
    )
    await hand.getByRole('button', { name: 'Signaler', exact: true }).click()
    took.push((await seen) - (await hand.evaluate(() => (globalThis as { tapped?: number }).tapped!)))
    await hand.getByRole('heading', { level: 1, name: title }).waitFor(WAIT)
    await hand.goBack()
  }
  await Promise.all([phone.close(), desk.close()])
  const sorted = took.toSorted((a, b) => a - b)
  console.error(`saved → visible: median ${sorted[SAMPLES >> 1]!.toFixed(0)} ms, longest ${sorted.at(-1)!.toFixed(0)} ms`)
  yield {
    name: `incident saved on a phone → visible on another screen, p95 of ${SAMPLES}`,
    value: sorted[Math.ceil(SAMPLES * 0.95) - 1]!,
    unit: 'ms',
    goal: '<= 1000',
  }
}

/** Everything that left the server until the screen was painted, headers and what ran in the background included. */
export async function* firstBytes(browser: Browser, wire: Wire): AsyncGenerator<Measure> {
  const first = await browser.newContext(PHONE)
  await notePaint(first, 'button[type=submit]')
  wire.reset()
  const page = await first.newPage()
  await page.goto(wire.url)
  const signInBytes = wire.bytesUntil(await paintedAt(page))
  console.error('sign-in:', wire.requests.join(' '))
  await signIn(page, MANAGER)
  await page.locator('a.item[href^="/sites/"]').first().waitFor(WAIT)
  await first.close()
  yield { name: 'compressed bytes before the sign-in screen, first visit', value: signInBytes, unit: 'bytes', goal: '<= 60000' }

  const later = await browser.newContext(PHONE)
  const before = await later.newPage()
  await before.goto(wire.url)
  await signIn(before, MANAGER)
  await before.locator('a.item[href^="/sites/"]').first().waitFor(WAIT)
  await before.evaluate(async () => {
    // The rows that the screen shows are kept a moment after they are shown.
    const device = await new Promise<IDBDatabase>((resolve) => {
      const open = indexedDB.open('aplomb-device')
      open.onsuccess = () => resolve(open.result)
    })
    for (let kept = false; !kept;) {
      kept = await new Promise((resolve) => {
        const all = device.transaction('snapshots').objectStore('snapshots').getAll()
        all.onsuccess = () =>
          resolve((all.result as { key: string; rows: unknown[] }[]).some(({ key, rows }) => key.startsWith('sites') && rows.length > 0))
      })
    }
    device.close()
    await (await navigator.serviceWorker.ready).unregister()
    for (const name of await caches.keys()) await caches.delete(name)
  })
  const session = await later.newCDPSession(before)
  await session.send('Network.clearBrowserCache')
  await before.goto('about:blank')
  await notePaint(later, 'a.item[href^="/sites/"]')
  wire.reset()
  const again = await later.newPage()
  await again.goto(wire.url)
  const todayBytes = wire.bytesUntil(await paintedAt(again))
  console.error('today:', wire.requests.join(' '))
  await later.close()
  yield { name: 'compressed bytes before the Today screen, signed in, nothing cached', value: todayBytes, unit: 'bytes', goal: '<= 60000' }
}

/** A start without a network, everything fetched before: the site from the last visit shows, and the server hears nothing. */
export async function* coldStart(browser: Browser, wire: Wire, heavy: number): AsyncGenerator<Measure> {
  const context = await browser.newContext(PHONE)
  const page = await context.newPage()
  await page.goto(wire.url)
  await signIn(page, MANAGER)
  await page.evaluate(async (count) => {
    await navigator.serviceWorker.ready
    while ((await (await caches.open('aplomb-heavy')).keys()).length < count) await new Promise((next) => setTimeout(next, 50))
  }, heavy)
  await page.locator('a.item[href^="/sites/"]').first().waitFor(WAIT)
  await page.close()
  await context.setOffline(true)
  wire.reset()
  const tried: string[] = []
  context.on('requestfailed', (request) => tried.push(request.url()))
  const again = await context.newPage()
  await again.goto(wire.url)
  await again.locator('a.item[href^="/sites/"]').first().waitFor(WAIT)
  await again.getByRole('link', { name: 'Envois : Hors ligne', exact: true }).filter({ visible: true }).first().waitFor(WAIT)
  // Flight mode as it is emulated does not stop the browser's own look for a newer service worker.
  const reached = wire.requests.filter((path) => path !== '/service-worker.js')
  console.error('offline:', wire.requests.join(' '), '; in vain:', tried.join(' '))
  yield { name: 'offline cold start: requests that reached the server', value: reached.length, unit: 'requests', goal: '= 0' }
  yield { name: 'offline cold start: requests tried in vain', value: tried.length, unit: 'requests', goal: '= 0' }
  await context.close()
}

/** The app as people use it: the built app in real browsers on a real gateway. */
export async function* run(): AsyncGenerator<Measure> {
  const measures: Measure[] = []
  await onStage(async ({ browser, url, wire, staticDir }) => {
    const heavy = readdirSync(join(staticDir, 'assets')).filter((name) => /\.(wasm|data|ttf)$|^heavy-/.test(name)).length
    for (const part of [firstBytes(browser, wire), coldStart(browser, wire, heavy), liveness(browser, url)]) {
      for await (const measure of part) measures.push(measure)
    }
  })
  yield* measures
}
