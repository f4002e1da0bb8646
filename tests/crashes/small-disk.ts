import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { KillableStack } from './stack.ts'

/** Room for a cluster and a little work, bytes. */
const SIZE = 320 * 1024 * 1024

/** A way to take the room away from a stack, and to give it back. */
export interface Room {
  fill(stack: KillableStack): void
  free(stack: KillableStack): void
}

/** A disk of its own in memory, where this account may mount one; `folder` is undefined where it may not. */
export function mountSmallDisk(): Room & { folder: string | undefined; unmount(): void } {
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n']
  const root = (...words: string[]) => {
    const [program, ...rest] = [...sudo, ...words]
    return process.platform === 'linux' && spawnSync(program!, rest, { stdio: 'ignore' }).status === 0
  }
  const folder = mkdtempSync(join(tmpdir(), 'aplomb-small-disk-'))
  const mounted = root('mount', '-t', 'tmpfs', '-o', `size=${SIZE},mode=711,uid=${process.getuid?.() ?? 0}`, 'tmpfs', folder)
  const ballast = join(folder, 'ballast')
  return {
    folder: mounted ? folder : undefined,
    fill() {
      const file = openSync(ballast, 'w')
      try {
        for (let size = 1 << 20; size >= 1; size = Math.floor(size / 2)) writeUntilFull(file, Buffer.alloc(size))
      } finally {
        closeSync(file)
      }
    },
    free: () => rmSync(ballast),
    unmount() {
      if (mounted) root('umount', '-l', folder)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function writeUntilFull(file: number, block: Buffer): void {
  try {
    for (;;) writeSync(file, block)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  }
}

/** The limit that every account may set on its own processes: no file grows any more. Undefined where the system has none. */
export function fileSizeLimit(): Room | undefined {
  const set = (pid: number, limit: string) =>
    spawnSync('prlimit', ['--pid', String(pid), `--fsize=${limit}:unlimited`], { stdio: 'ignore' }).status === 0
  if (!set(process.pid, 'unlimited')) return undefined
  return {
    fill: (stack) => stack.pids().forEach((pid) => set(pid, '4096')),
    free: (stack) => stack.pids().forEach((pid) => set(pid, 'unlimited')),
  }
}
