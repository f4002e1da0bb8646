import type { SiteReport } from './content.ts'
import { bareJpeg } from './jpeg.ts'
import { pngSize } from '../png.ts'
import { labelsOf, type Labels } from './labels.ts'
import { INNER, PAGE, Sheet, type Fonts } from './sheet.ts'

export type { SiteReport } from './content.ts'
export type { Fonts } from './sheet.ts'

export interface ReportOptions {
  fonts: Fonts
  /** The photos' files, in the order of the content; null for one that cannot be had. */
  photos: (Uint8Array | null)[]
  /** The company's logo, a PNG; its name stands alone without one that can be read. */
  logo?: Uint8Array | null
  /** Language: the company's, unless told. */
  locale?: string
}

/** Writes a site's report as PDF. The Edge Function and the app without a network run this same code. */
export function writeSiteReport(content: SiteReport, { fonts, photos, logo, locale = content.company.locale }: ReportOptions): Uint8Array {
  const labels = labelsOf(locale)
  const words = formatter(content, locale)
  const at = new Date(content.as_of)
  const sheet = new Sheet(fonts, { title: `${labels.title} – ${content.site.name}`, author: content.company.name, at })
  writeHead(sheet, content, labels, words, logo)
  writeFigures(sheet, content, labels, words)
  writeFacts(sheet, content, labels, words)
  writeIncidents(sheet, content, labels, words)
  writePhotos(sheet, content, labels, words, photos)
  return sheet.finish((page, pages) => [
    `${content.company.name} · ${content.site.code} ${content.site.name} · ${words.moment(content.as_of)}`,
    labels.page(page, pages),
  ])
}

type Formatter = ReturnType<typeof formatter>

function formatter({ company }: SiteReport, locale: string) {
  const language = { fr: 'fr-FR', en: 'en-GB', es: 'es-ES', pt: 'pt-PT' }[locale] ?? 'fr-FR'
  const { time_zone: timeZone, currency } = company
  const moment = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'short', timeZone })
  const day = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone })
  const date = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' })
  const money = new Intl.NumberFormat(language, { style: 'currency', currency, maximumFractionDigits: 0 })
  const share = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0 })
  return {
    moment: (text: string) => moment.format(new Date(text)),
    /** The day of a moment, where the company is. */
    day: (text: string) => day.format(new Date(text)),
    /** A date without a time. */
    date: (text: string | null) => (text ? date.format(new Date(`${text}T00:00:00Z`)) : '—'),
    money: (value: number | null) => (value === null ? '—' : money.format(value)),
    share: (value: number | null) => (value === null ? '—' : share.format(value)),
  }
}

/** The product's colour, for a company that has none. */
const ACCENT = '#f26a0f'
/** The room of a logo, in millimetres. */
const LOGO = { width: 36, height: 12 }

function writeHead(sheet: Sheet, { company, site, as_of }: SiteReport, labels: Labels, words: Formatter, logo: Uint8Array | null | undefined): void {
  const own = /^#[0-9a-f]{6}$/.test(company.accent ?? '') ? company.accent! : undefined
  sheet.pdf.setFillColor(own ?? ACCENT).rect(0, 0, PAGE.width, 3, 'F')
  const taken = logo ? drawLogo(sheet, logo) : 0
  const indent = taken > 0 ? taken + 4 : 0
  // A colour of the company's own need not be readable as words.
  const colour = own ? 'ink' : 'accent'
  sheet.line(company.name, PAGE.margin + indent, 20, { size: 10, bold: true, colour, width: INNER / 2 - indent })
  sheet.line(labels.title, PAGE.margin + INNER / 2, 20, { size: 10, colour: 'quiet', align: 'right', width: INNER / 2 })
  sheet.y = taken > 0 ? 36 : 30
  for (const line of sheet.wrap(site.name, INNER, { size: 22, bold: true }).slice(0, 2)) {
    sheet.line(line, PAGE.margin, sheet.y, { size: 22, bold: true })
    sheet.y += 9
  }
  sheet.line(`${site.code} · ${labels.asOf(words.moment(as_of))}`, PAGE.margin, sheet.y - 1, { size: 10, colour: 'quiet' })
  sheet.y += 5
}

function writeFigures(sheet: Sheet, { figures }: SiteReport, labels: Labels, words: Formatter): void {
  const shown: [label: string, value: string][] = [
    [labels.figures.open, String(figures.open)],
    [labels.figures.overdue, String(figures.overdue)],
    [labels.figures.resolved, String(figures.resolved)],
    [labels.figures.elapsed, words.share(figures.elapsed_share)],
    [labels.figures.inTime, words.share(figures.in_time_share)],
    ...(figures.budget === null ? [] : [[labels.figures.budget, words.money(figures.budget)] as [string, string]]),
  ]
  const gap = 4
  const width = (INNER - 2 * gap) / 3
  for (const [place, [label, value]] of shown.entries()) {
    const x = PAGE.margin + (place % 3) * (width + gap)
    const y = sheet.y + Math.floor(place / 3) * 21
    sheet.frame(x, y, width, 18)
    sheet.line(label, x + 4, y + 6, { size: 8.5, colour: 'quiet', width: width - 8 })
    sheet.line(value, x + 4, y + 14, { size: 15, bold: true, width: width - 8 })
  }
  sheet.y += Math.ceil(shown.length / 3) * 21
}

