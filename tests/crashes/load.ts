import { createHash, randomUUID } from 'node:crypto'
import { appVersion } from '../../app/kernel/generated/version.ts'
import { openClient } from '../support/client.ts'
import type { KillableStack } from './stack.ts'

/** Somebody whose work never ends. */
export interface Crowd {
  company: string
  site: string
  incident: string
  /** Body of each answer that was written, in the order of its writer; true once the server said it is done. */
  answers: Map<string, boolean>
  /** SHA-256 of each photo that was taken; true once the server said that its file is there. */
  photos: Map<string, boolean>
  /** What each writer of a phone wrote, in order. */
  phones: string[][]
  /** Requests that got another answer than done: how often, by what it was. */
  troubles: Map<string, number>
  /** The troubles as words. */
  tellTroubles(): string
  /** How often the server said done. */
  acknowledged(): number
  /** Lets everybody finish what they have begun, however often it must be sent again. */
  finish(): Promise<void>
}

/** Waits a little and sends again: what a client does. */
const pause = (ms = 15) => new Promise((next) => setTimeout(next, ms))

/**
 * Phones that push, screens that call commands, and cameras that upload: all at once, each sending again what was not answered.
 * @param rest of each between two works, ms
 */
export async function startCrowd(
  stack: Pick<KillableStack, 'url' | 'publishableKey'>,
  { phones: phoneCount = 4, callers = 3, cameras = 2, rest = 0 } = {},
): Promise<Crowd> {
  const client = openClient(stack.url, stack.publishableKey)
  const { data, error } = await client.auth.signUp({ email: 'anne@panne.test', password: 'une phrase assez longue 12' })
  if (error) throw error
  const headers = (company?: string): Record<string, string> => ({
    apikey: stack.publishableKey,
    authorization: `Bearer ${data.session!.access_token}`,
    ...(company && { 'x-company': company }),
  })
  const troubles = new Map<string, number>()
  const trouble = (what: string) => void troubles.set(what, (troubles.get(what) ?? 0) + 1)

  /** Sends until there is an answer that is final: done, or a refusal that `final` accepts. */
  async function ask(
    path: string,
    init: RequestInit,
    final: (status: number, body: string) => boolean = (status) => status === 200,
  ): Promise<string> {
    for (;;) {
      try {
        const response = await fetch(stack.url + path, init)
        const body = await response.text()
        if (final(response.status, body)) return body
        trouble(response.status >= 500 ? String(response.status) : `${response.status} ${body}`)
      } catch {
        trouble('no answer')
      }
      await pause()
    }
  }
  const call = async (name: string, args: object, company?: string) =>
    ask(`/rest/v1/rpc/${name}`, {
      method: 'POST',
      headers: { ...headers(company), 'content-type': 'application/json', 'content-profile': 'app' },
      body: JSON.stringify(args),
    })

  const company = JSON.parse(await call('found_company', { id: randomUUID(), name: 'Les Murs', full_name: 'Anne Chef' })) as string
  const [site, incident] = [randomUUID(), randomUUID()]
  await call('create_site', { command_id: randomUUID(), id: site, name: 'Nord' }, company)
  await call(
    'report_incident',
    { command_id: randomUUID(), id: incident, site_id: site, type: 'technical', severity: 'low', title: 'Panne' },
    company,
  )

  const answers = new Map<string, boolean>()
  const photos = new Map<string, boolean>()
  const phones: string[][] = []
  let working = true
  let done = 0

  async function phone(n: number): Promise<void> {
    const mine: string[] = []
    phones.push(mine)
    const device = randomUUID()
    for (let seq = 1; working;) {
      const commands = Array.from({ length: 5 }, () => {
        const body = `phone ${n}, ${seq}`
        answers.set(body, false)
        mine.push(body)
        return { seq: seq++, id: randomUUID(), name: 'answer_incident', args: { id: incident, body }, at: new Date().toISOString() }
      })
      const pushed = JSON.parse(await call('sync_push', { batch: { client: device, version: appVersion, commands } }, company)) as {
        results: { seq: number; status: string }[]
      }
      if (pushed.results.length !== commands.length || pushed.results.some(({ status }) => status !== 'applied'))
        throw new Error(`a push was answered ${JSON.stringify(pushed)}`)
      for (const { args } of commands) answers.set(args.body, true)
      done += commands.length
      if (rest) await pause(rest)
    }
  }

  async function caller(n: number): Promise<void> {
    for (let turn = 1; working; turn++) {
      const body = `caller ${n}, ${turn}`
      answers.set(body, false)
      await call('answer_incident', { command_id: randomUUID(), id: incident, body }, company)
      answers.set(body, true)
      done++
      if (rest) await pause(rest)
    }
  }

  async function camera(n: number): Promise<void> {
    for (let turn = 1; working; turn++) {
      const file = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.from(`camera ${n}, ${turn} `.repeat(4_000))])
      const sha256 = createHash('sha256').update(file).digest('hex')
      const id = randomUUID()
      photos.set(sha256, false)
      await call('add_photo', { command_id: randomUUID(), id, site_id: site, sha256, bytes: file.length, width: 800, height: 600 }, company)
      // the same name again is answered Duplicate: the file is there
      await ask(
        `/storage/v1/object/photos/${company}/${site}/${sha256}.jpg`,
        { method: 'POST', headers: { ...headers(), 'content-type': 'image/jpeg' }, body: file },
        (status, body) => status === 200 || body.includes('"409"'),
      )
      await call('confirm_photo', { command_id: randomUUID(), id }, company)
      photos.set(sha256, true)
      done++
      if (rest) await pause(rest)
    }
  }

  const everybody = Promise.all([
    ...Array.from({ length: phoneCount }, (_, n) => phone(n)),
    ...Array.from({ length: callers }, (_, n) => caller(n)),
    ...Array.from({ length: cameras }, (_, n) => camera(n)),
  ])
  everybody.catch(() => undefined) // told by finish
  return {
    company,
    site,
    incident,
    answers,
    photos,
    phones,
    troubles,
    tellTroubles: () => `sent again after: ${[...troubles].map(([what, times]) => `${what} (${times} times)`).join(', ')}`,
    acknowledged: () => done,
    async finish() {
      working = false
      await everybody
    },
  }
}
