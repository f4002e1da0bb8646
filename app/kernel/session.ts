import { createEffect, createMemo, createRoot, createSignal, on, onCleanup } from 'solid-js'
import { active, makeActive, setActive } from './active.ts'
import type { Company, DeviceSession, InvitationCard, Session, User } from './contract.ts'
import { AppError, UnsentWorkError } from './errors.ts'
import { firstScreen } from './first-screen.ts'
import { permissions } from './generated/rights.ts'
import { newId } from './ids.ts'
import { readValue, removeSnapshots, removeValue, writeValue } from './local-store.ts'
import type { RemoteClient } from './remote.ts'
import { checkForUpdate } from './pwa.ts'
import { sync } from './status.ts'
import { idbOutboxStore } from './sync/outbox-store.ts'
import { makeOutbox, ownerOf } from './sync/outbox.ts'

export type { Company, DeviceSession, InvitationCard, User } from './contract.ts'

/** Who uses this device, kept so that the app opens without a network. */
interface Account {
  user: User
  companies: Company[]
  companyId: string | null
  /** The name of the company that let go of this person, while they have no other. */
  left?: string
}

const ACCOUNT = 'account'

const [account, setAccount] = createSignal<Account | null | undefined>(undefined)
const [signedOut, setSignedOut] = createSignal(false)
/** This sign-in still owes the code of a factor that the person has. */
const [codeOwed, setCodeOwed] = createSignal(false)

/** Loads supabase-js on first use. */
const remote = (): Promise<RemoteClient> => import('./remote.ts').then((module) => module.getRemote())

/** Tells the other tabs that the account changed. */
const tabs = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('aplomb-account')

async function keep(next: Account | null): Promise<void> {
  setAccount(next)
  await (next ? writeValue(ACCOUNT, next) : removeValue(ACCOUNT))
  tabs?.postMessage('changed')
}

/** The companies as the server knows them now; the active one stays, or becomes `wanted` when it is given. */
async function refreshCompanies(user: User, wanted?: string, entering = false): Promise<void> {
  const companies = await (await remote()).rpc<Company[]>('my_companies')
  const before = account()?.user.id === user.id ? account() : null
  // Meanwhile this person signed out.
  if (!before && !entering) return
  const companyId = [wanted, before?.companyId].find((id) => companies.some((each) => each.company_id === id)) ?? companies[0]?.company_id ?? null
  await keep({ user, companies, companyId, left: companyId ? undefined : (company()?.company_name ?? before?.left) })
}

const company = (): Company | null => {
  const now = account()
  return now?.companies.find((each) => each.company_id === now.companyId) ?? null
}

/** Takes up a session that just began for a person. */
export async function enter(user: User): Promise<void> {
  setSignedOut(false)
  setCodeOwed(await (await remote()).auth.owesCode())
  await refreshCompanies(user, undefined, true)
  // The same person signs in again: what waited may go.
  active()?.bus.post({ type: 'wake', retry: true })
}

/** What this session may do changed: a second factor was given, enrolled or removed. */
export async function proofGiven(): Promise<void> {
  setCodeOwed(await (await remote()).auth.owesCode())
  active()?.bus.post({ type: 'wake', retry: true })
  const user = account()?.user
  if (user) await refreshCompanies(user)
}

const proofAsked = () => sync.phase() === 'paused' && sync.code() === 'PROOF'

function requireUser(): User {
  const user = account()?.user
  if (!user) throw new AppError('AUTHN')
  return user
}

/** Waiting and refused commands and photos of this person in all their companies. */
async function countUnsent({ user, companies }: Account): Promise<number> {
  const owners = companies.map((each) => ownerOf(user.id, each.company_id))
  const counts = await Promise.all(owners.map((owner) => makeOutbox(idbOutboxStore(owner)).count()))
  const { countPhotos } = await import('./photos/leave.ts')
  return counts.reduce((sum, { waiting, refused }) => sum + waiting + refused, await countPhotos(owners))
}

/** Forgets what this device shows of this person's companies; their outboxes stay. */
async function removeCaches({ user, companies }: Account): Promise<void> {
  const owners = companies.map((each) => ownerOf(user.id, each.company_id))
  await Promise.all(owners.map((owner) => removeSnapshots(owner)))
  await import('./photos/leave.ts').then((photos) => Promise.all([photos.forgetFetched(owners), photos.forgetSent(owners)]))
  const databases = await (indexedDB.databases?.() ?? Promise.resolve([]))
  for (const { name } of databases) {
    if (name?.startsWith('/pglite/') && name.includes(user.id)) indexedDB.deleteDatabase(name)
  }
}

