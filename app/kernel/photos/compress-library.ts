import imageCompression from 'browser-image-compression'
import libURL from 'browser-image-compression/dist/browser-image-compression.js?url'
import { AppError } from '../errors.ts'
import { LONG_EDGE, QUALITY, THUMB_EDGE, type Compressed } from './compressed.ts'

/** Compresses by a library, where a worker has no canvas. The library's own worker takes the script from us, not from elsewhere. */
export async function compressByLibrary(source: Blob | ImageBitmap): Promise<Compressed> {
  const original = source instanceof Blob ? source : await blobOf(source)
  try {
    const make = (maxWidthOrHeight: number, initialQuality: number) =>
      imageCompression(new File([original], 'photo.jpg', { type: original.type }), {
        maxWidthOrHeight,
        initialQuality,
        maxIteration: 1,
        fileType: 'image/jpeg',
        useWebWorker: true,
        libURL: new URL(libURL, location.href).href,
      })
    const file = await make(LONG_EDGE, QUALITY)
    if (file.type !== 'image/jpeg') throw new Error(`encoded as ${file.type}`)
    const thumb = await make(THUMB_EDGE, 0.7)
    const [width, height] = await sizeOf(file)
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()))
    const sha256 = [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')
    return { file, thumb, width, height, sha256 }
  } catch (error) {
    throw new AppError('IMAGE', undefined, String(error))
  }
}

async function sizeOf(file: Blob): Promise<[width: number, height: number]> {
  const image = new Image()
  image.src = URL.createObjectURL(file)
  await image.decode().finally(() => URL.revokeObjectURL(image.src))
  return [image.naturalWidth, image.naturalHeight]
}

function blobOf(picture: ImageBitmap): Promise<Blob> {
  const canvas = Object.assign(document.createElement('canvas'), { width: picture.width, height: picture.height })
  canvas.getContext('2d')!.drawImage(picture, 0, 0)
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new AppError('IMAGE'))), 'image/jpeg', 0.95))
}
