import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import postgres from 'postgres'
import { deploy } from '../deploy.ts'
import type { MailSettings } from '../../edge-functions/_shared/mail/send.ts'
import { UPKEEP } from '../deploy/schedule.ts'
import { startGateway } from './gateway/index.ts'
import { startJobs } from './jobs.ts'
import { startMailbox } from './mailbox/index.ts'
import { createPlatform, createRoles } from './platform.ts'
import { readSecrets, startPostgres, type PostgresServer } from './postgres.ts'
import { isClaimed } from './processes.ts'

export interface StackOptions {
  /** Data folder. */
  dir: string
  /** Port of the gateway. */
  port: number
  /** Address on which the gateway listens (127.0.0.1). */
  host?: string
  /** Where people reach the app from elsewhere: links carry it. */
  origin?: string
  /** Port of Postgres on 127.0.0.1; 0 takes a free one. */
  postgresPort?: number
  /** Where analysts are told to connect: an address that leads to the port of Postgres. */
  analystHost?: string
  /** Folder of the built app. */
  staticDir?: string
  /** A mail server; without one, mails are caught and shown at `/mail`. */
  mail?: MailSettings
  /** Whether a new address must be confirmed by a link; unless told, only when a mail server is set. */
  confirmEmail?: boolean
  /** false for tests: see `startPostgres`. */
  durable?: boolean
  /** Receives each part's way to close, so that an interrupted start closes what it opened. */
  onOpen?: (close: () => Promise<void>) => void
}

/** The whole backend of one data folder, running. */
export interface Stack {
  /** Address of app and API. */
  url: string
  /** The page that shows the caught mails, when they are caught. */
  mailUrl?: string
  publishableKey: string
  secretKey: string
  /** Connection of the owner, role `postgres`. */
  databaseUrl: string
  postgres: PostgresServer
  /** Closes the gateway, then the database. */
  close(): Promise<void>
}

/**
 * Starts Postgres, brings it to the state of this checkout, and opens the gateway.
 * @throws a sentence when the port or the data folder is taken
 */
export async function startStack({
  dir,
  port,
  host,
  origin,
  postgresPort,
  analystHost = '127.0.0.1',
  staticDir,
  mail,
  confirmEmail,
  durable,
  onOpen,
}: StackOptions): Promise<Stack> {
  await expectFreePort(port, host, dir)
  const server = await startPostgres({
    dir,
    port: postgresPort,
    durable,
    onExit: ({ code, signal }) => console.error(`Postgres ended (${signal ?? code}) and is being restarted.`),
  })
  onOpen?.(server.stop)
  try {
    const { passwords, jwtSecret, publishableKey, secretKey } = readSecrets(dir)
    await createRoles(server.url('supabase_admin'), passwords)
    await createPlatform(server.url('supabase_admin'))
    await deploy(server.url('postgres'), undefined, { door: { host: analystHost, port: server.port, suffix: '', tls: false } })
    const upkeep = await startUpkeep(server.url('postgres'))
    onOpen?.(upkeep)
    // without a mail server of one's own, mails are caught and shown on this machine
    const mailbox = mail ? undefined : await startMailbox({ dir: join(dir, 'mail') })
    if (mailbox) onOpen?.(() => mailbox.close())
    const letters = mail ?? { smtpUrl: mailbox!.url, from: 'Aplomb <no-reply@localhost>' }
    const gateway = await startGateway({
      port,
      host,
      siteUrl: origin,
      databaseUrls: {
        authenticator: server.url('authenticator'),
        auth: server.url('supabase_auth_admin'),
        realtime: server.url('supabase_realtime_admin'),
        storage: server.url('supabase_storage_admin'),
        replication: server.url('supabase_replication_admin'),
      },
      jwtSecret,
      publishableKey,
      secretKey,
      staticDir,
      functions: {
        dir: fileURLToPath(new URL('../../edge-functions', import.meta.url)),
        env: process.env,
      },
      mail: letters,
      mailbox,
      confirmEmail: confirmEmail ?? mail !== undefined,
      storageDir: join(dir, 'storage'),
    })
    onOpen?.(() => gateway.close())
    const stopJobs = await startJobs({ databaseUrl: server.url('authenticator'), url: gateway.url, secretKey })
    onOpen?.(stopJobs)
    const close = async () => {
      await stopJobs()
      await gateway.close()
      await mailbox?.close()
      await upkeep()
      await server.stop()
    }
    return {
      url: gateway.url,
      mailUrl: mailbox && `${gateway.url}/mail`,
      publishableKey,
      secretKey,
      databaseUrl: server.url('postgres'),
      postgres: server,
      close,
    }
  } catch (error) {
    await server.stop()
    throw error
  }
}

/** Runs the upkeep now and then at its times; answers how to stop it. */
async function startUpkeep(databaseUrl: string): Promise<() => Promise<void>> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => undefined, connection: { application_name: 'aplomb upkeep' } })
  for (const { statement } of UPKEEP) await sql.unsafe(statement)
  const timers = UPKEEP.map(({ seconds, statement }) =>
    setInterval(() => void sql.unsafe(statement).catch((error: Error) => console.error(`${statement}: ${error.message}`)), seconds * 1000).unref(),
  )
  return async () => {
    timers.forEach(clearInterval)
    await sql.end({ timeout: 1 })
  }
}

/** A predecessor that was just killed may need a moment to let go of its port. */
async function expectFreePort(port: number, host: string | undefined, dir: string): Promise<void> {
  for (const end = Date.now() + 4_000; !(await isFree(port, host)); await new Promise((next) => setTimeout(next, 100))) {
    if (Date.now() < end) continue
    throw new Error(
      isClaimed(dir)
        ? `Aplomb is already running on ${dir}: open http://127.0.0.1:${port}, or stop it first.`
        : `Port ${port} is taken by another program: choose another one with --port.`,
    )
  }
}

async function isFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  const probe = createServer()
  const outcome = once(probe.listen(port, host), 'listening')
  const free = await outcome.then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') return false
      if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND')
        throw new Error(`${host} is no address of this machine: choose another one with --host.`)
      throw new Error(`Port ${port} cannot be used (${error.code}): choose another one with --port.`)
    },
  )
  if (free) await new Promise((closed) => probe.close(closed))
  return free
}
