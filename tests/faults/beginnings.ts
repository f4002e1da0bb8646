// Devices that have been used before the history begins: what each person's device holds of the company that the histories' companies copy.
import { makeDevice } from './device.ts'
import { memoryLocal, type Held } from './memory-local.ts'
import { seeded } from './random.ts'
import { makeTimeline } from './timeline.ts'
import type { CompanyServer, Derive, Person } from './world.ts'

/** Lets a device of each person fill from the company that others copy, by the app's own engine. */
export async function beginnings(template: CompanyServer, people: Person[], derive: Derive): Promise<Map<Person, Held>> {
  const begun = new Map<Person, Held>()
  for (const person of people) {
    const timeline = makeTimeline()
    const local = memoryLocal((table, lines) => derive(template.id, table, lines), { now: timeline.now, delay: () => 0 })
    const quiet = { timeline, random: seeded(1), restored: () => 0, onPush: () => undefined }
    const device = makeDevice({ ...quiet, person, server: template, local, page: 500 })
    device.open()
    await timeline.advance(10_000)
    await device.close()
    const state = await local.store.state()
    if (!state.cursor || state.boot) throw new Error(`a device of ${person.roles.join('+')} did not fill`)
    begun.set(person, { rows: await local.rows(), state })
  }
  return begun
}

/** The same in a company that was copied from it; `renamed` = its id and its scopes by those of the first one. Its end compares each row with the server's. */
export function asIn(renamed: Map<string, string>, { rows, state }: Held): Held {
  const rename = (text: string) => text.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, (id) => renamed.get(id) ?? id)
  const cursor = state.cursor!
  return {
    rows: new Map([...rows].map(([table, lines]) => [table, new Map([...lines].map(([id, line]) => [rename(id), rename(line)]))])),
    // the server tells scopes in their order
    state: { cursor: { ...cursor, scopes: cursor.scopes.map(rename).sort() }, boot: null },
  }
}
