import { AppError } from '../errors.ts'
import { dimensionsIn, MOST_PIXELS } from './dimensions.ts'
import { LONG_EDGE, QUALITY, THUMB_EDGE, type Compressed, type CompressRequest } from './compressed.ts'

/** A picture that takes longer than this is given up, ms. */
const PATIENCE_MS = 60_000

type Answer = { turn: number } & (({ ok: true } & Compressed) | { ok: false; message: string })

let worker: Worker | null = null
let turns = 0
const waiting = new Map<number, (answer: Answer | null) => void>()

function theWorker(): Worker {
  if (worker) return worker
  worker = new Worker(new URL('./compress.worker.ts', import.meta.url), { type: 'module', name: 'aplomb-photo' })
  worker.onmessage = ({ data }: MessageEvent<Answer>) => waiting.get(data.turn)?.(data)
  worker.onerror = () => {
    worker = null
    for (const tell of waiting.values()) tell(null)
  }
  return worker
}

/**
 * Compresses a picture to a JPEG of at most 1920 px, with a thumbnail and its hash, without holding up the screen.
 * Rejects with IMAGE when it cannot be read, would not fit into memory, or its file does not show it, twice.
 */
export async function compress(source: Blob | ImageBitmap): Promise<Compressed> {
  if (source instanceof Blob) await requireModest(source)
  if (typeof OffscreenCanvas === 'undefined') return (await import('./compress-library.ts')).compressByLibrary(source)
  let answer = await ask(source)
  // A file can be read once more, after whatever struck the first time; a frame of the camera has left this page.
  if (!answer?.ok && source instanceof Blob) answer = await ask(source)
  if (answer?.ok) return answer
  throw new AppError('IMAGE', undefined, answer?.message)
}

/** What the worker makes of a picture; null when it died or took too long. */
function ask(source: Blob | ImageBitmap): Promise<Answer | null> {
  const turn = ++turns
  return new Promise<Answer | null>((resolve) => {
    const timer = setTimeout(() => resolve(null), PATIENCE_MS)
    waiting.set(turn, (found) => {
      clearTimeout(timer)
      resolve(found)
    })
    const request: CompressRequest & { turn: number } = { turn, source, longEdge: LONG_EDGE, thumbEdge: THUMB_EDGE, quality: QUALITY }
    theWorker().postMessage(request, source instanceof Blob ? [] : [source])
  }).finally(() => waiting.delete(turn))
}

/** The part of a file in which its dimensions stand; pictures of cameras carry a preview before them. */
const HEAD_BYTES = 512 * 1024

async function requireModest(file: Blob): Promise<void> {
  const size = dimensionsIn(new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer()))
  if (size && size.width * size.height > MOST_PIXELS) throw new AppError('IMAGE', undefined, `${size.width} × ${size.height} pixels`)
}
