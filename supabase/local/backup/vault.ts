import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes, scryptSync, timingSafeEqual } from 'node:crypto'
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip, gunzipSync, gzipSync } from 'node:zlib'

/** One file of a backup. */
export interface Entry {
  /** Path inside the data folder. */
  path: string
  /** SHA-256 of its content. */
  hash: string
  /** Bytes. */
  size: number
  mode: number
}

/** What a backup holds. */
export interface Manifest {
  version: 1
  /** When the database's state was taken, ISO 8601. */
  at: string
  folders: string[]
  files: Entry[]
}

/**
 * A folder of backups: each content is kept once, whatever the number of backups that hold it; photos never change, so a daily backup adds
 * only what is new. With a passphrase everything is encrypted (AES-256-GCM), names too.
 */
export interface Vault {
  /** Keeps a file's content; undefined when the file is gone meanwhile. */
  put(file: string): Promise<Pick<Entry, 'hash' | 'size'> | undefined>
  /** Keeps a text as a content. */
  putText(text: string): Promise<Pick<Entry, 'hash' | 'size'>>
  /** Writes a content to a file. @throws when it is not what was kept */
  get(entry: Entry, file: string): Promise<void>
  /** Ends a backup: from now on it is one. Answers its name. */
  keep(manifest: Manifest): Promise<string>
  /** The names of the backups, oldest first; they are their times. */
  list(): string[]
  read(name: string): Promise<Manifest>
  /** Forgets the contents that no backup holds: those of a backup that was cut short need not be whole. */
  sweep(): Promise<void>
  /** Forgets backups older than so many days, never the newest, and the contents that no other one holds. Answers how many went. */
  rotate(days: number): Promise<number>
}

interface Header {
  version: 1
  encryption: { salt: string; check: string } | null
}

const NONCE = 12
const TAG = 16

/**
 * Opens a folder of backups, or begins one.
 * @param passphrase encrypts; it must be the one the folder was begun with
 * @throws a sentence when it is another one, or missing
 */
export function openVault(dir: string, passphrase?: string): Vault {
  const keys = openHeader(dir, passphrase)
  const contents = join(dir, 'contents')
  const backups = join(dir, 'backups')
  for (const folder of [contents, backups]) mkdirSync(folder, { recursive: true, mode: 0o700 })
  const suffix = keys ? '.sealed' : ''
  const nameOf = (hash: string) => (keys ? createHmac('sha256', keys.names).update(hash).digest('hex') : hash)
  const fileOf = (hash: string) => join(contents, nameOf(hash).slice(0, 2), nameOf(hash))

  /** Packs and seals a stream under the hash of what went in. */
  async function store(source: Readable): Promise<Pick<Entry, 'hash' | 'size'>> {
    const temporary = join(contents, `.${randomBytes(8).toString('hex')}`)
    const digest = createHash('sha256')
    let size = 0
    const measure = new Transform({
      transform(chunk: Buffer, _, done) {
        digest.update(chunk)
        size += chunk.length
        done(null, chunk)
      },
    })
    try {
      const target = createWriteStream(temporary, { mode: 0o600 })
      if (keys) {
        const nonce = randomBytes(NONCE)
        const cipher = createCipheriv('aes-256-gcm', keys.content, nonce)
        target.write(nonce)
        await pipeline(source, measure, createGzip({ level: 1 }), cipher, target, { end: false })
        await new Promise<void>((resolve, reject) => target.once('error', reject).end(cipher.getAuthTag(), () => resolve()))
      } else {
        await pipeline(source, measure, createGzip({ level: 1 }), target)
      }
      const hash = digest.digest('hex')
      mkdirSync(join(contents, nameOf(hash).slice(0, 2)), { recursive: true, mode: 0o700 })
      renameSync(temporary, fileOf(hash))
      return { hash, size }
    } finally {
      rmSync(temporary, { force: true })
    }
  }

  const vault: Vault = {
    async put(file) {
      try {
        const digest = createHash('sha256')
        let size = 0
        for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
          digest.update(chunk)
          size += chunk.length
        }
        const hash = digest.digest('hex')
        return existsSync(fileOf(hash)) ? { hash, size } : await store(createReadStream(file))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT' && !existsSync(file)) return undefined
        throw error
      }
    },

    async putText(text) {
      const hash = createHash('sha256').update(text).digest('hex')
      if (existsSync(fileOf(hash))) return { hash, size: Buffer.byteLength(text) }
      return store(Readable.from([Buffer.from(text)]))
    },

    async get({ hash, path, mode }, file) {
      const kept = fileOf(hash)
      const digest = createHash('sha256')
      const check = new Transform({
        transform(chunk: Buffer, _, done) {
          digest.update(chunk)
          done(null, chunk)
        },
      })
      const target = createWriteStream(file, { mode })
      try {
        if (keys) {
          const { nonce, tag, size } = await ends(kept)
          const decipher = createDecipheriv('aes-256-gcm', keys.content, nonce).setAuthTag(tag)
          await pipeline(createReadStream(kept, { start: NONCE, end: size - TAG - 1 }), decipher, createGunzip(), check, target)
        } else {
          await pipeline(createReadStream(kept), createGunzip(), check, target)
        }
      } catch (error) {
        throw new Error(`${path} cannot be read from the backup: ${(error as Error).message}`, { cause: error })
      }
      if (digest.digest('hex') !== hash) throw new Error(`${path} is damaged in the backup.`)
    },

    async keep(manifest) {
      const name = manifest.at.replaceAll(':', '-')
      const file = join(backups, `${name}.json.gz${suffix}`)
      const handle = await open(`${file}.new`, 'w', 0o600)
      await handle.writeFile(seal(keys, name, gzipSync(JSON.stringify(manifest))))
      await handle.sync()
      await handle.close()
      renameSync(`${file}.new`, file)
      return name
    },

    list: () =>
      readdirSync(backups)
        .filter((file) => file.endsWith(`.json.gz${suffix}`))
        .map((file) => file.slice(0, -`.json.gz${suffix}`.length))
        .sort(),

    async read(name) {
      const file = join(backups, `${name}.json.gz${suffix}`)
      if (!existsSync(file)) throw new Error(`There is no backup “${name}” in ${dir}.`)
      return JSON.parse(gunzipSync(unseal(keys, name, await readFile(file))).toString()) as Manifest
    },

    async rotate(days) {
      const oldest = new Date(Date.now() - days * 86_400_000).toISOString().replaceAll(':', '-')
      const names = vault.list()
      const gone = names.slice(0, -1).filter((name) => name < oldest)
      for (const name of gone) rmSync(join(backups, `${name}.json.gz${suffix}`))
      await vault.sweep()
      return gone.length
    },

    async sweep() {
      const needed = new Set<string>()
      for (const name of vault.list()) for (const { hash } of (await vault.read(name)).files) needed.add(nameOf(hash))
      for (const entry of readdirSync(contents, { withFileTypes: true })) {
        if (!entry.isDirectory())
          rmSync(join(contents, entry.name)) // an interrupted backup left it
        else for (const file of readdirSync(join(contents, entry.name))) if (!needed.has(file)) rmSync(join(contents, entry.name, file))
      }
    },
  }
  return vault
}

