import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import postgres from 'postgres'
import { drain } from '../../app/kernel/photos/drain.ts'
import type { Door } from '../../app/kernel/photos/door.ts'
import { makePhotoQueue } from '../../app/kernel/photos/queue.ts'
import { makePhotoServer } from '../../app/kernel/photos/server.ts'
import { buildApp } from '../../supabase/local/build.ts'
import { withDeployedDatabase } from '../../supabase/local/database.ts'
import { launch } from '../client/page.ts'
import { memoryPhotoStore } from '../client/memory-photos.ts'
import { makeJpeg } from '../support/camera-files.ts'
import { openClient, type Client } from '../support/client.ts'
import { createProxy } from '../support/proxy.ts'
import { verifyPhotos } from '../support/worker.ts'
import { startGatewayProcess, type GatewayProcess } from './gateway-process.ts'
import type { Measure } from './run.ts'

const EMAIL = 'claire@mesure.test'
const PASSWORD = 'un-bon-secret'
const SECRET_KEY = 'sb_secret_bench'
/** A day of a tenant. */
const DAY = 500
const CHUNK = 6 * 1024 * 1024
/** What a busy machine needs before the app says that it is up to date, ms. */
const PATIENCE = 120_000

interface Site {
  client: Client
  company: string
  site: string
}

async function call<T>(client: Client, name: string, args: object, company = ''): Promise<T> {
  const { data, error } = await client.rpc(name, args).setHeader('x-company', company)
  if (error) throw new Error(`${name}: ${error.message}`)
  return data as T
}

async function makeSite(gateway: GatewayProcess): Promise<Site> {
  const client = openClient(gateway.url, gateway.publishableKey)
  const { error } = await client.auth.signUp({ email: EMAIL, password: PASSWORD })
  if (error) throw error
  const company = await call<string>(client, 'found_company', { id: randomUUID(), name: 'Mesure', full_name: 'Claire Duval' })
  const site = randomUUID()
  await call(client, 'create_site', { command_id: randomUUID(), id: site, name: 'École Pasteur', status: 'running' }, company)
  return { client, company, site }
}

/** What a 12-megapixel picture becomes in a real browser, and the longest time its screen did not answer meanwhile. */
async function compression(url: string, site: string, folder: string): Promise<Measure[]> {
  const original = makeJpeg(4000, 3000, 7)
  const file = join(folder, 'grande.jpg')
  writeFileSync(file, original)
  const browser = await launch()
  try {
    const page = await (await browser.newContext({ locale: 'fr-FR', viewport: { width: 1440, height: 900 } })).newPage()
    page.setDefaultTimeout(PATIENCE)
    await page.goto(url)
    await page.getByLabel('Adresse e-mail').fill(EMAIL)
    await page.getByLabel('Mot de passe').fill(PASSWORD)
    await page.getByRole('button', { name: 'Se connecter' }).click()
    await page.getByRole('link', { name: 'Envois : À jour', exact: true }).waitFor()
    await page.goto(`${url}/photos/import?site=${site}`)
    await page.getByText('ou les déposer ici').waitFor()
    // a first small one loads the code
    await page.setInputFiles('input[type=file]', { name: 'petite.jpg', mimeType: 'image/jpeg', buffer: makeJpeg(320, 240, 1) })
    await page.getByText('1 photo importée').waitFor()
    await page.evaluate(() => {
      const watch = { longest: 0, last: performance.now() }
      Object.assign(globalThis, { watch })
      const channel = new MessageChannel()
      channel.port1.onmessage = () => {
        const now = performance.now()
        watch.longest = Math.max(watch.longest, now - watch.last)
        watch.last = now
        setTimeout(() => channel.port2.postMessage(0))
      }
      channel.port2.postMessage(0)
    })
    await page.waitForTimeout(3_000)
    const idle = await page.evaluate(() => {
      const { watch } = globalThis as unknown as { watch: { longest: number } }
      const { longest } = watch
      watch.longest = 0
      return longest
    })
    // a path, not bytes: the driver would decode those in the page itself
    await page.setInputFiles('input[type=file]', file)
    await page.getByText('2 photos importées').waitFor()
    const lag = await page.evaluate(() => (globalThis as unknown as { watch: { longest: number } }).watch.longest)
    const kept = await page.evaluate(
      () =>
        new Promise<{ bytes: number; width: number }[]>((resolve) => {
          const open = indexedDB.open('aplomb-photos')
          open.onsuccess = () => {
            const all = open.result.transaction('photos').objectStore('photos').getAll()
            all.onsuccess = () => resolve(all.result.map((photo: { args: { bytes: number; width: number } }) => photo.args))
          }
        }),
    )
    console.error(`the idle page lagged ${idle.toFixed(0)} ms at most: what the machine itself adds`)
    const large = kept.find((photo) => photo.width === 1920)
    return [
      {
        name: 'bytes of a 12-megapixel JPEG at 1920 px, of the original',
        value: large ? (100 * large.bytes) / original.length : 100,
        unit: '%',
        goal: '<= 15',
      },
      { name: 'longest main-thread lag while it is compressed', value: lag, unit: 'ms', goal: '<= 16' },
    ]
  } finally {
    await browser.close()
  }
}

