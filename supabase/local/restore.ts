import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { readKey } from './backup/key.ts'
import { restoreBackup } from './backup/restore.ts'

/** `npm run restore -- --from DIR --data DIR`: a data folder from a backup; `npm start -- --data DIR` then opens it. */

const USAGE = `npm run restore -- --from DIR --data DIR [options]
  --from DIR       folder of backups
  --data DIR       data folder to make: it must not exist yet, or be empty
  --at NAME        a backup, or the beginning of its name, as 2026-11-21 (the newest)
  --key-file FILE  decrypts with the first line of this file (or the variable APLOMB_BACKUP_KEY)`

try {
  const { values } = parseArgs({
    options: { from: { type: 'string' }, data: { type: 'string' }, at: { type: 'string' }, 'key-file': { type: 'string' } },
  })
  if (!values.from || !values.data) throw new Error(USAGE)
  const began = performance.now()
  const dir = resolve(values.data)
  const name = await restoreBackup({ from: resolve(values.from), dir, at: values.at, passphrase: readKey(values['key-file']) })
  console.log(`Backup ${name} restored to ${dir} in ${((performance.now() - began) / 1000).toFixed(1)} s. Start it with npm start -- --data ${dir}`)
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
}
