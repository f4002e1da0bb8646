// Makes the file of a photo, off the main thread: decoded once, encoded once.
import type { Compressed, CompressRequest } from './compressed.ts'

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
  const large = draw(picture, longEdge)
  const thumb = draw(large, thumbEdge)
  const { width, height } = large
  const file = await encode(large, quality)
  const small = await encode(thumb, 0.7)
  picture.close()
  const sha256 = hex(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()))
  return { file, thumb: small, width, height, sha256 }
}

/** The picture at most `longEdge` px long, in a canvas. */
function draw(picture: ImageBitmap | OffscreenCanvas, longEdge: number): OffscreenCanvas {
  const scale = Math.min(1, longEdge / Math.max(picture.width, picture.height))
  const canvas = new OffscreenCanvas(Math.max(1, Math.round(picture.width * scale)), Math.max(1, Math.round(picture.height * scale)))
  const context = canvas.getContext('2d')!
  context.imageSmoothingQuality = 'high'
  // JPEG has no transparency: what is see-through would turn black.
  context.fillStyle = '#fff'
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.drawImage(picture, 0, 0, canvas.width, canvas.height)
  return canvas
}

async function encode(canvas: OffscreenCanvas, quality: number): Promise<Blob> {
  const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality })
  // A browser that cannot write JPEG answers PNG without a word.
  if (blob.type !== 'image/jpeg') throw new Error(`encoded as ${blob.type}`)
  return blob
}

const hex = (bytes: ArrayBuffer) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
