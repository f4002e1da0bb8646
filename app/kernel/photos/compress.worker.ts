// Makes the file of a photo, off the main thread: decoded once, encoded once, and read again before the original is let go.
import type { Compressed, CompressRequest } from './compressed.ts'
import { brightness, isAlike, isBlank, LOOK } from './likeness.ts'

type Answer = ({ ok: true } & Compressed) | { ok: false; message: string }

onmessage = async ({ data }: MessageEvent<CompressRequest & { turn: number }>) => {
  let answer: Answer
  try {
    answer = { ok: true, ...(await compress(data)) }
  } catch (error) {
    answer = { ok: false, message: String(error) }
  }
  postMessage({ turn: data.turn, ...answer })
}

async function compress({ source, longEdge, quality, thumbEdge }: CompressRequest): Promise<Compressed> {
  const picture = source instanceof Blob ? await createImageBitmap(source, { imageOrientation: 'from-image' }) : source
  try {
    const large = draw(picture, longEdge)
    const small = draw(large, thumbEdge)
    const { width, height } = large
    const file = await encode(large, quality)
    large.width = 0 // its memory is free before the file is read again
    const thumb = await encode(small, 0.7)
    await requireLikeness(picture, source instanceof Blob, file)
    const sha256 = hex(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()))
    return { file, thumb, width, height, sha256 }
  } finally {
    picture.close()
  }
}

/** The picture at most `longEdge` px long, in a canvas. */
function draw(picture: ImageBitmap | OffscreenCanvas, longEdge: number): OffscreenCanvas {
  const scale = Math.min(1, longEdge / Math.max(picture.width, picture.height))
  return fill(picture, Math.max(1, Math.round(picture.width * scale)), Math.max(1, Math.round(picture.height * scale)))
}

function fill(picture: ImageBitmap | OffscreenCanvas, width: number, height: number): OffscreenCanvas {
  const canvas = new OffscreenCanvas(width, height)
  // In the worker's memory: a canvas of the graphics process turns black when that one is ended, and encodes all the same.
  const context = canvas.getContext('2d', { willReadFrequently: true })!
  context.imageSmoothingQuality = 'high'
  // JPEG has no transparency: what is see-through would turn black.
  context.fillStyle = '#fff'
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.drawImage(picture, 0, 0, canvas.width, canvas.height)
  return canvas
}

const partsOf = (picture: ImageBitmap) => brightness(fill(picture, LOOK, LOOK).getContext('2d')!.getImageData(0, 0, LOOK, LOOK).data)

/** Throws unless the file shows the picture. A frame of the camera that is blank was lost on its way. */
async function requireLikeness(picture: ImageBitmap, picked: boolean, file: Blob): Promise<void> {
  const source = partsOf(picture)
  if (!picked && isBlank(source)) throw new Error('the frame is empty')
  const made = await createImageBitmap(file)
  const alike = isAlike(source, partsOf(made))
  made.close()
  if (!alike) throw new Error('the file does not show the picture')
}

async function encode(canvas: OffscreenCanvas, quality: number): Promise<Blob> {
  const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality })
  // A browser that cannot write JPEG answers PNG without a word.
  if (blob.type !== 'image/jpeg') throw new Error(`encoded as ${blob.type}`)
  return blob
}

const hex = (bytes: ArrayBuffer) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
