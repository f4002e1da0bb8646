// What a history must have kept of its promises, once everything is healed.
import { tables } from '../../app/kernel/generated/tables.ts'
import { objectName } from '../../app/kernel/photos/names.ts'
import { sha256 } from './camera.ts'
import type { Device } from './device.ts'
import type { Rows } from './memory-local.ts'
import type { CompanyServer, Person } from './world.ts'

/** What a person sees on the server, by table and id. */
export type Seen = CompanyServer['rows']

const nameOf = (device: Device) => `${device.person.roles.join('+')} ${device.person.membershipId.slice(0, 4)}`

/** A minute after the last fault nothing waits any more. */
export function drained(device: Device): string[] {
  const waiting = device.disk.commands().filter(({ state }) => state === 'queued' || state === 'sending')
  // what the server found damaged, or has lost, has begun anew; what it refuses is shown at the next look
  const photos = device.photos.photos().filter(({ id, state, reason }) => {
    const anew = ['hash', 'missing'].includes(reason!) || device.photos.diary.get(id)!.verified || announcementOf(device, id)?.state === 'refused'
    return (state === 'queued' || state === 'sending') && !anew
  })
  return [
    ...(waiting.length
      ? [`${nameOf(device)}: ${waiting.length} commands wait a minute after the last fault (${JSON.stringify(device.status())})`]
      : []),
    ...photos.map(
      ({ id, state, reason, attempts }) =>
        `${nameOf(device)}: photo ${id} waits a minute after the last fault: ${state} ${reason}, tried ${attempts} times`,
    ),
  ]
}

const announcementOf = (device: Device, photo: string) =>
  device.disk.commands().find(({ name, args }) => name === 'add_photo' && args['id'] === photo)

const nameOfFile = (company: CompanyServer, { site_id, sha256 }: { site_id: string; sha256: string }) => objectName(company.id, site_id, sha256)

/** What the server says it has checked is there, and whole. */
export async function faultsOfFiles(company: CompanyServer): Promise<string[]> {
  await company.verify()
  return (await company.photos()).flatMap((photo) => {
    const file = company.file(nameOfFile(company, photo))
    if (photo.state === 'stored') return [`photo ${photo.id} is stored and nobody checks it`]
    return photo.state === 'verified' && (!file || sha256(file) !== photo.sha256)
      ? [`photo ${photo.id} is called verified and its file is ${file ? 'another' : 'gone'}`]
      : []
  })
}

/** Each photo of a device: its bytes are on the server, or here and visibly waiting or refused. */
export async function faultsOfPhotos(
  device: Device,
  company: CompanyServer,
  { restored, active, seenBy = company.rows }: { restored: boolean; active: boolean; seenBy?: Seen },
): Promise<string[]> {
  const wrongs = device.photos.wrongs.map((wrong) => `${nameOf(device)}: ${wrong}`)
  const rows = await company.photos()
  const kept = new Map(device.photos.photos().map((photo) => [photo.id, photo]))
  const seen = active && kept.size ? await seenBy(device.person) : new Map<string, string>()
  for (const { id, sha256: hash, left } of device.photos.diary.values()) {
    const what = `${nameOf(device)}: photo ${id}`
    const [photo, row] = [kept.get(id), rows.find((each) => each.id === id)]
    // what left a full device, or with a membership, cannot be given to a server that lost it
    if (left === 'discarded' || (left === 'old' && restored)) continue
    if (left === 'twin') {
      if (!rows.some((each) => each.sha256 === hash)) wrongs.push(`${what} went as a twin of none`)
      continue
    }
    const file = device.photos.file(id)
    if (row?.state === 'verified') continue
    if (!file) wrongs.push(`${what} is ${photo?.state ?? 'gone'} here, ${row?.state ?? 'unknown'} on the server, and its file is nowhere`)
    else if (sha256(Buffer.from(await file.arrayBuffer())) !== hash) wrongs.push(`${what} has other bytes here`)
    // its incident has gone to others: the file stays here, since nobody can tell its author that it has arrived
    const unseen = photo?.reason === 'UNSEEN' && !seen.has(`photos ${id}`)
    // a restored server refused what it had accepted: the command says so, and the file stays
    const refusedAnew = restored && photo?.state === 'verified' && !row && announcementOf(device, id)?.state !== 'acknowledged'
    if (active && photo?.state !== 'refused' && !unseen && !refusedAnew)
      wrongs.push(`${what} rests as ${photo?.state} ${photo?.reason ?? ''} here, ${row?.state ?? 'unknown'} ${row?.refusal ?? ''} on the server`)
  }
  return wrongs
}

const flatten = (rows: Rows) =>
  new Map([...rows].flatMap(([table, lines]) => [...lines].map(([id, line]): [string, string] => [`${table} ${id}`, line])))

function difference(key: string, here: string | undefined, there: string | undefined): string {
  if (here === undefined || there === undefined) return here === undefined ? 'only there' : 'only here'
  const [ours, theirs] = [here.split('\t'), there.split('\t')]
  const { columns } = tables[key.split(' ')[0] as keyof typeof tables]
  return columns
    .flatMap((column, place) => (ours[place] === theirs[place] ? [] : [`${column} ${ours[place]} here, ${theirs[place]} there`]))
    .join('; ')
}

