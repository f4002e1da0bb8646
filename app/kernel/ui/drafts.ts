// What is being typed, kept on this device until it is sent. IndexedDB with strict durability: localStorage reaches the disk seconds later.
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
export const keepDraft = (name: string, values: unknown): Promise<unknown> => durable(act('readwrite', (store) => store.put(values, name)))

/** Forgets a draft, once its content is sent or thrown away. */
export const dropDraft = (name: string): Promise<unknown> => durable(act('readwrite', (store) => store.delete(name)))
