import { expect, test } from 'vitest'
import { brightness, isAlike, isBlank } from '../../app/kernel/photos/likeness.ts'

/** Parts of a picture whose brightness goes from `least` to `most`. */
const parts = (least: number, most: number) => Array.from({ length: 256 }, (_, n) => least + ((most - least) * n) / 255)

test('a file shows its picture when it is lighter by a little, and not when it is black, white or another one', () => {
  const picture = parts(40, 200)
  expect(
    isAlike(
      picture,
      picture.map((level) => level + 2),
    ),
  ).toBe(true)
  for (const other of [parts(0, 0), parts(255, 255), parts(200, 40)]) expect(isAlike(picture, other)).toBe(false)
})

test('a night picture that became a black file is not taken for whole; a sheet of one colour is', () => {
  expect(isAlike(parts(0, 10), parts(0, 0))).toBe(false)
  expect(isAlike(parts(255, 255), parts(254, 255))).toBe(true)
})

test('brightness is of what is seen, one number for each part', () => {
  const LOOK = 256
  const pixels = new Uint8ClampedArray(LOOK * LOOK * 4)
  for (let y = 0; y < LOOK; y++)
    for (let x = 0; x < LOOK; x++) pixels.fill(y < LOOK / 2 ? 200 : (x + y) % 2 ? 255 : 0, (y * LOOK + x) * 4, (y * LOOK + x) * 4 + 4)
  const seen = brightness(pixels).map(Math.round)
  expect(seen).toHaveLength(256)
  expect(new Set(seen.slice(0, 128))).toEqual(new Set([200]))
  expect(new Set(seen.slice(128))).toEqual(new Set([128])) // a chequered floor is grey, not black or white by chance
})

test('a white wall and a dark cellar are pictures, a frame of one level is none', () => {
  for (const [least, most] of [[249, 251] as const, [2, 5] as const]) {
    expect(isBlank(parts(least, most))).toBe(false)
    expect(isAlike(parts(least, most), parts(least + 1, most))).toBe(true)
  }
  expect(isBlank(parts(0, 0))).toBe(true)
})
