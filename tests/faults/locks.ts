/** Web Locks of one device: the next in line has its turn when the holder ends, or dies. `H` = who holds. */
export function makeLocks<H>() {
  interface Entry {
    holder: H
    start: () => void
  }
  const queues = new Map<string, Entry[]>()

  function leave(queue: Entry[], entry: Entry): void {
    const place = queue.indexOf(entry)
    if (place < 0) return
    queue.splice(place, 1)
    if (place === 0) queue[0]?.start()
  }

  return {
    request: <T>(name: string, holder: H, work: () => Promise<T>): Promise<T> =>
      new Promise<T>((resolve, reject) => {
        const queue = queues.get(name) ?? []
        queues.set(name, queue)
        const entry = {
          holder,
          start: () =>
            void work()
              .then(resolve, reject)
              .finally(() => leave(queue, entry)),
        }
        queue.push(entry)
        if (queue[0] === entry) entry.start()
      }),
    /** Does the work, unless somebody holds the lock. */
    async attempt(name: string, holder: H, work: () => Promise<void>): Promise<void> {
      if (!queues.get(name)?.length) await this.request(name, holder, work)
    },
    /** The dead hold nothing and wait for nothing. */
    release(holder: H): void {
      for (const queue of queues.values()) {
        for (const entry of queue.filter((each) => each.holder === holder).reverse()) leave(queue, entry)
      }
    },
  }
}
