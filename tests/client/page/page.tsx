import '../../../app/kernel/trusted.ts'
// The kernel with the plainest of screens: what the browser tests drive.
import { createSignal, For } from 'solid-js'
import { render } from 'solid-js/web'
import { active, database, filled } from '../../../app/kernel/active.ts'
import { createRows, newId, run } from '../../../app/kernel/data.ts'
import { screenMounted } from '../../../app/kernel/first-screen.ts'
import { sentence } from '../../../app/kernel/sentences.ts'
import type { CompanyRow, IncidentRow } from '../../../app/kernel/generated/tables.ts'
import { readValue, writeValue } from '../../../app/kernel/local-store.ts'
import { applyUpdate, registerApp, updateStep } from '../../../app/kernel/pwa.ts'
import { session } from '../../../app/kernel/session.ts'
import { commandOf, outbox, sync } from '../../../app/kernel/status.ts'
import { idbOutboxStore } from '../../../app/kernel/sync/outbox-store.ts'
import { makeOutbox } from '../../../app/kernel/sync/outbox.ts'

const [error, setError] = createSignal('')

function Page() {
  const incidents = createRows<IncidentRow>(() => ({
    key: 'incidents',
    tables: ['incidents'],
    sql: 'select * from app.incidents order by title limit 50',
    params: [],
  }))
  const companies = createRows<CompanyRow>(() => ({
    key: 'companies',
    tables: ['companies'],
    sql: 'select * from app.companies limit 1',
    params: [],
  }))
  return (
    <main
      data-phase={sync.phase()}
      data-pending={sync.pending()}
      data-refused={sync.refused()}
      data-source={incidents.source()}
      data-filled={filled()}
    >
      <h1>{companies.rows()[0]?.name}</h1>
      <p id="user">{session.user()?.email}</p>
      <p id="error">{error()}</p>
      <ul>
        <For each={incidents.rows()}>{(row) => <li data-state={commandOf(row.id) ?? 'server'}>{row.title}</li>}</For>
      </ul>
    </main>
  )
}

/** Runs `work` and shows the sentence of its failure. */
const shown = async <T,>(work: Promise<T>) => {
  setError('')
  return work.catch((failure: unknown) => {
    setError(sentence(failure, 'fr'))
    return null
  })
}

/** A token as a worker gets it. */
async function workerToken(): Promise<string> {
  const worker = new Worker(new URL('./token.worker.ts', import.meta.url), { type: 'module' })
  const { token, error } = await new Promise<{ token?: string; error?: string }>((resolve) => {
    worker.onmessage = ({ data }: MessageEvent<{ token?: string; error?: string }>) => resolve(data)
    worker.postMessage(null)
  })
  worker.terminate()
  if (!token) throw new Error(error)
  return token
}

const kernel = {
  applyUpdate,
  updateStep,
  workerToken,
  session,
  sync,
  outbox,
  run: (...args: Parameters<typeof run>) => shown(run(...args)),
  newId,
  active,
  database,
  makeOutbox,
  idbOutboxStore,
  readValue,
  writeValue,
  shown,
}
export type Kernel = typeof kernel
Object.assign(window, { kernel })
render(() => <Page />, document.getElementById('app')!)
screenMounted()
requestAnimationFrame(() => setTimeout(() => void registerApp()))
