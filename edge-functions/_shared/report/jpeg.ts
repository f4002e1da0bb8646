/**
 * A JPEG without what it carries beside the picture: position, camera, comments, previews. The picture itself stays as it is.
 * @returns undefined when the bytes are no JPEG
 */
export function bareJpeg(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return undefined
  const parts = [bytes.subarray(0, 2)]
  for (let at = 2; at + 4 <= bytes.length;) {
    if (bytes[at] !== 0xff) return undefined
    const marker = bytes[at + 1]!
    if (marker === 0xff) {
      at++ // fill
      continue
    }
    const end = at + 2 + bytes[at + 2]! * 256 + bytes[at + 3]!
    if (end > bytes.length) return undefined
    const beside = (marker >= 0xe1 && marker <= 0xef && marker !== 0xee) || marker === 0xfe // APP14 says how colours are stored
    if (!beside) parts.push(bytes.subarray(at, end))
    if (marker === 0xda) {
      parts.push(bytes.subarray(end)) // the picture's data, to the end
      return join(parts)
    }
    at = end
  }
  return undefined
}

function join(parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
