import { randomBytes, randomUUID } from 'node:crypto'
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { restoreBackup } from '../../supabase/local/backup/restore.ts'
import { takeBackup } from '../../supabase/local/backup/take.ts'
import { openVault } from '../../supabase/local/backup/vault.ts'
import { freePort, startPostgres } from '../../supabase/local/postgres.ts'
import { removeData } from '../../supabase/local/engine.ts'
import { startStack, type Stack } from '../../supabase/local/stack.ts'
import { makeDevice } from '../client/device.ts'
import { openClient } from '../support/client.ts'

const KEY = 'le chantier est bien gardé'
let home: string
let data: string
let vault: string
let port: number
let stack: Stack | undefined

const start = async () => (stack = await startStack({ dir: data, port, durable: false }))
const stop = async () => {
  await stack?.close()
  stack = undefined
}

/** A number for every table of every schema that is not Postgres' own, and for every file beside the cluster. */
async function checksums(): Promise<Record<string, string>> {
  const server = await startPostgres({ dir: data, durable: false })
  const sql = postgres(server.url('supabase_admin'), { max: 1, onnotice: () => undefined })
  const sums: Record<string, string> = {}
  const tables =
    await sql`select c.oid::regclass::text as name from pg_class as c where c.relkind = 'r' and c.relnamespace::regnamespace::text !~ '^(pg_|information_schema)'`
  for (const { name } of tables) {
    const hidden = name === 'sync.state' ? `- '{identity,started_at,restore_stamp}'::text[]` : ''
    const [row] = await sql.unsafe(
      `select count(*) || ' ' || coalesce(md5(string_agg(line, ' ' order by line)), '') as sum from (select md5((to_jsonb(t) ${hidden})::text) as line from ${name} as t) as lines`,
    )
    sums[name as string] = row!.sum as string
  }
  const logins = await sql`select rolname, rolpassword from pg_authid order by 1`
  sums['logins'] = JSON.stringify(logins)
  await sql.end()
  await server.stop()
  for (const path of readdirSync(data, { recursive: true, encoding: 'utf8' })) {
    if (/^(pgdata|postgres\.log|supervisor)/.test(path) || !statSync(join(data, path)).isFile()) continue
    sums[path] = readFileSync(join(data, path)).toString('base64')
  }
  return sums
}

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'aplomb-backup-'))
  chmodSync(home, 0o755)
  data = join(home, 'data')
  vault = join(home, 'backups')
  port = await freePort()
})
afterAll(async () => {
  await stop()
  removeData(data)
  rmSync(home, { recursive: true, force: true })
})

describe('the drill: the data folder is lost', () => {
  test('everything comes back from the backup, and phones bring what came after it', async () => {
    await start()
    const client = openClient(stack!.url, stack!.publishableKey)
    await client.auth.signUp({ email: 'claire@duval.test', password: 'une-bonne-phrase' })
    const company = randomUUID()
    const founded = await client.rpc('found_company', { id: company, name: 'Duval', full_name: 'Claire Duval' })
    expect(founded.error).toBeNull()
    const site = randomUUID()
    const run = async (name: string, args: Record<string, unknown>) => {
      const { error } = await client.rpc(name, { command_id: randomUUID(), ...args }).setHeader('x-company', company)
      expect(error).toBeNull()
    }
    await run('create_site', { id: site, name: 'École' })
    const photos = join(data, 'storage', 'photos', company)
    mkdirSync(photos, { recursive: true })
    writeFileSync(join(photos, 'avant.jpg'), randomBytes(300_000))
    const login = await client.rpc('create_analyst_login', { id: randomUUID(), label: 'Metabase' }).setHeader('x-company', company)

    const device = await makeDevice(client, company)
    const idle = () => expect.poll(async () => (await device.outbox.pending()).length, { timeout: 30_000 }).toBe(0)
    const report = (title: string) => ({ id: randomUUID(), site_id: site, type: 'technical', severity: 'low', title })
    await device.run('report_incident', report('Avant la sauvegarde'))
    await idle()

    // the backup runs while people work
    const busy = Promise.all(Array.from({ length: 30 }, (_, n) => run('report_incident', report(`Pendant ${n}`))))
    const taken = await takeBackup({ dir: data, to: vault, passphrase: KEY })
    await busy
    expect(taken.files).toBeGreaterThan(1000)
    await device.run('report_incident', report('Après la sauvegarde'))
    await idle()

    // disaster
    await stop()
    removeData(data)
    expect(existsSync(data)).toBe(false)
    expect(await restoreBackup({ from: vault, dir: data, passphrase: KEY })).toBe(taken.name)
    expect(statSync(join(data, 'storage', 'photos', company, 'avant.jpg')).size).toBe(300_000)

    await start()
    const sql = postgres(stack!.databaseUrl, { max: 1 })
    const titles = async () => (await sql`select title from app.incidents`).map((row) => row.title as string)
    expect(await titles()).toContain('Avant la sauvegarde')
    // the phone, still signed in, sees another database and offers its work again
    device.engine.wake()
    await expect.poll(titles, { timeout: 60_000 }).toContain('Après la sauvegarde')
    expect((await titles()).filter((title) => title === 'Avant la sauvegarde')).toHaveLength(1)
    // logins of analysts are in the cluster: they came back with it
    const { login: name, password, port: _, ...where } = login.data as { login: string; password: string; port: number; database: string }
    const analyst = postgres({ ...where, host: '127.0.0.1', port: stack!.postgres.port, username: name, password, max: 1 })
    expect(await analyst`select name from sites`).toEqual([{ name: 'École' }])
    await analyst.end()
    await sql.end()
    await device.close()
    await stop()
  })

  test('a stopped system comes back with the same checksum of every table and file', async () => {
    const before = await checksums()
    expect(Object.keys(before).length).toBeGreaterThan(40)
    await takeBackup({ dir: data, to: vault, passphrase: KEY })
    removeData(data)
    await restoreBackup({ from: vault, dir: data, passphrase: KEY })
    expect(await checksums()).toEqual(before)
  })

  test('so does a running one', async () => {
    const before = await checksums()
    await start()
    const sql = postgres(stack!.databaseUrl, { max: 1 })
    await sql`select 1`
    await sql.end()
    const taken = await takeBackup({ dir: data, to: vault, passphrase: KEY })
    await stop()
    const after = await checksums()
    removeData(data)
    await restoreBackup({ from: vault, dir: data, passphrase: KEY, at: taken.name })
    expect(await checksums()).toEqual(after)
    expect(Object.keys(after).sort()).toEqual(Object.keys(before).sort())
  })

  test('the copy has another identity', async () => {
    const identity = async () => {
      const server = await startPostgres({ dir: data, durable: false })
      const sql = postgres(server.url('postgres'), { max: 1 })
      const [row] = await sql`select sync.database_identity() as identity`
      await sql.end()
      await server.stop()
      return row!.identity as string
    }
    const first = await identity()
    removeData(data)
    await restoreBackup({ from: vault, dir: data, passphrase: KEY })
    expect(await identity()).not.toBe(first)
  })
})

