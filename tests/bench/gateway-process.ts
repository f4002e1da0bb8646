import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { startGateway, type GatewayOptions } from '../../supabase/local/gateway/index.ts'
import { outliveLostWrites } from '../../supabase/local/lost-write.ts'
import type { Login } from '../../supabase/local/secrets.ts'

/** A gateway in a process of its own, as in production: the bench's own work does not slow it. */
export interface GatewayProcess {
  url: string
  /** Number of the process. */
  pid: number
  publishableKey: string
  jwtSecret: string
  stop(): Promise<void>
  /** Memory that it holds after a collection, bytes. */
  memory(): Promise<number>
  /** Ends it as a power cut does. */
  kill(): Promise<void>
}

const file = fileURLToPath(import.meta.url)

/** A process that has loaded the gateway's code and waits for its settings: whoever ends gateways has the next one at hand. */
export const loadGateway = (): ChildProcess => fork(file, ['serve'], { execArgv: ['--import', 'tsx', '--expose-gc'], stdio: ['ignore', 2, 2, 'ipc'] })

/** Starts a gateway over the database whose logins `address` knows. */
export async function startGatewayProcess(
  address: (login: Login) => string,
  settings: Partial<GatewayOptions> = {},
  child = loadGateway(),
): Promise<GatewayProcess> {
  const jwtSecret = 'a secret of this bench, long enough for HS256'
  const options: GatewayOptions = {
    port: 0,
    jwtSecret,
    publishableKey: 'sb_publishable_bench',
    secretKey: 'sb_secret_bench',
    databaseUrls: {
      authenticator: address('authenticator'),
      auth: address('supabase_auth_admin'),
      realtime: address('supabase_realtime_admin'),
      storage: address('supabase_storage_admin'),
      replication: address('supabase_replication_admin'),
    },
    ...settings,
  }
  child.send(options)
  const [url] = (await once(child, 'message')) as [string]
  return {
    url,
    pid: child.pid!,
    publishableKey: options.publishableKey,
    jwtSecret,
    async stop() {
      const exit = once(child, 'exit')
      child.disconnect()
      await exit
    },
    async memory() {
      const answer = once(child, 'message')
      child.send('memory')
      return ((await answer) as [number])[0]
    },
    async kill() {
      const exit = once(child, 'exit')
      child.kill('SIGKILL')
      await exit
    },
  }
}

if (process.argv[1] === file && process.argv[2] === 'serve') {
  outliveLostWrites()
  const [options] = (await once(process, 'message')) as [GatewayOptions]
  const gateway = await startGateway(options)
  process.send!(gateway.url)
  process.on('disconnect', () => void gateway.close())
  process.on('message', () => {
    gc!()
    process.send!(process.memoryUsage.rss())
  })
}
