// Whether a file shows the picture that it was made of. A canvas that loses its memory says nothing: it gives a black picture.

/** Parts of a picture, along each side, that are compared. */
export const PARTS = 16
/** Levels (0–255) by which parts of the two differ on average; quality 0.8 and another size make two at most. */
const MOST = 12
/** A picture is of one colour when its parts differ by fewer levels. */
const FLAT = 3

/** The brightness of each part, from the PARTS × PARTS pixels of a picture made small (RGBA). */
export const brightness = (pixels: Uint8ClampedArray): number[] =>
  Array.from({ length: pixels.length / 4 }, (_, n) => 0.299 * pixels[4 * n]! + 0.587 * pixels[4 * n + 1]! + 0.114 * pixels[4 * n + 2]!)

/** Whether a picture is of one colour. */
export const isFlat = (parts: number[]) => Math.max(...parts) - Math.min(...parts) < FLAT

/** Whether what was made shows what it was made of; a dark picture that became a black one does not. */
export function isAlike(source: number[], made: number[]): boolean {
  const off = source.reduce((sum, level, part) => sum + Math.abs(level - made[part]!), 0) / source.length
  return off <= MOST && (isFlat(source) || !isFlat(made))
}
