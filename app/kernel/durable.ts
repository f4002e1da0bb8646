// What must be on the disk before this page may be left.

const writes = new Set<Promise<unknown>>()
const flushes = new Set<() => void>()

/** Notes a write that the page must not be left before. Answers it. */
export function durable<T>(write: Promise<T>): Promise<T> {
  const over = write.then(
    () => void writes.delete(over),
    () => void writes.delete(over),
  )
  writes.add(over)
  return write
}

/** `call` starts the writes that still wait for a pause in typing. Answers the way to stop. */
export function onLeave(call: () => void): () => void {
  flushes.add(call)
  return () => void flushes.delete(call)
}

/** Resolves once everything typed or run in this page is on the disk. */
export async function allDurable(): Promise<void> {
  flushes.forEach((call) => call())
  while (writes.size) await Promise.all(writes)
}