/** What one device shows and keeps, against what its person sees on the server. */
export async function faultsOf(device: Device, company: CompanyServer, active: boolean, seenBy: Seen = company.rows): Promise<string[]> {
  const who = nameOf(device)
  const wrongs = device.disk.wrongs.map((wrong) => `${who}: ${wrong}`)
  if (device.line.raging()) wrongs.push(`${who}: asks without end`)
  const flat = flatten(await device.local.rows())
  const shown = await device.local.shown()
  if (!active) {
    if (device.fetched.size) wrongs.push(`${who}: ${device.fetched.size} pictures stay on the device of somebody who is no member any more`)
    if (device.photos.photos().some(({ state }) => state === 'verified'))
      wrongs.push(`${who}: sent photos stay on the device of somebody who is no member any more`)
    // what they wrote and nobody took stays theirs, and shows
    const given = [...(await device.local.given()).values()].reduce((sum, { size }) => sum + size, 0)
    if (given) wrongs.push(`${who}: ${given} rows stay on the device of somebody who is no member any more`)
    const waiting = new Set(device.disk.commands().flatMap(({ id, state }) => (state === 'queued' || state === 'sending' ? [id] : [])))
    const others = shown.filter((id) => !waiting.has(id))
    if (others.length) wrongs.push(`${who}: ${others.length} effects that do not wait show to somebody who is no member any more`)
    return wrongs
  }
  const status = device.status()
  if (status?.phase !== 'idle' || !status.current) wrongs.push(`${who}: not at rest: ${JSON.stringify(status)}`)
  const server = await seenBy(device.person)
  const unseen = [...device.fetched].filter((id) => !server.has(`photos ${id}`))
  if (unseen.length) wrongs.push(`${who}: pictures of photos that are not theirs to see stay, such as ${unseen[0]}`)
  const differing = [...new Set([...flat.keys(), ...server.keys()])].filter((key) => flat.get(key) !== server.get(key))
  if (differing.length) {
    const key = differing[0]!
    wrongs.push(`${who}: ${differing.length} rows differ from the server, such as ${key}: ${difference(key, flat.get(key), server.get(key))}`)
  }
  if (shown.length) wrongs.push(`${who}: ${shown.length} effects show on top of the server's rows`)
  return wrongs
}

/** What a device made of its history, against what one shows that begins today with the same rights. */
export async function faultsOfHistory(device: Device, fresh: Device): Promise<string[]> {
  const [here, anew] = [flatten(await device.local.rows()), flatten(await fresh.local.rows())]
  const differing = [...new Set([...here.keys(), ...anew.keys()])].filter((key) => here.get(key) !== anew.get(key))
  if (!differing.length) return []
  const key = differing[0]!
  return [
    `${nameOf(device)}: ${differing.length} rows differ from a device that begins today, such as ${key}: ${difference(key, here.get(key), anew.get(key))}`,
  ]
}

/** Each command of each device: once, in its order, and its end told. */
export async function faultsOfServer(
  company: CompanyServer,
  devices: Device[],
  { restored, crossed, making, active }: { restored: boolean; crossed: boolean; making: string[]; active: Map<Person, boolean> },
): Promise<string[]> {
  const log = await company.log()
  const places = new Map(log.map(({ id }, place) => [id, place]))
  const wrongs = (await company.twice()).map(({ id, name }) => `${name} ${id} took effect in two transactions`)
  wrongs.push(...(await company.ghosts()).map(({ id, name }) => `${name} ${id} was refused and changed something`))
  wrongs.push(...(await company.hollow(making)).map(({ id, name }) => `${name} ${id} was accepted and did nothing`))
  const ours = new Set<string>()
  for (const device of devices) {
    const who = nameOf(device)
    const commands = new Map(device.disk.commands().map((command) => [command.id, command]))
    let last = -1
    for (const { id, name, left, accepted } of device.disk.diary.values()) {
      ours.add(id)
      const place = places.get(id)
      const answer = place === undefined ? undefined : log[place]!
      const state = commands.get(id)?.state
      const what = `${who}: ${name} ${id}`
      if (place !== undefined) {
        if (place < last) wrongs.push(`${what} took effect before one written earlier`)
        last = Math.max(last, place)
      }
      if (left === 'withdrawn' && answer?.status === 'applied') wrongs.push(`${what} was taken back and took effect`)
      // a backup of a course abandoned since may hold what was refused on the other one
      if (left === 'discarded' && answer?.status === 'applied' && !crossed) wrongs.push(`${what} was thrown away as refused and took effect`)
      // who is no member any more can offer a restored server nothing: it stays on the device
      if (left || (restored && !active.get(device.person))) continue
      if (state === 'acknowledged' && answer?.status !== 'applied')
        wrongs.push(`${what} is called accepted; on the server: ${answer?.status ?? 'nothing'} ${answer?.code ?? ''}`)
      if (state === 'refused' && !answer && !restored) wrongs.push(`${what} is called refused and never reached the server`)
      if (state === 'refused' && answer?.status === 'applied' && !crossed) wrongs.push(`${what} is called refused and took effect`)
      if (!state && answer?.status !== 'applied')
        wrongs.push(`${what} is gone from the device${accepted ? ', accepted' : ''}; on the server: ${answer?.status ?? 'nothing'}`)
    }
  }
  for (const { id, name } of log) if (!ours.has(id) && !company.confirmations.has(id)) wrongs.push(`${name} ${id} was written by nobody`)
  return wrongs
}
