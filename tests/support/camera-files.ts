import jpeg from 'jpeg-js'

/** What a camera writes into its file. */
export interface Exif {
  /** `2025:06:14 09:30:00` */
  takenAt?: string
  latitude?: number
  longitude?: number
}

/**
 * A picture of soft shapes and grain, as a camera would make it: no two seeds alike.
 * @param width in px, as height
 */
export function makeJpeg(width: number, height: number, seed: number, { quality = 92, exif }: { quality?: number; exif?: Exif } = {}): Buffer {
  const data = Buffer.alloc(width * height * 4)
  let noise = (seed * 2654435761) >>> 0
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 4) {
      noise = (Math.imul(noise, 1664525) + 1013904223) >>> 0
      const grain = (noise >>> 24) / 16 - 8
      const wave = 60 * Math.sin((x + seed * 37) / 97) + 50 * Math.cos((y - seed * 11) / 71) + 30 * Math.sin((x * y) / 90_000)
      data[at] = 120 + wave + grain
      data[at + 1] = 110 + wave * 0.8 + grain
      data[at + 2] = 95 - wave * 0.5 + grain
      data[at + 3] = 255
    }
  }
  const plain = Buffer.from(jpeg.encode({ data, width, height }, quality).data)
  return exif ? withExif(plain, exif) : plain
}

/** What a picture shows, coarsely: its size and the brightness (0–255) of 8 × 8 parts. Two codings of one picture differ by less than a level or two. */
export function glance(file: Buffer): { width: number; height: number; parts: number[] } {
  const { width, height, data } = jpeg.decode(file, { useTArray: true })
  const sums = new Float64Array(64)
  const counts = new Float64Array(64)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const part = Math.floor((y * 8) / height) * 8 + Math.floor((x * 8) / width)
      const at = (y * width + x) * 4
      sums[part]! += 0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!
      counts[part]!++
    }
  return { width, height, parts: Array.from(sums, (sum, part) => sum / counts[part]!) }
}

/** By how many levels of brightness two pictures differ on average; Infinity when their sizes do. */
export function difference(one: ReturnType<typeof glance>, other: ReturnType<typeof glance>): number {
  if (one.width !== other.width || one.height !== other.height) return Infinity
  return one.parts.reduce((sum, level, part) => sum + Math.abs(level - other.parts[part]!), 0) / one.parts.length
}

/** Puts an EXIF block after the first marker of a JPEG: big-endian TIFF with date and GPS. */
function withExif(plain: Buffer, { takenAt, latitude, longitude }: Exif): Buffer {
  const tiff: number[] = []
  const u16 = (value: number) => [(value >> 8) & 255, value & 255]
  const u32 = (value: number) => [(value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]
  const text = (value: string) => [...Buffer.from(`${value}\0`, 'ascii')]
  const rational = (degrees: number) => {
    const size = Math.abs(degrees)
    const minutes = (size % 1) * 60
    return [Math.floor(size), 1, Math.floor(minutes), 1, Math.round((minutes % 1) * 60 * 10_000), 10_000].flatMap(u32)
  }
  const directory = (at: number, entries: { tag: number; type: number; count: number; value: number[] }[]) => {
    const extra: number[] = []
    const fields = entries.flatMap(({ tag, type, count, value }) => {
      const head = [...u16(tag), ...u16(type), ...u32(count)]
      if (value.length <= 4) return [...head, ...value, ...Array<number>(4 - value.length).fill(0)]
      const place = at + 2 + entries.length * 12 + 4 + extra.length
      extra.push(...value)
      return [...head, ...u32(place)]
    })
    return [...u16(entries.length), ...fields, ...u32(0), ...extra]
  }
  const exifEntries = takenAt ? [{ tag: 0x9003, type: 2, count: 20, value: text(takenAt) }] : []
  const gpsEntries =
    latitude !== undefined && longitude !== undefined
      ? [
          { tag: 1, type: 2, count: 2, value: text(latitude < 0 ? 'S' : 'N') },
          { tag: 2, type: 5, count: 3, value: rational(latitude) },
          { tag: 3, type: 2, count: 2, value: text(longitude < 0 ? 'W' : 'E') },
          { tag: 4, type: 5, count: 3, value: rational(longitude) },
        ]
      : []
  const pointers = 2 + 2 * 12 + 4
  const exifAt = 8 + pointers
  const exifBlock = directory(exifAt, exifEntries)
  const gpsAt = exifAt + exifBlock.length
  tiff.push(...Buffer.from('MM'), 0, 42, ...u32(8))
  tiff.push(
    ...directory(8, [
      { tag: 0x8769, type: 4, count: 1, value: u32(exifAt) },
      { tag: 0x8825, type: 4, count: 1, value: u32(gpsAt) },
    ]),
  )
  tiff.push(...exifBlock, ...directory(gpsAt, gpsEntries))
  const body = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), Buffer.from(tiff)])
  const marker = Buffer.concat([Buffer.from([0xff, 0xe1]), Buffer.from(u16(body.length + 2)), body])
  return Buffer.concat([plain.subarray(0, 2), marker, plain.subarray(2)])
}
