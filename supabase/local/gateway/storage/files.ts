import { randomUUID } from 'node:crypto'
import { link, mkdir, open, readdir, rename, stat, unlink, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'

const VERSION = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/

/**
 * The contents of objects on disk. A file is named by its version, a UUID that the gateway made up; no text of a user becomes part of a path.
 * A file is whole and safe on disk before a row names it, and never changes afterwards.
 */
export class Files {
  private readonly ready: Promise<void>
  private readonly folders = new Map<string, Promise<void>>()
  private readonly began = Date.now()

  constructor(private readonly dir: string) {
    this.ready = this.prepare()
    this.ready.catch(() => undefined) // whoever uses the folder learns it
  }

  /** Folder of unfinished resumable uploads. */
  get uploads(): string {
    return join(this.dir, 'uploads')
  }

  /** The file of a version. */
  path(version: string): string {
    if (!VERSION.test(version)) throw new Error('a version that this gateway did not make')
    return join(this.dir, 'objects', version.slice(0, 2), version)
  }

  /** Opens an empty file for content that arrives. */
  async begin(): Promise<Incoming> {
    await this.ready
    const version = randomUUID()
    const path = join(this.dir, 'incoming', version)
    return new Incoming(version, path, await open(path, 'wx', 0o600))
  }

  /** Gives content that arrived whole its final place. */
  async keep(incoming: Incoming): Promise<void> {
    await incoming.settle()
    await this.place(incoming.version, (path) => rename(incoming.path, path))
  }

  /** Gives a finished file a second name, under a version; neither is written to from then on. */
  async adopt(source: string, version: string): Promise<void> {
    await this.ready
    const file = await open(source, 'r+')
    await file.sync().finally(() => file.close())
    await this.place(version, (path) => link(source, path))
  }

  /** Opens a version for reading; undefined when it is gone. */
  async open(version: string): Promise<FileHandle | undefined> {
    return open(this.path(version), 'r').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    })
  }

  /** Forgets versions that no row names any more. What cannot be removed now is collected at the next start. */
  async remove(...versions: (string | undefined)[]): Promise<void> {
    await Promise.all(versions.map((version) => version && VERSION.test(version) && unlink(this.path(version)).catch(() => undefined)))
  }

  /**
   * Removes what an earlier run left behind: content that never arrived whole, and files that no row names.
   * @param named tells which of the given versions a row names
   */
  async collect(named: (versions: string[]) => Promise<Set<string>>): Promise<void> {
    await this.ready
    for (const folder of await readdir(join(this.dir, 'objects'))) {
      const files = (await readdir(join(this.dir, 'objects', folder))).filter((file) => VERSION.test(file))
      if (files.length === 0) continue
      const known = await named(files)
      for (const file of files) {
        const path = join(this.dir, 'objects', folder, file)
        if (!known.has(file) && (await stat(path)).ctimeMs < this.began) await unlink(path)
      }
    }
  }

  private async prepare(): Promise<void> {
    for (const folder of ['objects', 'incoming', 'uploads']) await mkdir(join(this.dir, folder), { recursive: true, mode: 0o700 })
    for (const file of await readdir(join(this.dir, 'incoming'))) await unlink(join(this.dir, 'incoming', file))
  }

  private async place(version: string, move: (path: string) => Promise<void>): Promise<void> {
    const path = this.path(version)
    const folder = dirname(path)
    let made = this.folders.get(folder)
    if (!made) this.folders.set(folder, (made = makeFolder(folder)))
    await made
    await move(path)
    await syncFolder(folder)
  }
}

/** Content that arrives, in a file that nobody reads yet. */
export class Incoming {
  private settled = false

  constructor(
    readonly version: string,
    readonly path: string,
    private readonly file: FileHandle,
  ) {}

  /** Appends bytes. */
  async write(chunk: Buffer): Promise<void> {
    for (let at = 0; at < chunk.length;) at += (await this.file.write(chunk, at)).bytesWritten
  }

  /** Makes the bytes safe and closes the file. */
  async settle(): Promise<void> {
    await this.file.sync()
    this.settled = true
    await this.file.close()
  }

  /** Leaves nothing behind. */
  async discard(): Promise<void> {
    if (!this.settled) await this.file.close().catch(() => undefined)
    await unlink(this.path).catch(() => undefined)
  }
}

async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await syncFolder(dirname(folder))
}

/** A new name is safe once its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  await handle.sync().finally(() => handle.close())
}
