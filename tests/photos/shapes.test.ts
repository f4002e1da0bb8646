import { expect, test } from 'vitest'
import { fits, shapeAt, share, simplified, type Shape } from '../../app/features/photos/shapes.ts'

const size = { width: 1600, height: 1200 }
const arrow: Shape = { kind: 'arrow', colour: 'red', points: [0.1, 0.1, 0.5, 0.5] }

test('a place is kept inside the picture, with four decimals', () => {
  expect([-0.2, 0.123456, 1.7].map(share)).toEqual([0, 0.1235, 1])
})

test('a freehand line keeps its form with few points, however long the finger went', () => {
  const straight = Array.from({ length: 500 }, (_, step) => [share(step / 499), 0.5]).flat()
  expect(simplified(straight)).toEqual([0, 0.5, 1, 0.5])
  const corner = [0, 0, 0.25, 0, 0.5, 0, 0.5, 0.25, 0.5, 0.5]
  expect(simplified(corner)).toEqual([0, 0, 0.5, 0, 0.5, 0.5])
  const scribble = Array.from({ length: 5000 }, (_, step) => [
    share(0.5 + 0.4 * Math.sin(step * 2.3)),
    share(0.5 + 0.4 * Math.cos(step * 1.7)),
  ]).flat()
  const kept = simplified(scribble)
  expect(kept.length).toBeLessThanOrEqual(240)
  expect([...kept.slice(0, 2), ...kept.slice(-2)]).toEqual([...scribble.slice(0, 2), ...scribble.slice(-2)])
})

test('a photo holds 200 shapes, and 4000 numbers', () => {
  expect(fits(Array.from({ length: 200 }, () => arrow))).toBe(true)
  expect(fits(Array.from({ length: 201 }, () => arrow))).toBe(false)
  const long: Shape = { kind: 'line', colour: 'red', points: Array.from({ length: 240 }, () => 0.5) }
  expect(fits(Array.from({ length: 16 }, () => long))).toBe(true)
  expect(fits(Array.from({ length: 17 }, () => long))).toBe(false)
})

test('the eraser takes the topmost shape whose stroke it touches', () => {
  const shapes: Shape[] = [
    arrow,
    { kind: 'ellipse', colour: 'blue', points: [0.6, 0.6, 0.9, 0.9] },
    { kind: 'rectangle', colour: 'blue', points: [0.1, 0.6, 0.4, 0.9] },
    { kind: 'text', colour: 'white', points: [0.9, 0.1], text: 'Fissure' },
    { ...arrow, colour: 'yellow' },
  ]
  const at = (x: number, y: number) => shapeAt(shapes, [x, y], size)
  expect(at(0.3, 0.3)).toBe(4)
  expect(at(0.6, 0.75)).toBe(1)
  expect(at(0.75, 0.75)).toBe(-1) // inside of an ellipse is the picture
  expect(at(0.4, 0.75)).toBe(2)
  expect(at(0.8, 0.1)).toBe(3) // words at the right end before their place
})
