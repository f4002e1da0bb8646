import { jsPDF } from 'jspdf'

/** The two faces of the reports' font, as files. */
export interface Fonts {
  regular: Uint8Array
  bold: Uint8Array
}

/** Millimetres of an A4 page. */
export const PAGE = { width: 210, height: 297, margin: 16, bottom: 18 } as const
export const INNER = PAGE.width - 2 * PAGE.margin

const FAMILY = 'Liberation Sans'
const INK = '#1c1917'
const QUIET = '#57534e'
const RULE = '#d6d3d1'
const ACCENT = '#ad4300'
const COLOURS = { ink: INK, quiet: QUIET, accent: ACCENT }

export interface TextStyle {
  size?: number
  bold?: boolean
  colour?: keyof typeof COLOURS
  align?: 'left' | 'right'
}

/** Characters that the font lacks become what it has: thin spaces of numbers, and whatever else no reader would see. */
const readable = (text: string) => text.replaceAll(/[\u202f\u2009]/g, '\u00a0').replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')

/** An A4 document that flows from top to bottom: what does not fit goes on the next page. */
export class Sheet {
  readonly pdf: jsPDF
  /** Where the next thing goes, in millimetres from the top. */
  y: number = PAGE.margin

  constructor(fonts: Fonts, about: { title: string; author: string; at: Date }) {
    this.pdf = new jsPDF({ unit: 'mm', format: 'a4', compress: true, putOnlyUsedFonts: true })
    this.pdf.setProperties({ title: readable(about.title), author: readable(about.author), creator: 'Aplomb' })
    this.pdf.setCreationDate(about.at)
    for (const [style, bytes] of [
      ['normal', fonts.regular],
      ['bold', fonts.bold],
    ] as const) {
      this.pdf.addFileToVFS(`${style}.ttf`, binary(bytes))
      this.pdf.addFont(`${style}.ttf`, FAMILY, style)
    }
  }

  /** Starts a new page unless `height` millimetres are left on this one. */
  need(height: number): void {
    if (this.y + height <= PAGE.height - PAGE.bottom) return
    this.pdf.addPage()
    this.y = PAGE.margin
  }

  /** Writes one line with its baseline at `y`; what is wider than `width` is cut with an ellipsis. */
  line(text: string, x: number, y: number, { width = INNER, ...style }: TextStyle & { width?: number } = {}): void {
    this.style(style)
    let shown = readable(text)
    if (this.pdf.getTextWidth(shown) > width) {
      let [low, high] = [0, shown.length]
      while (low < high) {
        const middle = Math.ceil((low + high) / 2)
        if (this.pdf.getTextWidth(`${shown.slice(0, middle)}…`) <= width) low = middle
        else high = middle - 1
      }
      shown = `${shown.slice(0, low).trimEnd()}…`
    }
    this.pdf.text(shown, style.align === 'right' ? x + width : x, y, { align: style.align ?? 'left' })
  }

  /** Splits a text into lines of a width, in the given style. */
  wrap(text: string, width: number, style: TextStyle = {}): string[] {
    this.style(style)
    return this.pdf.splitTextToSize(readable(text), width) as string[]
  }

  /** A heading of a section, kept with `following` millimetres of what comes. */
  heading(text: string, following = 14): void {
    this.need(12 + following)
    this.y += 6
    this.line(text, PAGE.margin, this.y + 4, { size: 13, bold: true })
    this.y += 9
  }

  /** A thin line over the whole width. */
  rule(y: number): void {
    this.pdf
      .setDrawColor(RULE)
      .setLineWidth(0.2)
      .line(PAGE.margin, y, PAGE.width - PAGE.margin, y)
  }

  /** An empty frame. */
  frame(x: number, y: number, width: number, height: number): void {
    this.pdf.setDrawColor(RULE).setLineWidth(0.3).roundedRect(x, y, width, height, 1.5, 1.5)
  }

  /** Puts a footer on every page and answers the file. */
  finish(footer: (page: number, pages: number) => [left: string, right: string]): Uint8Array {
    const pages = this.pdf.getNumberOfPages()
    for (let page = 1; page <= pages; page++) {
      this.pdf.setPage(page)
      const [left, right] = footer(page, pages)
      const y = PAGE.height - 9
      this.rule(y - 4.5)
      this.line(left, PAGE.margin, y, { size: 8, colour: 'quiet', width: INNER * 0.7 })
      this.line(right, PAGE.margin + INNER * 0.7, y, { size: 8, colour: 'quiet', width: INNER * 0.3, align: 'right' })
    }
    return new Uint8Array(this.pdf.output('arraybuffer'))
  }

  private style({ size = 10, bold = false, colour = 'ink' }: TextStyle): void {
    this.pdf
      .setFont(FAMILY, bold ? 'bold' : 'normal')
      .setFontSize(size)
      .setTextColor(COLOURS[colour])
  }
}

/** Bytes as the characters 0 to 255, which is how jsPDF takes files. */
function binary(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return text
}
