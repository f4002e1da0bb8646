import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** `npm start` as a process of its own. */
export interface StartedApp {
  /** The process one would kill: run.mjs. */
  process: ChildProcess
  /** Address it printed. */
  url: string
  /** Everything it printed. */
  output(): string
  /** From the call to the printed address, in ms. */
  took: number
  /** Sends a signal and answers the exit code; null after SIGKILL. */
  end(signal?: NodeJS.Signals): Promise<number | null>
}

/**
 * Runs `npm start` with options and waits for its address.
 * @throws what it printed when it ends before
 */
export async function startApp(...options: string[]): Promise<StartedApp> {
  const began = performance.now()
  const child = spawn(process.execPath, ['supabase/local/run.mjs', 'start', ...options], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  const exit = once(child, 'exit') as Promise<[number | null]>
  let output = ''
  const url = await new Promise<string>((resolve, reject) => {
    const listen = (chunk: Buffer) => {
      output += chunk.toString()
      const address = /^Aplomb: (http\S+)/m.exec(output)?.[1]
      if (address) resolve(address)
    }
    child.stdout.on('data', listen)
    child.stderr.on('data', listen)
    child.once('close', () => reject(new Error(output)))
  })
  return {
    process: child,
    url,
    output: () => output,
    took: performance.now() - began,
    async end(signal = 'SIGINT') {
      child.kill(signal)
      return (await exit)[0]
    },
  }
}
