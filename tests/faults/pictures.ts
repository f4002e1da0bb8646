// The pictures that a device fetched and keeps, of photos that others took.
import { tables } from '../../app/kernel/generated/tables.ts'
import { mayBeThere } from '../../app/kernel/photos/names.ts'
import type { LocalCopy } from './memory-local.ts'
import type { Timeline } from './timeline.ts'
import type { CompanyServer, Person } from './world.ts'

interface PicturesDeps {
  person: Person
  server: CompanyServer
  local: LocalCopy
  timeline: Timeline
}

const STATE = tables.photos.columns.indexOf('state')

/** No pictures yet. */
export function makePictures({ person, server, local, timeline }: PicturesDeps) {
  /** Photos whose pictures are kept. */
  const fetched = new Set<string>()
  return {
    fetched,
    /** Looks at every photo that shows: asks for those that the app would ask for, and keeps what the server's policy gives. */
    async look(alive: () => boolean): Promise<void> {
      const rows = (await timeline.outside(local.rows())).get('photos') ?? new Map<string, string>()
      const asked = [...rows].flatMap(([id, row]) => (!fetched.has(id) && mayBeThere(row.split('\t')[STATE]!) ? [id] : []))
      if (!asked.length) return
      const answer = await timeline.outside(server.photoStates(person, asked)).catch(() => '[]')
      for (const { id, state } of JSON.parse(answer) as { id: string; state: string }[]) if (alive() && mayBeThere(state)) fetched.add(id)
    },
  }
}
