import { answer, makeIdb } from './sync/idb.ts'

/** Small things of this device that page and service worker share: the session, and the rows each screen showed last. */
const db = makeIdb({
  name: 'aplomb-device',
  version: 1,
  stores: { values: {}, snapshots: { keyPath: ['owner', 'key'], indexes: { owner: ['owner'] } } },
})

/** The value kept under `key`, undefined when there is none. */
export const readValue = <T>(key: string): Promise<T | undefined> =>
  db.transact(['values'], 'readonly', (store) => answer<T | undefined>(store('values').get(key)))

/** Keeps a value; resolves when it is on the disk. */
export const writeValue = (key: string, value: unknown): Promise<void> =>
  db.transact(['values'], 'strict', (store) => void store('values').put(value, key))

/** Forgets a value; resolves when the disk has. */
export const removeValue = (key: string): Promise<void> => db.transact(['values'], 'strict', (store) => void store('values').delete(key))

/** Rows as a screen last saw them. */
export interface Snapshot {
  owner: string
  key: string
  rows: unknown[]
  /** Milliseconds since 1970. */
  at: number
}

/** What a screen of `owner` showed last under `key`. */
export const readSnapshot = (owner: string, key: string): Promise<Snapshot | undefined> =>
  db.transact(['snapshots'], 'readonly', (store) => answer<Snapshot | undefined>(store('snapshots').get([owner, key])))

/** Keeps what a screen shows, in place of what it showed before. */
export const writeSnapshot = (snapshot: Snapshot): Promise<void> =>
  db.transact(['snapshots'], 'readwrite', (store) => void store('snapshots').put(snapshot))

/** Forgets what the screens of `owner` showed. */
export const removeSnapshots = (owner: string): Promise<void> =>
  db.transact(['snapshots'], 'readwrite', async (store) => {
    for (const key of await answer(store('snapshots').index('owner').getAllKeys([owner]))) store('snapshots').delete(key)
  })
