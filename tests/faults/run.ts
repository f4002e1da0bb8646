// Runs a history, heals everything, and says what is wrong.
import { commands, type CommandName } from '../../app/kernel/generated/commands.ts'
import { tables } from '../../app/kernel/generated/tables.ts'
import { argumentsOf, type Known } from './arguments.ts'
import { makeDevice, type Device } from './device.ts'
import { memoryLocal, type Held, type LocalCopy, type WriteBehind } from './memory-local.ts'
import { STORMS } from './network.ts'
import { storms, type History, type Operation } from './operations.ts'
import { drained, faultsOf, faultsOfFiles, faultsOfHistory, faultsOfPhotos, faultsOfServer, type Seen } from './promises.ts'
import { seeded, type Random } from './random.ts'
import { makeTimeline } from './timeline.ts'
import type { ClientMutant } from './tab.ts'
import { unescape, type Person, type World } from './world.ts'

/** What a history did, for the counts. */
export interface Told {
  wrongs: string[]
  written: number
  applied: number
  refused: number
  calls: number
}

export interface Settings {
  mutant?: ClientMutant
  /** The local database of a device; in memory unless told. `held` = what it may hold from before. */
  openLocal?: (company: string, behind: WriteBehind, held?: Held) => Promise<LocalCopy & { close?: () => void }>
  /** How many people begin anew on another device at the end, to compare; all unless told. */
  fresh?: number
}

const DAY_MS = 24 * 3600_000
const YEAR_MS = 365 * DAY_MS
/** Everything must have left this long after the last fault. */
const DRAIN_MS = 60_000
/** A device that heard no poke asks at the latest after this. */
const POLL_MS = 100_000

const memory = (world: World) => async (company: string, behind: WriteBehind, held?: Held) =>
  memoryLocal((table, lines) => world.derive(company, table, lines), behind, held)

/** Ids of rows by what the rows say, not by chance: a seed picks the same ones again. */
function inOrder(rows: Map<string, string> | undefined): string[] {
  const said = [...(rows ?? [])].map(([id, line]): [string, string] => [
    line.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}|\d{4}-\d\d-\d\d [\d:.+]+/g, ''),
    id,
  ])
  return said.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, id]) => id)
}

/** What a person may name in a command: the rows that they see, and what they made themselves. */
async function knowledge(world: World, device: Device): Promise<Known> {
  const rows = await device.local.rows()
  const made = new Map<string, string[]>()
  for (const { name, args, state } of device.disk.commands()) {
    if (state === 'refused') continue
    const table = world.catalog.nouns.get(name)!
    if (world.catalog.creates.has(name)) made.set(table, [...(made.get(table) ?? []), String(args['id'])])
  }
  return {
    ids: (table) => [...inOrder(rows.get(table)), ...(made.get(table) ?? [])],
    row(table, id) {
      const line = rows.get(table)?.get(id)
      if (!line) return undefined
      const fields = line.split('\t')
      return Object.fromEntries(tables[table as keyof typeof tables].columns.map((column, place) => [column, unescape(fields[place]!)]))
    },
  }
}

function commandFor(world: World, random: Random, person: Person): CommandName {
  const names = Object.keys(commands) as CommandName[]
  const allowed = names.filter((name) => world.catalog.allowed.get(name)?.some((role) => person.roles.includes(role)))
  const own = allowed.length && random.chance(0.95) ? allowed : names
  const making = own.filter((name) => world.catalog.creates.has(name))
  return random.pick(making.length && random.chance(0.3) ? making : own)
}