/** Who is here, in which company, and what they may do. */
export const session: Session = {
  user: () => (account() === undefined ? undefined : (account()?.user ?? null)),
  companies: () => account()?.companies ?? [],
  company,
  left: () => account()?.left,
  expired: () => signedOut() || (sync.phase() === 'paused' && !proofAsked()),
  proofOwed: () => codeOwed() || proofAsked(),

  can(permission, siteId) {
    const here = company()
    if (!here) return false
    const [module, action] = permission.split('.')
    return permissions.some(
      (each) =>
        each.module === module &&
        each.action === action &&
        here.roles.includes(each.role) &&
        (each.scope !== 'site' || (siteId ? here.site_ids.includes(siteId) : here.site_ids.length > 0)),
    )
  },

  async signIn(email, password) {
    await enter(await (await remote()).signIn(email, password))
  },

  async signUp(email, password, fullName) {
    await enter(await (await remote()).signUp(email, password, fullName))
  },

  async signOut({ force = false } = {}) {
    const now = account()
    if (!now) return
    const unsent = await countUnsent(now)
    if (unsent && !force) throw new UnsentWorkError(unsent)
    await keep(null)
    await removeCaches(now)
    await remote().then(
      (each) => each.signOut(),
      () => removeValue('session'),
    )
  },

  async switchCompany(companyId) {
    const now = account()
    if (now?.companies.some((each) => each.company_id === companyId)) await keep({ ...now, companyId })
  },

  async foundCompany({ id = newId(), name, full_name, siren, siret, locale = 'fr' }) {
    const user = requireUser()
    const founded = await (await remote()).rpc<string>('found_company', { id, name, full_name, siren: siren || null, siret: siret || null, locale })
    await refreshCompanies(user, founded)
    return founded
  },

  async createDemo({ id = newId(), full_name, locale = 'fr' }) {
    const user = requireUser()
    const made = await (await remote()).rpc<string>('create_demo', { id, full_name, locale })
    await refreshCompanies(user, made)
    return made
  },

  async removeDemo(companyId) {
    const user = requireUser()
    await (await remote()).rpc('remove_demo', { id: companyId })
    await refreshCompanies(user)
  },

  async peekInvitation(token) {
    const [card] = await (await remote()).rpc<InvitationCard[]>('peek_invitation', { token })
    if (!card) throw new AppError('STALE')
    return card
  },

  async acceptInvitation(token, fullName) {
    const user = requireUser()
    const joined = await (await remote()).rpc<string>('accept_invitation', { token, full_name: fullName })
    await refreshCompanies(user, joined)
    return joined
  },

  sessions: async () => (await remote()).rpc<DeviceSession[]>('my_sessions'),

  endSession: async (id) => {
    await (await remote()).rpc('end_session', { id })
  },
}

/** Calls back once the first screen has painted and the browser is idle. */
function afterPaint(call: () => void): void {
  void firstScreen.then(() => ('requestIdleCallback' in globalThis ? requestIdleCallback(call, { timeout: 1500 }) : call()))
}

let started = false

/**
 * Opens the stored session, and behind the first paint the local database and the exchange with the server, for the active company and
 * for each one that becomes active. Importing this module in a page starts it.
 */
export function startKernel(): void {
  if (started) return
  started = true
  const read = () =>
    readValue<Account>(ACCOUNT).then(
      (kept) => setAccount(kept ?? null),
      () => setAccount(null),
    )
  void read()
  if (tabs) tabs.onmessage = () => void read()

  createRoot(() => {
    const key = createMemo(() => {
      const here = company()
      return here && `${account()!.user.id} ${here.company_id} ${here.membership_id}`
    })
    createEffect(
      on(key, () => {
        const here = company()
        if (!here) return setActive(null)
        const now = makeActive(account()!.user, here)
        let stop: (() => void) | null = () => {}
        setActive(now)
        afterPaint(
          () =>
            void import('./runtime.ts').then(({ startRuntime }) => {
              if (stop) stop = startRuntime(now)
            }),
        )
        onCleanup(() => {
          stop?.()
          stop = null
          now.bus.close()
        })
      }),
    )

    // A memo: refreshing the companies writes the account anew, and must not ask for them again.
    const userId = createMemo(() => account()?.user.id)
    createEffect(
      on(userId, (id) => {
        if (id) afterPaint(() => void watchServer())
      }),
    )

    // Rights and teams follow the rows that carry them; a company that was left disappears.
    createEffect(
      on(active, (now) =>
        now?.bus.on((message) => {
          const rights =
            message.type === 'changed' && message.tables.some((table) => table === 'memberships' || table === 'site_members' || table === 'companies')
          const left = message.type === 'status' && message.status.code === 'OUTER'
          if (message.type === 'status' && message.status.code === 'OLDER') checkForUpdate()
          if (rights || left) void refreshCompanies(now.user).catch(() => undefined)
        }),
      ),
    )
  })
}

let watching = false

/** Follows the server's word on this session, and refreshes the companies once; as soon as there is a network. */
async function watchServer(): Promise<void> {
  if (!navigator.onLine) return addEventListener('online', () => void watchServer(), { once: true })
  const user = account()?.user
  if (!user) return
  try {
    const server = await remote()
    if (!watching) {
      watching = true
      server.onSession((alive) => {
        setSignedOut(!alive && account() !== null)
        if (alive) active()?.bus.post({ type: 'wake' })
      })
    }
    await refreshCompanies(user)
  } catch {
    // Offline, or a sign-in is needed: what is on the device goes on.
  }
}

if (typeof window !== 'undefined') startKernel()
