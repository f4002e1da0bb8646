import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { REPORT_PHOTOS } from '../../edge-functions/_shared/report/content.ts'
import { writeSiteReport, type SiteReport } from '../../edge-functions/_shared/report/site-report.ts'
import { createPerson, createSite, foundCompany, hire, type Member, reportIncident } from '../support/company.ts'
import { logo, picture } from '../support/pictures.ts'
import { readPdf as read } from '../support/pdf.ts'
import { createWorld, type World } from '../support/world.ts'
import { clientOf, fillSite, wearLogo } from './site.ts'

let world: World
let boss: Member
let crew: Member
let site: string

beforeAll(async () => {
  world = await createWorld('reports', { gateway: { functions: { dir: fileURLToPath(new URL('../../edge-functions', import.meta.url)) } } })
  boss = await foundCompany(world, await createPerson(world, 'boss@alpha.test'), 'Bâti Garrigue')
  site = await fillSite(world, boss, { photos: REPORT_PHOTOS + 1 })
  crew = await hire(world, boss, 'crew@alpha.test', ['crew'], [site])
})
afterAll(() => world?.close())

const lines = (text: string) => text.split('\n').filter((line) => line.trim() !== '')

async function ask(who: Member, body: object = { site_id: site }) {
  const { data, error } = await (await clientOf(world, who)).functions.invoke<Blob>('report-pdf', { body })
  if (error) return { status: error.context.status as number, code: ((await error.context.json()) as { code: string }).code }
  return { status: 200, bytes: new Uint8Array(await data!.arrayBuffer()) }
}

describe('the report of a site', () => {
  it('says its facts, figures and incidents with every sign of the language, and shows the newest of its photos', async () => {
    const { bytes } = await ask(boss, { site_id: site, as_of: '2026-11-21T10:00:00Z' })
    const { text, pictures, title, pages } = await read(bytes!)
    for (const words of [
      'Bâti Garrigue',
      'Rapport de chantier',
      'Cœur d’îlot – École Jean-Zay',
      'État au 21 novembre 2026',
      'Mairie de Sète',
      '12 rue de l’Œuvre, 34200 Sète',
      'Fondateur Bâti Garrigue',
      '1 250 000 €',
      'température ≥ 40 °C',
      'Façade n° 7, après dépose',
      `Page 1 sur ${pages.length}`,
    ]) {
      expect(text).toContain(words)
    }
    expect(text).not.toContain('Façade n° 1,') // the oldest
    expect(pictures).toBe(REPORT_PHOTOS)
    expect(title).toBe('Rapport de chantier – Cœur d’îlot – École Jean-Zay')
  })

  it('says that it is confidential when it names a safety incident, and not when it does not', async () => {
    const dangerous = await createSite(boss, 'Tranchée')
    await reportIncident(boss, dangerous)
    const words = async () => (await read((await ask(boss, { site_id: dangerous })).bytes!)).text
    expect(await words()).not.toContain('confidentiels')
    await reportIncident(boss, dangerous, { type: 'safety', title: 'Blindage absent' })
    expect(await words()).toContain('Cite des incidents de sécurité, confidentiels')
  })

  it('carries no position: what cameras hide in photos stays out', async () => {
    const { bytes } = await ask(boss)
    expect(Buffer.from(bytes!).includes('camera-0')).toBe(false)
    expect(Buffer.from(bytes!).includes('Exif')).toBe(false)
  })

  it('is in the language asked for', async () => {
    const { text } = await read((await ask(boss, { site_id: site, locale: 'en' })).bytes!)
    expect(text).toContain('Open incidents')
  })

  it('contains what its reader may see: no budget for the crew', async () => {
    const { text, pictures } = await read((await ask(crew)).bytes!)
    expect(text).toContain('Incidents ouverts')
    expect(text).not.toContain('Budget')
    expect(pictures).toBe(REPORT_PHOTOS)
  })

  it('carries the company’s logo beside its name, and goes without one that cannot be read', async () => {
    const house = await foundCompany(world, await createPerson(world, 'boss@logo.test'), 'Charpentes du Vercors')
    const own = await fillSite(world, house, { photos: 0, incidents: 0 })
    const shows = async () => {
      const { text, pictures } = await read((await ask(house, { site_id: own })).bytes!)
      expect(text).toContain('Charpentes du Vercors')
      return pictures
    }
    expect(await shows()).toBe(0)
    await wearLogo(world, house, logo())
    expect(await shows()).toBe(1)
    // a file that claims a size which would fill the memory
    await wearLogo(world, house, Buffer.concat([logo().subarray(0, 16), Buffer.from([0, 1, 0, 0, 0, 1, 0, 0]), logo().subarray(24)]))
    expect(await shows()).toBe(0)
    // one that claims little and unpacks to a hundred megabytes
    const bomb = logo({ hidden: 100_000_000 })
    expect(bomb.length).toBeLessThan(256 * 1024)
    await wearLogo(world, house, bomb)
    expect(await shows()).toBe(0)
    await house.run('update_company', { changes: { logo: 'f'.repeat(64) } })
    expect(await shows()).toBe(0)
  })

  it('is not given to who does not see the site, nor to a stranger, nor without an account', async () => {
    const other = await createSite(boss, 'Autre')
    expect(await ask(crew, { site_id: other })).toEqual({ status: 404, code: 'GHOST' })
    const rival = await foundCompany(world, await createPerson(world, 'boss@beta.test'), 'Beta')
    expect(await ask(rival)).toEqual({ status: 404, code: 'GHOST' })
    expect(await ask({ ...rival, company: boss.company })).toEqual({ status: 404, code: 'GHOST' })
    expect((await world.client({ company: boss.company }).functions.invoke('report-pdf', { body: { site_id: site } })).error?.context.status).toBe(
      401,
    )
  })

  it('refuses what makes no sense', async () => {
    expect(await ask(boss, { site_id: randomUUID() })).toEqual({ status: 404, code: 'GHOST' })
    expect(await ask(boss, { site_id: `${site}' or true` })).toEqual({ status: 400, code: 'BLANK' })
    expect(await ask(boss, { site_id: site, as_of: 'yesterday' })).toEqual({ status: 400, code: 'WRONG' })
    expect(await ask(boss, { site_id: site, locale: 'xx' })).toEqual({ status: 400, code: 'WRONG' })
  })
})

