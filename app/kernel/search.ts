/** A text without case and accents, to be searched. */
export const plain = (text: string) =>
  text
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase()

/** Whether every word of `query` is in one of the texts. An empty query matches. */
export function matches(query: string | undefined, ...texts: (string | null | undefined)[]): boolean {
  if (!query?.trim()) return true
  const all = plain(texts.filter(Boolean).join(' '))
  return plain(query)
    .trim()
    .split(/\s+/)
    .every((word) => all.includes(word))
}
