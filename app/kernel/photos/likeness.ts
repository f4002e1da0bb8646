// Whether a file shows the picture that it was made of. A canvas that loses its memory says nothing: it gives a black picture.

/** Parts of a picture, along each side, that are compared, and the pixels of a part: their mean, whatever a browser does in making a picture small. */
const PARTS = 16
const SAMPLES = 16
/** Pixels along each side of a picture that is looked at. */
export const LOOK = PARTS * SAMPLES
/** Levels (0–255) by which parts of the two differ on average; quality 0.8 and another size make two at most. */
const MOST = 12
/** A picture whose parts differ by fewer levels may become one of a single level. */
const FLAT = 3
/** Parts of a blank picture differ by less: by nothing but rounding. */
const BLANK = 0.5

/** The brightness of each part, from the LOOK × LOOK pixels of a picture made small (RGBA). */
export function brightness(pixels: Uint8ClampedArray): number[] {
  const parts = Array<number>(PARTS * PARTS).fill(0)
  for (let y = 0, at = 0; y < LOOK; y++)
    for (let x = 0; x < LOOK; x++, at += 4) {
      const part = Math.floor(y / SAMPLES) * PARTS + Math.floor(x / SAMPLES)
      parts[part]! += (0.299 * pixels[at]! + 0.587 * pixels[at + 1]! + 0.114 * pixels[at + 2]!) / SAMPLES ** 2
    }
  return parts
}

const spread = (parts: number[]) => Math.max(...parts) - Math.min(...parts)

/** Whether there is nothing on a picture at all. A white wall and a dark cellar are not blank: no camera sees the very same level everywhere. */
export const isBlank = (parts: number[]) => spread(parts) < BLANK

/** Whether what was made shows what it was made of; a dark picture that became a black one does not. */
export function isAlike(source: number[], made: number[]): boolean {
  const off = source.reduce((sum, level, part) => sum + Math.abs(level - made[part]!), 0) / source.length
  return off <= MOST && (spread(source) < FLAT || !isBlank(made))
}