function writeFacts(sheet: Sheet, { site }: SiteReport, labels: Labels, words: Formatter): void {
  sheet.heading(labels.facts)
  const facts: [label: string, value: string | null][] = [
    [labels.client, site.client_name],
    [labels.projectManager, site.project_manager],
    [labels.address, site.address],
    [labels.siteManager, site.site_manager],
    [labels.starts, words.date(site.starts_on)],
    [labels.ends, words.date(site.ends_on)],
  ]
  const width = INNER / 2
  for (const [place, [label, value]] of facts.entries()) {
    const x = PAGE.margin + (place % 2) * width
    const y = sheet.y + Math.floor(place / 2) * 11
    sheet.line(label, x, y + 2, { size: 8.5, colour: 'quiet', width: width - 4 })
    sheet.line(value || '—', x, y + 7, { size: 10.5, width: width - 4 })
  }
  sheet.y += 33
}

function writeIncidents(sheet: Sheet, { incidents, more }: SiteReport, labels: Labels, words: Formatter): void {
  sheet.heading(labels.incidents)
  if (incidents.length === 0) {
    sheet.line(labels.noIncidents, PAGE.margin, sheet.y + 3, { colour: 'quiet' })
    sheet.y += 7
    return
  }
  if (incidents.some(({ type }) => type === 'safety')) {
    sheet.line(labels.confidential, PAGE.margin, sheet.y + 3, { size: 9.5, bold: true, width: INNER })
    sheet.y += 7
  }
  const columns = [0, 76, 98, 118, 154]
  const row = (cells: string[], bold: boolean, colour: 'ink' | 'quiet', size: number) => {
    for (const [place, cell] of cells.entries()) {
      const width = (columns[place + 1] ?? INNER) - columns[place]! - 3
      sheet.line(cell, PAGE.margin + columns[place]!, sheet.y + 4, { size, bold: bold || (place === 0 && colour === 'ink'), colour, width })
    }
    sheet.rule(sheet.y + 6.5)
    sheet.y += 7
  }
  const { title, type, severity, status, reported } = labels.columns
  const head = () => row([title, type, severity, status, reported], false, 'quiet', 8.5)
  head()
  for (const each of incidents) {
    const { pdf } = sheet
    const before = pdf.getNumberOfPages()
    sheet.need(7)
    if (pdf.getNumberOfPages() > before) head()
    const named = (names: Record<string, string>, name: string) => names[name] ?? name
    row(
      [
        each.title,
        named(labels.type, each.type),
        named(labels.severity, each.severity),
        named(labels.status, each.status),
        words.day(each.reported_at),
      ],
      false,
      'ink',
      9.5,
    )
  }
  if (more > 0) {
    sheet.line(labels.more(more), PAGE.margin, sheet.y + 4, { size: 9, colour: 'quiet' })
    sheet.y += 7
  }
}

function writePhotos(sheet: Sheet, { photos }: SiteReport, labels: Labels, words: Formatter, files: (Uint8Array | null)[]): void {
  if (photos.length === 0) return
  const gap = 6
  const width = (INNER - gap) / 2
  const height = 62
  sheet.heading(labels.photos, height + 12)
  for (const [place, photo] of photos.entries()) {
    if (place % 2 === 0) sheet.need(height + 12)
    const x = PAGE.margin + (place % 2) * (width + gap)
    const bytes = files[place] ? bareJpeg(files[place]) : undefined
    if (!bytes || !drawPhoto(sheet, bytes, photo, { x, y: sheet.y, width, height })) {
      sheet.frame(x, sheet.y, width, height)
      sheet.line(labels.missingPhoto, x + 4, sheet.y + height / 2, { size: 9, colour: 'quiet', width: width - 8 })
    }
    sheet.line(photo.caption || words.day(photo.taken_at), x, sheet.y + height + 4.5, { size: 9, width })
    if (photo.caption) sheet.line(words.day(photo.taken_at), x, sheet.y + height + 8.5, { size: 8, colour: 'quiet', width })
    if (place % 2 === 1 || place === photos.length - 1) sheet.y += height + 13
  }
}

/** Draws the logo in its room, its middle beside the company's name; answers its width, 0 when it cannot be read. */
function drawLogo({ pdf }: Sheet, bytes: Uint8Array): number {
  const size = pngSize(bytes)
  if (!size) return 0
  const scale = Math.min(LOGO.width / size.width, LOGO.height / size.height)
  try {
    pdf.addImage(bytes, 'PNG', PAGE.margin, 18.8 - (size.height * scale) / 2, size.width * scale, size.height * scale, 'logo', 'FAST')
    return size.width * scale
  } catch {
    return 0
  }
}

/** Draws a photo as large as the box allows, whole and undistorted; answers false when it cannot be read. */
function drawPhoto(
  { pdf }: Sheet,
  bytes: Uint8Array,
  { sha256 }: { sha256: string },
  box: { x: number; y: number; width: number; height: number },
): boolean {
  try {
    const { width, height } = pdf.getImageProperties(bytes)
    const scale = Math.min(box.width / width, box.height / height)
    pdf.addImage(bytes, 'JPEG', box.x, box.y + (box.height - height * scale) / 2, width * scale, height * scale, sha256, 'NONE')
    return true
  } catch {
    return false
  }
}
