import { createSignal } from 'solid-js'

export type Theme = 'auto' | 'light' | 'dark'

const read = (name: string) => localStorage.getItem(`aplomb.${name}`)
const [theme, setThemeSignal] = createSignal<Theme>((read('theme') as Theme | null) ?? 'auto')
const [sunlight, setSunlightSignal] = createSignal(read('contrast') === 'high')
const dark = matchMedia('(prefers-color-scheme: dark)')

function apply(): void {
  const root = document.documentElement
  // In full sun black on white reads best, whatever the device prefers at night; who chose the dark theme by hand keeps it.
  root.dataset['theme'] = theme() === 'auto' ? (dark.matches && !sunlight() ? 'dark' : 'light') : theme()
  if (sunlight()) root.dataset['contrast'] = 'high'
  else delete root.dataset['contrast']
}

/** Light, dark or as the device; and the high contrast for full sun. */
export { theme, sunlight }

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
