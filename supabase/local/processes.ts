import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, readlinkSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const linux = existsSync('/proc/self/stat')

/** Waits until `condition` holds, looking every 20 ms; answers false when `ms` passed first. */
export async function waitUntil(condition: () => boolean, ms: number): Promise<boolean> {
  for (const end = Date.now() + ms; !condition(); await new Promise((next) => setTimeout(next, 20))) {
    if (Date.now() > end) return false
  }
  return true
}

/** Names one process for good: its number and its start time, since numbers are used again. Undefined when it is gone. */
export function identityOf(pid: number): string | undefined {
  try {
    if (!linux) return `${pid} ${execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim()}`
    const [state, , ...fields] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return state === 'Z' ? undefined : `${pid} ${fields[17]}`
  } catch {
    return undefined
  }
}

/** Does process `pid` run in folder `dataDir`, as every Postgres process of that cluster does? */
function runsIn(pid: number, dataDir: string): boolean {
  try {
    if (linux) return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(dataDir)
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).includes(dataDir)
  } catch {
    return false
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // gone already
  }
}

/**
 * Stops whatever a killed parent left running on a cluster and removes a lock file whose number now belongs to a stranger.
 * A lock file of a dead server stays: Postgres reads from it whether old backends still hold its shared memory.
 */
export async function stopOrphan(dataDir: string): Promise<void> {
  const lock = join(dataDir, 'postmaster.pid')
  if (!existsSync(lock)) return
  const pid = Number.parseInt(readFileSync(lock, 'utf8'), 10)
  if (!pid || !identityOf(pid)) return
  if (!runsIn(pid, dataDir)) {
    const alone = !linux || !readdirSync('/proc').some((entry) => /^\d+$/.test(entry) && runsIn(Number(entry), dataDir))
    if (alone) rmSync(lock)
    return
  }
  for (const name of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    signal(pid, name)
    if (await waitUntil(() => !runsIn(pid, dataDir), 10_000)) return
  }
}

/**
 * Makes this process the only one that runs a data folder.
 * @returns a function that gives the folder back
 * @throws a sentence when another living process keeps it for longer than `patience` ms (one that is closing needs a moment)
 */
export async function claim(dir: string, patience = 3_000): Promise<() => void> {
  const file = join(dir, 'supervisor.pid')
  const holder = () => (existsSync(file) ? readFileSync(file, 'utf8') : '')
  if (!(await waitUntil(() => !isClaimed(dir), patience))) {
    throw new Error(`Another Aplomb (process ${holder().split(' ')[0]}) is running on ${dir}: stop it first, or choose another folder with --data.`)
  }
  rmSync(file, { force: true })
  const mine = identityOf(process.pid) ?? String(process.pid)
  writeFileSync(file, mine, { flag: 'wx' })
  return () => {
    if (holder() === mine) rmSync(file, { force: true })
  }
}

/** Is a data folder held by a living process? */
export function isClaimed(dir: string): boolean {
  try {
    const holder = readFileSync(join(dir, 'supervisor.pid'), 'utf8')
    return holder !== '' && identityOf(Number.parseInt(holder, 10)) === holder
  } catch {
    return false
  }
}
