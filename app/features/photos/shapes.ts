// What is drawn over a photo: its shapes, and how they become SVG. Points are shares of the picture's width and height.

export const TOOLS = ['arrow', 'line', 'rectangle', 'ellipse', 'text'] as const
export const COLOURS = ['red', 'yellow', 'blue', 'white'] as const
export type Kind = (typeof TOOLS)[number]
export type Colour = (typeof COLOURS)[number]

/** One shape as effects.check_shapes takes it. */
export interface Shape {
  kind: Kind
  colour: Colour
  points: number[]
  text?: string
}

/** Width and height of the picture, px. */
export interface Size {
  width: number
  height: number
}

/** What a photo holds at most: see effects.check_shapes. */
const MOST_SHAPES = 200
const MOST_NUMBERS = 4000
const MOST_POINTS = 120
export const MOST_TEXT = 120

/** An ink, and what goes around it so that it is seen on any picture. */
export const INKS: Record<Colour, { ink: string; around: string }> = {
  red: { ink: '#e3170a', around: '#ffffff' },
  yellow: { ink: '#ffd60a', around: '#12100e' },
  blue: { ink: '#1463ff', around: '#ffffff' },
  white: { ink: '#ffffff', around: '#12100e' },
}

const SVG = 'http://www.w3.org/2000/svg'
/** Shares of the longer side: a stroke, what it has around it, the head of an arrow, letters. */
const STROKE = 0.008
const AROUND = 0.014
const HEAD = 0.035
const LETTERS = 0.042
const LINE_HEIGHT = 1.2

/** A share of the picture, as precise as it is kept. */
export const share = (value: number): number => Math.round(Math.min(1, Math.max(0, value)) * 1e4) / 1e4

/** Whether one more shape still fits. */
export const fits = (shapes: Shape[]): boolean =>
  shapes.length <= MOST_SHAPES && shapes.reduce((sum, shape) => sum + shape.points.length, 0) <= MOST_NUMBERS

/** A point's distance from the stretch a–b. */
function distance([x, y]: number[], [ax, ay]: number[], [bx, by]: number[]): number {
  const [dx, dy] = [bx! - ax!, by! - ay!]
  const along = dx || dy ? Math.max(0, Math.min(1, ((x! - ax!) * dx + (y! - ay!) * dy) / (dx * dx + dy * dy))) : 0
  return Math.hypot(x! - ax! - along * dx, y! - ay! - along * dy)
}

const pairs = (points: number[]): number[][] => points.flatMap((x, place) => (place % 2 ? [] : [[x, points[place + 1]!]]))

/** A freehand line with the points that its form needs (Ramer, Douglas, Peucker), few enough to be kept. */
export function simplified(points: number[], slack = 0.002): number[] {
  const all = pairs(points)
  const keep = new Set([0, all.length - 1])
  const cut = (from: number, to: number): void => {
    let [farthest, place] = [slack, 0]
    for (let at = from + 1; at < to; at++) {
      const far = distance(all[at]!, all[from]!, all[to]!)
      if (far > farthest) [farthest, place] = [far, at]
    }
    if (!place) return
    keep.add(place)
    cut(from, place)
    cut(place, to)
  }
  cut(0, all.length - 1)
  if (keep.size > MOST_POINTS) return simplified(points, slack * 1.5)
  return all.filter((_, place) => keep.has(place)).flat()
}

/** The words of a text shape in lines that fit the picture. */
function linesOf(text: string, { width, height }: Size): string[] {
  const most = Math.max(8, Math.floor((0.9 * width) / (LETTERS * Math.max(width, height) * 0.55)))
  const lines: string[] = []
  for (const word of text.trim().split(/\s+/)) {
    const line = lines.at(-1)
    if (line !== undefined && line.length + word.length < most) lines[lines.length - 1] = `${line} ${word}`
    else lines.push(word)
  }
  return lines
}

/** Where the words of a text shape stand: lines, anchor, left end or middle or right end, first baseline, size of letters; px. */
function textPlace(shape: Shape, size: Size) {
  const letters = LETTERS * Math.max(size.width, size.height)
  const [x, y] = shape.points as [number, number]
  const lines = linesOf(shape.text ?? '', size)
  const rest = (lines.length - 1) * letters * LINE_HEIGHT
  return {
    lines,
    letters,
    anchor: x < 1 / 3 ? 'start' : x > 2 / 3 ? 'end' : 'middle',
    x: x * size.width,
    y: Math.max(letters, Math.min(size.height - rest - letters * 0.3, y * size.height + letters * 0.35)),
  }
}

