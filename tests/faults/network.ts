// The way between a device and the server: requests and answers are delayed, lost, repeated, overtaken and cut.
import { AppError } from '../../app/kernel/errors.ts'
import { remoteError } from '../../app/kernel/http.ts'
import type { Random } from './random.ts'
import type { Timeline } from './timeline.ts'

/** Probabilities of what becomes of a call. */
export interface Weather {
  /** The request never arrives. */
  lost: number
  /** It is done, the answer does not come back. */
  answerLost: number
  /** The server turns it away: 409, 429 or 5xx. */
  busy: number
  /** It arrives so late that the caller has given up. */
  hang: number
  /** The answer ends before its end. */
  cut: number
  /** It arrives again, up to five times, perhaps after others. */
  repeated: number
}

export const FINE: Weather = { lost: 0, answerLost: 0, busy: 0, hang: 0, cut: 0, repeated: 0 }
export const STORMS: Record<string, Weather> = {
  fine: FINE,
  lossy: { lost: 0.2, answerLost: 0.25, busy: 0, hang: 0.05, cut: 0.1, repeated: 0.1 },
  busy: { lost: 0, answerLost: 0, busy: 0.9, hang: 0, cut: 0, repeated: 0 },
  echo: { lost: 0, answerLost: 0.2, busy: 0, hang: 0.1, cut: 0, repeated: 0.8 },
  cut: { lost: 0, answerLost: 0, busy: 0, hang: 0, cut: 0.6, repeated: 0 },
  slow: { lost: 0, answerLost: 0.1, busy: 0.1, hang: 0.5, cut: 0, repeated: 0.2 },
}

/** As the app's client: a call without an answer has failed after this long. */
const LIMIT_MS = 60_000
/** Of a device in a history: ten times what they make. */
const MOST_CALLS = 1500
const STATUSES = [409, 429, 500, 502, 503, 504]

export interface Line {
  /** Sends a request; `arrive` does it on the server and answers the body. Rejects with AppError. */
  call: <T>(arrive: () => Promise<string>, read: (body: string) => T) => Promise<T>
  weather: Weather
  online: boolean
  /** The token is stale, and so is what would renew it. */
  expired: boolean
  /** Calls that reached the server. */
  calls: () => number
  /** It asked more often than any sound device would. */
  raging: () => boolean
  /** Calls that hang fail now. */
  reset: () => void
}

/** The line of one device; `random` decides what becomes of each call. */
export function makeLine(timeline: Timeline, random: Random, restored: () => number = () => 0): Line {
  const pause = (ms: number) => new Promise<void>((resolve) => void timeline.after(ms, resolve))
  let calls = 0
  let asked = 0
  /** Calls without an answer. */
  const hung = new Set<() => void>()
  const line: Line = {
    calls: () => calls,
    raging: () => asked > MOST_CALLS,
    reset() {
      hung.forEach((give) => give())
    },
    weather: FINE,
    online: true,
    expired: false,
    async call(arrive, read) {
      // what asks without end gets no answer any more
      if (asked++ > MOST_CALLS) return new Promise<never>(() => undefined)
      const { weather } = line
      const network = () => new AppError('NETWORK')
      if (line.expired) throw new AppError('AUTHN')
      if (!line.online) throw network()
      const sent = restored()
      const reach = async () => {
        // a server that is put back from a backup has dropped its connections
        if (restored() !== sent) throw network()
        calls++
        return timeline.outside(arrive())
      }
      const dice = random.next()
      let floor = 0
      const falls = (probability: number) => dice >= floor && dice < (floor += probability)
      const [lost, answerLost, busy, hang, cut] = [weather.lost, weather.answerLost, weather.busy, weather.hang, weather.cut].map(falls)
      if (random.chance(weather.repeated)) {
        for (let times = random.between(1, 4); times > 0; times--)
          timeline.after(random.between(1, 120_000), () => void reach().catch(() => undefined))
      }
      await pause(random.between(5, 400))
      if (lost || !line.online) throw network()
      if (busy) throw remoteError(random.chance(0.2) ? { status: 500, code: '40001' } : { status: random.pick(STATUSES) })
      // what hangs when the weather clears does so no more
      if (hang && line.weather === weather) {
        timeline.after(random.between(0, 240_000), () => void reach().catch(() => undefined))
        await new Promise<void>((resolve) => {
          hung.add(resolve)
          timeline.after(LIMIT_MS, resolve)
        })
        throw new AppError('TIMEOUT')
      }
      const body = await reach()
      await pause(random.between(5, 400))
      if (answerLost || !line.online) throw network()
      const arrived = cut ? body.slice(0, random.between(0, body.length - 1)) : body
      return read(arrived)
    },
  }
  return line
}

/** Reads JSON as the client does: what is cut short is no answer. */
export function readJson<T>(body: string): T {
  try {
    return JSON.parse(body) as T
  } catch {
    throw new AppError('NETWORK')
  }
}
