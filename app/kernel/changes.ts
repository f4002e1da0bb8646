/** What an edit sends: the new value of each column that changed, and the value its author saw. Null when nothing changed. */
export function changed<T extends Record<string, unknown>>(before: T, after: T): { changes: Partial<T>; was: Partial<T> } | null {
  const columns = Object.keys(after).filter((name) => JSON.stringify(before[name] ?? null) !== JSON.stringify(after[name] ?? null))
  if (columns.length === 0) return null
  const pick = (row: T) => Object.fromEntries(columns.map((name) => [name, row[name] ?? null])) as Partial<T>
  return { changes: pick(after), was: pick(before) }
}
