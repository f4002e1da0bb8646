import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** A line between browsers and a server that keeps count of what passes. */
export interface Wire {
  /** The address to open instead of the server's. */
  url: string
  /** Paths asked of the server, in order. */
  requests: string[]
  /** Bytes that left the server, headers included, up to a moment in ms since 1970. */
  bytesUntil(moment: number): number
  /** Forgets what was counted. */
  reset(): void
  close(): Promise<void>
}

/** Opens a line to the server at `url`. */
export async function openWire(url: string): Promise<Wire> {
  const { hostname, port } = new URL(url)
  const requests: string[] = []
  const sent: { at: number; bytes: number }[] = []
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (client) => {
    const far = connect({ host: hostname, port: Number(port), noDelay: true })
    client.on('data', (chunk: Buffer) => {
      const path = /^(?:GET|POST|HEAD|PUT|PATCH|DELETE|OPTIONS) (\S+) HTTP/.exec(chunk.toString('latin1', 0, 2000))?.[1]
      if (path) requests.push(path)
      far.write(chunk)
    })
    far.on('data', (chunk: Buffer) => {
      sent.push({ at: performance.timeOrigin + performance.now(), bytes: chunk.length })
      client.write(chunk)
    })
    for (const [one, other] of [
      [client, far],
      [far, client],
    ] as const) {
      sockets.add(one)
      one
        .on('error', () => other.destroy())
        .on('close', () => {
          sockets.delete(one)
          other.destroy()
        })
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    bytesUntil: (moment) => sent.filter(({ at }) => at <= moment).reduce((sum, { bytes }) => sum + bytes, 0),
    reset() {
      requests.length = 0
      sent.length = 0
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
