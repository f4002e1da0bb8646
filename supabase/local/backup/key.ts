import { readFileSync } from 'node:fs'

/**
 * The passphrase of the backups: the first line of a file, else the variable APLOMB_BACKUP_KEY; undefined when there is neither.
 * Never an argument: every process of the machine reads those.
 */
export function readKey(file?: string): string | undefined {
  const key = file ? readFileSync(file, 'utf8').split('\n')[0]?.trim() : process.env['APLOMB_BACKUP_KEY']
  if ((file || key) && (key ?? '').length < 12) throw new Error('The key of the backups must have 12 characters or more.')
  return key || undefined
}
