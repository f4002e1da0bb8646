import { database } from '../../kernel/active.ts'
import { askFile } from '../../kernel/ask.ts'
import { AppError } from '../../kernel/data.ts'
import type { Query } from '../../kernel/contract.ts'
import { fateOf } from '../../kernel/errors.ts'
import { pixelsHeld, type PhotoName } from '../../kernel/photos/pixels.ts'
import { pictureHeld } from '../../kernel/pictures.ts'
import type { SiteReport } from '../../kernel/report.ts'
import { photosAnnounced, photosNamed } from './data.ts'

/** A report, and whether this device wrote it alone: then photos that it does not hold are missing. */
export interface Report {
  file: Blob
  alone: boolean
}

/** The PDF of a site's report: from the server, else written here by the same code from what this device knows. Rejects with AppError. */
export async function siteReport(siteId: string, locale: string): Promise<Report> {
  const as_of = new Date().toISOString()
  try {
    return { file: await askFile('report-pdf', { site_id: siteId, as_of, locale }), alone: false }
  } catch (error) {
    if (!(error instanceof AppError) || fateOf(error.code) !== 'retry') throw error
    const db = database()
    if (!db) throw error
    const [row] = (await db.call('query', { sql: 'select kpi.site_report($1, $2::timestamptz) as content', params: [siteId, as_of] })) as {
      content: SiteReport | null
    }[]
    if (!row?.content) throw error
    const { REPORT_PHOTOS, writeReport } = await import('../../kernel/report.ts')
    const { content, files } = await withOwnPhotos(siteId, row.content, REPORT_PHOTOS)
    return { file: await writeReport(content, files, await logoHeld(row.content), locale), alone: true }
  }
}

/**
 * The report's content with its photos' files: as this device holds them, a thumbnail where it has no more, null for those it has not.
 * Photos that still wait on this device stand among the newest, `most` of all.
 */
async function withOwnPhotos(siteId: string, content: SiteReport, most: number): Promise<{ content: SiteReport; files: (Uint8Array | null)[] }> {
  const ask = async <T>({ sql, params }: Query<T>) => (await database()!.call('query', { sql, params })) as T[]
  const hashes = content.photos.map(({ sha256 }) => sha256)
  const [named, announced] = await Promise.all([ask(photosNamed(siteId, hashes)), ask(photosAnnounced(siteId))])
  const rows = new Map(named.map((photo) => [photo.sha256, photo]))
  const stored = await Promise.all(content.photos.map(async (photo) => ({ photo, file: await heldFile(rows.get(photo.sha256)) })))
  const waiting = await Promise.all(announced.map(async (photo) => ({ photo, file: await heldFile(photo) })))
  const shown = [...stored, ...waiting.filter(({ file }) => file)]
    .toSorted((a, b) => Date.parse(b.photo.taken_at) - Date.parse(a.photo.taken_at))
    .slice(0, most)
  return { content: { ...content, photos: shown.map(({ photo }) => photo) }, files: shown.map(({ file }) => file) }
}

async function heldFile(photo: PhotoName | undefined): Promise<Uint8Array | null> {
  const held = photo && ((await pixelsHeld(photo, 'full')) ?? (await pixelsHeld(photo, 'thumb')))
  return held ? new Uint8Array(await held.arrayBuffer()) : null
}

/** The company's logo as this device holds it; null when it has none. */
async function logoHeld({ company }: SiteReport): Promise<Uint8Array | null> {
  if (!company.logo) return null
  const held = await pictureHeld('logo', company.logo)
  return held ? new Uint8Array(await held.arrayBuffer()) : null
}

/** Hands a file to the browser's downloads. */
export function save(file: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
