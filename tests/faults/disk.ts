// What survives on a device: the outbox, with a diary of what the person was promised.
import type { Client, OutboxStore, StoredCommand } from '../../app/kernel/sync/outbox.ts'

export interface Written {
  id: string
  name: string
  /** Why it is no longer kept, when the person or the app had a reason. */
  left?: 'withdrawn' | 'discarded' | 'resent'
  /** The server's yes was once safe on this device. */
  accepted?: boolean
}

export interface Disk {
  store: OutboxStore
  /** Every command ever kept here, in the order in which they were. */
  diary: Map<string, Written>
  commands: () => StoredCommand[]
  /** The next writes fail: how many there are until then, and how many fail. */
  full: { after: number; times: number }
  /** Every write passes here. Rejects when there is no room for it. */
  write: () => void
  /** Refused commands that the person dealt with. */
  dealt: Set<string>
  /** What broke a promise of the outbox, in words. */
  wrongs: string[]
}

/** An empty disk; `owner` as the outbox calls them. */
export function makeDisk(owner: string): Disk {
  let commands = new Map<string, StoredCommand>()
  let client: Client | undefined
  let last: Promise<unknown> = Promise.resolve()
  const diary = new Map<string, Written>()

  /** Notes what a transaction did, once it is kept. */
  function note(before: Map<string, StoredCommand>, after: Map<string, StoredCommand>): void {
    for (const [id, command] of after) {
      const written = diary.get(id)
      if (!written) diary.set(id, { id, name: command.name })
      else {
        delete written.left
        if (command.state === 'acknowledged') written.accepted = true
      }
    }
    for (const [id, command] of before) {
      if (after.has(id)) continue
      const written = diary.get(id)!
      if (command.state === 'queued' && command.attempts === 0) written.left = 'withdrawn'
      else if (command.state === 'refused' && disk.dealt.has(id)) written.left = 'discarded'
      // the very same picture is there already: the drain takes the announcement away, and the photo's own diary wants its twin on the server
      else if (command.state === 'refused' && command.name === 'add_photo' && command.code === 'TAKEN') written.left = 'discarded'
      else if (command.state !== 'acknowledged') disk.wrongs.push(`${command.name} ${id} left the outbox while ${command.state}`)
    }
  }

  const disk: Disk = {
    diary,
    commands: () => [...commands.values()],
    full: { after: 0, times: 0 },
    dealt: new Set(),
    wrongs: [],
    write() {
      if (disk.full.times <= 0 || disk.full.after-- > 0) return
      disk.full.times--
      throw new DOMException('no room', 'QuotaExceededError')
    },
    store: {
      owner,
      transact(mode, work) {
        const run = last.then(async () => {
          const draft = new Map(commands)
          let draftClient = client
          let wrote = false
          const result = await work({
            commands: async (state) => [...draft.values()].filter((command) => !state || command.state === state),
            get: async (id) => draft.get(id),
            put(command) {
              wrote = true
              draft.set(command.id, structuredClone(command))
            },
            remove(id) {
              wrote = true
              draft.delete(id)
            },
            client: async () => draftClient,
            putClient(next) {
              wrote = true
              draftClient = next
            },
          })
          if (wrote && mode === 'readonly') throw new DOMException('read-only', 'ReadOnlyError')
          if (wrote) disk.write()
          note(commands, draft)
          commands = draft
          client = draftClient
          return result
        })
        last = run.catch(() => undefined)
        return run
      },
    },
  }
  return disk
}
