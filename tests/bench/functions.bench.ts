import { createHash, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { withDeployedDatabase } from '../../supabase/local/database.ts'
import { openClient, type Client } from '../support/client.ts'
import { picture } from '../support/pictures.ts'
import { startGatewayProcess, type GatewayProcess } from './gateway-process.ts'
import type { Measure } from './run.ts'

const DIR = fileURLToPath(new URL('../../edge-functions', import.meta.url))
const WARM = 15
const COLD = 5
/** A function without requests goes after this time, in ms. */
const IDLE = 150

async function call<T>(client: Client, name: string, args: object): Promise<T> {
  const { data, error } = await client.rpc(name, args)
  if (error) throw new Error(`${name}: ${error.message}`)
  return data as T
}

/** A company with a site of six photos and twenty incidents, made as the app makes it. */
async function makeSite(gateway: GatewayProcess): Promise<{ site: string; ask: (gateway: GatewayProcess, body: object) => Promise<Response> }> {
  const founder = openClient(gateway.url, gateway.publishableKey)
  const { data, error } = await founder.auth.signUp({ email: 'claire@mesure.test', password: 'Echafaudage-17-rouge' })
  if (error) throw error
  const token = data.session!.access_token
  const company = await call<string>(founder, 'found_company', { id: randomUUID(), name: 'Mesure', full_name: 'Claire Duval' })
  const client = openClient(gateway.url, gateway.publishableKey, company)
  await client.auth.setSession(data.session!)
  const site = randomUUID()
  await call(client, 'create_site', { command_id: randomUUID(), id: site, name: 'École Pasteur', status: 'running' })
  for (let place = 0; place < 20; place++) {
    const args = { id: randomUUID(), site_id: site, type: 'technical', severity: 'low', title: `Réservation manquante n° ${place}` }
    await call(client, 'report_incident', { command_id: randomUUID(), ...args })
  }
  for (let place = 0; place < 6; place++) {
    const content = picture(place, { width: 1600, height: 1200 })
    const about = { id: randomUUID(), site_id: site, sha256: createHash('sha256').update(content).digest('hex') }
    await call(client, 'add_photo', { command_id: randomUUID(), ...about, bytes: content.length, width: 1600, height: 1200 })
    const stored = await client.storage.from('photos').upload(`${company}/${site}/${about.sha256}.jpg`, content, { contentType: 'image/jpeg' })
    if (stored.error) throw stored.error
    await call(client, 'confirm_photo', { command_id: randomUUID(), id: about.id })
  }
  const headers = { authorization: `Bearer ${token}`, apikey: gateway.publishableKey, 'x-company': company, 'content-type': 'application/json' }
  const ask = (where: GatewayProcess, body: object) =>
    fetch(`${where.url}/functions/v1/report-pdf`, { method: 'POST', headers, body: JSON.stringify(body) })
  return { site, ask }
}

const median = (values: number[]) => values.sort((one, other) => one - other)[Math.floor(values.length / 2)]!

async function timed(work: () => Promise<Response>, status: number): Promise<number> {
  const began = performance.now()
  const response = await work()
  await response.arrayBuffer()
  if (response.status !== status) throw new Error(`answered ${response.status}`)
  return performance.now() - began
}

/** What Edge Functions cost on this machine: a report with six photos, and a start from nothing. */
export async function* run(): AsyncGenerator<Measure> {
  const storageDir = mkdtempSync(join(tmpdir(), 'aplomb-bench-'))
  try {
    yield* await withDeployedDatabase(async (_, address) => {
      const measures: Measure[] = []
      const warm = await startGatewayProcess(address, { storageDir, functions: { dir: DIR } })
      const { site, ask } = await makeSite(warm)
      for (let round = 0; round < 3; round++) await timed(() => ask(warm, { site_id: site }), 200)
      const reports: number[] = []
      for (let round = 0; round < WARM; round++) reports.push(await timed(() => ask(warm, { site_id: site }), 200))
      measures.push({ name: 'site report with six photos, warm, median', value: median(reports), unit: 'ms', goal: '<= 300' })
      await warm.stop()

      const cold = await startGatewayProcess(address, { storageDir, functions: { dir: DIR, limits: { idle: IDLE } } })
      const starts: number[] = []
      for (let round = 0; round < COLD + 1; round++) {
        const took = await timed(() => ask(cold, {}), 400)
        if (round > 0) starts.push(took) // the first one fills the cache of Deno
        await new Promise((next) => setTimeout(next, IDLE * 4))
      }
      measures.push({ name: 'first answer of a function that was not running, median', value: median(starts), unit: 'ms', goal: '<= 500' })
      await cold.stop()
      return measures
    })
  } finally {
    rmSync(storageDir, { recursive: true, force: true })
  }
}
