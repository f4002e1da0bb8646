import { createEffect, createMemo, createRoot, createSignal, on, onCleanup } from 'solid-js'
import { active, exclusively, setFilled } from './active.ts'
import type { OutboxItem, OutboxView, SyncStatus } from './contract.ts'
import { attempt } from './data.ts'
import type { CommandName, Commands } from './generated/commands.ts'
import type { Status } from './sync/ports.ts'
import type { StoredCommand } from './sync/outbox.ts'
import { upgraded } from './sync/upgrades.ts'
import { isKnownPhoto } from './photos/known.ts'

/** Accepted commands that the sync page still shows. */
const SHOWN_ACCEPTED = 50

const STARTING: Status = { phase: 'starting', code: null, lastSyncAt: null, current: false, booting: null }

function toItem(command: StoredCommand): OutboxItem {
  const { id, seq, name, createdAt, state, code, field, message, attempts } = command
  return { id, seq, name: name as CommandName, args: upgraded(command).args as never, createdAt, state, code, field, message, attempts }
}

const view = createRoot(() => {
  const [status, setStatus] = createSignal<Status>(STARTING)
  const [items, setItems] = createSignal<OutboxItem[]>([])

  createEffect(
    on(active, (now) => {
      setStatus(STARTING)
      setFilled(false)
      setItems([])
      if (!now) return
      let asked = 0
      async function read(): Promise<void> {
        const turn = ++asked
        const all = await now!.outbox.list()
        if (turn !== asked || active() !== now) return
        const accepted = all.filter((command) => command.state === 'acknowledged').slice(-SHOWN_ACCEPTED)
        setItems([...all.filter((command) => command.state !== 'acknowledged'), ...accepted].map(toItem))
      }
      onCleanup(
        now.bus.on((message) => {
          if (message.type === 'outbox') void read()
          if (message.type === 'status') {
            setStatus(message.status)
            setFilled(message.filled)
          }
        }),
      )
      void read()
      now.bus.post({ type: 'ask' })
    }),
  )

  // A photo that is there already is nobody's business: the drain throws its command away.
  const unsent = createMemo(() => items().filter((item) => item.state !== 'acknowledged' && !isKnownPhoto(item)))
  const byRow = createMemo(() => {
    const states = new Map<string, 'queued' | 'sending' | 'refused'>()
    for (const { args, state } of unsent()) {
      const id = (args as { id?: string }).id
      if (id && state !== 'acknowledged' && states.get(id) !== 'refused') states.set(id, state)
    }
    return states
  })
  return { status, items, unsent, byRow }
})

/** State of the exchange with the server. */
export const sync: SyncStatus = {
  phase: () => view.status().phase,
  code: () => view.status().code,
  pending: () => view.unsent().filter((item) => item.state !== 'refused').length,
  refused: () => view.unsent().filter((item) => item.state === 'refused').length,
  lastSyncAt: () => view.status().lastSyncAt,
  current: () => view.status().current,
  booting: () => view.status().booting,
  retryNow: () => active()?.bus.post({ type: 'wake', retry: true }),
  async storage() {
    const { usage = 0, quota = 0 } = await navigator.storage.estimate()
    return { usage, quota }
  },
}

/** The commands of this person in the active company that have not left, were refused, or were accepted not long ago. */
export const outbox: OutboxView = {
  items: view.items,

  async resend(id: string, args?: Commands[CommandName]) {
    const now = active()!
    const tell = () => now.bus.post({ type: 'outbox' })
    const sent = await exclusively(now.owner, async () => {
      const before = (await now.outbox.list()).find((command) => command.id === id)
      const command = await now.outbox.resend(id, args as Record<string, unknown> | undefined)
      if (!command) return null
      try {
        await attempt(now, command)
        return command
      } catch (error) {
        // Refused at once again: the first one stays, with its reason.
        if (before) await now.outbox.restore(before)
        throw error
      }
    }).finally(tell)
    now.bus.post({ type: 'wake' })
    return sent?.id ?? null
  },

  async discard(id: string) {
    const now = active()!
    await exclusively(now.owner, () => now.outbox.discard(id))
    now.bus.post({ type: 'outbox' })
  },

  exportAll() {
    const commands = view.unsent().map((item) => ({ ...item, createdAt: new Date(item.createdAt).toISOString() }))
    return new Blob([JSON.stringify({ company: active()?.company.company_name, commands }, null, 2)], { type: 'application/json' })
  },
}

/** State of an unsent command that names this row by its `id`, for lists. */
export const commandOf = (rowId: string): 'queued' | 'sending' | 'refused' | undefined => view.byRow().get(rowId)
