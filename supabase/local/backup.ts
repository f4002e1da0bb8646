import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { readKey } from './backup/key.ts'
import { takeBackup } from './backup/take.ts'

/** `npm run backup -- --to DIR`: database and files of a data folder, running or not, into a folder of backups. */

const USAGE = `npm run backup -- --to DIR [options]
  --to DIR         folder of backups
  --data DIR       data folder (.aplomb); its system may be running
  --key-file FILE  encrypts with the first line of this file (or the variable APLOMB_BACKUP_KEY)
  --keep DAYS      forgets older backups (30)`

try {
  const { values } = parseArgs({
    options: {
      to: { type: 'string' },
      data: { type: 'string', default: '.aplomb' },
      'key-file': { type: 'string' },
      keep: { type: 'string', default: '30' },
    },
  })
  if (!values.to) throw new Error(USAGE)
  const keepDays = Number(values.keep)
  if (!Number.isInteger(keepDays) || keepDays < 1) throw new Error(`--keep takes a number of days, not “${values.keep}”.`)
  const passphrase = readKey(values['key-file'])
  const began = performance.now()
  const { name, files, bytes, forgotten } = await takeBackup({ dir: resolve(values.data), to: resolve(values.to), passphrase, keepDays })
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  console.log(`Backup ${name}: ${files} files, ${(bytes / 1e6).toFixed(1)} MB, in ${seconds} s${passphrase ? ', encrypted' : ', NOT encrypted'}.`)
  if (forgotten) console.log(`${forgotten} older than ${keepDays} days forgotten.`)
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
}
