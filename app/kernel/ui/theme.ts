import { createSignal } from 'solid-js'

export type Theme = 'auto' | 'light' | 'dark'
/** What the screens wear now: a theme, and whether for full sun. */
export type Look = 'light' | 'dark' | 'light high' | 'dark high'

const BRAND = 'aplomb.brand'
const read = (name: string) => localStorage.getItem(`aplomb.${name}`)
const [theme, setThemeSignal] = createSignal<Theme>((read('theme') as Theme | null) ?? 'auto')
const [sunlight, setSunlightSignal] = createSignal(read('contrast') === 'high')
const dark = matchMedia('(prefers-color-scheme: dark)')
const [look, setLook] = createSignal<Look>('light')

/** Light, dark or as the device; the high contrast for full sun; and what comes of both. */
export { look, sunlight, theme }

/** A company's colour as it was worn last: by look, so that a start shows it at once. */
interface Brand {
  colour: string
  tokens: Partial<Record<Look, Record<string, string>>>
}

function keptBrand(): Brand | null {
  try {
    return JSON.parse(localStorage.getItem(BRAND) ?? 'null') as Brand | null
  } catch {
    return null
  }
}

const TOKENS = ['--accent', '--accent-press', '--on-accent', '--accent-ink', '--accent-soft']

function dress(tokens: Record<string, string> | undefined): void {
  for (const name of TOKENS) {
    if (tokens?.[name]) document.documentElement.style.setProperty(name, tokens[name])
    else document.documentElement.style.removeProperty(name)
  }
}

/**
 * Wears a company's colour (#rrggbb) in the present look, or the product's own (null).
 * @param keep remembers it on this device for the next start; a preview does not
 */
export async function wear(colour: string | null, keep = true): Promise<void> {
  const kept = keptBrand()
  if (!colour) {
    if (keep) localStorage.removeItem(BRAND)
    return dress(undefined)
  }
  const now = look()
  const known = kept?.colour === colour ? kept.tokens[now] : undefined
  const { brandTokens } = await import('./brand.ts')
  if (look() !== now) return
  dress(undefined)
  const style = getComputedStyle(document.documentElement)
  const paper = (name: string) => style.getPropertyValue(name).trim()
  const tokens = known ?? brandTokens(colour, { ground: paper('--ground'), surface: paper('--surface'), sunken: paper('--sunken') })
  dress(tokens)
  if (keep) localStorage.setItem(BRAND, JSON.stringify({ colour, tokens: { ...(kept?.colour === colour ? kept.tokens : {}), [now]: tokens } }))
}

function apply(): void {
  const root = document.documentElement
  // In full sun black on white reads best, whatever the device prefers at night; who chose the dark theme by hand keeps it.
  const shade = theme() === 'auto' ? (dark.matches && !sunlight() ? 'dark' : 'light') : theme()
  root.dataset['theme'] = shade
  if (sunlight()) root.dataset['contrast'] = 'high'
  else delete root.dataset['contrast']
  const next = `${shade}${sunlight() ? ' high' : ''}` as Look
  dress(keptBrand()?.tokens[next])
  setLook(next)
}

/** Chooses the theme and remembers it on this device. */
export function setTheme(next: Theme): void {
  setThemeSignal(next)
  localStorage.setItem('aplomb.theme', next)
  apply()
}

/** Turns the high contrast on or off and remembers it on this device. */
export function setSunlight(on: boolean): void {
  setSunlightSignal(on)
  localStorage.setItem('aplomb.contrast', on ? 'high' : 'normal')
  apply()
}

/** Applies the chosen theme and follows the device's. Call once, before the first paint. */
export function startTheme(): void {
  apply()
  dark.addEventListener('change', apply)
}
