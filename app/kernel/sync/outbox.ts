import { appVersion } from '../generated/version.ts'
import { newId } from '../ids.ts'
import type { PushBatch, PushResult, WireCommand } from './protocol.ts'
import { upgraded } from './upgrades.ts'

export type CommandState = 'queued' | 'sending' | 'acknowledged' | 'refused'

/** A command as the outbox keeps it. */
export interface StoredCommand {
  /** User and company, see `ownerOf`: work of one never mixes with work of another. */
  owner: string
  id: string
  seq: number
  name: string
  args: Record<string, unknown>
  /** Of the app that wrote it; 1 when absent. The arguments stay as they were written: read them by `upgraded`. */
  version?: number
  /** Milliseconds since 1970, by this device's clock. */
  createdAt: number
  state: CommandState
  attempts: number
  code?: string
  field?: string
  message?: string
  settledAt?: number
  /** True once the local rows hold what it did on the server, so its effect need not be replayed. */
  landed?: boolean
}

/** This device as one sender: numbers its commands from 1 without gap. */
export interface Client {
  owner: string
  id: string
  nextSeq: number
}

/** What the outbox asks of its store, inside one transaction. */
export interface OutboxTx {
  commands: (state?: CommandState) => Promise<StoredCommand[]>
  get: (id: string) => Promise<StoredCommand | undefined>
  put: (command: StoredCommand) => void
  remove: (id: string) => void
  client: () => Promise<Client | undefined>
  putClient: (client: Client) => void
}

export interface OutboxStore {
  owner: string
  /** All or nothing. `strict`: resolves only when the data is on the disk. */
  transact: <T>(mode: 'readonly' | 'readwrite' | 'strict', work: (tx: OutboxTx) => Promise<T>) => Promise<T>
}

export interface Refusal {
  code: string
  field?: string
  message?: string
}

/** Accepted commands are kept this long, to be offered again to a server restored from a backup; */
export const KEPT_MS = 30 * 24 * 3600_000
/** and this many of the last ones however old they look: a clock that jumps years ahead must not make them so. */
export const KEPT = 500

/** Whose work it is: one user in one company. */
export const ownerOf = (userId: string, companyId: string) => `${userId}:${companyId}`

const bySeq = (a: StoredCommand, b: StoredCommand) => a.seq - b.seq

export type Outbox = ReturnType<typeof makeOutbox>

/**
 * The unsent work of one person in one company: queued → sending → acknowledged, or refused until mended or discarded.
 * Nothing leaves it silently.
 */
