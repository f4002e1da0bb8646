import { parseArgs } from 'node:util'
import { deploy, doorOf } from '../deploy.ts'

/** `npm run deploy -- <database url>`: brings a hosted or self-hosted Supabase database to the state of this checkout. */

const USAGE = `npm run deploy -- [options] <database url>
  <database url>      postgres://postgres:password@host:5432/postgres (or the variable DATABASE_URL, which no process list shows)
  --dry-run           tells what would be done, and changes nothing
  --analysts H:P      address that analysts are told to connect to (the one of the database url)`

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { 'dry-run': { type: 'boolean', default: false }, analysts: { type: 'string' } },
  })
  const databaseUrl = positionals[0] ?? process.env['DATABASE_URL']
  if (!databaseUrl || !/^postgres(ql)?:\/\//.test(databaseUrl) || !URL.canParse(databaseUrl)) throw new Error(USAGE)
  const [, host, port] = /^(.+):(\d+)$/.exec(values.analysts ?? '') ?? []
  if (values.analysts && !host) throw new Error(`--analysts takes host:port, not “${values.analysts}”.`)
  const door = doorOf(databaseUrl)
  await deploy(databaseUrl, console.log, { dryRun: values['dry-run'], door: host ? { ...door, host, port: Number(port) } : door })
} catch (error) {
  const { code, message } = error as { code?: string; message: string }
  console.error(code === 'ECONNREFUSED' ? 'Nothing answers at that address.' : message)
  process.exitCode = 1
}
