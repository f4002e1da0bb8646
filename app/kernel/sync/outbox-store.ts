import { answer, makeIdb } from './idb.ts'
import type { Client, OutboxStore, StoredCommand } from './outbox.ts'

/** The outboxes of every person who used this device. */
const outboxDb = makeIdb({
  name: 'aplomb-outbox',
  version: 1,
  stores: {
    commands: { keyPath: ['owner', 'id'], indexes: { state: ['owner', 'state'], owner: ['owner'] } },
    clients: { keyPath: 'owner' },
  },
})

/** The outbox of `owner` in IndexedDB; for page and service worker. */
export function idbOutboxStore(owner: string): OutboxStore {
  return {
    owner,
    transact: (mode, work) =>
      outboxDb.transact(['commands', 'clients'], mode, (store) => {
        const commands = store('commands')
        return work({
          commands: (state) =>
            answer<StoredCommand[]>(state ? commands.index('state').getAll([owner, state]) : commands.index('owner').getAll([owner])),
          get: (id) => answer<StoredCommand | undefined>(commands.get([owner, id])),
          put: (command) => void commands.put(command),
          remove: (id) => void commands.delete([owner, id]),
          client: () => answer<Client | undefined>(store('clients').get(owner)),
          putClient: (client) => void store('clients').put(client),
        })
      }),
  }
}
