import { expect, test } from 'vitest'
import type { Active } from '../../app/kernel/active.ts'
import { makeBus } from '../../app/kernel/bus.ts'
import { recall, remember } from '../../app/kernel/remembered.ts'

const open = () => {
  const bus = makeBus(crypto.randomUUID())
  return { now: { bus } as Active, bus, [Symbol.dispose]: () => bus.close() }
}

test('what a screen drew is drawn again at once, until something it comes from changes', () => {
  using device = open()
  const { now, bus } = device
  const rows = [{ id: 1 }]
  remember(now, 'incidents', ['incidents', 'sites'], rows)
  remember(now, 'people', ['memberships'], [])
  expect(recall(now, 'incidents')).toBe(rows)
  bus.post({ type: 'outbox' })
  bus.post({ type: 'changed', tables: ['photos'] })
  expect(recall(now, 'incidents')).toBe(rows)
  bus.post({ type: 'changed', tables: ['sites'] })
  expect(recall(now, 'incidents')).toBeUndefined()
  expect(recall(now, 'people')).toEqual([])
})

test('another person or company on the same device is remembered apart', () => {
  using one = open()
  using other = open()
  remember(one.now, 'sites', ['sites'], ['mine'])
  expect(recall(other.now, 'sites')).toBeUndefined()
})

test('as many lists as a walk through the app needs, and no more', () => {
  using device = open()
  const { now } = device
  for (let list = 0; list < 200; list++) remember(now, `site ${list}`, ['sites'], [])
  const kept = Array.from({ length: 200 }, (_, list) => recall(now, `site ${list}`)).filter(Boolean)
  expect(kept.length).toBeGreaterThanOrEqual(20)
  expect(kept.length).toBeLessThanOrEqual(50)
  expect(recall(now, 'site 199')).toEqual([])
})

test('a list too long to draw at once is asked for again', () => {
  using device = open()
  const { now } = device
  remember(now, 'incidents', ['incidents'], [{ id: 1 }])
  remember(
    now,
    'incidents',
    ['incidents'],
    Array.from({ length: 20_000 }, (_, id) => ({ id })),
  )
  expect(recall(now, 'incidents')).toBeUndefined()
})
