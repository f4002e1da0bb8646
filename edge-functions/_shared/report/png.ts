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
