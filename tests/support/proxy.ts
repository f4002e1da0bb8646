import { createServer, connect, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'

/** A network between a browser and a server that a test can slow down and cut. */
export interface Proxy {
  url: string
  /** Breaks every connection; new ones are refused until `mend`. */
  cut(): void
  mend(): void
  /** From the first request on whose head names this word, what the server answers is lost on the way, until `mend`: it does it, and nobody hears of it. */
  muteFrom(word: string): void
  /** Nothing more goes to the server until `release`, which also forgets a limit: requests wait on their way. */
  hold(): void
  release(): void
  /** Resolves once this many more bytes have gone to the server, counted from the head of a request that names this word on, and holds the rest as `hold` does. */
  holdAfter(bytes: number, from?: string): Promise<void>
  /** Resolves once a request whose head names this word is on its way; it never arrives, and everything behind it is held. */
  holdFrom(word: string): Promise<void>
  /** Breaks the connections that are open, and what they held is lost; new ones are taken. */
  drop(): void
  /** Lets at most this many bytes per second through to the server, on each connection; Infinity for a good network. */
  slow(bytesPerSecond: number): void
  /** Bytes that went to the server. */
  sent(): number
  /** Cuts once this many more bytes have gone to the server. */
  cutAfter(bytes: number): Promise<void>
  close(): Promise<void>
}

/** Puts a network in front of `target`, an http address of this machine. */
export async function createProxy(target: string): Promise<Proxy> {
  const { hostname, port } = new URL(target)
  const open = new Set<Socket>()
  let down = false
  let muted = false
  let muting: string | null = null
  let held = false
  let holding: { word: string; met: () => void } | null = null
  const clients = new Set<Socket>()
  let rate = Infinity
  let sent = 0
  let limit: { at: number; from?: { word: string; bytes: number }; act: () => void } | null = null

  const drop = () => {
    for (const socket of open) socket.destroy()
  }
  const cut = () => {
    down = true
    drop()
  }
  const hold = () => {
    held = true
    for (const client of clients) client.pause()
  }
  const server = createServer((client) => {
    if (down) return void client.destroy()
    const upstream = connect(Number(port), hostname)
    for (const socket of [client, upstream]) {
      open.add(socket)
      socket.on('close', () => open.delete(socket))
      socket.on('error', () => socket.destroy())
    }
    clients.add(client)
    if (held) client.pause()
    client.on('close', () => {
      clients.delete(client)
      upstream.destroy()
    })
    upstream.on('close', () => client.destroy())
    upstream.on('data', (data) => muted || client.write(data))
    client.on('data', (data) => {
      sent += data.length
      if (holding && data.includes(holding.word)) {
        holding.met()
        holding = null
        return hold()
      }
      if (muting && data.includes(muting)) muted = true
      if (upstream.writable) upstream.write(data)
      if (limit?.from && data.includes(limit.from.word)) limit = { at: sent - data.length + limit.from.bytes, act: limit.act }
      if (limit && sent >= limit.at) {
        const { act } = limit
        limit = null
        act()
      }
      if (held) client.pause()
      else if (rate < Infinity) {
        client.pause()
        setTimeout(() => held || client.resume(), (data.length / rate) * 1000)
      }
    })
  })
  const after = (bytes: number, effect: () => void, from?: string) =>
    new Promise<void>((reached) => {
      limit = {
        ...(from ? { at: Infinity, from: { word: from, bytes } } : { at: sent + bytes }),
        act() {
          effect()
          reached()
        },
      }
    })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    mend() {
      down = muted = false
      muting = null
    },
    muteFrom: (word) => void (muting = word),
    hold,
    holdFrom: (word) => new Promise((met) => (holding = { word, met })),
    drop,
    release() {
      held = false
      limit = null
      for (const client of clients) client.resume()
    },
    slow: (bytesPerSecond) => void (rate = bytesPerSecond),
    sent: () => sent,
    cutAfter: (bytes) => after(bytes, cut),
    holdAfter: (bytes, from) => after(bytes, hold, from),
    close: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy()
        server.close(() => resolve())
      }),
  }
}