interface Keys {
  content: Buffer
  names: Buffer
}

function openHeader(dir: string, passphrase: string | undefined): Keys | null {
  const file = join(dir, 'vault.json')
  if (!existsSync(file)) {
    if (existsSync(dir) && readdirSync(dir).some((name) => name !== 'supervisor.pid')) throw new Error(`${dir} holds something else than backups.`)
    mkdirSync(dir, { recursive: true, mode: 0o700 })
    const salt = randomBytes(16)
    const keys = passphrase ? derive(passphrase, salt) : null
    const header: Header = { version: 1, encryption: keys && { salt: salt.toString('hex'), check: checkOf(keys).toString('hex') } }
    writeFileSync(file, JSON.stringify(header), { mode: 0o600 })
    return keys
  }
  const { encryption } = JSON.parse(readFileSync(file, 'utf8')) as Header
  if (!encryption) {
    if (passphrase) throw new Error(`The backups in ${dir} are not encrypted: begin another folder, or give no key.`)
    return null
  }
  if (!passphrase) throw new Error(`The backups in ${dir} are encrypted: give the key.`)
  const keys = derive(passphrase, Buffer.from(encryption.salt, 'hex'))
  if (!timingSafeEqual(checkOf(keys), Buffer.from(encryption.check, 'hex'))) throw new Error(`This is not the key of the backups in ${dir}.`)
  return keys
}

function derive(passphrase: string, salt: Buffer): Keys {
  const bytes = scryptSync(passphrase.normalize('NFC'), salt, 64, { N: 2 ** 16, r: 8, p: 1, maxmem: 2 ** 27 })
  return { content: bytes.subarray(0, 32), names: bytes.subarray(32) }
}

const checkOf = ({ names }: Keys) => createHmac('sha256', names).update('aplomb backups').digest()

function seal(keys: Keys | null, name: string, bytes: Buffer): Buffer {
  if (!keys) return bytes
  const nonce = randomBytes(NONCE)
  const cipher = createCipheriv('aes-256-gcm', keys.content, nonce).setAAD(Buffer.from(name))
  return Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()])
}

function unseal(keys: Keys | null, name: string, bytes: Buffer): Buffer {
  if (!keys) return bytes
  const decipher = createDecipheriv('aes-256-gcm', keys.content, bytes.subarray(0, NONCE)).setAAD(Buffer.from(name)).setAuthTag(bytes.subarray(-TAG))
  return Buffer.concat([decipher.update(bytes.subarray(NONCE, -TAG)), decipher.final()])
}

/** The nonce before a sealed content and the tag behind it. */
async function ends(file: string): Promise<{ nonce: Buffer; tag: Buffer; size: number }> {
  const { size } = statSync(file)
  const handle = await open(file)
  try {
    const nonce = Buffer.alloc(NONCE)
    const tag = Buffer.alloc(TAG)
    await handle.read(nonce, 0, NONCE, 0)
    await handle.read(tag, 0, TAG, size - TAG)
    return { nonce, tag, size }
  } finally {
    await handle.close()
  }
}
