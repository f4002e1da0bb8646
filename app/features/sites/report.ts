import { database } from '../../kernel/active.ts'
import { askFile } from '../../kernel/ask.ts'
import { AppError } from '../../kernel/data.ts'
import { fateOf } from '../../kernel/errors.ts'

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
      content: never
    }[]
    if (!row?.content) throw error
    const { writeReport } = await import('../../kernel/report.ts')
    return { file: await writeReport(row.content, [], locale), alone: true }
  }
}

/** Hands a file to the browser's downloads. */
export function save(file: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
