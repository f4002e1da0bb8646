import { once } from 'node:events'
import { loadavg } from 'node:os'
import { mint } from '../gateway/support.ts'
import { subscribe } from '../bench/subscribe.ts'
import { startCrowd } from './load.ts'
import { startKillableStack } from './stack.ts'

/** What a watch over the gateway's memory found. */
export interface MemoryWatch {
  /** Memory at the beginning and at the end, each the middle of its looks, MiB. */
  first: number
  last: number
  /** From the first to the last, in percent. */
  growth: number
  /** How much was done meanwhile. */
  done: number
}

/** Part of the time that passes before anything is compared: caches fill, code is compiled. */
const WARM_UP = 0.2
const LOOKS = 40

/**
 * Works on a gateway of its own for a while, as phones, screens and cameras do, with sockets that come and go, and watches its memory.
 * `npm run prove` asks for growth of at most 5 % over an hour.
 * @param ms how long
 */
export async function watchMemory(ms: number): Promise<MemoryWatch> {
  const stack = await startKillableStack()
  try {
    const crowd = await startCrowd(stack, { phones: 3, callers: 3, cameras: 1, rest: 200 })
    const start = performance.now()
    const looks: { at: number; size: number }[] = []
    const token = await mint(stack.jwtSecret, { sub: crowd.company }, ms / 1000 + 3600)
    while (performance.now() - start < ms) {
      // a socket that is refused its channel, a bad request and an unknown address: what strangers leave behind
      await subscribe(stack, `${crowd.company}:x`, token, () => undefined).then(
        (socket) => (socket.terminate(), once(socket, 'close')),
        () => undefined,
      )
      await fetch(`${stack.url}/rest/v1/nothing${looks.length}`, { headers: { apikey: stack.publishableKey } }).then((response) =>
        response.arrayBuffer(),
      )
      looks.push({ at: (performance.now() - start) / ms, size: await stack.memory() })
      await new Promise((next) => setTimeout(next, ms / LOOKS))
    }
    await crowd.finish()
    const middle = (from: number, to: number) => {
      const sizes = looks.filter(({ at }) => at >= from && at < to).map(({ size }) => size)
      return sizes.toSorted((a, b) => a - b)[Math.floor(sizes.length / 2)]! / 1024 / 1024
    }
    const [first, last] = [middle(WARM_UP, WARM_UP + 0.2), middle(0.8, 2)]
    const watch = { first, last, growth: (last / first - 1) * 100, done: crowd.acknowledged() }
    console.log(
      `memory: gateway ${first.toFixed(1)} MiB, then ${last.toFixed(1)} MiB (${watch.growth.toFixed(1)} %) over ${(ms / 60_000).toFixed(1)} minutes${ms < 3_600_000 ? ', which says nothing of an hour,' : ''} and ${watch.done} works, load ${loadavg()[0]!.toFixed(1)}`,
    )
    return watch
  } finally {
    await stack.close()
  }
}
