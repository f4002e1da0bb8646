import { createMemo, createSignal, For, onMount, Show } from 'solid-js'
import { createStore, reconcile, unwrap } from 'solid-js/store'
import { createRows, newId, run } from '../../kernel/data.ts'
import { durable } from '../../kernel/durable.ts'
import { roles } from '../../kernel/generated/rights.ts'
import { list } from '../../kernel/i18n/format.ts'
import { plural, t } from '../../kernel/i18n/index.ts'
import { mailsKept } from '../../kernel/mails-kept.ts'
import { draftName } from '../../kernel/me.ts'
import { session } from '../../kernel/session.ts'
import { commandOf } from '../../kernel/status.ts'
import { readTable, UnreadableFile } from '../../kernel/table-file.ts'
import { announce, confirm } from '../../kernel/ui/dialogs.tsx'
import { dropDraft, keepDraft, readDraft } from '../../kernel/ui/drafts.ts'
import { FileButton } from '../../kernel/ui/FileButton.tsx'
import { Icon } from '../../kernel/ui/icons.tsx'
import { Page } from '../../kernel/ui/Page.tsx'
import { Badge, Button, LinkButton, Note, Panel, WriteState } from '../../kernel/ui/parts.tsx'
import {
  COLUMNS,
  faultsOf,
  guessColumns,
  plain,
  readLines,
  siteNames,
  sitesOf,
  type BulkLine,
  type Column,
  type Fault,
  type Mapping,
} from './bulk.ts'
import { openSites, pendingInvitations, peopleList, type SiteChoice } from './data.ts'
import { roleName } from './labels.ts'
import { grantable, newToken } from './rights.ts'

/** What is kept on this device until the list is done with. */
interface Draft {
  rows: string[][]
  mapping: Mapping
  headed: boolean
  role: string
  lines: BulkLine[]
}

const EMPTY: Draft = { rows: [], mapping: { email: -1, full_name: -1, role: -1, sites: -1 }, headed: true, role: 'crew', lines: [] }

