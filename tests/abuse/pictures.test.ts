import { deflateSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { compress } from '../../app/kernel/photos/compress.ts'
import { dimensionsIn } from '../../app/kernel/photos/dimensions.ts'
import { makeJpeg } from '../support/camera-files.ts'

const u16 = (value: number) => [value >> 8, value & 255]
const u32 = (value: number) => [...u16(value >>> 16), ...u16(value & 65_535)]
const little = (bytes: number[]) => bytes.toReversed()
const ascii = (text: string) => [...Buffer.from(text, 'latin1')]

/** The head of each format, and a few bytes after it. */
const heads: Record<string, (width: number, height: number) => number[]> = {
  PNG: (width, height) => [
    ...ascii('\x89PNG\r\n\x1a\n'),
    ...u32(13),
    ...ascii('IHDR'),
    ...u32(width),
    ...u32(height),
    8,
    0,
    0,
    0,
    0,
    ...deflateSync(Buffer.alloc(100)),
  ],
  JPEG: (width, height) => [
    0xff,
    0xd8,
    0xff,
    0xe0,
    ...u16(16),
    ...Array<number>(14).fill(0),
    0xff,
    0xff,
    0xc2,
    ...u16(11),
    8,
    ...u16(height),
    ...u16(width),
    1,
    1,
    0x11,
    0,
  ],
  GIF: (width, height) => [...ascii('GIF89a'), ...little(u16(width)), ...little(u16(height)), 0, 0, 0],
  BMP: (width, height) => [...ascii('BM'), ...Array<number>(16).fill(0), ...little(u32(width)), ...little(u32(height)), 1, 0],
  'large WebP': (width, height) => [
    ...ascii('RIFF'),
    0,
    0,
    0,
    0,
    ...ascii('WEBPVP8X'),
    10,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    ...little(u32(width - 1)).slice(0, 3),
    ...little(u32(height - 1)).slice(0, 3),
  ],
}

describe('a picture of enormous dimensions', () => {
  test.each(Object.entries(heads))('is refused before it is opened: %s', async (_, head) => {
    expect(dimensionsIn(new Uint8Array(head(60_000, 60_000)))).toEqual({ width: 60_000, height: 60_000 })
    await expect(compress(new Blob([new Uint8Array(head(60_000, 60_000))]))).rejects.toMatchObject({ code: 'IMAGE', message: '60000 × 60000 pixels' })
  })
})

test('a picture of a camera says how large it is, with what its camera wrote before', () => {
  const exif = { takenAt: '2025:06:14 09:30:00', latitude: 45, longitude: 5 }
  expect(dimensionsIn(makeJpeg(64, 48, 1, { exif }))).toEqual({ width: 64, height: 48 })
})

test('what is no picture, or cut, or goes round in circles, says nothing and ends', () => {
  for (const bytes of [
    [],
    [0xff],
    [0xff, 0xd8],
    [0xff, 0xd8, 0xff, 0xe0, 0, 0, 0xff, 0xe0],
    ascii('<svg width="99999"/>'),
    ascii('RIFFxxxxWEBPVP8?'),
    Array<number>(100_000).fill(0xff),
  ])
    expect(dimensionsIn(new Uint8Array(bytes))).toBeUndefined()
  const endless = [0xff, 0xd8, ...Array.from({ length: 20_000 }, () => [0xff, 0xe0, 0, 0]).flat()]
  expect(dimensionsIn(new Uint8Array(endless))).toBeUndefined()
  for (const [name, head] of Object.entries(heads))
    for (let cut = 0; cut < 9; cut++) expect([name, dimensionsIn(new Uint8Array(head(9, 9).slice(0, cut)))]).toEqual([name, undefined])
})
