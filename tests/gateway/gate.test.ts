import { expect, test } from 'vitest'
import { Gate } from '../../supabase/local/gateway/gate.ts'

/** Work that ends when told. */
function held() {
  let end = () => {}
  const promise = new Promise<void>((resolve) => (end = resolve))
  return { work: () => promise, end }
}

test('a gate lets some work, some wait in order, and tells the others when to come back', async () => {
  const gate = new Gate(2, 2)
  const order: number[] = []
  const tasks = Array.from({ length: 4 }, held)
  const passed = tasks.map(({ work }, n) => gate.pass(async () => (order.push(n), work())))
  await expect(gate.pass(async () => 0)).rejects.toMatchObject({ status: 429, headers: { 'retry-after': '2' } })
  expect(order).toEqual([0, 1])
  tasks[1]!.end()
  await passed[1]
  await Promise.resolve()
  expect(order).toEqual([0, 1, 2])
  for (const { end } of tasks) end()
  await Promise.all(passed)
  expect(await gate.pass(async () => 5)).toBe(5)
})

test('work that fails leaves its place', async () => {
  const gate = new Gate(1, 0)
  await expect(gate.pass(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await gate.pass(async () => 1)).toBe(1)
})