export function makeOutbox(store: OutboxStore, now: () => number = Date.now) {
  const { owner } = store

  async function clientIn(tx: OutboxTx): Promise<Client> {
    return (await tx.client()) ?? { owner, id: crypto.randomUUID(), nextSeq: 1 }
  }

  async function addIn(tx: OutboxTx, name: string, args: Record<string, unknown>): Promise<StoredCommand> {
    const client = await clientIn(tx)
    const command: StoredCommand = {
      owner,
      id: newId(now()),
      seq: client.nextSeq,
      name,
      args,
      version: appVersion,
      createdAt: now(),
      state: 'queued',
      attempts: 0,
    }
    tx.put(command)
    tx.putClient({ ...client, nextSeq: client.nextSeq + 1 })
    return command
  }

  const unsent = async (tx: OutboxTx) => [...(await tx.commands('sending')), ...(await tx.commands('queued'))].sort(bySeq)

  const refuse = (tx: OutboxTx, command: StoredCommand, { code, field, message }: Refusal) =>
    tx.put({ ...command, state: 'refused', code, field, message, settledAt: now() })

  /** Gives these commands the numbers from `seq` on, in their order. */
  async function number(tx: OutboxTx, commands: StoredCommand[], seq: number): Promise<void> {
    const client = await clientIn(tx)
    commands.forEach((command, place) => tx.put({ ...command, state: 'queued', seq: seq + place }))
    tx.putClient({ ...client, nextSeq: seq + commands.length })
  }

  return {
    owner,

    /** Keeps a command durably and numbers it in the same transaction. */
    add: (name: string, args: Record<string, unknown>) => store.transact('strict', (tx) => addIn(tx, name, args)),

    /** Takes back the command just added, refused by its own effect, and gives its number back: numbers have no gaps. */
    withdraw: (id: string) =>
      store.transact('strict', async (tx) => {
        const command = await tx.get(id)
        const client = await clientIn(tx)
        if (!command || command.state !== 'queued' || command.seq !== client.nextSeq - 1) return false
        tx.remove(id)
        tx.putClient({ ...client, nextSeq: command.seq })
        return true
      }),

    /** The next commands to send, at most `most` and about `bytes` characters, marked as under way; null when none waits. */
    take: (most: number, bytes: number): Promise<PushBatch | null> =>
      store.transact('readwrite', async (tx) => {
        const commands: WireCommand[] = []
        let size = 0
        for (const command of await unsent(tx)) {
          const { seq, id, name } = command
          const wire = { seq, id, name, ...upgraded(command), at: new Date(command.createdAt).toISOString() }
          size += JSON.stringify(wire).length
          if (commands.length && (commands.length >= most || size > bytes)) break
          commands.push(wire)
          tx.put({ ...command, state: 'sending', attempts: command.attempts + 1 })
        }
        const client = await clientIn(tx)
        tx.putClient(client)
        return commands.length ? { client: client.id, version: appVersion, commands } : null
      }),

    /** This device's number as a sender. */
    clientId: () =>
      store.transact('readwrite', async (tx) => {
        const client = await clientIn(tx)
        tx.putClient(client)
        return client.id
      }),

    /** What was under way waits again: its answer was lost. */
    release: () =>
      store.transact('readwrite', async (tx) => {
        for (const command of await tx.commands('sending')) tx.put({ ...command, state: 'queued' })
      }),

    /** Records the server's results. */
    settle: (results: PushResult[]) =>
      store.transact('strict', async (tx) => {
        for (const { id, status, code = 'FAULT', message } of results) {
          const command = await tx.get(id)
          if (!command || command.state === 'refused' || command.state === 'acknowledged') continue
          if (status === 'applied') tx.put({ ...command, state: 'acknowledged', settledAt: now(), landed: false })
          else refuse(tx, command, { code, field: /^[A-Z]{5}: (.*)$/.exec(message ?? '')?.[1], message })
        }
      }),

    /** Sets aside a command that the server cannot even read; those after it take its number. */
    setAside: (id: string, refusal: Refusal) =>
      store.transact('strict', async (tx) => {
        const command = await tx.get(id)
        if (!command) return
        const rest = (await unsent(tx)).filter((each) => each.seq > command.seq)
        refuse(tx, command, refusal)
        await number(tx, rest, command.seq)
      }),

    /**
     * The server wants `expect` next. When it has forgotten any of what this sender sent, a restore put it back: everything accepted is offered
     * again, before what waits, by a new sender: another backup, of before this restore, knows other commands by the numbers of the old one.
     * What the server still has goes too, and is answered from its log: numbered by the new sender from 1, whatever the next restore
     * takes is missed, and nothing comes before what was written earlier. Answers how many commands now wait.
     */
    renumber: (expect: number) =>
      store.transact('strict', async (tx) => {
        const waiting = await unsent(tx)
        const client = await clientIn(tx)
        const forgotten = expect < (waiting[0]?.seq ?? client.nextSeq)
        const all = forgotten ? [...(await tx.commands('acknowledged')).sort(bySeq), ...waiting] : waiting
        if (forgotten) tx.putClient({ owner, id: crypto.randomUUID(), nextSeq: 1 })
        await number(tx, all, forgotten ? 1 : expect)
        return all.length
      }),

    /** Whether anything was accepted that a restored server could have forgotten. */
    hasAccepted: () => store.transact('readonly', async (tx) => (await tx.commands('acknowledged')).length > 0),

    /** Commands whose effect must show on the phone although the server's rows there do not hold it yet. */
    pending: () =>
      store.transact('readonly', async (tx) =>
        [...(await unsent(tx)), ...(await tx.commands('acknowledged')).filter((command) => command.landed === false)].sort(bySeq),
      ),

    /** The local rows now hold what these acknowledged commands did. */
    land: (ids: string[]) =>
      store.transact('readwrite', async (tx) => {
        for (const id of ids) {
          const command = await tx.get(id)
          if (command?.state === 'acknowledged') tx.put({ ...command, landed: true })
        }
      }),

    /** Replaces a refused command by a new one with the same intent. Answers the new command; null when it is not refused any more. */
    resend: (id: string, args?: Record<string, unknown>) =>
      store.transact('strict', async (tx) => {
        const command = await tx.get(id)
        if (command?.state !== 'refused') return null
        tx.remove(id)
        return addIn(tx, command.name, args ?? upgraded(command).args)
      }),

    /** Puts a refused command back, when what replaced it was refused too. */
    restore: (command: StoredCommand) => store.transact('strict', async (tx) => tx.put(command)),

    /** Forgets a refused command. */
    discard: (id: string) =>
      store.transact('strict', async (tx) => {
        if ((await tx.get(id))?.state === 'refused') tx.remove(id)
      }),

    /** Everything kept, oldest first. */
    list: () => store.transact('readonly', async (tx) => (await tx.commands()).sort(bySeq)),

    /** How many commands the server has not accepted: waiting and refused. */
    count: () =>
      store.transact('readonly', async (tx) => ({
        waiting: (await unsent(tx)).length,
        refused: (await tx.commands('refused')).length,
      })),

    /** Forgets what was accepted long ago. */
    prune: () =>
      store.transact('readwrite', async (tx) => {
        for (const command of (await tx.commands('acknowledged')).sort(bySeq).slice(0, -KEPT)) {
          if ((command.settledAt ?? 0) < now() - KEPT_MS) tx.remove(command.id)
        }
      }),
  }
}
