// A company's colour on every screen, moved as far as it takes for text on and in it to have WCAG's 4.5:1.

type Rgb = [red: number, green: number, blue: number]

/** #rrggbb, or #rgb: a minifier shortens the papers of the style sheet. */
function read(hex: string): Rgb {
  const long = hex.length === 4 ? hex.replaceAll(/[0-9a-f]/gi, '$&$&') : hex
  return [1, 3, 5].map((at) => parseInt(long.slice(at, at + 2), 16)) as Rgb
}
const write = (rgb: Rgb) => `#${rgb.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`
/** `share` of `b` in `a`. */
const mix = (a: Rgb, b: Rgb, share: number): Rgb => a.map((part, place) => part + (b[place]! - part) * share) as Rgb

const BLACK: Rgb = [0, 0, 0]
const WHITE: Rgb = [255, 255, 255]

function luminance(rgb: Rgb): number {
  const [red, green, blue] = rgb.map((part) => {
    const value = part / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!
}

/** The contrast of two colours (#rrggbb), 1 to 21. */
export function contrast(a: string, b: string): number {
  const [high, low] = [luminance(read(a)), luminance(read(b))].toSorted((x, y) => y - x)
  return (high! + 0.05) / (low! + 0.05)
}

/** `colour` moved towards black or white in small steps until it has this contrast on every paper. */
function until(colour: Rgb, towards: Rgb, papers: string[], least: number): string {
  for (let share = 0; share < 1; share += 0.04) {
    const moved = write(mix(colour, towards, share))
    if (papers.every((paper) => contrast(moved, paper) >= least)) return moved
  }
  return write(towards)
}

/** What a theme is written on: `--ground`, `--surface` and `--sunken`, as #rrggbb. */
export interface Papers {
  ground: string
  surface: string
  sunken: string
}

/** The accents of a theme, from one colour: the names of tokens.css. */
export function brandTokens(colour: string, papers: Papers): Record<string, string> {
  const dark = luminance(read(papers.surface)) < 0.2
  const away = dark ? WHITE : BLACK
  const soft = write(mix(read(papers.surface), read(colour), dark ? 0.18 : 0.12))
  // A filled button is seen against the page, and its word against the button.
  const accent = until(read(colour), away, [papers.ground, papers.surface], dark ? 3 : 1.6)
  const ink = contrast(accent, '#1c1108') >= 4.5 ? '#1c1108' : '#ffffff'
  const filled = contrast(accent, ink) >= 4.5 ? accent : until(read(accent), ink === '#ffffff' ? BLACK : WHITE, [ink], 4.5)
  return {
    '--accent': filled,
    '--accent-press': until(mix(read(filled), ink === '#ffffff' ? BLACK : WHITE, 0.14), ink === '#ffffff' ? BLACK : WHITE, [ink], 4.5),
    '--on-accent': ink,
    '--accent-ink': until(read(colour), away, [papers.ground, papers.surface, papers.sunken, soft], 4.5),
    '--accent-soft': soft,
  }
}
