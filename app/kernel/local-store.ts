import { answer, makeIdb } from './sync/idb.ts'

/** Small things of this device that page and service worker share: the session, and the rows each screen showed last. */
const db = makeIdb({ name: 'aplomb-device', version: 1, stores: { values: {}, snapshots: { keyPath: ['owner', 'key'], indexes: { owner: ['owner'] } } } })

export const readValue = <T>(key: string): Promise<T | undefined> =>
  db.transact(['values'], 'readonly', (store) => answer<T | undefined>(store('values').get(key)))

export const writeValue = (key: string, value: unknown): Promise<void> =>
  db.transact(['values'], 'strict', (store) => void store('values').put(value, key))

export const removeValue = (key: string): Promise<void> =>
  db.transact(['values'], 'strict', (store) => void store('values').delete(key))

/** Rows as a screen last saw them. */
export interface Snapshot {
  owner: string
  key: string
  rows: unknown[]
  /** Milliseconds since 1970. */
  at: number
}

export const readSnapshot = (owner: string, key: string): Promise<Snapshot | undefined> =>
  db.transact(['snapshots'], 'readonly', (store) => answer<Snapshot | undefined>(store('snapshots').get([owner, key])))

export const writeSnapshot = (snapshot: Snapshot): Promise<void> =>
  db.transact(['snapshots'], 'readwrite', (store) => void store('snapshots').put(snapshot))

/** Forgets what the screens of `owner` showed. */
export const removeSnapshots = (owner: string): Promise<void> =>
  db.transact(['snapshots'], 'readwrite', async (store) => {
    for (const key of await answer(store('snapshots').index('owner').getAllKeys([owner]))) store('snapshots').delete(key)
  })