describe('the same report without a network', () => {
  it('comes from the same content and code; a photo that is not here says so', async () => {
    const [row] = await boss.see<{ content: SiteReport }>('select kpi.site_report($1, $2) as content', [site, '2026-11-21T10:00:00Z'])
    const file = (name: string) =>
      new Uint8Array(readFileSync(new URL(`../../edge-functions/_shared/report/LiberationSans-${name}.ttf`, import.meta.url)))
    const fonts = { regular: file('Regular'), bold: file('Bold') }
    const here = writeSiteReport(row!.content, { fonts, photos: [new Uint8Array(picture(1)), null, new Uint8Array([1, 2, 3]), null, null, null] })
    const { text, pictures } = await read(here)
    expect(pictures).toBe(1)
    expect((await read(writeSiteReport(row!.content, { fonts, photos: [], logo: new Uint8Array(logo()) }))).pictures).toBe(1)
    expect(text.split('Photo absente de cet appareil')).toHaveLength(6)
    const { text: there } = await read((await ask(boss, { site_id: site, as_of: '2026-11-21T10:00:00Z' })).bytes!)
    expect(lines(text).filter((line) => line !== 'Photo absente de cet appareil')).toEqual(lines(there))
  })

  it('with many incidents goes on over pages, each with the columns’ names and its number', async () => {
    const many = await fillSite(world, boss, { photos: 0, incidents: 0 })
    await world.db`insert into app.incidents (company_id, id, site_id, type, severity, title, routed_role, due_minutes, reporter_id, occurred_at, reported_at)
      select ${boss.company}, gen_random_uuid(), ${many}, 'technical', 'low', 'Incident ' || n, 'design_office', 120, ${boss.id}, now(), now() - n * interval '1 hour'
      from generate_series(1, 100) as n`
    const { pages } = await read((await ask(boss, { site_id: many })).bytes!)
    expect(pages.length).toBeGreaterThan(2)
    for (const [place, page] of pages.entries()) {
      expect(page).toContain(`Page ${place + 1} sur ${pages.length}`)
      if (page.includes('Incident 5')) expect(page).toContain('Gravité')
    }
    expect(pages.at(-1)).toContain('… et 20 autres, plus anciens.')
  })
})
