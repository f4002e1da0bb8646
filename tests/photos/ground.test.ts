import { expect, test } from 'vitest'
import { around, cellMetres, gridLines, holds, pixelsAtZero, type Place } from '../../app/features/photos/ground.ts'

/** Metres between two places by the sphere of WGS 84’s mean radius. */
function metres([x1, y1]: Place, [x2, y2]: Place): number {
  const radians = Math.PI / 180
  const h = Math.sin(((y2 - y1) * radians) / 2) ** 2 + Math.cos(y1 * radians) * Math.cos(y2 * radians) * Math.sin(((x2 - x1) * radians) / 2) ** 2
  return 2 * 6_371_000 * Math.asin(Math.sqrt(h))
}

test.each([0, 43.6, 48.85, 60])('the squares of the grid are as long as they say, to half a per cent, at %d degrees', (latitude) => {
  const frame = { west: 2.35, east: 2.37, south: latitude, north: latitude + 0.01 }
  const lines = gridLines(frame, 100, latitude)
  const upright = lines.filter(([a, b]) => a![0] === b![0]).map(([a]) => a![0])
  const level = lines.filter(([a, b]) => a![1] === b![1]).map(([a]) => a![1])
  expect(upright.length).toBeGreaterThan(5)
  expect(level.length).toBeGreaterThan(5)
  expect(Math.abs(metres([upright[0]!, latitude], [upright[1]!, latitude]) - 100)).toBeLessThan(0.5)
  expect(Math.abs(metres([2.35, level[0]!], [2.35, level[1]!]) - 100)).toBeLessThan(0.5)
})

test('a square is 1, 2 or 5 times a power of ten, and wide enough for a finger at every zoom', () => {
  for (let zoom = 4; zoom <= 21; zoom += 0.25) {
    const side = cellMetres(zoom, 48.85)
    expect(Number((side / 10 ** Math.floor(Math.log10(side) + 1e-9)).toFixed(6))).toSatisfy((digit: number) => [1, 2, 5].includes(digit))
    const pixels = pixelsAtZero(side, 48.85) * 2 ** zoom
    expect(pixels).toBeGreaterThanOrEqual(72)
    expect(pixels).toBeLessThan(72 * 2.6)
  }
})

test('the whole world, and a map that shows both poles, ask for a few lines alone', () => {
  expect(gridLines({ west: -540, east: 540, south: -90, north: 90 }, cellMetres(0, 0), 0).length).toBeLessThan(60)
})

test('the frame around places holds each of them, and there is none around nothing', () => {
  const places: Place[] = [
    [2.35, 48.85],
    [-61.5, 16.2],
    [55.5, -21.1],
  ]
  const frame = around(places)!
  expect(frame).toEqual({ west: -61.5, east: 55.5, south: -21.1, north: 48.85 })
  for (const place of places) expect(holds(frame, place)).toBe(true)
  expect(holds(frame, [100, 0])).toBe(false)
  expect(around([])).toBeNull()
})
