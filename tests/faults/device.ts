// A device of one person: the app's own core in one tab or several, on a disk, a line and a clock that can all fail.
import { clean } from '../../app/kernel/clean.ts'
import { schemaHash } from '../../app/kernel/generated/phone.ts'
import { tables } from '../../app/kernel/generated/tables.ts'
import { attemptEffect } from '../../app/kernel/sync/attempt.ts'
import { makeEngine } from '../../app/kernel/sync/engine.ts'
import { makeOutbox, type StoredCommand } from '../../app/kernel/sync/outbox.ts'
import { pushAll } from '../../app/kernel/sync/push.ts'
import { pendingOf } from '../../app/kernel/sync/pending.ts'
import type { EngineDeps } from '../../app/kernel/sync/ports.ts'
import { parseBootPage, type Cursor, type PullAnswer, type PushAnswer, type Remote } from '../../app/kernel/sync/protocol.ts'
import { makeCamera, type Shot } from './camera.ts'
import { makeDisk } from './disk.ts'
import { makeLocks } from './locks.ts'
import { FINE, makeLine, readJson } from './network.ts'
import { makePhotoDisk } from './photo-disk.ts'
import { makePictures } from './pictures.ts'
import type { DeviceDeps, Tab } from './tab.ts'

const START = Date.parse('2026-11-21T08:00:00Z')
const never = () => new Promise<never>(() => undefined)

export type Device = ReturnType<typeof makeDevice>

