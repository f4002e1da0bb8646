import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { startGatewayProcess } from '../../tests/bench/gateway-process.ts'
import { visit } from '../../tests/journeys/screens.ts'
import { DESK, launchChromium, PHONE } from '../../tests/support/chromium.ts'
import { buildApp } from './build.ts'
import { withDeployedDatabase } from './database.ts'
import { seedDemo, type SignIn } from './demo.ts'

/** `npm run screenshots`: takes README's pictures of the demo, in both themes and sizes, into docs/screenshots. */

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = join(root, 'docs', 'screenshots')
const QUALITY = 72
const sizes = { phone: { ...PHONE, deviceScaleFactor: 1.5 }, desk: DESK }
const themes = ['light', 'dark'] as const
/** The incident of the demo that has most to tell. */
const TOLD = 'Il manque des étais pour la dalle du R+3'

/** What is shown, by the name of its picture, and how it is reached. */
const pictures: Record<string, (page: Page) => Promise<void>> = {
  today: (page) => visit(page, '/'),
  dashboard: (page) => visit(page, '/dashboard'),
  async sites(page) {
    await visit(page, page.viewportSize()!.width > 1000 ? '/sites?view=board' : '/sites')
  },
  async incident(page) {
    await visit(page, '/incidents')
    const link = await page.getByRole('link', { name: TOLD }).first().getAttribute('href')
    await visit(page, link!)
  },
}

async function signIn(page: Page, person: SignIn): Promise<void> {
  await page.getByLabel('Adresse e-mail').fill(person.email)
  await page.getByLabel('Mot de passe').fill(person.password)
  await page.getByRole('button', { name: 'Se connecter' }).click()
  await page.getByRole('link', { name: 'Envois : À jour', exact: true }).filter({ visible: true }).first().waitFor({ timeout: 90_000 })
}

/** Chromium's own WebP: a tenth of what PNG takes. */
async function take(page: Page, name: string): Promise<number> {
  await page.evaluate(async () => {
    await document.fonts.ready
    scrollTo(0, 0)
    ;(document.activeElement as HTMLElement | null)?.blur()
    for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame)
  })
  const session = await page.context().newCDPSession(page)
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: QUALITY })
  const picture = Buffer.from(data, 'base64')
  writeFileSync(join(folder, `${name}.webp`), picture)
  return picture.length
}

let bytes = 0
const staticDir = await buildApp(root)
await withDeployedDatabase(async (databaseUrl, address) => {
  const storageDir = mkdtempSync(join(tmpdir(), 'aplomb-storage-'))
  const gateway = await startGatewayProcess(address, { staticDir, storageDir })
  const browser = await launchChromium()
  try {
    const people = await seedDemo({ url: gateway.url, publishableKey: gateway.publishableKey, databaseUrl })
    const boss = people.find(({ name }) => name === 'Hélène Cazals')!
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    for (const [size, options] of Object.entries(sizes)) {
      const context = await browser.newContext({ ...options, colorScheme: 'light' })
      const page = await context.newPage()
      await page.goto(gateway.url)
      await signIn(page, boss)
      for (const [name, reach] of Object.entries(pictures)) {
        await reach(page)
        for (const colorScheme of themes) {
          await page.emulateMedia({ colorScheme })
          bytes += await take(page, `${name}-${size}-${colorScheme}`)
        }
        await page.emulateMedia({ colorScheme: 'light' })
      }
      await context.close()
    }
  } finally {
    await browser.close()
    await gateway.stop()
    rmSync(storageDir, { recursive: true, force: true })
  }
})
console.error(
  `${Object.keys(pictures).length * Object.keys(sizes).length * themes.length} pictures, ${Math.round(bytes / 1000)} kB, in docs/screenshots`,
)
