import { expect, test } from 'vitest'
import { makePace } from '../../app/kernel/photos/pace.ts'
import { makeClock } from './simulator.ts'

/** Lets what was promised go on. */
const settle = () => new Promise((resolve) => setImmediate(resolve))

test('a turn that was asked for comes, however often it is asked for meanwhile', async () => {
  const clock = makeClock()
  const began = clock.now()
  const turns: number[] = []
  const pace = makePace(clock, 30_000, async () => void turns.push(clock.now() - began))
  pace.within(300)
  // An impatient thumb, ten times a second.
  for (let n = 0; n < 10; n++) clock.after(n * 100, () => pace.within(300))
  for (let n = 0; n < 12; n++) {
    clock.next()
    await settle()
  }
  expect(turns.slice(0, 2)).toEqual([300, 600])
})

test('turns come one after the other, what was asked for during one comes after it, and one comes anyway', async () => {
  const clock = makeClock()
  const began = clock.now()
  const turns: number[] = []
  let end = () => {}
  const pace = makePace(clock, 30_000, () => {
    turns.push(clock.now() - began)
    return new Promise((resolve) => (end = resolve))
  })
  pace.within(300)
  clock.next()
  pace.within(300)
  expect(clock.next()).toBe(false)
  end()
  await settle()
  clock.next()
  expect(turns).toEqual([300, 600])
  end()
  await settle()
  clock.next()
  expect(turns).toEqual([300, 600, 30_600])
  pace.stop()
  end()
  await settle()
  expect(clock.next()).toBe(false)
})
