import type { Browser, Page } from 'playwright-core'
import postgres from 'postgres'
import type { Measure } from './run.ts'

const INCIDENTS = 10_000
const FRAMES = 600

/** Fills the company of the site with closed incidents, without their log: a phone that comes later boots them. */
export async function fillIncidents(superuser: string): Promise<void> {
  const sql = postgres(superuser, { max: 1, onnotice: () => undefined })
  try {
    await sql.begin(async (tx) => {
      await tx`set local session_replication_role = replica`
      await tx`
        insert into app.incidents (company_id, id, site_id, type, severity, title, zone, status, routed_role, due_minutes, reporter_id, occurred_at, reported_at, resolved_at, closed_at)
        select s.company_id, md5('scrolled ' || n)::uuid, s.id, 'technical', (array['low', 'medium', 'high'])[1 + n % 3], 'Réservation oubliée numéro ' || n, 'Niveau ' || n % 12,
          'closed', 'design_office', 120, s.created_by, now() - n * interval '7 minutes', now() - n * interval '7 minutes', now(), now()
        from app.sites as s, generate_series(1, ${INCIDENTS}) as n`
    })
    await sql`analyze app.incidents`
  } finally {
    await sql.end()
  }
}

/** What the page's scripts take of each frame while the table of all incidents is scrolled, ten rows a frame. */
export async function* scrolling(browser: Browser, url: string, enter: (page: Page) => Promise<void>): AsyncGenerator<Measure> {
  const desk = await browser.newContext({ locale: 'fr-FR', viewport: { width: 1440, height: 900 } })
  const page = await desk.newPage()
  await page.goto(url)
  await enter(page)
  await page.goto(`${url}/incidents?group=closed&view=table`)
  await page.locator(`.data-table [aria-rowcount="${INCIDENTS + 1}"]`).waitFor({ timeout: 120_000 })
  // nameless functions, as everywhere in pages
  const took = await page.evaluate(async (frames) => {
    const table = document.querySelector('.data-table')!
    const times: number[] = []
    let began = 0
    // the first to hear of a scroll; the frame's callbacks come after its last listener
    addEventListener('scroll', () => (began = performance.now()), { capture: true })
    while (times.length < frames) {
      await new Promise((next) => requestAnimationFrame(next))
      if (began) times.push(performance.now() - began)
      began = 0
      table.scrollTop += 480
    }
    return times
  }, FRAMES)
  const rows = await page.locator('.data-body [role=row]').count()
  await desk.close()
  const sorted = took.toSorted((a, b) => a - b)
  console.error(
    `scrolled ${INCIDENTS} incidents: ${rows} rows drawn, median ${sorted[FRAMES >> 1]!.toFixed(2)} ms a frame, longest ${sorted.at(-1)!.toFixed(2)} ms`,
  )
  yield {
    name: 'script per animation frame while 10,000 incidents scroll, p95 of 600 frames',
    value: sorted[Math.floor(FRAMES * 0.95)]!,
    unit: 'ms',
    goal: '<= 4',
  }
}