const pixels = (bytes: number) => Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]), Buffer.from('JFIF\0'), randomBytes(bytes)])

/** A queue of photos already announced, and its drain through the network at `url`. */
async function queueOf({ client, company, site }: Site, gateway: GatewayProcess, url: string, sizes: number[]) {
  const queue = makePhotoQueue(memoryPhotoStore(`user:${company}`))
  const names: string[] = []
  for (const size of sizes) {
    const content = pixels(size)
    const sha256 = createHash('sha256').update(content).digest('hex')
    const args = { id: randomUUID(), site_id: site, sha256, bytes: content.length, width: 40, height: 30, taken_at: new Date().toISOString() }
    const file = new Blob([new Uint8Array(content)], { type: 'image/jpeg' })
    await queue.add({ userId: 'user', companyId: company, args: { ...args, position_source: 'none' }, file, thumb: null })
    await call(client, 'add_photo', { command_id: randomUUID(), ...args }, company)
    names.push(`${company}/${site}/${sha256}.jpg`)
  }
  const token = (await client.auth.getSession()).data.session!.access_token
  const door: Door = {
    address: async () => ({ url, headers: { apikey: gateway.publishableKey, authorization: `Bearer ${token}`, 'x-company': company } }),
    rpc: (name, args) => call(client, name, args, company),
    async rowsById<T>(relation: string, columns: string, ids: string[]) {
      const { data, error } = await client.from(relation).select(columns).in('id', ids).setHeader('x-company', company)
      if (error) throw error
      return data as T[]
    },
  }
  const go = () =>
    drain({ queue, server: makePhotoServer(door), announcements: async () => new Map(), dismiss: async () => undefined, onChanged: () => undefined })
  return { queue, names, go }
}

/** Bytes sent again when a large upload breaks in its middle. */
async function resumption(place: Site, gateway: GatewayProcess): Promise<Measure> {
  const network = await createProxy(gateway.url)
  try {
    const size = 2 * CHUNK
    const { go, queue } = await queueOf(place, gateway, network.url, [size])
    const cut = network.cutAfter(CHUNK + CHUNK / 2)
    const first = go()
    await cut
    await first
    network.mend()
    await go()
    const [photo] = await queue.list()
    if (photo?.state !== 'stored') throw new Error(`the upload ended as ${photo?.state}`)
    return { name: 'bytes sent again after a break, of a chunk of 6 MB', value: (network.sent() - size) / CHUNK, unit: 'chunks', goal: '<= 1' }
  } finally {
    await network.close()
  }
}

/** A day's photos in one drain. */
async function day(place: Site, gateway: GatewayProcess, sql: (names: string[]) => Promise<number>): Promise<Measure[]> {
  const { go, queue, names } = await queueOf(
    place,
    gateway,
    gateway.url,
    Array.from({ length: DAY }, (_, at) => 20_000 + ((at * 7919) % 200_000)),
  )
  const began = performance.now()
  await go()
  const seconds = (performance.now() - began) / 1000
  await verifyPhotos({ url: gateway.url, secretKey: SECRET_KEY })
  await go()
  const states = (await queue.list()).map((photo) => photo.state)
  const stored = await sql(names)
  return [
    { name: `${DAY} queued photos drained in one go`, value: DAY / seconds, unit: 'photos/s', goal: '>= 10' },
    { name: 'lost of them', value: DAY - states.filter((state) => state === 'verified').length, unit: 'photos', goal: '= 0' },
    { name: 'doubled of them', value: Math.max(0, stored - DAY), unit: 'photos', goal: '= 0' },
  ]
}

/** Photos: what they weigh, what they cost the screen, and that none is lost. */
export async function run(): Promise<Measure[]> {
  const staticDir = await buildApp(fileURLToPath(new URL('../..', import.meta.url)))
  const storageDir = mkdtempSync(join(tmpdir(), 'aplomb-photos-'))
  let measures: Measure[] = []
  await withDeployedDatabase(async (ownerUrl, address) => {
    const owner = postgres(ownerUrl, { max: 1, onnotice: () => undefined })
    const gateway = await startGatewayProcess(address, { staticDir, storageDir })
    try {
      const place = await makeSite(gateway)
      const inStorage = async (names: string[]) =>
        Number((await owner`select count(*) as n from storage.objects where name = any (${names})`)[0]!['n'])
      measures = [
        ...(await compression(gateway.url, place.site, storageDir)),
        await resumption(place, gateway),
        ...(await day(place, gateway, inStorage)),
      ]
    } finally {
      await owner.end()
      await gateway.stop()
      rmSync(storageDir, { recursive: true, force: true })
    }
  })
  return measures
}