/** Invites the people of a list: CSV or spreadsheet, columns matched, each line checked, one mail per person. */
export default function BulkInvite() {
  const sites = createRows(openSites)
  const people = createRows(peopleList)
  const pending = createRows(pendingInvitations)
  const [draft, setDraft] = createStore<Draft>(structuredClone(EMPTY))
  const [trouble, setTrouble] = createSignal<UnreadableFile['reason'] | null>(null)
  const [busy, setBusy] = createSignal(false)
  const name = draftName('bulk invitation')
  // one write at a time, the last one with the last state
  let writing: Promise<void> | undefined
  let changed = false
  const keep = () => {
    changed = true
    writing ??= durable(write())
  }
  const write = async () => {
    while (changed) {
      changed = false
      await keepDraft(name, structuredClone(unwrap(draft)))
    }
    writing = undefined
  }
  onMount(async () => {
    const kept = await readDraft<Draft>(name)
    if (kept && draft.rows.length === 0) setDraft(reconcile(kept))
  })

  const mayGive = createMemo(() => grantable(session.can('member.rights')))
  const places = createMemo(() => siteNames(sites.rows()))
  const known = createMemo(() => ({
    grantable: mayGive(),
    sites: places(),
    members: new Set(people.rows().flatMap((person) => person.email?.toLowerCase() ?? [])),
    invited: new Set(pending.rows().flatMap((invitation) => (draft.lines.some((line) => line.id === invitation.id) ? [] : (invitation.email ?? [])))),
  }))
  const faults = createMemo(() =>
    faultsOf(
      draft.lines.map((line) => ({ ...line })),
      known(),
      roles.map((role) => role.key),
    ),
  )
  const ready = createMemo(() => draft.lines.filter((line) => !line.sent && faults().get(line.id)?.length === 0))
  const wrong = createMemo(() => draft.lines.filter((line) => faults().get(line.id)?.length))
  const sent = createMemo(() => draft.lines.filter((line) => line.sent))
  const refused = createMemo(() => sent().filter((line) => commandOf(line.id) === 'refused'))

  const lay = (rows: string[][], mapping: Mapping, headed: boolean, role: string) => {
    const roleNames = new Map(roles.flatMap(({ key }) => [[plain(key), key] as const, [plain(roleName(key)), key] as const]))
    const lines = readLines(rows, { mapping, headed }, { newId, role, roleNames })
    setDraft(reconcile({ rows, mapping, headed, role, lines }))
    keep()
  }
  const open = async (file: File | undefined) => {
    if (!file) return
    setTrouble(null)
    try {
      const rows = await readTable(file)
      const { mapping, headed } = guessColumns(rows)
      lay(rows, mapping, headed, draft.role)
    } catch (error) {
      setTrouble(error instanceof UnreadableFile ? error.reason : 'format')
    }
  }
  const change = (line: BulkLine, values: Partial<BulkLine>) => {
    setDraft('lines', (each) => each.id === line.id, values)
    keep()
  }
  const send = async () => {
    setBusy(true)
    try {
      for (const line of ready()) {
        const { hash } = await newToken() // nobody keeps this one: the mail has a link of its own
        await run('invite_person', {
          id: line.id,
          token_hash: hash,
          roles: [line.role],
          site_ids: sitesOf(line.sites, places()).ids,
          email: line.email.trim(),
          full_name: line.full_name.trim() || null,
          by_mail: true,
        })
        change(line, { sent: true })
      }
      announce(plural('bulk.sent', sent().length), 'mail')
    } finally {
      setBusy(false)
    }
  }
  const restart = async () => {
    const left = draft.lines.length - sent().length
    if (
      left > 0 &&
      !(await confirm({ title: t('bulk.restartTitle'), body: plural('bulk.restartBody', left), action: t('bulk.restart'), danger: true }))
    )
      return
    await writing
    await dropDraft(name)
    setDraft(reconcile(structuredClone(EMPTY)))
  }

  return (
    <Page title={t('bulk.title')} back="/people" backAlways>
      <Show
        when={session.can('member.invite')}
        fallback={
          <Panel icon="lock" title={t('state.refused')}>
            {t('state.refusedBody')}
          </Panel>
        }
      >
        <Show when={trouble()}>
          {(reason) => (
            <Note icon="alert" tone="danger">
              {t(`bulk.unreadable.${reason()}`)}
            </Note>
          )}
        </Show>
        <Show
          when={draft.rows.length > 0}
          fallback={
            <Panel icon="people" title={t('bulk.start')} actions={<FileButton kind="primary" field label={t('bulk.choose')} onFile={open} />}>
              {t(mailsKept() ? 'bulk.startBodyKept' : 'bulk.startBody')}
            </Panel>
          }
        >
          <Show when={sent().length === 0}>
            <Columns draft={draft} grantable={mayGive()} onChange={(mapping, headed, role) => lay(unwrap(draft).rows, mapping, headed, role)} />
          </Show>
          <div class="row wrap" role="status">
            <Badge icon="done" tone="ok">
              {plural('bulk.ready', ready().length)}
            </Badge>
            <Show when={wrong().length}>
              <Badge icon="alert" tone="danger">
                {plural('bulk.wrong', wrong().length)}
              </Badge>
            </Show>
            <Show when={sent().length}>
              <Badge icon="mail">{plural('bulk.sent', sent().length - refused().length)}</Badge>
            </Show>
            <Show when={refused().length}>
              <Badge icon="stop" tone="danger">
                {plural('bulk.refused', refused().length)}
              </Badge>
            </Show>
          </div>
          <ul class="items" aria-label={t('bulk.lines')}>
            <For each={draft.lines}>
              {(line) => (
                <li class="item">
                  <Show when={!line.sent} fallback={<Done line={line} />}>
                    <Line
                      line={line}
                      faults={faults().get(line.id) ?? []}
                      grantable={mayGive()}
                      sites={sites.rows()}
                      onChange={(values) => change(line, values)}
                    />
                  </Show>
                </li>
              )}
            </For>
          </ul>
          <div class="sticky-actions">
            <Button field onClick={restart}>
              {t('bulk.restart')}
            </Button>
            <Show
              when={ready().length > 0}
              fallback={
                <LinkButton kind="primary" field href="/people?view=invitations">
                  {t('invitation.pending')}
                </LinkButton>
              }
            >
              <Button kind="primary" icon="mail" field busy={busy()} disabled={busy()} onClick={send}>
                {plural('bulk.send', ready().length)}
              </Button>
            </Show>
          </div>
        </Show>
      </Show>
    </Page>
  )
}

