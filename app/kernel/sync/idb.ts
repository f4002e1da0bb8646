// IndexedDB with promises; no DOM, so page, worker and service worker share it.

/** One database and its stores: name → key path (none: keys are given), and indexes by name. */
export interface IdbSchema {
  name: string
  version: number
  stores: Record<string, { keyPath?: string | string[]; indexes?: Record<string, string[]> }>
}

export interface Idb {
  /**
   * Runs `work` in one transaction and resolves when it is committed; `strict` when it must survive a dead battery.
   * `work` may only await requests of its own stores: a transaction ends when nothing is asked of it.
   */
  transact: <T>(
    stores: string[],
    mode: 'readonly' | 'readwrite' | 'strict',
    work: (store: (name: string) => IDBObjectStore) => Promise<T> | T,
  ) => Promise<T>
  close: () => void
}

/** The answer of a request. */
export function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

/** Opens on first use, and again after the browser closed the connection. */
export function makeIdb(schema: IdbSchema): Idb {
  let opened: Promise<IDBDatabase> | null = null

  function open(): Promise<IDBDatabase> {
    opened ??= new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(schema.name, schema.version)
      request.onupgradeneeded = () => upgrade(request.result, request.transaction!)
      request.onerror = () => reject(request.error)
      request.onsuccess = () => {
        const forget = () => {
          opened = null
        }
        request.result.onclose = forget
        // A newer version of the app waits in another tab: make way.
        request.result.onversionchange = () => {
          request.result.close()
          forget()
        }
        resolve(request.result)
      }
    }).catch((error: unknown) => {
      opened = null
      throw error
    })
    return opened
  }

  function upgrade(db: IDBDatabase, change: IDBTransaction): void {
    for (const [name, { keyPath, indexes = {} }] of Object.entries(schema.stores)) {
      const store = db.objectStoreNames.contains(name) ? change.objectStore(name) : db.createObjectStore(name, { keyPath: keyPath ?? null })
      for (const [index, path] of Object.entries(indexes)) {
        if (!store.indexNames.contains(index)) store.createIndex(index, path)
      }
    }
  }

  async function begin(stores: string[], mode: 'readonly' | 'readwrite' | 'strict', again = true): Promise<IDBTransaction> {
    const db = await open()
    try {
      return db.transaction(stores, mode === 'readonly' ? 'readonly' : 'readwrite', { durability: mode === 'strict' ? 'strict' : 'relaxed' })
    } catch (error) {
      // Safari closes connections of sleeping pages without an event.
      if (!again || (error as DOMException).name !== 'InvalidStateError') throw error
      opened = null
      return begin(stores, mode, false)
    }
  }

  return {
    async transact(stores, mode, work) {
      const transaction = await begin(stores, mode)
      const committed = new Promise<void>((resolve, reject) => {
        transaction.oncomplete = () => resolve()
        transaction.onabort = () => reject(transaction.error ?? new DOMException('Aborted', 'AbortError'))
      })
      committed.catch(() => undefined)
      let result
      try {
        result = await work((name) => transaction.objectStore(name))
      } catch (error) {
        try {
          transaction.abort()
        } catch {
          /* already over */
        }
        throw error
      }
      await committed
      return result
    },
    close: () => {
      void opened?.then((db) => db.close())
      opened = null
    },
  }
}
