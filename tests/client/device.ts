import { openPhone, run as runIn } from './phone.ts'
import { schemaHash } from '../../app/kernel/generated/phone.ts'
import { remoteOf, type RemoteClient } from '../../app/kernel/remote.ts'
import { makeEngine } from '../../app/kernel/sync/engine.ts'
import type { Status } from '../../app/kernel/sync/ports.ts'
import { makeOutbox } from '../../app/kernel/sync/outbox.ts'
import type { Remote } from '../../app/kernel/sync/protocol.ts'
import type { Client } from '../support/world.ts'
import { memoryOutboxStore } from './memory-outbox.ts'
import { makeMutex } from './simulator.ts'

export interface Card {
  company_id: string
  membership_id: string
  site_ids: string[]
}

/** A phone in real time on a real gateway: everything of the app but the browser. */
export async function makeDevice(client: Client, companyId: string, wrap: (remote: Remote) => Remote = (remote) => remote) {
  const server: RemoteClient = remoteOf(client)
  const card = (await server.rpc<Card[]>('my_companies')).find((each) => each.company_id === companyId)!
  const phone = await openPhone(companyId)
  const outbox = makeOutbox(memoryOutboxStore(`${card.membership_id}:${companyId}`))
  let online = true
  let networkChanged = () => {}
  const statuses: Status[] = []
  const engine = makeEngine({
    remote: wrap(server.company(companyId, async (scopes) => scopes)),
    store: async () => phone.store,
    outbox,
    exclusive: makeMutex(),
    companyId,
    actorId: card.membership_id,
    schemaHash,
    clock: {
      now: Date.now,
      after: (ms, call) => {
        const timer = setTimeout(call, ms)
        return () => clearTimeout(timer)
      },
    },
    random: Math.random,
    network: {
      online: () => online,
      onChange: (call) => {
        networkChanged = call
        return () => {}
      },
    },
    onStatus: (status) => statuses.push(status),
    onLost: async () => {},
    onChanged: () => {},
    onOutbox: () => {},
  })
  engine.start()
  return {
    server,
    phone,
    outbox,
    engine,
    statuses,
    card,
    status: () => statuses.at(-1),
    /** Keeps and shows a command as the app does. */
    async run(name: string, args: Record<string, unknown>) {
      const command = await outbox.add(name, args)
      await runIn(phone, command, companyId, card.membership_id)
      engine.wake()
      return command
    },
    setOnline(value: boolean) {
      online = value
      networkChanged()
    },
    rows: <T = Record<string, unknown>>(sql: string, params: unknown[] = []) => phone.db.query<T>(sql, params),
    async close() {
      await engine.stop()
      phone.close()
    },
  }
}

export type Device = Awaited<ReturnType<typeof makeDevice>>