/** A device, its app not opened yet. */
export function makeDevice({ person, server, local, timeline, random, restored, onPush, mutant = {}, page = 20 }: DeviceDeps) {
  const disk = makeDisk(`${person.membershipId}:${server.id}`)
  const photos = makePhotoDisk(disk.store.owner, disk.write)
  const line = makeLine(timeline, random, restored)
  const locks = makeLocks<Tab>()
  const tabs = new Set<Tab>()
  const store = mutant.local?.(local.store) ?? local.store
  let skew = 0
  let outdated = false
  const pictures = makePictures({ person, server, local, timeline })
  let healed = false
  /** Somebody was told that all is here and up to date, and the disk took it: a kill must leave a complete download. */
  let promised = false
  let flushed = true
  const now = () => START + timeline.now() + skew

  function kill(tab: Tab): void {
    if (!tab.alive) return
    tab.alive = false
    tabs.delete(tab)
    // the tab that leads runs the database
    const left = tab.engine && local.lose?.()
    if (left && promised && flushed && (!left.cursor || left.boot)) disk.wrongs.push('a kill after « up to date » left no complete download')
    locks.release(tab)
  }

  /** A step of a tab: it may die before it, or before it hears how it went. Nobody waits for the dead. */
  async function step<T>(tab: Tab, work: () => Promise<T>): Promise<T> {
    if (!tab.alive) return never()
    const last = tab.dies === 0
    if (last && random.chance(0.5)) kill(tab)
    if (!tab.alive) return never()
    if (tab.dies > 0) tab.dies--
    try {
      const result = await work()
      // unless all was healed meanwhile
      if (last && tab.dies === 0) kill(tab)
      return tab.alive ? result : never()
    } catch (error) {
      if (last && tab.dies === 0) kill(tab)
      if (!tab.alive) return never()
      throw error
    }
  }

  /** Every call of these functions is a step. */
  const steps = <F extends object>(tab: Tab, functions: F): F =>
    Object.fromEntries(
      Object.entries(functions).map(([name, call]) => [
        name,
        typeof call === 'function' ? (...args: unknown[]) => step(tab, () => call(...args) as Promise<unknown>) : call,
      ]),
    ) as F

  const remoteOf = (tab: Tab): Remote => ({
    ...steps(tab, {
      pull: (cursor: Cursor | null) =>
        line.call(
          async () => {
            const [db, turn] = cursor?.db.split('#') ?? []
            const sent = cursor && { ...cursor, db: turn === String(restored()) ? db : 'another', schema: outdated ? 'older' : cursor.schema }
            const answer = await server.pull(person, sent)
            return answer.replace(/"db": "(\w+)"/, `"db": "$1#${restored()}"`)
          },
          (body) => readJson<PullAnswer>(body),
        ),
      boot: (scopes: string[], after: unknown, n: number) => line.call(() => server.boot(person, scopes, after, Math.min(n, page)), parseBootPage),
      push: (batch: unknown) =>
        line.call(
          async () => {
            const answer = await server.push(person, batch)
            onPush(answer.poked)
            return answer.body
          },
          (body) => readJson<PushAnswer>(body),
        ),
    }),
    listen(scopes, onPoke) {
      tab.poke = (poked) => {
        if (!poked || poked.some((scope) => scopes.includes(scope))) onPoke()
      }
      return () => {
        tab.poke = () => undefined
      }
    },
  })

  /** A write of the local database; a full disk refuses it as Postgres does. */
  const written = <T>(work: () => Promise<T>): Promise<T> =>
    timeline.outside(
      (async () => {
        try {
          disk.write()
        } catch {
          throw Object.assign(new Error('could not extend file: No space left on device'), { code: '53100' })
        }
        return work()
      })(),
    )

  /** What waits shows after each change, unless the rows refuse it. */
  async function shownAfter(tab: Tab, ...[change, pending]: Parameters<typeof store.apply>): ReturnType<typeof store.apply> {
    if (change.reset || (change.state && (!change.state.cursor || change.state.boot))) promised = false
    const applied = await store.apply(change, pending)
    const shown = new Set([...(await local.shown()), ...applied.refused.map(({ id }) => id)])
    for (const { id, name, state } of disk.commands()) {
      if ((state === 'queued' || state === 'sending') && !shown.has(id) && tab.alive && !mutant.unlocked)
        disk.wrongs.push(`${name} ${id} waits and does not show`)
    }
    return applied
  }

  /** Somebody who uses the disk and the line: a tab, or the service worker. */
  function newTab(): Tab {
    const tab: Tab = {
      alive: true,
      engine: null,
      outbox: null as never,
      exclusive: (work) => (mutant.unlocked ? work() : locks.request('outbox', tab, work)),
      dies: -1,
      status: null,
      networkChanged: () => undefined,
      poke: () => undefined,
      camera: null as never,
    }
    const outbox = makeOutbox({ owner: disk.store.owner, transact: (mode, work) => step(tab, () => disk.store.transact(mode, work)) }, now)
    tab.outbox = mutant.outbox?.(outbox) ?? outbox
    tab.camera = makeCamera({
      person,
      server,
      line,
      disk: photos,
      timeline,
      outbox: tab.outbox,
      now,
      alive: () => tab.alive,
      step: (work) => step(tab, work),
      announcing: (work) => locks.request('announce', tab, work),
      draining: (work) => locks.attempt('photos', tab, work),
      run: (name, args) => runIn(tab, name, args),
      statesHere,
      arriving: (bytes) => (!healed && random.chance(0.04) ? Buffer.from('damaged') : bytes),
      onConfirm: onPush,
      mutant: mutant.photos,
    })
    return tab
  }

  /** Opens the app: the first tab exchanges with the server, the others wait for their turn. */
  function open(): void {
    const tab = newTab()
    tabs.add(tab)
    tab.camera.start()
    const lead = async () => {
      await tab.outbox.prune().catch(() => undefined)
      const remote = remoteOf(tab)
      const deps: EngineDeps = {
        remote: mutant.remote?.(remote) ?? remote,
        store: async () =>
          steps(tab, {
            state: () => timeline.outside(store.state()),
            apply: (change, pending) => written(() => shownAfter(tab, change, pending)),
            flush: () =>
              written(() => store.flush()).then(
                () => void (flushed = true),
                (error: unknown) => {
                  flushed = false
                  throw error
                },
              ),
          }),
        outbox: tab.outbox,
        exclusive: tab.exclusive,
        companyId: server.id,
        actorId: person.membershipId,
        schemaHash: outdated ? 'older' : schemaHash,
        clock: { now, after: (ms, call) => timeline.after(ms, () => tab.alive && call()) },
        random: random.next,
        network: {
          online: () => line.online,
          onChange(call) {
            tab.networkChanged = call
            return () => undefined
          },
        },
        onStatus(status) {
          tab.status = status
          if (tab.alive && status.phase === 'idle' && status.current && tab.engine?.filled()) promised = true
        },
        async onLost(loss) {
          if (loss !== 'rows') pictures.fetched.clear()
          if (loss === 'company') await tab.camera.forgetSent()
        },
        onChanged(changed) {
          if (!changed.includes('photos')) return
          for (const each of tabs) each.camera.hurry()
          void pictures.look(() => tab.alive)
        },
        onOutbox: () => undefined,
      }
      tab.engine = makeEngine(mutant.engine?.(deps) ?? deps)
      tab.engine.start()
      await never()
    }
    void (mutant.unlocked ? lead() : locks.request('engine', tab, lead))
  }

  /** The service worker sends what waits when no tab does; it never pulls. */
  function wakeWorker(): void {
    const tab = newTab()
    const push = () =>
      pushAll({
        remote: mutant.remote?.(remoteOf(tab)) ?? remoteOf(tab),
        outbox: tab.outbox,
        exclusive: tab.exclusive,
        stopped: () => !tab.alive,
        onOutbox: () => undefined,
        onMoved: () => undefined,
      }).catch(() => tab.outbox.release())
    void (mutant.unlocked ? push() : locks.request('engine', tab, push)).catch(() => undefined).finally(() => kill(tab))
    // browsers end a worker that waits too long
    timeline.after(25_000, () => tab.alive && kill(tab))
  }

  /** The browser, or an update, throws the rows away. */
  const wipe = () => {
    promised = false
    return local.wipe()
  }

  const leader = () => [...tabs].find((tab) => tab.engine)
  /** The tab that a person works in: the one opened last. */
  const front = () => [...tabs].at(-1)

  /** Shows what was just kept, as the app does, and wakes the sender. */
  async function attempt(tab: Tab, command: StoredCommand): Promise<void> {
    const shown = await attemptEffect(
      { outbox: tab.outbox, show: (pending) => step(tab, () => written(() => store.run(pending))), complete: leader()?.engine?.filled() ?? false },
      pendingOf(command, server.id, person.membershipId),
    )
    if (shown) leader()?.engine?.wake()
    else leader()?.engine?.distrust()
  }

  /** Keeps and shows a command as the app does. Rejects with AppError when it is refused at once. */
  const runIn = (tab: Tab, name: string, args: Record<string, unknown>): Promise<void> =>
    tab.exclusive(async () => {
      const command = await tab.outbox.add(name, clean(args))
      if (!disk.diary.has(command.id)) disk.wrongs.push(`${name} ${command.id} was called kept and was not`)
      await attempt(tab, command)
    })

  /** Where the local rows see photos, once they are whole. */
  async function statesHere(ids: string[]): Promise<Map<string, string>> {
    if (!leader()?.engine?.filled()) return new Map()
    const rows = (await timeline.outside(local.rows())).get('photos')
    const place = tables.photos.columns.indexOf('state')
    return new Map(ids.flatMap((id) => (rows?.has(id) ? [[id, rows.get(id)!.split('\t')[place]!]] : [])))
  }

  return {
    person,
    disk,
    photos,
    line,
    local,
    status: () => leader()?.status ?? null,
    fetched: pictures.fetched,
    isOpen: () => tabs.size > 0,
    open,
    /** The tabs die, at once or some steps from now. */
    kill(inSteps: number, all: boolean) {
      for (const tab of all ? [...tabs] : [...tabs].slice(0, 1)) {
        if (inSteps === 0) kill(tab)
        else tab.dies = inSteps
      }
    },
    /** The history is over: what was written is on the disk before the tabs close. */
    async close() {
      await local.store.flush()
      for (const tab of tabs) kill(tab)
    },
    setOnline(online: boolean) {
      line.online = online
      for (const tab of tabs) {
        tab.networkChanged()
        if (online) tab.camera.hurry()
      }
    },
    wakeWorker,
    wipe,
    /** Something changed in these scopes: heard where they are listened to; in any when none is named. */
    poke: (poked?: string[]) => leader()?.poke(poked),
    turnClock(ms: number) {
      skew = ms
    },
    /** The server becomes newer than this app. */
    outdate() {
      outdated = true
      for (const tab of tabs) kill(tab)
      open()
    },
    /** The app is updated, and makes its tables anew. */
    async update() {
      if (!outdated) return
      outdated = false
      for (const tab of tabs) kill(tab)
      await wipe()
      open()
    },
    heal() {
      healed = true
      line.weather = FINE
      line.reset()
      line.expired = false
      disk.full = { after: 0, times: 0 }
      for (const tab of tabs) tab.dies = -1
    },
    /** Keeps and shows a command as the app does. Resolves when the person knows how it went, or the tab has died; never rejects. */
    run(name: string, args: Record<string, unknown>): void {
      const tab = front()
      if (!tab) return
      void runIn(tab, name, args).catch(() => undefined)
    },
    /** Takes a photo. */
    shoot(shot: Shot): void {
      const tab = front()
      if (!tab) return
      void tab.camera
        .shoot(shot)
        .then(() => photos.diary.has(shot.id) || photos.wrongs.push(`photo ${shot.id} was called kept and was not`))
        .catch(() => undefined)
    },
    /** The person deals with refused photos. */
    mendPhotos(again: boolean): void {
      void front()
        ?.camera.deal(again)
        .catch(() => undefined)
    },
    /** The person deals with a refused command. */
    mend(again: boolean): void {
      const tab = front()
      const refused = disk.commands().find((command) => command.state === 'refused')
      if (!tab || !refused) return
      disk.dealt.add(refused.id)
      void tab
        .exclusive(async () => {
          if (!again) return tab.outbox.discard(refused.id)
          const command = await tab.outbox.resend(refused.id)
          if (!command) return
          try {
            await attempt(tab, command)
          } catch {
            await tab.outbox.restore(refused)
          }
        })
        .catch(() => undefined)
    },
  }
}
