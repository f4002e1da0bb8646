import { wrongType } from './errors.ts'

/** How many first bytes of a file tell its type. */
export const HEAD = 64

const text = (head: Buffer, from: number, to: number) => head.toString('latin1', from, to)

/** Types that are known by their first bytes. */
const SIGNATURES: Record<string, (head: Buffer) => boolean> = {
  'image/jpeg': (head) => head.length >= 3 && head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff,
  'image/png': (head) => text(head, 0, 8) === '\x89PNG\r\n\x1a\n',
  'image/gif': (head) => /^GIF8[79]a/.test(text(head, 0, 6)),
  'image/webp': (head) => text(head, 0, 4) === 'RIFF' && text(head, 8, 12) === 'WEBP',
  'image/avif': (head) => /^ftypavi[fs]/.test(text(head, 4, 12)),
  'image/heic': (head) => /^ftyp(?:hei[cxms]|hev[cm]|mif1|msf1)/.test(text(head, 4, 12)),
  'application/pdf': (head) => text(head, 0, 5) === '%PDF-',
  'application/zip': (head) => ['PK\x03\x04', 'PK\x05\x06', 'PK\x07\x08'].includes(text(head, 0, 4)),
}

/** Types that a browser may show in its own window: no code can run in them. */
const INLINE = /^(?:image\/(?:jpeg|png|gif|webp|avif|heic)|audio\/[\w.+-]+|video\/[\w.+-]+|text\/plain)$/

/** The type without its parameters: `text/plain;charset=UTF-8` → `text/plain`. */
export const bareType = (type: string) => type.split(';')[0]!.trim().toLowerCase()

/** A declared type that may become a header. @throws InvalidMimeType */
export function cleanType(declared: string | undefined): string {
  const type = (declared ?? '').trim() || 'application/octet-stream'
  if (type.length > 127 || !/^[\w.+-]+\/[\w.+-]+(?:\s*;\s*[\w-]+="?[\w.+-]+"?)*$/.test(type)) throw wrongType(type.slice(0, 100))
  return type
}

/** Refuses a declared type that the bucket does not take. @throws InvalidMimeType */
export function requireAllowed(type: string, allowed: readonly string[] | null): void {
  const bare = bareType(type)
  if (allowed && !allowed.some((one) => one === bare || one === '*/*' || (one.endsWith('/*') && bare.startsWith(one.slice(0, -1)))))
    throw wrongType(bare)
}

/**
 * Refuses content that is not what it was declared to be, or, in a bucket that takes some types only, is another one.
 * @param head the first `HEAD` bytes
 * @throws InvalidMimeType
 */
export function requireContent(type: string, head: Buffer, allowed: readonly string[] | null): void {
  const bare = bareType(type)
  const signature = SIGNATURES[bare]
  if (signature) {
    if (!signature(head)) throw wrongType(`${bare} (the content is of another type)`)
    return
  }
  const actual = Object.entries(SIGNATURES).find(([, matches]) => matches(head))?.[0]
  if (actual && allowed && actual !== 'application/zip') requireAllowed(actual, allowed)
}

/** Whether a browser may show the type by itself; all others are downloads. */
export const mayShow = (type: string) => INLINE.test(bareType(type))
