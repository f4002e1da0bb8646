// Sends what waits when no tab does: for the service worker. It only pushes; the next tab pulls and lands what was accepted.
import { makeBus } from '../bus.ts'
import { AppError } from '../errors.ts'
import { post } from '../http.ts'
import { readValue } from '../local-store.ts'
import { engineLock, outboxLock } from '../locks.ts'
import { liveSession } from '../token.ts'
import { idbOutboxStore } from './outbox-store.ts'
import { makeOutbox, ownerOf } from './outbox.ts'
import type { PushAnswer } from './protocol.ts'
import { pushAll } from './push.ts'

/** A tab that sends gets this long before the browser is asked to come back later. */
const PATIENCE_MS = 25_000

/** What session.ts keeps of who uses this device. */
interface Account {
  user: { id: string }
  companies: { company_id: string }[]
}

/**
 * Sends the waiting commands of the person on this device, in all their companies. Rejects when some still wait: the browser then comes
 * back later.
 */
export async function drainOutbox(): Promise<void> {
  const account = await readValue<Account>('account')
  for (const { company_id } of account?.companies ?? []) await drainCompany(account!.user.id, company_id)
}

async function drainCompany(userId: string, companyId: string): Promise<void> {
  const owner = ownerOf(userId, companyId)
  const outbox = makeOutbox(idbOutboxStore(owner))
  const waiting = async () => (await outbox.count()).waiting
  if (!(await waiting())) return

  async function push(): Promise<void> {
    await pushAll({
      remote: {
        async push(batch) {
          const { access_token, user } = await liveSession()
          // Somebody else signs in right now: this is not their work.
          if (user.id !== userId) throw new AppError('AUTHN')
          const headers = { authorization: `Bearer ${access_token}`, 'content-profile': 'app', 'x-company': companyId }
          return post<PushAnswer>('/rest/v1/rpc/sync_push', { batch }, headers)
        },
      },
      outbox,
      exclusive: (work) => navigator.locks.request(outboxLock(owner), work) as ReturnType<typeof work>,
      stopped: () => false,
      onOutbox: () => bus.post({ type: 'outbox' }),
      onMoved: () => undefined,
    }).catch(async (error: unknown) => {
      await outbox.release()
      throw error
    })
  }

  // Where a tab sends, it holds the lock until it closes: wait until it has sent, or is gone.
  const bus = makeBus(owner)
  const enough = new AbortController()
  const timer = setTimeout(() => enough.abort(), PATIENCE_MS)
  bus.on((message) => {
    if (message.type === 'outbox') void waiting().then((count) => count || enough.abort())
  })
  try {
    await navigator.locks.request(engineLock(owner), { signal: enough.signal }, push)
  } catch (error) {
    if (!enough.signal.aborted) throw error
  } finally {
    clearTimeout(timer)
    bus.post({ type: 'outbox' })
    bus.close()
  }
  if (await waiting()) throw new AppError('NETWORK')
}
