import { A } from '@solidjs/router'
import { createSignal, For, Show } from 'solid-js'
import { account } from '../../kernel/account.ts'
import { createRows, run } from '../../kernel/data.ts'
import type { MembershipRow } from '../../kernel/generated/tables.ts'
import { date, list } from '../../kernel/i18n/format.ts'
import { t } from '../../kernel/i18n/index.ts'
import { canForOthers, me } from '../../kernel/me.ts'
import { session } from '../../kernel/session.ts'
import { announce, confirm } from '../../kernel/ui/dialogs.tsx'
import { explain } from '../../kernel/ui/explain.ts'
import { ChecksField, FormNotes, TilesField } from '../../kernel/ui/fields.tsx'
import { createForm } from '../../kernel/ui/form.ts'
import { Face } from '../../kernel/ui/Face.tsx'
import { Icon } from '../../kernel/ui/icons.tsx'
import { Page } from '../../kernel/ui/Page.tsx'
import { useParams } from '../../kernel/ui/params.ts'
import { Badge, Button, Panel, Rows, WriteState } from '../../kernel/ui/parts.tsx'
import { Sheet } from '../../kernel/ui/Sheet.tsx'
import { deviceName } from '../account/public.ts'
import { CardSheet } from './CardSheet.tsx'
import { personDetail, personSites } from './data.ts'
import { roleName, stateLook, states } from './labels.ts'
import { grantable } from './rights.ts'

/** One person: how to reach them, what they may do, where they are. */
export default function PersonPage() {
  const params = useParams<{ id: string }>()
  const view = createRows(() => personDetail(params.id!))
  const person = () => view.rows().find((row) => row.id === params.id)
  return (
    <Show
      when={person()}
      fallback={
        <Page title={t('person.title')} back="/people">
          <Rows
            view={view}
            empty={
              <Panel icon="lock" title={t('state.ghost')}>
                {t('state.ghostBody')}
              </Panel>
            }
          >
            {() => null}
          </Rows>
        </Page>
      }
    >
      {(found) => <Content person={found()} />}
    </Show>
  )
}

function Content(props: { person: MembershipRow }) {
  const person = () => props.person
  const sites = createRows(() => personSites(person().id))
  const [open, setOpen] = createSignal<'card' | 'rights' | null>(null)
  const look = () => stateLook(person().state)
  const endSessions = async () => {
    const company = session.company()!.company_id
    try {
      const devices = await account.memberSessions(company, person().id)
      const names = list(devices.map((device) => deviceName(device.user_agent)))
      const title = t('person.endSessionsTitle', { name: person().full_name })
      // A device that only read for this company is not listed when its owner works elsewhere too; it is ended like the others, and nobody
      // learns whether there was one.
      const body = devices.length ? t('person.endSessionsBody', { devices: names }) : t('person.endSessionsUnseen')
      if (!(await confirm({ title, body, action: t('person.endSessions'), danger: true }))) return
      await account.endMemberSessions(company, person().id)
      announce(t('person.sessionsEnded'))
    } catch (error) {
      announce(explain(error), 'alert')
    }
  }
  const canEdit = () => person().id === me() || canForOthers('member.edit')
  return (
    <Page
      title={person().full_name}
      eyebrow={[person().job, person().department].filter(Boolean).join(' · ') || undefined}
      back="/people"
      backAlways
      narrow
      actions={
        <>
          <Show when={canEdit()}>
            <Button icon="edit" onClick={() => setOpen('card')}>
              {t('action.edit')}
            </Button>
          </Show>
          <Show when={session.can('member.rights')}>
            <Button icon="lock" onClick={() => setOpen('rights')}>
              {t('person.rights')}
            </Button>
            <Show when={person().id !== me()}>
              <Button icon="leave" onClick={() => void endSessions()}>
                {t('person.endSessions')}
              </Button>
            </Show>
          </Show>
        </>
      }
    >
      <div class="row wrap person-head">
        <Face kind="people" picture={person().portrait} name={person().full_name} />
        <Badge icon={look().icon} tone={look().tone}>
          {look().label}
        </Badge>
        <For each={person().roles}>{(role) => <Badge icon="person">{roleName(role)}</Badge>}</For>
        <WriteState row={person().id} />
      </div>
      <div class="row wrap">
        <Show when={person().phone}>
          {(phone) => (
            <a class="button plain" href={`tel:${phone()}`}>
              <Icon name="phone" />
              {phone()}
            </a>
          )}
        </Show>
        <a class="button plain clip" href={`mailto:${person().email}`}>
          <Icon name="mail" />
          <span class="clip">{person().email}</span>
        </a>
      </div>
      <section class="section">
        <header>
          <h2>
            {t('person.sites')} <span class="section-count">{sites.rows().length || ''}</span>
          </h2>
        </header>
        <Rows view={sites} skeleton={2} empty={<p class="quiet">{t('person.noSites')}</p>}>
          {(rows) => (
            <ul class="items">
              <For each={rows}>
                {(site) => (
                  <li>
                    <A class="item" href={`/sites/${site.id}`}>
                      <span class="grow">
                        <span class="item-title">{site.name}</span>
                        <span class="item-line">
                          <span class="mono">{site.code}</span>
                          <span>{roleName(site.role)}</span>
                        </span>
                      </span>
                      <Icon name="next" />
                    </A>
                  </li>
                )}
              </For>
            </ul>
          )}
        </Rows>
      </section>
      <p class="tiny faint">{t('person.since', { date: date(person().created_at) })}</p>
      <Show when={open() === 'card'}>
        <CardSheet person={person()} onClose={() => setOpen(null)} />
      </Show>
      <Show when={open() === 'rights'}>
        <RightsSheet person={person()} onClose={() => setOpen(null)} />
      </Show>
    </Page>
  )
}

function RightsSheet(props: { person: MembershipRow; onClose: () => void }) {
  const { person } = props
  const form = createForm({
    initial: { roles: [...person.roles], state: person.state },
    required: () => ['roles'],
    async send({ roles, state }) {
      if ([...roles].sort().join() !== [...person.roles].sort().join()) await run('set_member_roles', { id: person.id, roles: [...roles] })
      if (state !== person.state) await run('set_member_state', { id: person.id, state })
      announce(t('person.rightsSaved', { name: person.full_name, roles: list(roles.map(roleName)) }))
      props.onClose()
    },
  })
  return (
    <Sheet title={t('person.rightsOf', { name: person.full_name })} onClose={props.onClose}>
      <form class="form" noValidate onSubmit={form.submit}>
        <FormNotes form={form} />
        <ChecksField
          form={form}
          name="roles"
          label={t('field.roles')}
          options={grantable(true).map((role) => ({ value: role, label: roleName(role) }))}
        />
        <TilesField
          form={form}
          name="state"
          label={t('field.state')}
          hint={t('person.stateHint')}
          columns={2}
          options={states.map((state) => ({ value: state, ...stateLook(state), tone: '' }))}
        />
        <div class="sheet-actions">
          <Button onClick={props.onClose}>{t('action.cancel')}</Button>
          <Button kind="primary" type="submit" busy={form.busy()}>
            {t('action.save')}
          </Button>
        </div>
      </form>
    </Sheet>
  )
}
