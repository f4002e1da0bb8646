import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'

type Shape = [tag: string, attributes: Record<string, string>]

const round = (value: number) => String(Math.round(value * 100) / 100)

/** A circle or ellipse as two arcs. */
const oval = (cx: number, cy: number, rx: number, ry: number) =>
  `M${round(cx - rx)} ${round(cy)}a${round(rx)} ${round(ry)} 0 1 0 ${round(2 * rx)} 0a${round(rx)} ${round(ry)} 0 1 0 ${round(-2 * rx)} 0z`

/** A path that may follow another: it begins at a place of the grid, not where the one before ended. */
const standing = (d: string) =>
  d.replace(/^m\s*(-?[\d.]+)[\s,]*(-?[\d.]+)\s*(?=(.?))/, (_, x: string, y: string, next: string) => `M${x} ${y}${/[-.\d]/.test(next) ? 'l' : ''}`)

/** A shape of lucide as the strokes of one path. */
function strokes([tag, attributes]: Shape): string {
  const of = (name: string) => Number(attributes[name] ?? 0)
  switch (tag) {
    case 'path':
      return standing(attributes['d']!)
    case 'circle':
      return oval(of('cx'), of('cy'), of('r'), of('r'))
    case 'ellipse':
      return oval(of('cx'), of('cy'), of('rx'), of('ry'))
    case 'line':
      return `M${of('x1')} ${of('y1')}L${of('x2')} ${of('y2')}`
    case 'polyline':
      return `M${attributes['points']}`
    case 'polygon':
      return `M${attributes['points']}z`
    case 'rect': {
      const [x, y, width, height, r] = [of('x'), of('y'), of('width'), of('height'), of('rx')]
      const corner = (dx: number, dy: number) => (r ? `a${r} ${r} 0 0 1 ${round(dx)} ${round(dy)}` : '')
      const [h, v] = [round(width - 2 * r), round(height - 2 * r)]
      return `M${round(x + r)} ${y}h${h}${corner(r, r)}v${v}${corner(-r, r)}h-${h}${corner(-r, -r)}v-${v}${corner(r, -r)}z`
    }
    default:
      throw new Error(`An icon holds a ${tag}, which is no stroke.`)
  }
}

/** The shapes of one of lucide's icons. Read, not imported: its modules want a page. */
function shapesOf(root: string, lucide: string): Shape[] {
  const source = readFileSync(join(root, 'node_modules/lucide-solid/dist/esm/icons', `${lucide}.mjs`), 'utf8')
  const data = /const __iconData = (\{[\s\S]*?\n\});/.exec(source)?.[1]
  return (runInNewContext(`(${data})`) as { node: Shape[] }).node
}

/** The icons that `app/kernel/ui/icons.json` takes from lucide, each as one path: a component per icon would weigh on the first screen. */
export function renderIcons(root: string): string {
  const names = JSON.parse(readFileSync(join(root, 'app/kernel/ui/icons.json'), 'utf8')) as Record<string, string>
  const lines = Object.entries(names).map(([name, lucide]) => `  ${name}: '${shapesOf(root, lucide).map(strokes).join('')}',`)
  return `// Written by \`npm run generate\` from lucide (ISC licence) and app/kernel/ui/icons.json. Do not edit.

/** Strokes on a grid of 24. */
export const icons = {
${lines.join('\n')}
}
`
}
