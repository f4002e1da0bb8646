import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import postgres from 'postgres'
import { readCatalog } from './generate/catalog.ts'
import { renderIcons } from './generate/icons.ts'
import { renderMailTemplates } from './generate/mail.ts'
import { phoneSql } from './generate/phone.ts'
import {
  renderAnalytics,
  renderAnalyticsPage,
  renderCommands,
  renderErrors,
  renderPhone,
  renderRights,
  renderTables,
  renderVersion,
} from './generate/render.ts'

const FOLDER = 'app/kernel/generated'

/**
 * What the app knows of the database, as files: path → content.
 * @param databaseUrl a deployed database, as its owner
 * @param root folder of the repository
 */
export async function generate(databaseUrl: string, root: string): Promise<Map<string, string>> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => undefined })
  try {
    const catalog = await readCatalog(sql)
    const errors = JSON.parse(readFileSync(join(root, 'sql/errors.json'), 'utf8')) as Record<string, Record<string, string>>
    return new Map([
      [`${FOLDER}/tables.ts`, renderTables(catalog)],
      [`${FOLDER}/commands.ts`, renderCommands(catalog)],
      [`${FOLDER}/errors.ts`, renderErrors(errors)],
      [`${FOLDER}/rights.ts`, renderRights(catalog)],
      [`${FOLDER}/version.ts`, renderVersion(catalog)],
      [`${FOLDER}/icons.ts`, renderIcons(root)],
      [`${FOLDER}/analytics.ts`, renderAnalytics(catalog)],
      ['docs/analytics.md', renderAnalyticsPage(catalog)],
      ...renderMailTemplates(),
      [`${FOLDER}/phone.ts`, renderPhone(phoneSql(root, catalog), catalog)],
    ])
  } finally {
    await sql.end()
  }
}

/** The files of `generate` whose committed text differs. */
export function staleFiles(files: Map<string, string>, root: string): string[] {
  return [...files].filter(([path, text]) => !existsSync(join(root, path)) || readFileSync(join(root, path), 'utf8') !== text).map(([path]) => path)
}

/** Writes the files of `generate` that changed; returns their paths. */
export function writeFiles(files: Map<string, string>, root: string): string[] {
  const stale = staleFiles(files, root)
  for (const path of stale) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), files.get(path) ?? '')
  }
  return stale
}
