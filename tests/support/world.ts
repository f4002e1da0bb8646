import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { User } from '@supabase/supabase-js'
import { inject } from 'vitest'
import { startGateway, type Gateway, type GatewayOptions } from '../../supabase/local/gateway/index.ts'
import { startMailbox, type Mailbox } from '../../supabase/local/mailbox/index.ts'
import { freePort } from '../../supabase/local/postgres.ts'
import { openClient, type Client } from './client.ts'
import { createTestDatabase, type TestDatabase } from './database.ts'

export type { Claims } from './database.ts'

export type { Client }

export interface ClientOptions {
  /** The active company, sent as header `x-company`. */
  company?: string
  /** API key instead of the publishable one. */
  key?: string
}

/** A database of its own with a real gateway over it. */
export interface World extends TestDatabase {
  /** Address of the gateway. */
  url: string
  gateway: Gateway
  /** Every mail that it sent. */
  mailbox: Mailbox
  /** Folder of its stored files. */
  storageDir: string
  publishableKey: string
  secretKey: string
  jwtSecret: string
  /** A new supabase-js client, signed in as nobody. */
  client(options?: ClientOptions): Client
  /** Signs a new user up; the client is signed in. */
  signUp(email: string, password: string, options?: ClientOptions): Promise<{ client: Client; user: User }>
}

export interface WorldOptions {
  /** Folder of the built app, when browsers are to open it. */
  staticDir?: string
  /** Other settings of the gateway. */
  gateway?: Partial<Omit<GatewayOptions, 'port' | 'databaseUrls'>>
}

/** Makes the world of one test file: `const world = await createWorld('incidents')`, and `world.close()` after all. */
export async function createWorld(name: string, { staticDir, gateway: settings }: WorldOptions = {}): Promise<World> {
  const { jwtSecret, publishableKey, secretKey } = inject('cluster').secrets
  const database = await createTestDatabase(name)
  const mailbox = await startMailbox()
  const storageDir = mkdtempSync(join(tmpdir(), 'aplomb-storage-'))
  const gateway = await startGateway({
    port: await freePort(),
    databaseUrls: {
      authenticator: database.address('authenticator'),
      auth: database.address('supabase_auth_admin'),
      realtime: database.address('supabase_realtime_admin'),
      storage: database.address('supabase_storage_admin'),
      replication: database.address('supabase_replication_admin'),
    },
    jwtSecret,
    publishableKey,
    secretKey,
    staticDir,
    mail: { smtpUrl: mailbox.url, from: 'Aplomb <no-reply@aplomb.test>' },
    mailbox,
    mailInterval: 0,
    storageDir,
    ...settings,
  })

  const clients: Client[] = []
  const client: World['client'] = ({ company, key = publishableKey } = {}) => {
    const one = openClient(gateway.url, key, company)
    clients.push(one)
    return one
  }

  return {
    ...database,
    url: gateway.url,
    gateway,
    mailbox,
    storageDir,
    publishableKey,
    secretKey,
    jwtSecret,
    client,
    async signUp(email, password, options) {
      const one = client(options)
      const { data, error } = await one.auth.signUp({ email, password })
      if (error) throw error
      if (!data.user || !data.session) throw new Error(`${email} signed up and got no session`)
      return { client: one, user: data.user }
    },
    async close() {
      await Promise.all(clients.map((one) => one.removeAllChannels()))
      await gateway.close()
      await mailbox.close()
      await database.close()
      rmSync(storageDir, { recursive: true, force: true })
    },
  }
}
