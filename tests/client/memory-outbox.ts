import type { Client, OutboxStore, StoredCommand } from '../../app/kernel/sync/outbox.ts'

/** An outbox store in memory; transactions run one after the other and a failed one changes nothing. */
export function memoryOutboxStore(owner: string): OutboxStore {
  let commands = new Map<string, StoredCommand>()
  let client: Client | undefined
  let last: Promise<unknown> = Promise.resolve()
  return {
    owner,
    transact(_mode, work) {
      const run = last.then(async () => {
        const draft = new Map(commands)
        let draftClient = client
        const result = await work({
          commands: async (state) => [...draft.values()].filter((command) => !state || command.state === state),
          get: async (id) => draft.get(id),
          put: (command) => void draft.set(command.id, structuredClone(command)),
          remove: (id) => void draft.delete(id),
          client: async () => draftClient,
          putClient: (next) => {
            draftClient = next
          },
        })
        commands = draft
        client = draftClient
        return result
      })
      last = run.catch(() => undefined)
      return run
    },
  }
}
