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
