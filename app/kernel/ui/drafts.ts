// What is being typed, kept on this device until it is sent. IndexedDB with strict durability: localStorage reaches the disk seconds later.
import { createResource, createSignal, onCleanup, type Accessor } from 'solid-js'
import { durable } from '../durable.ts'

const STORE = 'drafts'

let opened: Promise<IDBDatabase> | undefined

function open(): Promise<IDBDatabase> {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open('aplomb-drafts', 1)
    request.onupgradeneeded = () => request.result.createObjectStore(STORE)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
  return opened
}

async function act<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const db = await open()
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(STORE, mode, { durability: 'strict' })
    const request = work(transaction.objectStore(STORE))
    transaction.oncomplete = () => resolve(request.result)
    transaction.onabort = () => reject(transaction.error)
  })
}

/** The draft kept under this name, or undefined. */
export const readDraft = <T>(name: string): Promise<T | undefined> => act('readonly', (store) => store.get(name) as IDBRequest<T | undefined>)

/** Keeps a draft (plain data); resolves when it is on the disk. */
export const keepDraft = (name: string, values: unknown): Promise<unknown> =>
  durable(act('readwrite', (store) => store.put(values, name))).finally(changed)

/** Forgets a draft, once its content is sent or thrown away. */
export const dropDraft = (name: string): Promise<unknown> => durable(act('readwrite', (store) => store.delete(name))).finally(changed)

const [changes, setChanges] = createSignal(0)
/** Tells the other tabs that a draft came or went. */
const tabs = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('aplomb-drafts')
function changed(): void {
  setChanges((count) => count + 1)
  tabs?.postMessage('changed')
}

/** A draft by the rest of its name, after the prefix. */
export interface KeptDraft {
  what: string
  values: unknown
}

/** The drafts whose names begin with `prefix`, followed over their life; empty until read, and when they cannot be. */
export function createDrafts(prefix: () => string): Accessor<KeptDraft[]> {
  const hear = () => setChanges((count) => count + 1)
  tabs?.addEventListener('message', hear)
  onCleanup(() => tabs?.removeEventListener('message', hear))
  const [kept] = createResource(
    () => ({ prefix: prefix(), at: changes() }),
    async ({ prefix }) => {
      const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`)
      const names = await act('readonly', (store) => store.getAllKeys(range))
      const values = await act('readonly', (store) => store.getAll(range))
      return names.length === values.length ? names.map((name, place) => ({ what: String(name).slice(prefix.length), values: values[place] })) : []
    },
  )
  return () => (kept.state === 'errored' ? [] : (kept.latest ?? []))
}
