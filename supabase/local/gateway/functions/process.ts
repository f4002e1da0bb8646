import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** What a function may do: all that is not named here is refused by Deno. */
export interface FunctionSettings {
  /** Does a request need a signed-in user's token? */
  verify_jwt: boolean
  /** Variables it may read. */
  env: string[]
  /** Variables whose address it may connect to. */
  net: string[]
  /** Folders it may read, below the functions' folder. */
  read: string[]
}

export interface ProcessOptions {
  name: string
  /** Folder of all functions. */
  dir: string
  settings: FunctionSettings
  /** Values of the variables. */
  env: Record<string, string | undefined>
  /** Folder of the sockets. */
  sockets: string
  limits: Limits
}

/** What a function's process may take. */
export interface Limits {
  /** MiB; a process that grows beyond is ended. */
  memory: number
  /** An answer must have begun after this time, in ms. */
  time: number
  /** A process without requests for this long is ended, in ms. */
  idle: number
  /** MiB of a request's body. */
  body: number
}

export const LIMITS: Limits = { memory: 512, time: 150_000, idle: 60_000, body: 10 }

/** A function could not be started; the message says why. */
export class CannotStart extends Error {}

const root = fileURLToPath(new URL('../../../..', import.meta.url))
const DENO = join(root, 'node_modules', 'deno', process.platform === 'win32' ? 'deno.exe' : 'deno')
const START_TIMEOUT = 15_000

/** One function's Deno: started by the first request, ended when idle, started anew after a crash. */
export class FunctionProcess {
  private child: ChildProcess | undefined
  private ready: Promise<void> | undefined
  private running = 0
  private idle: NodeJS.Timeout | undefined
  private watch: NodeJS.Timeout | undefined
  /** How often it was started. */
  starts = 0
  /** Where it listens: another place each time, so that a dying process never takes its successor's away. */
  socket = ''

  constructor(readonly options: ProcessOptions) {}

  /** The process number, while it runs. */
  get pid(): number | undefined {
    return this.child?.pid
  }

  /** Has the process ready for a request; call `release` when the request is over. @throws CannotStart */
  async acquire(): Promise<void> {
    clearTimeout(this.idle)
    this.running++
    try {
      await (this.ready ??= this.start())
      if (await answers(this.socket)) return
      this.end('SIGKILL') // it died, and the system has not told us yet
      await (this.ready ??= this.start())
    } catch (error) {
      this.release()
      throw error
    }
  }

  release(): void {
    this.running--
    if (this.running > 0) return
    clearTimeout(this.idle)
    this.idle = setTimeout(() => this.end(), this.options.limits.idle).unref()
  }

  /** Ends the process; the next request starts another one. */
  end(signal: NodeJS.Signals = 'SIGTERM'): void {
    this.child?.kill(signal)
    this.forget()
  }

  private forget(): void {
    clearTimeout(this.idle)
    clearInterval(this.watch)
    this.child = undefined
    this.ready = undefined
  }

  private async start(): Promise<void> {
    const { name, dir, sockets } = this.options
    if (!existsSync(DENO)) {
      throw new CannotStart('Edge Functions need Deno, which is not installed: run npm ci, and let the package “deno” run its install script.')
    }
    const socket = (this.socket = join(sockets, `${name}-${++this.starts}.sock`))
    const child = spawn(DENO, this.arguments(), { cwd: dir, env: this.environment(), stdio: ['ignore', 'pipe', 'pipe'] })
    this.child = child
    for (const stream of [child.stdout!, child.stderr!]) createInterface({ input: stream }).on('line', (line) => this.log(line))
    let over: string | undefined
    child.once('error', (error) => (over = error.message))
    child.once('exit', (code, signal) => {
      over = `ended with ${signal ?? code}`
      rmSync(socket, { force: true })
      if (this.child !== child) return
      if (code !== 0 && signal !== 'SIGTERM') this.log(`${over}; the next request starts it anew`)
      this.forget()
    })
    for (const end = Date.now() + START_TIMEOUT; !(await answers(socket)); await new Promise((next) => setTimeout(next, 5))) {
      if (over === undefined && Date.now() < end) continue
      if (this.child === child) this.end('SIGKILL')
      throw new CannotStart(`The function “${name}” did not start${over ? `: it ${over}` : ' in time'}; the log says more.`)
    }
    this.watch = setInterval(() => this.checkMemory(), 1000).unref()
  }

  /** Deno names the address it listens on; that is no news. */
  private log(line: string): void {
    if (line.startsWith('Listening on ')) return
    console.error(`[functions/${this.options.name}] ${line}`)
  }

  private arguments(): string[] {
    const { name, dir, settings, env, limits } = this.options
    const { socket } = this
    const hosts = settings.net.flatMap((variable) => hostOf(env[variable]))
    const folders = settings.read.map((folder) => join(dir, folder))
    return [
      'run',
      '--no-prompt',
      '--cached-only',
      '--no-lock',
      '--node-modules-dir=manual',
      `--config=${join(dir, name, 'deno.json')}`,
      `--preload=${fileURLToPath(new URL('leash.ts', import.meta.url))}`,
      `--v8-flags=--max-old-space-size=${Math.ceil(limits.memory / 2)}`,
      `--allow-net=${[`unix:${socket}`, ...new Set(hosts)].join(',')}`,
      ...(settings.env.length > 0 ? [`--allow-env=${settings.env.join(',')}`] : []),
      `--allow-read=${[socket, ...folders].join(',')}`,
      `--allow-write=${socket}`,
      join(dir, name, 'index.ts'),
    ]
  }

  private environment(): Record<string, string> {
    const { settings, env } = this.options
    const own = settings.env.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]]))
    return {
      ...Object.fromEntries(own),
      DENO_SERVE_ADDRESS: `unix:${this.socket}`,
      DENO_DIR: join(root, 'node_modules', '.cache', 'deno'),
      DENO_NO_UPDATE_CHECK: '1',
      NO_COLOR: '1',
    }
  }

  private checkMemory(): void {
    const used = memoryOf(this.child?.pid)
    if (used <= this.options.limits.memory) return
    this.log(`takes ${used} MiB, more than ${this.options.limits.memory}: it is ended`)
    this.end('SIGKILL')
  }
}

/** MiB that a process holds; 0 where the system does not say. */
function memoryOf(pid: number | undefined): number {
  try {
    return Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024)
  } catch {
    return 0
  }
}

function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(socket)
    probe.once('connect', () => resolve(true)).once('error', () => resolve(false))
    probe.once('connect', () => probe.destroy())
  })
}

const PORTS: Record<string, string> = { 'http:': '80', 'https:': '443', 'smtp:': '587', 'smtps:': '465' }

/** `host:port` of an address, as Deno's permissions name it. */
function hostOf(address: string | undefined): string[] {
  if (!address || !URL.canParse(address)) return []
  const { protocol, hostname, port } = new URL(address)
  return [`${hostname}:${port || PORTS[protocol]}`]
}
