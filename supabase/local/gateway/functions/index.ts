import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ANONYMOUS_BODY, HttpError, readBody, sendJson } from '../http.ts'
import { bearer, InvalidToken, type Tokens } from '../tokens.ts'
import { CannotStart, FunctionProcess, LIMITS, type FunctionSettings, type Limits } from './process.ts'

export interface FunctionsOptions {
  /** Folder of the functions; its functions.json says what each may do. */
  dir: string
  tokens: Tokens
  /** Values of the variables that functions may read. */
  env: Record<string, string | undefined>
  limits?: Partial<Limits>
}

/** Headers that belong to one connection. */
const HOP = new Set(['connection', 'keep-alive', 'proxy-authorization', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'expect'])

/** Edge Functions: `POST /functions/v1/<name>`, each in a Deno of its own that starts at the first request. */
export class Functions {
  private readonly limits: Limits
  private readonly settings: Record<string, FunctionSettings>
  private readonly processes = new Map<string, FunctionProcess>()
  private sockets: string | undefined

  constructor(private readonly options: FunctionsOptions) {
    this.limits = { ...LIMITS, ...options.limits }
    this.settings = JSON.parse(readFileSync(join(options.dir, 'functions.json'), 'utf8')) as Record<string, FunctionSettings>
  }

  async handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const [name = '', ...rest] = url.pathname.slice('/functions/v1/'.length).split('/')
    const settings = Object.hasOwn(this.settings, name) ? this.settings[name] : undefined
    if (!settings) return sendJson(request, response, 404, { code: 'NOT_FOUND', message: 'Requested function was not found' })
    if (settings.verify_jwt && request.method !== 'OPTIONS') {
      const refusal = await this.refusal(request)
      if (refusal) return sendJson(request, response, 401, { code: 401, message: refusal })
    }
    // whole, before anything is started: who sends slowly holds up nobody else
    const limit = settings.verify_jwt ? this.limits.body * 1024 * 1024 : ANONYMOUS_BODY
    const body = await readBody(request, limit).catch((error: unknown) => {
      if (!(error instanceof HttpError)) throw error
      const refusal = error.status === 413 ? { code: 'TOO_LARGE', message: `The request is larger than ${limit} bytes.` } : error.body
      return void sendJson(request, response, error.status, refusal, error.headers)
    })
    if (!body) return
    const target = this.process(name, settings)
    try {
      await target.acquire()
    } catch (error) {
      if (!(error instanceof CannotStart)) throw error
      console.error(`[functions/${name}] ${error.message}`)
      return sendJson(request, response, 503, { code: 'BOOT_ERROR', message: error.message })
    }
    try {
      await this.pass(target, [`/${name}`, ...rest].join('/') + url.search, body, request, response)
    } finally {
      target.release()
    }
  }

  /** How often a function was started, and its process number while it runs. */
  status(name: string): { starts: number; pid?: number } {
    const found = this.processes.get(name)
    return { starts: found?.starts ?? 0, pid: found?.pid }
  }

  /** Ends every process. */
  close(): void {
    for (const each of this.processes.values()) each.end()
    if (this.sockets) rmSync(this.sockets, { recursive: true, force: true })
  }

  private process(name: string, settings: FunctionSettings): FunctionProcess {
    const known = this.processes.get(name)
    if (known) return known
    this.sockets ??= mkdtempSync(join(tmpdir(), 'aplomb-functions-')) // for this account alone
    const { dir, env } = this.options
    const made = new FunctionProcess({ name, dir, settings, env, sockets: this.sockets, limits: this.limits })
    this.processes.set(name, made)
    return made
  }

  /** What is wrong with a request's token, or nothing. An API key is no user's token. */
  private async refusal(request: IncomingMessage): Promise<string | undefined> {
    const token = bearer(request.headers.authorization)
    if (!token) return 'Missing authorization header'
    return this.options.tokens.verify(token).then(
      () => undefined,
      (error: unknown) => {
        if (error instanceof InvalidToken) return 'Invalid JWT'
        throw error
      },
    )
  }

  /** Passes a request on and its answer back; the time runs until the answer begins. */
  private pass(target: FunctionProcess, path: string, body: Buffer, request: IncomingMessage, response: ServerResponse): Promise<void> {
    return new Promise((resolve) => {
      const upstream = httpRequest({ socketPath: target.socket, path, method: request.method, headers: headersFor(request.headers) })
      let reason: [status: number, code: string, message: string] = [502, 'WORKER_ERROR', 'The function ended before it answered.']
      const late = setTimeout(() => {
        reason = [504, 'WORKER_LIMIT', 'The function took too long.']
        upstream.destroy(new Error('too late'))
        target.end('SIGKILL') // it may be spinning: nothing else would stop it
      }, this.limits.time)
      const over = () => {
        clearTimeout(late)
        resolve()
      }
      upstream.on('error', () => {
        if (response.headersSent) response.destroy()
        else void sendJson(request, response, reason[0], { code: reason[1], message: reason[2] }, { connection: 'close' })
        over()
      })
      upstream.on('response', (answer) => {
        clearTimeout(late)
        response.writeHead(answer.statusCode ?? 502, ofOneOrigin(withoutHops(answer.headers)))
        answer.pipe(response)
        answer.on('error', () => response.destroy())
        answer.on('close', over)
      })
      response.on('close', () => {
        if (!response.writableFinished) upstream.destroy()
        over()
      })
      upstream.end(body)
    })
  }
}

/** The app and its functions share an origin here: no page of another one reads an answer, whatever the function says for hosted projects. */
function ofOneOrigin(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('access-control-')))
}

function withoutHops(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP.has(name)))
}

/** What the function sees: the caller's own headers. Compression is between the caller and us. */
function headersFor(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const { 'accept-encoding': _, ...passed } = withoutHops(headers)
  return passed
}