/** Runs a history in a company of its own. Answers what is wrong at its end, in sentences, and what was done. */
export async function runHistory(
  world: World,
  { seed, devices: count, operations }: History,
  { mutant, openLocal = memory(world), fresh = Infinity }: Settings = {},
): Promise<Told> {
  const company = world.company(await world.found())
  const random = seeded(seed)
  const timeline = makeTimeline()
  let turn = 0
  let asleep = false
  /** When each backup was made. */
  const backups: number[] = []
  /** The backups that the server's present state descends from; and whether one of a course abandoned since was put back. */
  let lineage: number[] = []
  let crossed = false
  const devices: Device[] = []
  /** Transactions that are still open. */
  const slow = new Set<() => Promise<void>>()
  let healed = false
  let checking = false
  /** The worker that checks photos wakes when something came; it may die before it says what it found. */
  const wakeChecker = () => {
    if (checking) return
    checking = true
    timeline.after(random.between(500, 10_000), () => {
      const dies = !healed && random.chance(0.1)
      void timeline.outside(company.verify(dies)).then((checked) => {
        checking = false
        if (dies && checked) wakeChecker()
        if (checked) poke()
      })
    })
  }
  const onPush = (poked: string[]) => {
    wakeChecker()
    poke(poked)
  }
  const poke = (poked?: string[]) => {
    for (const device of devices) if (random.chance(0.6)) timeline.after(random.between(10, 500), () => device.line.online && device.poke(poked))
  }
  /** A disk that is some seconds behind, at times at once there. */
  const behindOf = (place: number): WriteBehind => {
    const random = seeded(~seed * 16 + place)
    return { now: timeline.now, delay: () => (random.chance(0.3) ? 0 : random.between(1, 20_000)) }
  }
  for (let place = 0; place < count; place++) {
    const person = world.people[random.between(0, world.people.length - 1)]!
    // most were used before; the others begin with their first download
    const held = random.chance(0.8) ? world.held(company.id, person) : undefined
    devices.push(
      makeDevice({
        person,
        server: company,
        local: await openLocal(company.id, behindOf(place), held),
        timeline,
        random: seeded(seed * 16 + place),
        restored: () => turn,
        onPush,
        mutant,
        page: random.pick([20, 60, 500]),
      }),
    )
  }

  /** A month without anybody. */
  async function sleep(): Promise<void> {
    asleep = true
    for (const device of devices) device.kill(0, true)
    await timeline.advance(30 * DAY_MS)
    asleep = false
    for (const device of devices) device.open()
  }

  /** Devices offer again what they sent in the last thirty days: no older backup is put back. */
  async function restore(random: Random): Promise<void> {
    for (const commit of slow) await commit()
    const fresh = [...backups.keys()].filter((place) => timeline.now() - backups[place]! < 29 * DAY_MS)
    if (!fresh.length) return
    const place = random.pick(fresh)
    await company.restore(place)
    const branch = lineage.indexOf(place)
    if (branch < 0) crossed = true
    lineage = branch < 0 ? [place] : lineage.slice(0, branch + 1)
    turn++
  }

  /** A transaction of somebody else that commits after others which began later. */
  async function slowly(random: Random): Promise<void> {
    if (slow.size >= 3) return
    const open = await timeline.outside(company.beginSlow(random.uuid()))
    const commit = () => {
      slow.delete(commit)
      return timeline.outside(open())
    }
    slow.add(commit)
    timeline.after(random.between(1000, 60_000), () => slow.has(commit) && void commit())
  }

  async function perform({ deed, device: place, seed }: Operation): Promise<void> {
    const random = seeded(seed)
    const device = devices[place]!
    const { person } = device
    switch (deed) {
      case 'write':
        for (let times = random.pick([1, 1, 1, 2]); times > 0; times--) {
          const name = commandFor(world, random, person)
          device.run(name, argumentsOf(random, world.catalog, await timeline.outside(knowledge(world, device)), name))
        }
        break
      case 'shoot': {
        const known = await timeline.outside(knowledge(world, device))
        const sites = known.ids('sites')
        if (!sites.length) break
        const [site, incidents] = [random.pick(sites), known.ids('incidents')]
        // some take the same picture twice
        const content = Buffer.from(`\xff\xd8\xff ${random.chance(0.1) ? random.between(1, 3) : random.uuid()}`, 'latin1')
        device.shoot({
          id: random.uuid(),
          site_id: site,
          incident_id: incidents.length && random.chance(0.3) ? random.pick(incidents) : null,
          width: 40,
          height: 30,
          taken_at: '2026-11-20T09:30:00.000Z',
          position_source: 'none',
          content,
        })
        break
      }
      case 'mend photos':
        device.mendPhotos(random.chance(0.7))
        break
      case 'mend':
        device.mend(random.chance(0.5))
        break
      case 'online':
      case 'offline':
        device.setOnline(deed === 'online')
        break
      case 'weather':
        device.line.weather = STORMS[random.pick(storms)]!
        break
      case 'kill':
        device.kill(random.pick([0, random.between(1, 12)]), random.chance(0.7))
        timeline.after(random.between(0, 30_000), () => asleep || device.isOpen() || device.open())
        break
      case 'tab':
        device.open()
        break
      case 'clock':
        device.turnClock(random.pick([0, random.between(-10, 10) * YEAR_MS]))
        break
      case 'token':
        device.line.expired = random.chance(0.7)
        if (device.line.expired && random.chance(0.3)) await sleep()
        break
      case 'quota':
        device.disk.full = { after: random.between(0, 8), times: random.between(1, 5) }
        break
      case 'evict':
        device.kill(0, true)
        await device.wipe()
        device.open()
        break
      case 'upgrade':
        device.outdate()
        timeline.after(random.between(1000, 60_000), () => {
          if (!asleep) void device.update()
        })
        break
      case 'rights':
        if (random.chance(0.5)) await company.leaveSites(person)
        else await company.setRoles(person, random.chance(0.5) ? person.roles : [random.pick(['viewer', 'crew', 'buyer', 'accountant'])])
        break
      case 'leave':
        await company.setState(person, random.chance(0.5) ? 'suspended' : 'active')
        break
      case 'keep':
        lineage.push(backups.push(timeline.now()) - 1)
        await company.keep(backups.length - 1)
        break
      case 'restore':
        await restore(random)
        break
      case 'slow':
        await slowly(random)
        break
      case 'worker':
        device.wakeWorker()
        break
      case 'wait':
        break
    }
  }

  /** Somebody takes a new device and lets it fill, by pages of another size. */
  async function begin(person: Person): Promise<Device> {
    const local = await openLocal(company.id, behindOf(count))
    const quiet = { timeline, random: seeded(seed), restored: () => turn, onPush: () => undefined }
    const device = makeDevice({ ...quiet, person, server: company, local, mutant, page: 500 })
    device.open()
    for (let patience = 30; patience > 0 && !(device.status()?.phase === 'idle' && device.status()?.current); patience--) await timeline.advance(2000)
    await device.close()
    return device
  }

  for (const device of devices) device.open()
  try {
    for (const operation of operations) {
      await perform(operation)
      await timeline.advance(operation.wait)
    }
  } finally {
    for (const commit of slow) await commit()
  }
  healed = true
  await company.relax()
  for (const device of devices) {
    await device.update()
    device.heal()
    if (!device.isOpen()) device.open()
    if (!device.line.online) device.setOnline(true)
  }
  await timeline.advance(DRAIN_MS)
  const wrongs: string[] = []
  const active = new Map<Person, boolean>()
  for (const { person } of devices) active.set(person, await company.active(person))
  for (const device of devices) if (active.get(device.person)) wrongs.push(...drained(device))
  await timeline.advance(2 * POLL_MS)
  const resting = (device: Device) => !active.get(device.person) || (device.status()?.phase === 'idle' && device.status()?.current)
  for (let patience = 30; patience > 0 && !devices.every(resting); patience--) await timeline.advance(1000)
  const seen = new Map<Person, ReturnType<Seen>>()
  const seenBy: Seen = (person) => {
    const rows = seen.get(person) ?? company.rows(person)
    seen.set(person, rows)
    return rows
  }
  for (const device of devices) wrongs.push(...(await faultsOf(device, company, active.get(device.person)!, seenBy)))
  wrongs.push(...(await faultsOfServer(company, devices, { restored: turn > 0, crossed, making: [...world.catalog.creates], active })))
  wrongs.push(...(await faultsOfFiles(company)))
  for (const device of devices)
    wrongs.push(...(await faultsOfPhotos(device, company, { restored: turn > 0, active: active.get(device.person)!, seenBy })))
  for (const device of devices) await device.close()
  const begun = new Map<Person, Device>()
  for (const { person } of devices) if (active.get(person) && !begun.has(person) && begun.size < fresh) begun.set(person, await begin(person))
  for (const device of devices) if (begun.has(device.person)) wrongs.push(...(await faultsOfHistory(device, begun.get(device.person)!)))
  for (const { local } of [...devices, ...begun.values()]) (local as { close?: () => void }).close?.()
  const log = await company.log()
  return {
    wrongs,
    written: devices.reduce((sum, { disk }) => sum + disk.diary.size, 0),
    applied: log.filter(({ status }) => status === 'applied').length,
    refused: log.filter(({ status }) => status === 'refused').length,
    calls: devices.reduce((sum, { line }) => sum + line.calls(), 0),
  }
}
