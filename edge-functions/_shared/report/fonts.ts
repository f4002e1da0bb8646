import type { Fonts } from './sheet.ts'

let read: Promise<Fonts> | undefined

/** The reports' font, from beside this file; read once. For Deno. */
export function readFonts(): Promise<Fonts> {
  const file = (name: string) => Deno.readFile(new URL(`LiberationSans-${name}.ttf`, import.meta.url))
  read ??= Promise.all([file('Regular'), file('Bold')]).then(([regular, bold]) => ({ regular, bold }))
  return read
}
