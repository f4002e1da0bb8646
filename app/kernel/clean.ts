/** `value` without what no database takes in a text: NUL goes, half a surrogate pair becomes U+FFFD. Keys of objects too. */
export function clean<T>(value: T): T {
  if (typeof value === 'string') return value.replaceAll('\0', '').toWellFormed() as T
  if (Array.isArray(value)) return value.map(clean) as T
  if (value && Object.getPrototypeOf(value) === Object.prototype)
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [clean(key), clean(each)])) as T
  return value
}
