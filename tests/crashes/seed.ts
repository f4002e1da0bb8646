import { makeRandom } from '../client/simulator.ts'

/** Chance of one test file: `SEED=… npm test -- tests/crashes` makes the same choices again. */
export function seededRandom() {
  const seed = Number(process.env['PROVE_SEED'] ?? process.env['SEED'] ?? Math.floor(Math.random() * 1e9))
  const next = makeRandom(seed)
  next()
  return {
    seed,
    /** From 0 up to 1. */
    next,
    /** A whole number from 0 up to and without `most`. */
    below: (most: number) => Math.floor(next() * most),
    /** The same things in another order. */
    shuffle<T>(things: T[]): T[] {
      const left = [...things]
      return things.map(() => left.splice(Math.floor(next() * left.length), 1)[0]!)
    },
  }
}
