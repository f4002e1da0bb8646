// What the kernel promises to screens. The modules session.ts, data.ts and status.ts implement it.
import type { Accessor } from 'solid-js'
import type { CommandName, Commands } from './generated/commands.ts'
import type { TableName } from './generated/tables.ts'

/** A company this person belongs to, with their card in it. */
export interface Company {
  company_id: string
  company_name: string
  membership_id: string
  full_name: string
  roles: string[]
  /** The sites whose team this person is in today. */
  site_ids: string[]
  locale: string
  time_zone: string
  currency: string
  /** Whether this person's roles must have a second factor, should, or need not. */
  factor_rule?: 'mandatory' | 'recommended' | 'off'
  /** Until when they may do without the one they must have. */
  factor_due?: string | null
  /** The company's colour, #rrggbb; null = the product's. */
  accent?: string | null
  /** SHA-256 of its logo. */
  logo?: string | null
}

export interface User {
  id: string
  email: string
}

/** What an invitation shows before it is accepted. */
export interface InvitationCard {
  company_name: string
  inviter_name: string
  full_name: string | null
  email: string | null
  roles: string[]
  site_names: string[]
  expires_at: string
}

/** A device signed in with this account. */
export interface DeviceSession {
  id: string
  created_at: string
  refreshed_at: string
  user_agent: string | null
  ip: string | null
  current: boolean
}

export interface Session {
  /** undefined: not read yet; null: nobody signed in on this device. */
  user: Accessor<User | null | undefined>
  companies: Accessor<Company[]>
  /** The active company. */
  company: Accessor<Company | null>
  /** The name of the company that suspended or removed this person, while they have no other. */
  left: Accessor<string | undefined>
  /** The server wants a new sign-in. Local work goes on; sending waits. */
  expired: Accessor<boolean>
  /** The company asks for a second factor that this session has not given. Local work goes on; sending waits. */
  proofOwed: Accessor<boolean>
  /** Whether a permission such as `incident.report` is held, on a site when `siteId` is given. A hint for screens: the server decides. */
  can: (permission: string, siteId?: string) => boolean
  signIn: (email: string, password: string) => Promise<void>
  signUp: (email: string, password: string, fullName: string) => Promise<void>
  /** Rejects with UnsentWorkError when commands wait, unless forced; they stay under this user's id. */
  signOut: (options?: { force?: boolean }) => Promise<void>
  switchCompany: (companyId: string) => Promise<void>
  /** Founds a company and makes it the active one. Answers its id. */
  foundCompany: (company: {
    id?: string
    name: string
    full_name: string
    siren?: string | null
    siret?: string | null
    locale?: string
  }) => Promise<string>
  /** Makes this person's demo company, or finds it, and makes it the active one. Answers its id. */
  createDemo: (demo: { id?: string; full_name: string | null; locale?: string }) => Promise<string>
  /** Removes a demo company for good; another company of this person becomes the active one. */
  removeDemo: (companyId: string) => Promise<void>
  peekInvitation: (token: string) => Promise<InvitationCard>
  /** Joins the company and makes it the active one. Answers its id. */
  acceptInvitation: (token: string, fullName: string) => Promise<string>
  sessions: () => Promise<DeviceSession[]>
  endSession: (id: string) => Promise<void>
}

/** A read of the local database; `tables` are those whose change re-runs it. */
export interface Query<_T = unknown> {
  /** Names it for what is remembered of its rows; null where they are not, as what is found for a word being typed. No two queries share one. */
  key: string | null
  tables: TableName[]
  sql: string
  params: unknown[]
}

export type RowsSource = 'none' | 'snapshot' | 'local'

export interface RowsView<T> {
  rows: Accessor<T[]>
  /** Where the rows come from: nothing yet, the last-seen snapshot, or the local database. */
  source: Accessor<RowsSource>
  /** The last failure of the query, null when it went well. */
  error: Accessor<unknown>
}

export type CommandState = 'queued' | 'sending' | 'acknowledged' | 'refused'

/** A command of this person that has not left, was refused, or was accepted not long ago. */
export interface OutboxItem<N extends CommandName = CommandName> {
  id: string
  seq: number
  name: N
  args: Commands[N]
  /** Milliseconds since 1970, by this device's clock. */
  createdAt: number
  state: CommandState
  code?: string
  field?: string
  message?: string
  attempts: number
}

export interface OutboxView {
  items: Accessor<OutboxItem[]>
  /** Sends a refused command again, as a new one with the same intent, mended by `args`. Answers the new id. */
  resend: (id: string, args?: Commands[CommandName]) => Promise<string | null>
  /** Forgets a refused command for good. Screens confirm first. */
  discard: (id: string) => Promise<void>
  /** Everything that has not been accepted, as a JSON file. */
  exportAll: () => Blob
}

export type SyncPhase = 'starting' | 'idle' | 'syncing' | 'offline' | 'paused' | 'error'

export interface SyncStatus {
  phase: Accessor<SyncPhase>
  /** The code behind `paused` or `error`. */
  code: Accessor<string | null>
  /** Commands not accepted by the server yet. */
  pending: Accessor<number>
  refused: Accessor<number>
  /** Milliseconds since 1970 of the last complete exchange. */
  lastSyncAt: Accessor<number | null>
  /** All was exchanged, and the network has not been away since. */
  current: Accessor<boolean>
  /** Rows received of the first download; `total` is 0 while unknown. */
  booting: Accessor<{ done: number; total: number } | null>
  retryNow: () => void
  /** Bytes used and allowed on this device. */
  storage: () => Promise<{ usage: number; quota: number }>
}