describe('the folder of backups', () => {
  test('opens with its key alone, and holds no word of what it keeps', async () => {
    expect(() => openVault(vault)).toThrow('encrypted')
    expect(() => openVault(vault, 'une autre clef, fausse')).toThrow('not the key')
    const secret = JSON.parse(readFileSync(join(data, 'secrets.json'), 'utf8')).jwtSecret as string
    for (const path of readdirSync(vault, { recursive: true, encoding: 'utf8' })) {
      const file = join(vault, path)
      if (!statSync(file).isFile()) continue
      expect(readFileSync(file).includes(secret), path).toBe(false)
      expect(path).not.toMatch(/avant|secrets|pgdata/)
      expect(statSync(file).mode & 0o077, path).toBe(0)
    }
  })

  test('keeps what did not change once', async () => {
    const count = () => readdirSync(join(vault, 'contents'), { recursive: true }).length
    const before = count()
    await takeBackup({ dir: data, to: vault, passphrase: KEY })
    expect(count() - before).toBeLessThan(30)
  })

  test('takes nothing over from a backup that a power cut ended', async () => {
    const cut = join(home, 'cut')
    const { name } = await takeBackup({ dir: data, to: cut, passphrase: KEY })
    for (const file of readdirSync(join(cut, 'backups'))) rmSync(join(cut, 'backups', file))
    for (const path of readdirSync(join(cut, 'contents'), { recursive: true, encoding: 'utf8' })) {
      if (statSync(join(cut, 'contents', path)).isFile()) writeFileSync(join(cut, 'contents', path), '') // named, and not yet on the disk
    }
    await takeBackup({ dir: data, to: cut, passphrase: KEY })
    const target = join(home, 'after the cut')
    expect(await restoreBackup({ from: cut, dir: target, passphrase: KEY })).not.toBe(name)
    removeData(target)
  })

  test('says that a content is damaged, and leaves no half-restored folder', async () => {
    const broken = join(home, 'broken')
    cpSync(vault, broken, { recursive: true })
    for (const path of readdirSync(join(broken, 'contents'), { recursive: true, encoding: 'utf8' })) {
      const file = join(broken, 'contents', path)
      if (!statSync(file).isFile()) continue
      const bytes = readFileSync(file)
      bytes[bytes.length >> 1]! ^= 1
      writeFileSync(file, bytes)
    }
    const target = join(home, 'half')
    await expect(restoreBackup({ from: broken, dir: target, passphrase: KEY })).rejects.toThrow('cannot be read')
    expect(existsSync(target)).toBe(false)
  })

  test('never overwrites a data folder', async () => {
    await expect(restoreBackup({ from: vault, dir: data, passphrase: KEY })).rejects.toThrow('not empty')
    await expect(restoreBackup({ from: vault, dir: join(home, 'new'), passphrase: KEY, at: '1999' })).rejects.toThrow('1999')
    await expect(takeBackup({ dir: home, to: vault, passphrase: KEY })).rejects.toThrow('not a data folder')
    await expect(takeBackup({ dir: data, to: home })).rejects.toThrow('something else')
  })

  test('forgets what is older than thirty days, with the contents nobody else holds, and never the newest', async () => {
    const old = openVault(join(home, 'old'))
    const day = (age: number) => new Date(Date.now() - age * 86_400_000).toISOString()
    const put = async (age: number, text: string) =>
      old.keep({ version: 1, at: day(age), folders: [], files: [{ path: 'a', mode: 0o600, ...(await old.putText(text)) }] })
    for (const [age, text] of [
      [50, 'only then'],
      [40, 'still there'],
      [10, 'still there'],
      [1, 'new'],
    ] as const) {
      await put(age, text)
    }
    expect(await old.rotate(30)).toBe(2)
    expect(old.list()).toHaveLength(2)
    const files = readdirSync(join(home, 'old', 'contents'), { recursive: true, encoding: 'utf8' }).filter((path) => path.includes('/'))
    expect(files).toHaveLength(2)
    expect(await old.rotate(0)).toBe(1)
    expect(old.list()).toHaveLength(1)
  })
})
