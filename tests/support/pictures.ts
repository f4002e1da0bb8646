import { crc32, deflateSync } from 'node:zlib'
import jpegJs from 'jpeg-js'

/** A JPEG of its own for each seed; `exif` hides words in it, as cameras hide a position. */
export function picture(seed: number, { width = 800, height = 600, exif = '' } = {}): Buffer {
  const data = Buffer.alloc(width * height * 4)
  for (let at = 0; at < width * height; at++) {
    const [x, y] = [at % width, Math.floor(at / width)]
    data.set([(x + seed * 40) & 255, (y * 2) & 255, ((x * y) >> 6) & 255, 255], at * 4)
  }
  const bytes = jpegJs.encode({ width, height, data }, 75).data
  if (!exif) return bytes
  const words = Buffer.from(`Exif\0\0${exif}`)
  const segment = Buffer.concat([Buffer.from([0xff, 0xe1, (words.length + 2) >> 8, (words.length + 2) & 255]), words])
  return Buffer.concat([bytes.subarray(0, 2), segment, bytes.subarray(2)])
}

/** A PNG with a transparent corner, as logos have; `hidden` bytes are packed behind its pixels. */
export function logo({ width = 120, height = 40, hidden = 0 } = {}): Buffer {
  const chunk = (type: string, content: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), content])
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
    length.writeUInt32BE(content.length)
    sum.writeUInt32BE(crc32(body))
    return Buffer.concat([length, body, sum])
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([8, 6, 0, 0, 0], 8) // eight bits of red, green, blue and alpha
  const row = (y: number) =>
    Buffer.concat([Buffer.from([0]), ...Array.from({ length: width }, (_, x) => Buffer.from([27, 88, 145, x + y < 20 ? 0 : 255]))])
  const data = Buffer.concat(Array.from({ length: height }, (_, y) => row(y)))
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(Buffer.concat([data, Buffer.alloc(hidden)]))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}
