import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Crowd } from './load.ts'
import type { KillableStack } from './stack.ts'

/** Everything that a crowd wrote is there, once and whole, in the order of its writer; no failure on the way looked like a refusal. */
export async function expectOnce(stack: KillableStack, crowd: Crowd): Promise<void> {
  const { db } = stack
  // A refusal is the last word for a phone: what may pass later must not look like one.
  expect([...crowd.troubles.keys()].filter((trouble) => !['no answer', '500', '503', '504', '507'].includes(trouble))).toEqual([])
  expect([...crowd.answers, ...crowd.photos].filter(([, acknowledged]) => !acknowledged)).toEqual([])

  // Every answer once: in the rows, in the audit and in the log of commands.
  const rows = await db<{ body: string }[]>`select body from app.incident_events where kind = 'answer'`
  expect(rows.map((row) => row.body).toSorted()).toEqual([...crowd.answers.keys()].toSorted())
  const audited = (
    await db<
      { body: string }[]
    >`select new ->> 'body' as body from audit.log where table_name = 'incident_events' and new ->> 'kind' = 'answer' order by id`
  ).map((row) => row.body)
  expect(audited.toSorted()).toEqual([...crowd.answers.keys()].toSorted())
  const [log] = await db<{ logged: number }[]>`select count(*)::int as logged from app_private.command_log where name = 'answer_incident'`
  expect(log!.logged).toBe(crowd.answers.size)
  for (const [n, mine] of crowd.phones.entries()) expect(audited.filter((body) => body.startsWith(`phone ${n},`))).toEqual(mine)

  // Every photo once, its file whole.
  const photos = await db<{ sha256: string; state: string }[]>`select sha256, state from app.photos`
  expect(photos.map((photo) => photo.sha256).toSorted()).toEqual([...crowd.photos.keys()].toSorted())
  expect(photos.filter((photo) => photo.state !== 'stored')).toEqual([])
  const objects = await db<{ name: string; version: string }[]>`select name, version from storage.objects where bucket_id = 'photos'`
  const names = [...crowd.photos.keys()].map((hash) => `${crowd.company}/${crowd.site}/${hash}.jpg`)
  expect(objects.map((object) => object.name).toSorted()).toEqual(names.toSorted())
  for (const { name, version } of objects) {
    const file = readFileSync(join(stack.dir, 'storage', 'objects', version.slice(0, 2), version))
    expect(name).toContain(createHash('sha256').update(file).digest('hex'))
  }

  // After the next start no file is left that no row names.
  await stack.killGateway()
  const files = readdirSync(join(stack.dir, 'storage'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  expect(files.map((file) => file.name).toSorted()).toEqual(objects.map((object) => object.version).toSorted())
}
