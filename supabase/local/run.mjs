// The entry of every npm script: makes the machine ready, then runs supabase/local/<command>.ts. No dependencies: it installs them.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const [command = '', ...args] = process.argv.slice(2)

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 12)) fail(`Aplomb needs Node 20.12 or newer; this is ${process.versions.node}.`)
if (!existsSync(join(root, 'supabase', 'local', `${command}.ts`))) fail(`There is no command “${command}”.`)
process.chdir(root)
install()
const browsing = command === 'bench' && (args.length === 0 || args.some((group) => ['app', 'face'].includes(group)))
if (command === 'test' || command === 'screenshots' || browsing) provideChromium()
run()

function fail(sentence) {
  console.error(sentence)
  process.exit(1)
}

/** Installs the packages when they are missing or are not those of the lock file. */
function install() {
  const lock = readFileSync('package-lock.json', 'utf8')
  const stamp = join('node_modules', '.aplomb-lock')
  const hash = createHash('sha256').update(lock).digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return
  if (installedByHand(JSON.parse(lock).packages)) return
  console.error('Installing packages (npm ci)…')
  // standard output belongs to the command
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { stdio: ['ignore', 2, 2] })
  if (status !== 0) fail('npm ci failed: see above.')
  writeFileSync(stamp, hash)
}

/** Does npm's own record say that exactly these packages are installed? */
function installedByHand(wanted) {
  const record = join('node_modules', '.package-lock.json')
  if (!existsSync(record)) return false
  const installed = JSON.parse(readFileSync(record, 'utf8')).packages
  return Object.entries(wanted).every(([path, { version, optional, devOptional, peer }]) => {
    if (path === '') return true
    return installed[path] ? installed[path].version === version : optional || devOptional || peer
  })
}

/** Browser tests need a Chromium: one that is here, or Debian's. */
function provideChromium() {
  const known = [
    process.env.CHROMIUM,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ]
  if (known.some((path) => path && existsSync(path))) return
  if (!existsSync('/usr/bin/apt-get')) return console.error('No Chromium found: install one, or name it in the variable CHROMIUM.')
  console.error('Installing Chromium (apt-get)…')
  const sudo = process.getuid() === 0 ? [] : ['sudo', '-n']
  for (const step of [['update'], ['install', '-y', '--no-install-recommends', 'chromium']]) {
    const [program, ...rest] = [...sudo, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-qq', ...step]
    const { status } = spawnSync(program, rest, { stdio: ['ignore', 2, 2] })
    if (status !== 0) return console.error('Chromium could not be installed: browser tests will fail.')
  }
}

function run() {
  const child = spawn(process.execPath, ['--import', 'tsx', join('supabase', 'local', `${command}.ts`), ...args], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'], // the channel closes when we are killed, which tells the child
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  watchParent(() => child.kill('SIGTERM'))
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]))
}

/** npm may be killed without passing anything on: a server must not outlive it. */
function watchParent(gone) {
  if (!process.env.npm_lifecycle_event) return
  const parent = process.ppid
  setInterval(() => process.ppid !== parent && gone(), 500).unref()
}
