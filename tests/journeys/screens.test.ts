import { createHash, randomBytes, randomUUID } from 'node:crypto'
import axe, { type RunOptions } from 'axe-core'
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { seedDemo, type SignIn } from '../../supabase/local/demo.ts'
import { openApp, signIn, upToDate } from './gestures.ts'
import { listScreens, lostSideways, settled, visit } from './screens.ts'
import { useStage } from './support.ts'

const stage = useStage('screens')
const { open, screens } = listScreens()
const PHONE = { width: 390, height: 844 }
const DESK = { width: 1440, height: 900 }
/** The narrowest screen that WCAG 1.4.10 names; 1280 px at 400 % are the same. */
const NARROW = { width: 320, height: 640 }
/** A screen of 1440 px at 200 %. */
const ZOOMED = { width: 720, height: 450 }

const RULES: RunOptions = { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'], resultTypes: ['violations'] }
const CONTRAST: RunOptions = { runOnly: { type: 'rule', values: ['color-contrast'] }, resultTypes: ['violations'] }

let helene: SignIn
/** Addresses of each screen that has a parameter, or that shows more when its address says more. */
let addresses: Record<string, string[]>

beforeAll(async () => {
  const { world } = stage
  const people = await seedDemo({ url: world.url, publishableKey: world.publishableKey, databaseUrl: world.address('postgres') })
  helene = people.find((person) => person.name === 'Hélène Cazals')!
  const [shown] = await world.db<{ company_id: string; site: string; incident: string; person: string }[]>`
    select i.company_id, i.site_id as site, i.id as incident, i.reporter_id as person
    from app.incidents as i join app.companies as c on c.id = i.company_id
    where c.name = ${helene.company} and i.status = 'assigned' order by i.reported_at desc limit 1`
  const { company_id: company, site, incident, person } = shown!
  const token = randomBytes(24).toString('base64url')
  const boss = world.client({ company })
  await boss.auth.signInWithPassword(helene)
  const { error } = await boss.rpc('invite_person', {
    command_id: randomUUID(),
    id: randomUUID(),
    token_hash: createHash('sha256').update(token).digest('hex'),
    roles: ['site_manager'],
    site_ids: [site],
  })
  if (error) throw error
  addresses = {
    '/sites': ['/sites', '/sites?view=table', '/sites?view=board'],
    '/sites/:id': [`/sites/${site}`],
    '/sites/:id/edit': [`/sites/${site}/edit`],
    '/incidents': ['/incidents', '/incidents?view=table', '/incidents?group=closed'],
    '/incidents/:id': [`/incidents/${incident}`],
    '/people': ['/people', '/people?view=table'],
    '/photos': ['/photos', '/photos?view=map'],
    '/people/:id': [`/people/${person}`],
    '/sync/:id': [`/sync/${randomUUID()}`],
    '/invitation': [`/invitation#${token}`],
    '/verify': ['/verify?type=signup'],
    '/*': ['/nowhere'],
  }
}, 180_000)

/** Where a screen is looked at; a new one with a parameter must be given an address above. */
function addressesOf(path: string): string[] {
  const known = addresses[path] ?? [path]
  if (known.some((address) => address.includes(':'))) throw new Error(`${path} needs an address in ${import.meta.url}`)
  return known
}

async function violations(page: Page, options: RunOptions): Promise<string[]> {
  const { violations: found } = await page.evaluate((wanted) => (globalThis as unknown as { axe: typeof axe }).axe.run(document, wanted), options)
  return found.flatMap(({ id, help, nodes }) => nodes.map(({ html, failureSummary }) => `${id} (${help}): ${html.slice(0, 200)} ${failureSummary}`))
}

/** What moves on a page although its reader asked for less motion. */
const moving = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    document
      .getAnimations()
      .filter(({ effect }) => Number(effect?.getComputedTiming().endTime) > 20)
      .map(({ effect }) => `moves: ${(effect as KeyframeEffect).target?.outerHTML.slice(0, 200)}`),
  )

/** Puts a page into a theme, and waits until its colours have arrived. */
async function paint(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme })
  await page.evaluate(async () => {
    // colours pass from parents to children, each in its own transition
    for (let still = 0; still < 3; still++) {
      await new Promise(requestAnimationFrame)
      if (document.getAnimations().some(({ effect }) => effect?.getComputedTiming().endTime !== Infinity)) still = -1
    }
  })
}

/** Looks at the screen that a page shows: in both sizes and themes by axe, then on the narrowest screen and zoomed. */
async function look(page: Page, address: string): Promise<string[]> {
  const faults: string[] = []
  const note = (where: string, found: string[]) => faults.push(...found.map((fault) => `${address}, ${where}: ${fault}`))
  for (const [where, size] of Object.entries({ phone: PHONE, desk: DESK })) {
    await page.setViewportSize(size)
    await settled(page)
    note(where, await violations(page, RULES))
    note(where, await moving(page))
    await paint(page, 'dark')
    note(`${where}, dark`, await violations(page, CONTRAST)) // the theme changes colours alone
    await paint(page, 'light')
  }
  for (const [where, size] of Object.entries({ '200 %': ZOOMED, '320 px': NARROW })) {
    await page.setViewportSize(size)
    await settled(page)
    note(where, await lostSideways(page))
  }
  return faults
}

async function lookAt(page: Page, paths: string[]): Promise<string[]> {
  const faults: string[] = []
  for (const address of paths.flatMap(addressesOf)) {
    await page.setViewportSize(PHONE)
    await visit(page, address)
    faults.push(...(await look(page, address)))
  }
  return faults
}

async function device(): Promise<Page> {
  const context = await stage.phone({ colorScheme: 'light', isMobile: false })
  await context.addInitScript({ content: axe.source })
  return openApp(context, stage.url)
}

test('every screen before a company can be used by everybody: WCAG 2.1 AA by axe in both sizes and themes, zoomed, and 320 px wide', async () => {
  const page = await device()
  expect(await lookAt(page, open)).toEqual([])
})

test('every screen of a company can be used by everybody', async () => {
  const page = await device()
  await signIn(page, { ...helene, userId: '', call: undefined as never }, helene.password)
  await upToDate(page)
  expect(screens.length).toBeGreaterThan(25)
  expect(await lookAt(page, screens)).toEqual([])
})
