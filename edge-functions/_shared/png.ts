const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]
/** The app draws logos within 300 px; a small file that claims far more would fill the memory. */
const LARGEST = 1000

/** Width and height of a PNG, in px; undefined when the bytes are no PNG, or one too large to be a logo. */
export function pngSize(bytes: Uint8Array): { width: number; height: number } | undefined {
  if (bytes.length < 33 || SIGNATURE.some((byte, place) => bytes[place] !== byte)) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const [width, height] = [view.getUint32(16), view.getUint32(20)]
  return width > 0 && height > 0 && width <= LARGEST && height <= LARGEST ? { width, height } : undefined
}

/** The content of the chunks that hold a PNG's pixels, joined. */
function packedPixels(bytes: Uint8Array): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const found: Uint8Array[] = []
  for (let at = 8; at + 12 <= bytes.length;) {
    const length = view.getUint32(at)
    if (view.getUint32(at + 4) === 0x49444154) found.push(bytes.subarray(at + 8, at + 8 + length)) // IDAT
    at += 12 + length
  }
  return found
}

/** A logo that can be read without filling the memory: a PNG whose pixels unpack to what its size says, and no more; else null. */
export async function readableLogo(bytes: Uint8Array): Promise<Uint8Array | null> {
  const size = pngSize(bytes)
  if (!size) return null
  // At most eight bytes a pixel; a row's filter, and the shorter rows of an interlaced picture, take less than as much again.
  let left = 2 * (size.width * 8 + 1) * (size.height + 1)
  try {
    const pixels = new Blob(packedPixels(bytes) as BlobPart[]).stream().pipeThrough(new DecompressionStream('deflate'))
    const reader = pixels.getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return bytes
      left -= value.length
      if (left >= 0) continue
      await reader.cancel()
      return null
    }
  } catch {
    return null
  }
}
