import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as tus from 'tus-js-client'
import { tokenOf } from '../gateway/support.ts'
import { createWorld, type Client, type World, type WorldOptions } from '../support/world.ts'

/** A person of these tests, with a drawer of their own. */
export interface Keeper {
  id: string
  client: Client
  token: string
}

/** A world with the buckets of these tests. */
export async function createStorageWorld(name: string, options?: WorldOptions): Promise<World> {
  const world = await createWorld(name, options)
  await world.db.unsafe(readFileSync(new URL('fixture.sql', import.meta.url), 'utf8'))
  return world
}

/** Signs somebody up. */
export async function keeper(world: World, name: string): Promise<Keeper> {
  const { client, user } = await world.signUp(`${name}@example.fr`, 'une phrase assez longue 12')
  return { id: user.id, client, token: await tokenOf(client) }
}

/** Bytes that begin as a JPEG does; `seed` makes them differ. */
export function jpeg(size: number, seed = 0): Buffer {
  const bytes = Buffer.alloc(size)
  for (let at = 0; at < size; at++) bytes[at] = (at * 31 + seed * 17 + (at >> 8)) & 0xff
  bytes.set([0xff, 0xd8, 0xff, 0xe0])
  return bytes
}

/** The files of objects on disk. */
export const kept = (world: { storageDir: string }) => filesIn(join(world.storageDir, 'objects'))

/** What waits on disk: content under way and unfinished uploads. */
export const waiting = (world: { storageDir: string }) => [
  ...filesIn(join(world.storageDir, 'incoming')),
  ...filesIn(join(world.storageDir, 'uploads')),
]

const filesIn = (dir: string) =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name)

/** How a resumable upload ended: the error's status and text, or nothing. */
export type Outcome = { status: number | undefined; text: string } | undefined

/** Uploads in pieces by tus-js-client, without trying again. */
export function resumable(
  url: string,
  token: string,
  content: Buffer,
  place: { bucketName: string; objectName: string; contentType?: string; cacheControl?: string; metadata?: string },
  options: Partial<tus.UploadOptions> = {},
): { upload: tus.Upload; outcome: Promise<Outcome> } {
  let upload!: tus.Upload
  const outcome = new Promise<Outcome>((resolve) => {
    upload = new tus.Upload(content, {
      endpoint: `${url}/storage/v1/upload/resumable`,
      headers: { authorization: `Bearer ${token}` },
      metadata: place as unknown as Record<string, string>,
      chunkSize: 64 * 1024,
      retryDelays: null,
      onError: (error) => {
        const answer = (error as tus.DetailedError).originalResponse
        resolve({ status: answer?.getStatus(), text: answer?.getBody() ?? error.message })
      },
      onSuccess: () => resolve(undefined),
      ...options,
    })
    upload.start()
  })
  return { upload, outcome }
}