/** Which column is which, and the role of lines that say none. */
function Columns(props: { draft: Draft; grantable: string[]; onChange: (mapping: Mapping, headed: boolean, role: string) => void }) {
  const names = () => (props.draft.rows[0] ?? []).map((cell, place) => (props.draft.headed && cell ? cell : t('bulk.column', { number: place + 1 })))
  const set = (column: Column, place: number) => props.onChange({ ...props.draft.mapping, [column]: place }, props.draft.headed, props.draft.role)
  return (
    <div class="form-grid">
      <For each={COLUMNS}>
        {(column) => (
          <label class="field">
            <span class="label">{t(`bulk.is.${column}`)}</span>
            <div class="select">
              <select class="input" onChange={(event) => set(column, Number(event.currentTarget.value))}>
                <option value="-1" selected={props.draft.mapping[column] < 0}>
                  {t('bulk.noColumn')}
                </option>
                <For each={names()}>
                  {(name, place) => (
                    <option value={place()} selected={props.draft.mapping[column] === place()}>
                      {name}
                    </option>
                  )}
                </For>
              </select>
              <Icon name="down" />
            </div>
          </label>
        )}
      </For>
      <label class="field">
        <span class="label">{t('bulk.otherwise')}</span>
        <div class="select">
          <select class="input" onChange={(event) => props.onChange({ ...props.draft.mapping }, props.draft.headed, event.currentTarget.value)}>
            <For each={props.grantable}>
              {(role) => (
                <option value={role} selected={role === props.draft.role}>
                  {roleName(role)}
                </option>
              )}
            </For>
          </select>
          <Icon name="down" />
        </div>
      </label>
    </div>
  )
}

interface LineProps {
  line: BulkLine
  faults: Fault[]
  grantable: string[]
  sites: SiteChoice[]
  onChange: (values: Partial<BulkLine>) => void
}

/** A line that is to be sent: what the file says, to be mended in place. */
function Line(props: LineProps) {
  const found = createMemo(() => sitesOf(props.line.sites, siteNames(props.sites)))
  const names = () => props.sites.filter((site) => found().ids.includes(site.id)).map((site) => site.name)
  const about = (what: string) => `${what}, ${t('bulk.line', { number: props.line.line })}`
  const faulty = (...kinds: Fault[]) => (props.faults.some((fault) => kinds.includes(fault)) ? 'true' : undefined)
  return (
    <div class="grow stack tight">
      <p class="small quiet">{t('bulk.line', { number: props.line.line })}</p>
      <div class="form-grid">
        <input
          class="input"
          type="email"
          maxlength={254}
          aria-label={about(t('field.email'))}
          placeholder={t('field.email')}
          aria-invalid={faulty('email', 'emailBlank', 'emailTwice', 'emailMember', 'emailInvited')}
          value={props.line.email}
          onChange={(event) => props.onChange({ email: event.currentTarget.value.trim().toLowerCase() })}
        />
        <input
          class="input"
          maxlength={120}
          aria-label={about(t('field.full_name'))}
          placeholder={t('field.full_name')}
          aria-invalid={faulty('formula', 'name')}
          value={props.line.full_name}
          onChange={(event) => props.onChange({ full_name: event.currentTarget.value })}
        />
        <div class="select">
          <select
            class="input"
            aria-label={about(t('field.role'))}
            aria-invalid={faulty('role', 'roleRight')}
            onChange={(event) => props.onChange({ role: event.currentTarget.value })}
          >
            <Show when={!props.grantable.includes(props.line.role)}>
              <option value={props.line.role} selected>
                {roleName(props.line.role)}
              </option>
            </Show>
            <For each={props.grantable}>
              {(role) => (
                <option value={role} selected={role === props.line.role}>
                  {roleName(role)}
                </option>
              )}
            </For>
          </select>
          <Icon name="down" />
        </div>
        <Show when={names().length}>
          <p class="small quiet">{list(names())}</p>
        </Show>
      </div>
      <For each={props.faults}>
        {(fault) => (
          <p class="fault">
            <span>{t(`bulk.fault.${fault}`, { sites: found().unknown.join(', '), role: props.line.role })}</span>
            <Show when={fault === 'sites'}>
              <Button kind="quiet" onClick={() => props.onChange({ sites: names().join(' | ') })}>
                {t('bulk.withoutSites')}
              </Button>
            </Show>
          </p>
        )}
      </For>
    </div>
  )
}

function Done(props: { line: BulkLine }) {
  return (
    <div class="grow">
      <p class="item-title">{props.line.full_name || props.line.email}</p>
      <p class="item-line">
        <span>{props.line.email}</span>
        <span>{roleName(props.line.role)}</span>
      </p>
      <WriteState row={props.line.id} />
    </div>
  )
}
