import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { meets, runBenches } from './run.ts'

const folder = mkdtempSync(join(tmpdir(), 'aplomb-bench-'))
afterEach(() => {
  vi.restoreAllMocks()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a goal is a comparison', () => {
  expect(meets(99, '<= 100')).toBe(true)
  expect(meets(0.4, '>= 0.5')).toBe(false)
  expect(meets(0, '= 0')).toBe(true)
  expect(meets(0, '> 0')).toBe(false)
  expect(() => meets(1, 'fast')).toThrow('Not a measurable goal')
  expect(() => meets(Number.NaN, '< 1')).toThrow('Not a measurable goal')
})

test('measures go to standard output, all else to standard error, and a broken group spoils no other', async () => {
  const measure = `{ name: 'a', value: 1.23456, unit: 'ms', goal: '<= 1' }`
  writeFileSync(join(folder, 'one.bench.ts'), `export async function run() { console.log('noise'); return [${measure}]; }`)
  writeFileSync(join(folder, 'three.bench.ts'), `export async function* run() { yield ${measure}; }`)
  writeFileSync(join(folder, 'two.bench.ts'), `export async function run() { throw new Error('broke'); }`)
  const out = vi.spyOn(console, 'log').mockImplementation(() => undefined)
  const noise = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  expect(await runBenches(folder)).toBe(false)
  expect(out.mock.calls).toEqual(
    ['one', 'three'].map((group) => [`{"group":"${group}","name":"a","value":1.235,"unit":"ms","goal":"<= 1","pass":false}`]),
  )
  expect(noise).toHaveBeenCalledWith('noise')
})
