// The one place where the phone's Postgres runs. The page that holds the lock of the database starts it; every tab talks to it.
import { commandCall } from '../generated/commands.ts'
import { phoneSql } from '../generated/phone.ts'
import { tables } from '../generated/tables.ts'
import { openLocalStore, type LocalStore, type PhoneSchema } from '../sync/apply.ts'
import { localDbOf, openPGlite } from './pglite.ts'
import { channelsOf, type Calls, type TabMessage, type WorkerMessage, type WorkerStart } from './protocol.ts'

const FOLDER = '/pglite/'
const PREFIX = 'aplomb-'

/** Name of the IndexedDB database that PGlite keeps its files in. */
const fileName = (name: string) => `${PREFIX}${__PGLITE_VERSION__}-${name}`

async function open({ name, companyId }: WorkerStart): Promise<LocalStore> {
  const pg = await openPGlite({ dataDir: `idb://${fileName(name)}` })
  // PGlite writes its files behind the queries; one that met a file just removed is done again.
  self.addEventListener('unhandledrejection', (event) => {
    if ((event.reason as Error | undefined)?.name !== 'ErrnoError') return
    event.preventDefault()
    void pg.syncToFs()
  })
  return openLocalStore(localDbOf(pg), { phoneSql, tables, commandCall: commandCall as PhoneSchema['commandCall'] }, companyId)
}

function remove(database: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(database)
    request.onsuccess = () => resolve()
    request.onerror = () => reject(request.error)
    request.onblocked = () => reject(new Error(`${database} is in use`))
  })
}

/** Other versions of PGlite cannot read these files, and nothing in them is missed. */
async function removeOldFiles(): Promise<void> {
  const found = await (indexedDB.databases?.() ?? Promise.resolve([]))
  for (const { name = '' } of found) {
    if (name.startsWith(FOLDER + PREFIX) && !name.startsWith(FOLDER + fileName(''))) await remove(name).catch(() => undefined)
  }
}

/** Opens the database; one that cannot be opened is thrown away and made again: it is a cache. */
async function openOrMake(start: WorkerStart): Promise<LocalStore> {
  await removeOldFiles()
  try {
    return await open(start)
  } catch (error) {
    console.warn('The local database is made again.', error)
    await remove(FOLDER + fileName(start.name))
    return open(start)
  }
}

function serve(name: string, store: LocalStore): void {
  const { calls, answers } = channelsOf(name)
  const out = new BroadcastChannel(answers)
  const say = (message: WorkerMessage) => out.postMessage(message)
  const ready = crypto.randomUUID()
  const ops: { [O in keyof Calls]: (args: Calls[O]['args']) => Promise<unknown> } = {
    query: ({ sql, params }) => store.query(sql, params),
    run: (command) => store.run(command),
    apply: ({ change, pending }) => store.apply(change, pending),
    state: () => store.state(),
    flush: () => store.flush(),
  }
  new BroadcastChannel(calls).onmessage = async ({ data }: MessageEvent<TabMessage>) => {
    if ('hello' in data) return say({ to: data.from, ready })
    const { from: to, id, op, args } = data
    try {
      say({ to, id, value: await ops[op](args as never) })
    } catch (error) {
      const { message, code } = error as Error & { code?: string }
      say({ to, id, error: { message, code } })
    }
  }
  say({ to: null, ready })
}

self.onmessage = async ({ data }: MessageEvent<WorkerStart>) => {
  try {
    serve(data.name, await openOrMake(data))
    self.postMessage({ started: true })
  } catch (error) {
    self.postMessage({ failed: String(error) })
  }
}