/** The outline of a shape: a polyline in px of the picture. */
function outline(shape: Shape, size: Size): number[][] {
  const points = pairs(shape.points).map(([x, y]) => [x! * size.width, y! * size.height])
  const [[ax, ay], [bx, by]] = [points[0]!, points.at(-1)!] as [[number, number], [number, number]]
  if (shape.kind === 'rectangle') return [points[0]!, [bx, ay], [bx, by], [ax, by], points[0]!]
  if (shape.kind === 'ellipse')
    return Array.from({ length: 33 }, (_, step) => {
      const turn = (step / 16) * Math.PI
      return [(ax + bx) / 2 + (Math.cos(turn) * (bx - ax)) / 2, (ay + by) / 2 + (Math.sin(turn) * (by - ay)) / 2]
    })
  if (shape.kind === 'text') {
    const { lines, letters, anchor, x, y } = textPlace(shape, size)
    const width = Math.max(...lines.map((line) => line.length)) * letters * 0.55
    const left = anchor === 'start' ? x : anchor === 'end' ? x - width : x - width / 2
    return lines.flatMap((_, line) => [left, left + width].map((each) => [each, y - letters * 0.35 + line * letters * LINE_HEIGHT]))
  }
  return points
}

/** The place of the topmost shape within `reach` (share of the longer side) of a point, or -1. */
export function shapeAt(shapes: Shape[], [x, y]: [number, number], size: Size, reach = 0.04): number {
  const point = [x * size.width, y * size.height]
  return shapes.findLastIndex((shape) => {
    const line = outline(shape, size)
    const far = Math.min(...line.map((each, place) => distance(point, each, line[Math.max(0, place - 1)]!)))
    return far <= reach * Math.max(size.width, size.height)
  })
}

/** The path of a shape without words. */
function pathOf(shape: Shape, size: Size): string {
  const points = outline(shape, size)
  const path = (all: number[][]) => `M${all.map((point) => point.map((each) => Math.round(each * 10) / 10).join(' ')).join('L')}`
  if (shape.kind !== 'arrow') return path(points)
  const [[ax, ay], [bx, by]] = points as [[number, number], [number, number]]
  const turn = Math.atan2(by - ay, bx - ax)
  const head = HEAD * Math.max(size.width, size.height)
  const barb = (side: number) => [bx - head * Math.cos(turn + side), by - head * Math.sin(turn + side)]
  return path(points) + path([barb(0.55), points[1]!, barb(-0.55)])
}

function element(name: string, attributes: Record<string, string | number>): SVGElement {
  const made = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value))
  return made
}

function draw(shape: Shape, size: Size): SVGElement[] {
  const { ink, around } = INKS[shape.colour] ?? INKS.red
  const side = Math.max(size.width, size.height)
  if (shape.kind === 'text') {
    const { lines, letters, anchor, x, y } = textPlace(shape, size)
    const text = element('text', {
      'font-size': letters,
      'font-weight': 700,
      'text-anchor': anchor,
      fill: ink,
      stroke: around,
      'stroke-width': letters * 0.18,
      'stroke-linejoin': 'round',
      'paint-order': 'stroke',
    })
    for (const [place, words] of lines.entries()) {
      const line = element('tspan', { x, y: y + place * letters * LINE_HEIGHT })
      line.textContent = words
      text.append(line)
    }
    return [text]
  }
  const d = pathOf(shape, size)
  const path = (stroke: string, width: number) =>
    element('path', { d, fill: 'none', stroke, 'stroke-width': width * side, 'stroke-linecap': 'round', 'stroke-linejoin': 'round' })
  return [path(around, AROUND), path(ink, STROKE)]
}

/** Draws shapes into an SVG that lies over the whole picture. Element by element: nothing that a person wrote is ever read as markup. */
export function drawShapes(svg: SVGSVGElement, shapes: Shape[], size: Size): void {
  svg.setAttribute('viewBox', `0 0 ${size.width} ${size.height}`)
  svg.replaceChildren(...shapes.flatMap((shape) => draw(shape, size)))
}
