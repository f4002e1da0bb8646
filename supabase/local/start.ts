import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { readKey } from './backup/key.ts'
import { takeBackup } from './backup/take.ts'
import { openVault } from './backup/vault.ts'
import { buildApp } from './build.ts'
import type { SignIn } from './demo.ts'
import { clusterFolder, removeData } from './engine.ts'
import { outliveLostWrites } from './lost-write.ts'
import { isClaimed, stopOrphan } from './processes.ts'
import { readSettings } from './settings.ts'
import { createShutdown } from './shutdown.ts'
import { startStack, type Stack } from './stack.ts'

/** `npm start [-- --demo --port N --data DIR --fresh]`: app and API on one address until Ctrl-C. */

const USAGE = `npm start [-- options]
  --demo        two demo companies with sites, people and incidents
  --port N      port of app and API (5177)
  --host H      address to listen on (127.0.0.1; 0.0.0.0 = every network of this machine, without TLS)
  --origin URL  public address of the app, for invitation links (or APLOMB_ORIGIN); https, except on this machine
  --data DIR    data folder (.aplomb)
  --backup DIR  a backup into this folder every day (APLOMB_BACKUP_KEY encrypts it)
  --pg-port N   port of Postgres on 127.0.0.1, for analysts (a free one each time)
  --pg-host H   host that analysts are told to connect to (127.0.0.1)
  --fresh       throw the data folder away first
Settings in the environment or in .env: APLOMB_ORIGIN, SMTP_URL, MAIL_FROM, CONFIRM_EMAIL (README.md explains them)`

const root = fileURLToPath(new URL('../..', import.meta.url))
const shutdown = createShutdown()
outliveLostWrites()

main().catch((error: unknown) => {
  if (shutdown.ending) return
  console.error(error instanceof Error ? error.message : error)
  shutdown.end(1)
})

async function main(): Promise<void> {
  if (existsSync(join(root, '.env'))) process.loadEnvFile(join(root, '.env'))
  const options = readOptions()
  if (options.help) {
    console.log(USAGE)
    return shutdown.end()
  }
  const began = performance.now()
  if (options.fresh) await throwAway(options.dir)
  const staticDir = await buildApp(root)
  const stack = await startStack({
    ...readSettings(process.env),
    dir: options.dir,
    port: options.port,
    host: options.host,
    origin: options.origin,
    postgresPort: options.postgresPort,
    analystHost: options['pg-host'],
    staticDir,
    onOpen: shutdown.add,
  })
  if (options.backup) await backUpDaily(options.dir, resolve(root, options.backup))
  const signIns = options.demo ? await demo(options.dir, stack) : []
  console.log(`\nAplomb: ${stack.url} (ready in ${((performance.now() - began) / 1000).toFixed(1)} s; Ctrl-C stops it)\n`)
  if (stack.mailUrl) console.log(`Mails are kept here, not sent: ${stack.mailUrl}\n`)
  for (const { company, role, name, email, password } of signIns) {
    console.log(`  ${company.padEnd(26)} ${role.padEnd(18)} ${name.padEnd(22)} ${email.padEnd(36)} ${password}`)
  }
}

/** Backs up now when the last backup is older than a day, and then every day. A wrong key is told at once; later troubles end nothing. */
async function backUpDaily(dir: string, to: string): Promise<void> {
  const passphrase = readKey()
  const day = 86_400_000
  const take = async () => {
    const { name, files } = await takeBackup({ dir, to, passphrase })
    console.log(`Backup ${name}: ${files} files.`)
  }
  const yesterday = new Date(Date.now() - day).toISOString().replaceAll(':', '-')
  if ((openVault(to, passphrase).list().at(-1) ?? '') < yesterday) await take()
  setInterval(() => void take().catch((error: Error) => console.error(`The daily backup failed: ${error.message}`)), day).unref()
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        demo: { type: 'boolean', default: false },
        fresh: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
        port: { type: 'string', default: '5177' },
        host: { type: 'string', default: '127.0.0.1' },
        origin: { type: 'string', default: process.env.APLOMB_ORIGIN },
        data: { type: 'string', default: '.aplomb' },
        backup: { type: 'string' },
        'pg-port': { type: 'string', default: '0' },
        'pg-host': { type: 'string' },
      },
    })
    const port = Number(values.port)
    if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Error(`--port takes a number from 1 to 65535, not “${values.port}”.`)
    const postgresPort = Number(values['pg-port'])
    if (!Number.isInteger(postgresPort) || postgresPort < 0 || postgresPort > 65_535) {
      throw new Error(`--pg-port takes a number from 1 to 65535, not “${values['pg-port']}”.`)
    }
    return { ...values, port, postgresPort, origin: publicOrigin(values.origin), dir: resolve(root, values.data) }
  } catch (error) {
    throw new Error(`${(error as Error).message}\n\n${USAGE}`, { cause: error })
  }
}

/**
 * The public address as an origin, without a path. Browsers give storage, cameras and service workers to https pages alone.
 * @throws a sentence when it is no such address
 */
function publicOrigin(given: string | undefined): string | undefined {
  if (!given) return undefined
  const url = URL.canParse(given) ? new URL(given) : undefined
  const loopback = url && /^(localhost|127\.[\d.]+|\[::1\])$/.test(url.hostname)
  if (
    url &&
    url.pathname === '/' &&
    !url.search &&
    !url.hash &&
    !url.username &&
    (url.protocol === 'https:' || (url.protocol === 'http:' && loopback))
  )
    return url.origin
  throw new Error(`--origin takes the public address of the app, as https://aplomb.example.fr, not “${given}”.`)
}

/** Removes a data folder, and only a data folder: a mistyped `--data` must cost nothing. */
async function throwAway(dir: string): Promise<void> {
  if (!existsSync(dir)) return
  if (!existsSync(join(dir, 'secrets.json'))) throw new Error(`${dir} is not a data folder of Aplomb: --fresh leaves it alone.`)
  if (isClaimed(dir)) throw new Error(`Aplomb is running on ${dir}: stop it first.`)
  await stopOrphan(clusterFolder(dir))
  removeData(dir)
}

/** Seeds the demo companies once per data folder; the sign-ins are kept beside the data they open. */
async function demo(dir: string, stack: Stack): Promise<SignIn[]> {
  const file = join(dir, 'demo.json')
  if (!existsSync(file)) {
    const { seedDemo } = await withoutAdvice(() => import('./demo.ts'))
    writeFileSync(file, JSON.stringify(await seedDemo(stack)), { mode: 0o600 })
  }
  return JSON.parse(readFileSync(file, 'utf8')) as SignIn[]
}

/** Loads a module that tells whoever runs Node 20 to upgrade: we support it, and the notice is no concern of who starts the app. */
async function withoutAdvice<T>(load: () => Promise<T>): Promise<T> {
  const { warn } = console
  console.warn = (...words: unknown[]) => {
    if (!String(words[0]).includes('Node.js 20 and below are deprecated')) warn(...words)
  }
  try {
    return await load()
  } finally {
    console.warn = warn
  }
}
