import { fork } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { mkdir, open, rename } from 'node:fs/promises'
import { Agent, createServer, request as send } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SignJWT } from 'jose'
import postgres from 'postgres'
import { withDeployedDatabase } from '../../supabase/local/database.ts'
import { startGatewayProcess } from './gateway-process.ts'
import type { Measure } from './run.ts'

const file = fileURLToPath(import.meta.url)
const WORKERS = 4
const ROUNDS = 7
const ROUND = 1_500
/** A photo as it leaves the phone. */
const PHOTO = 300 * 1024

/** The least a server can do with a file: written, safe on disk under its name, answered. */
async function serveBare(dir: string): Promise<void> {
  await mkdir(join(dir, 'incoming'))
  await mkdir(join(dir, 'objects'))
  const server = createServer((request, response) => {
    void (async () => {
      const name = randomUUID()
      const handle = await open(join(dir, 'incoming', name), 'wx')
      for await (const chunk of request as AsyncIterable<Buffer>) await handle.write(chunk)
      await handle.sync()
      await handle.close()
      await rename(join(dir, 'incoming', name), join(dir, 'objects', name))
      const folder = await open(join(dir, 'objects'), 'r')
      await folder.sync()
      await folder.close()
      response.end('{}')
    })()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  process.send!(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  process.once('disconnect', () => process.exit())
}

const content = randomBytes(PHOTO)
content.set([0xff, 0xd8, 0xff, 0xe0])
const agent = new Agent({ keepAlive: true, maxSockets: WORKERS })

/** Uploads one photo. */
function put(url: string, headers: Record<string, string>): Promise<void> {
  return new Promise((resolve, reject) => {
    const options = { method: 'POST', agent, headers: { 'content-type': 'image/jpeg', 'content-length': content.length, ...headers } }
    const asked = send(url, options, (response) => {
      let text = ''
      response.on('data', (chunk: Buffer) => (text += chunk.toString()))
      response.on('end', () => (response.statusCode === 200 ? resolve() : reject(new Error(`${response.statusCode} ${text}`))))
    })
    asked.on('error', reject).end(content)
  })
}

/** How many photos per second several phones put at once. */
async function rate(upload: () => Promise<void>): Promise<number> {
  const began = performance.now()
  let done = 0
  const work = async () => {
    while (performance.now() < began + ROUND) {
      await upload()
      done++
    }
  }
  await Promise.all(Array.from({ length: WORKERS }, work))
  return (done * 1000) / (performance.now() - began)
}

/** Uploads through the whole of Storage (token, policies, checks, hash, row), beside a bare server that writes the same files as safely. */
export async function* run(): AsyncGenerator<Measure> {
  const ratios: number[] = []
  const dir = mkdtempSync(join(tmpdir(), 'aplomb-uploads-'))
  const work = async (ownerUrl: string, address: Parameters<typeof startGatewayProcess>[0]) => {
    const sub = randomUUID()
    const owner = postgres(ownerUrl, { max: 1, onnotice: () => undefined })
    await owner.unsafe(`insert into storage.buckets (id, name, allowed_mime_types) values ('bench', 'bench', '{image/jpeg}');
      create policy bench on storage.objects for insert to authenticated
        with check (bucket_id = 'bench' and (storage.foldername(name))[1] = (select auth.uid())::text)`)
    await owner.end()
    const gateway = await startGatewayProcess(address, { storageDir: join(dir, 'gateway') })
    const bareDir = join(dir, 'bare')
    await mkdir(bareDir)
    const bare = fork(file, ['serve', bareDir], { execArgv: ['--import', 'tsx'], stdio: ['ignore', 2, 2, 'ipc'] })
    try {
      const [bareUrl] = (await once(bare, 'message')) as [string]
      const token = await new SignJWT({ role: 'authenticated', sub, aud: 'authenticated' })
        .setProtectedHeader({ alg: 'HS256' })
        .setExpirationTime('1h')
        .sign(new TextEncoder().encode(gateway.jwtSecret))
      const headers = { apikey: gateway.publishableKey, authorization: `Bearer ${token}` }
      const served = () => put(`${gateway.url}/storage/v1/object/bench/${sub}/${randomUUID()}.jpg`, headers)
      const plain = () => put(bareUrl, {})
      await Promise.all([served(), plain()])
      for (let round = 0; round < ROUNDS; round++) {
        const pair = [await rate(served), await rate(plain)] as const
        console.error(`storage ${pair[0].toFixed(0)}/s, bare ${pair[1].toFixed(0)}/s`)
        ratios.push(pair[0] / pair[1])
      }
    } finally {
      bare.disconnect()
      await gateway.stop()
    }
  }
  try {
    await withDeployedDatabase(work, { durable: true })
  } finally {
    agent.destroy()
    rmSync(dir, { recursive: true, force: true })
  }
  yield {
    name: 'storage upload throughput / bare server, 300 KiB photos',
    value: ratios.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)]!,
    unit: 'ratio',
    goal: '>= 0.5',
  }
}

if (process.argv[1] === file && process.argv[2] === 'serve') await serveBare(process.argv[3]!)
