import { toAppError } from '../errors.ts'
import type { StoredCommand } from '../sync/outbox.ts'
import { isKnownPhoto } from './known.ts'
import { pauseIsOver, type PhotoQueue } from './queue.ts'
import type { PhotoServer, ServerPhoto } from './server.ts'
import type { QueuedPhoto } from './store.ts'

/** Photos asked about in one request, and sent beside each other. */
const BATCH = 100
const LANES = 3

export interface DrainPorts {
  queue: PhotoQueue
  server: PhotoServer
  /** The commands that announce photos, as the outbox keeps them, by the photo's id. */
  announcements: () => Promise<Map<string, StoredCommand>>
  /** Forgets a refused command of the outbox. */
  dismiss: (commandId: string) => Promise<void>
  /** Something changed: screens look again. */
  onChanged: () => void
  now?: () => number
}

/** What a drain left: photos that still wait, and why it stopped before the end, when it did. */
export interface Drained {
  left: number
  stopped?: string
}

/** Ends the drain: the next photo would fail for the same reason. */
const STOPS = ['NETWORK', 'TIMEOUT', 'AUTHN', 'PROOF', 'OUTER', '401']

/**
 * Sends what is due: file, confirmation, then looks for the server's verdict. Every step may be repeated, so that a drain may be killed
 * anywhere. To be called under the lock of the photos.
 */
export async function drain({ queue, server, announcements, dismiss, onChanged, now = Date.now }: DrainPorts): Promise<Drained> {
  let stopped: string | undefined
  const tried = new Set<string>()

  async function fail(photo: QueuedPhoto, error: unknown): Promise<void> {
    const { code, fate } = toAppError(error, 'NETWORK')
    if (STOPS.includes(code)) {
      stopped ??= code
      await queue.wait(photo.id, code, true)
    } else if (fate === 'refuse' && code !== 'GHOST') await queue.refuse(photo.id, code)
    else await queue.wait(photo.id, code)
  }

  async function confirm(photo: QueuedPhoto): Promise<void> {
    await server.confirm(photo.companyId, photo.id)
    await queue.stored(photo.id)
  }

  async function send(photo: QueuedPhoto): Promise<void> {
    const kept = await queue.file(photo.id)
    if (!kept?.file) return queue.refuse(photo.id, 'GONE')
    await queue.sending(photo.id)
    onChanged()
    await server.upload(photo, kept.file, {
      onUrl: (uploadUrl) => queue.sending(photo.id, { uploadUrl }),
      onSent: (sent) => void queue.sending(photo.id, { sent }).then(onChanged, () => undefined),
    })
    await confirm(photo)
  }

  /** The server knows nothing of it: its command is on its way, or was refused. */
  async function unannounced(photo: QueuedPhoto, command: StoredCommand | undefined): Promise<void> {
    if (command?.state === 'refused') {
      await queue.refuse(photo.id, command.code ?? 'FAULT')
      if (!isKnownPhoto(command)) return
      await queue.discard(photo.id)
      return dismiss(command.id)
    }
    // Accepted and not seen: its incident has gone to others. The author may send it all the same.
    if (command?.state === 'acknowledged') return photo.state === 'stored' ? queue.wait(photo.id, 'UNSEEN') : send(photo)
    // Its author threw the refused command away, and not the photo.
    if (!command && photo.announced) return queue.refuse(photo.id, 'THROWN')
    return queue.wait(photo.id, 'WAITS', true)
  }

  async function advance(photo: QueuedPhoto, known: ServerPhoto | undefined, command: StoredCommand | undefined): Promise<void> {
    try {
      if (!known) await unannounced(photo, command)
      else if (known.state === 'verified') await queue.verified(photo.id)
      else if (known.state === 'stored') {
        if (photo.state !== 'stored') await queue.stored(photo.id)
      } else if (known.state === 'refused' && photo.state === 'stored') {
        if (known.refusal === 'unread') await confirm(photo)
        else await queue.again(photo.id, known.refusal ?? 'hash')
      } else if (photo.state === 'stored') await confirm(photo)
      else await send(photo)
    } catch (error) {
      await fail(photo, error)
    }
    onChanged()
  }

  // A kill came between the refusal of a picture that is there already and its end.
  for (const { id } of (await queue.list()).filter(({ state, reason }) => state === 'refused' && reason === 'TAKEN')) {
    const command = (await announcements()).get(id)
    await queue.discard(id)
    if (command && isKnownPhoto(command)) await dismiss(command.id)
  }
  for (;;) {
    const due = (await queue.list()).filter((photo) => isDue(photo) && !tried.has(photo.id) && pauseIsOver(photo, now())).slice(0, BATCH)
    if (!due.length || stopped) break
    let known: ServerPhoto[]
    const ids = due.map((photo) => photo.id)
    try {
      known = await server.states(due[0]!.companyId, ids)
    } catch (error) {
      stopped = toAppError(error, 'NETWORK').code
      for (const photo of due) await queue.wait(photo.id, stopped, true)
      break
    }
    const byId = new Map(known.map((each) => [each.id, each]))
    const commands = byId.size < due.length ? await announcements() : new Map<string, StoredCommand>()
    const next = due.values()
    const lane = async () => {
      for (const photo of next) {
        if (stopped) return
        tried.add(photo.id)
        await advance(photo, byId.get(photo.id), commands.get(photo.id))
      }
    }
    await Promise.all(Array.from({ length: LANES }, lane))
  }
  await queue.prune()
  onChanged()
  return { left: (await queue.list()).filter(isDue).length, stopped }
}

const isDue = ({ state }: QueuedPhoto) => state === 'queued' || state === 'sending' || state === 'stored'

/** The commands among these that announce photos, by the photo's id. */
export const announcementsIn = (commands: StoredCommand[]): Map<string, StoredCommand> =>
  new Map(commands.filter((command) => command.name === 'add_photo').map((command) => [String(command.args['id']), command]))
