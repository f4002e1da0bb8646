import { connect, type Socket } from 'node:net'

/** The bare minimum of an HTTP client, so that the measure is the server's: one request at a time on a kept connection. */
export class Line {
  private received = ''
  private answered: ((body: string) => void) | undefined

  private constructor(
    private readonly socket: Socket,
    private readonly request: Buffer,
  ) {
    socket.setEncoding('latin1').on('data', (chunk: Buffer | string) => this.read(String(chunk)))
  }

  /** Connects; `request` is what each `ask` sends. */
  static async open(url: string, request: Buffer): Promise<Line> {
    const { hostname, port } = new URL(url)
    const socket = connect({ host: hostname, port: Number(port), noDelay: true })
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
    return new Line(socket, request)
  }

  /** Sends the request; answers the whole response, headers included. */
  ask(): Promise<string> {
    return new Promise((resolve) => {
      this.answered = resolve
      this.socket.write(this.request)
    })
  }

  close(): void {
    this.socket.destroy()
  }

  private read(chunk: string): void {
    this.received += chunk
    const head = this.received.indexOf('\r\n\r\n')
    if (head < 0) return
    const length = Number(/content-length: (\d+)/i.exec(this.received.slice(0, head))?.[1] ?? 0)
    if (this.received.length < head + 4 + length) return
    const answer = this.received
    this.received = ''
    this.answered?.(answer)
  }
}

/** A call of app.<name> as supabase-js makes it. */
export function rpcRequest(gateway: { publishableKey: string }, token: string, company: string, name: string, body: string): Buffer {
  return Buffer.from(
    [
      `POST /rest/v1/rpc/${name} HTTP/1.1`,
      'host: bench',
      `apikey: ${gateway.publishableKey}`,
      `authorization: Bearer ${token}`,
      `x-company: ${company}`,
      'content-profile: app',
      'accept: application/json',
      'x-client-info: supabase-js/2.119.0',
      'content-type: application/json',
      `content-length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  )
}
