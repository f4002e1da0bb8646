// What the page asks of the worker that compresses photos, and gets.

/** Longest side of what is sent, in px; that of a thumbnail; and the quality of the one encoding. */
export const LONG_EDGE = 1920
export const THUMB_EDGE = 320
export const QUALITY = 0.8
export interface CompressRequest {
  source: Blob | ImageBitmap
  longEdge: number
  thumbEdge: number
  quality: number
}

/** A photo as it is kept and sent: JPEG, upright, without the metadata of the original. */
export interface Compressed {
  file: Blob
  thumb: Blob | null
  width: number
  height: number
  /** Of the file, in hex. */
  sha256: string
}
