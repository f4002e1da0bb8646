/** What a reader program finds in a PDF. */
export interface ReadPdf {
  /** The text of each page. */
  pages: string[]
  text: string
  /** How many pictures the pages show. */
  pictures: number
  title: string | undefined
}

// the reader is written for newer engines than Node 20
Promise.withResolvers ??= <T>() => {
  let resolve!: (value: T | PromiseLike<T>) => void
  let reject!: (reason?: unknown) => void
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}

const buffers = ArrayBuffer.prototype as ArrayBuffer & { transferToFixedLength?: (length?: number) => ArrayBuffer }
buffers.transferToFixedLength ??= function (this: ArrayBuffer, length = this.byteLength) {
  const moved = new Uint8Array(length)
  moved.set(new Uint8Array(this).subarray(0, length))
  return moved.buffer
}

/** Reads a PDF by pdf.js. */
export async function readPdf(bytes: Uint8Array): Promise<ReadPdf> {
  const { getDocument, OPS } = await import('pdfjs-dist/legacy/build/pdf.mjs')
  const reader = await getDocument({ data: bytes.slice(), verbosity: 0 }).promise
  const pages: string[] = []
  let pictures = 0
  for (let number = 1; number <= reader.numPages; number++) {
    const page = await reader.getPage(number)
    pages.push(
      (await page.getTextContent()).items
        .map((item) => ('str' in item ? item.str : ''))
        .join('\n')
        .replaceAll('\u00a0', ' '),
    )
    pictures += (await page.getOperatorList()).fnArray.filter((op) => op === OPS.paintImageXObject).length
  }
  return { pages, text: pages.join('\n'), pictures, title: ((await reader.getMetadata()).info as { Title?: string }).Title }
}
