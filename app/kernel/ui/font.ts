// The typeface comes behind the first screen, and never moves what is being read: a screen that began without it stays without it.
import inter from '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2?url'

/** A start waits this long for the kept font, in ms: longer would be seen. */
const PATIENCE = 60

let ready: FontFace | null = null

async function load(): Promise<FontFace> {
  return new FontFace('InterVariable', `url(${inter}) format('woff2')`, { weight: '100 900' }).load()
}

/** Before the first paint: the font, when the service worker has kept it and it comes at once. */
export async function startFont(): Promise<void> {
  const kept = async () => {
    if (!(await globalThis.caches?.match(inter, { ignoreSearch: true }))) return
    ready = await load()
  }
  await Promise.race([kept().catch(() => undefined), new Promise((resolve) => setTimeout(resolve, PATIENCE))])
  dress()
}

/** Behind the first screen: fetches the font for the next one. */
export async function fetchFont(): Promise<void> {
  if (![...document.fonts].some((face) => face.family === 'InterVariable')) ready ??= await load()
}

/** A screen begins: from here on the font is used, if it has come. */
export function dress(): void {
  if (ready) document.fonts.add(ready)
  ready = null
}
