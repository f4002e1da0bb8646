import { createMemo, createSignal, For, Show } from 'solid-js'
import { createRows, newId, run } from '../../kernel/data.ts'
import { date, list } from '../../kernel/i18n/format.ts'
import { t, tOr } from '../../kernel/i18n/index.ts'
import { session } from '../../kernel/session.ts'
import { announce, confirm } from '../../kernel/ui/dialogs.tsx'
import { FormNotes, SelectField, TextField } from '../../kernel/ui/fields.tsx'
import { createForm } from '../../kernel/ui/form.ts'
import { Face } from '../../kernel/ui/Face.tsx'
import { Icon } from '../../kernel/ui/icons.tsx'
import { Badge, Button, Rows, WriteState } from '../../kernel/ui/parts.tsx'
import { Sheet } from '../../kernel/ui/Sheet.tsx'
import { activePeople, siteTeam, type SiteDetail, type TeamMember } from './data.ts'
import { siteRoles } from './labels.ts'

function period(member: TeamMember): string {
  if (member.starts_on && member.ends_on) return t('site.fromTo', { from: date(member.starts_on), to: date(member.ends_on) })
  if (member.starts_on) return t('site.from', { date: date(member.starts_on) })
  return member.ends_on ? t('site.until', { date: date(member.ends_on) }) : ''
}

/** Who is on a site, as what, from when to when; assigning and withdrawing. */
export function SiteTeam(props: { site: SiteDetail }) {
  const view = createRows(() => siteTeam(props.site.id))
  const [assigning, setAssigning] = createSignal(false)
  const [past, setPast] = createSignal(false)
  const canStaff = () => props.site.archived_at === null && session.can('site.staff', props.site.id)
  const today = new Date().toISOString().slice(0, 10)
  const over = (member: TeamMember) => member.withdrawn_at !== null || (member.ends_on !== null && member.ends_on < today)
  const now = createMemo(() => view.rows().filter((member) => !over(member)))
  const former = createMemo(() => view.rows().filter(over))
  const shown = () => (past() ? [...now(), ...former()] : now())

  const withdraw = async (member: TeamMember) => {
    const sure = await confirm({
      title: t('site.withdrawTitle', { name: member.full_name }),
      body: t('site.withdrawBody'),
      action: t('site.withdraw'),
      danger: true,
    })
    if (!sure) return
    await run('withdraw_site_member', { id: member.id })
    announce(t('site.withdrawn', { name: member.full_name }))
  }

  return (
    <section class="section">
      <header>
        <h2>
          {t('site.team')} <span class="section-count">{now().length || ''}</span>
        </h2>
        <Show when={canStaff()}>
          <Button kind="quiet" icon="plus" onClick={() => setAssigning(true)}>
            {t('site.assign')}
          </Button>
        </Show>
      </header>
      <Rows view={view} rows={shown()} skeleton={2} empty={<p class="quiet">{t('site.noTeam')}</p>} nothing={<p class="quiet">{t('site.noTeam')}</p>}>
        {(members) => (
          <ul class="items">
            <For each={members}>
              {(member) => (
                <li class="item">
                  <Face kind="people" picture={member.portrait} name={member.full_name} />
                  <div class="grow">
                    <p class="item-title">{member.full_name}</p>
                    <p class="item-line">
                      <span>{tOr(`role.${member.role}`, member.role)}</span>
                      <Show when={period(member)}>{(text) => <span>{text()}</span>}</Show>
                    </p>
                    <div class="item-badges">
                      <Show when={over(member)}>
                        <Badge icon="leave">{t('site.wasThere')}</Badge>
                      </Show>
                      <WriteState row={member.id} />
                    </div>
                  </div>
                  <Show when={member.phone && !over(member)}>
                    <a class="button icon-only quiet" href={`tel:${member.phone}`} aria-label={t('person.call', { name: member.full_name })}>
                      <Icon name="phone" />
                    </a>
                  </Show>
                  <Show when={canStaff() && !over(member)}>
                    <button
                      type="button"
                      class="button icon-only quiet"
                      aria-label={t('site.withdrawOf', { name: member.full_name })}
                      onClick={() => withdraw(member)}
                    >
                      <Icon name="close" />
                    </button>
                  </Show>
                </li>
              )}
            </For>
          </ul>
        )}
      </Rows>
      <Show when={former().length > 0}>
        <div>
          <Button kind="quiet" onClick={() => setPast(!past())} aria-expanded={past()}>
            {t(past() ? 'site.hidePast' : 'site.showPast', { count: former().length })}
          </Button>
        </div>
      </Show>
      <Show when={assigning()}>
        <AssignSheet siteId={props.site.id} present={now().map((member) => member.membership_id)} onClose={() => setAssigning(false)} />
      </Show>
    </section>
  )
}

function AssignSheet(props: { siteId: string; present: string[]; onClose: () => void }) {
  const people = createRows(activePeople)
  const form = createForm({
    initial: { membership_id: '', role: '', starts_on: '', ends_on: '' },
    required: () => ['membership_id', 'role'],
    check: ({ starts_on, ends_on }) => (starts_on && ends_on && ends_on < starts_on ? { ends_on: 'WRONG' } : {}),
    async send({ membership_id, role, starts_on, ends_on }) {
      await run('assign_site_member', {
        id: newId(),
        site_id: props.siteId,
        membership_id,
        role,
        starts_on: starts_on || null,
        ends_on: ends_on || null,
      })
      announce(t('site.assigned', { name: people.rows().find((person) => person.id === membership_id)?.full_name ?? '' }))
      props.onClose()
    },
  })
  const choose = (id: string) => {
    const role = people
      .rows()
      .find((person) => person.id === id)
      ?.roles.find((each) => (siteRoles as readonly string[]).includes(each))
    if (role && !form.values.role) form.suggest('role', role)
  }
  return (
    <Sheet title={t('site.assign')} onClose={props.onClose}>
      <form class="form" noValidate onSubmit={form.submit}>
        <FormNotes form={form} />
        <div onChange={(event) => choose((event.target as HTMLSelectElement).value)}>
          <SelectField
            form={form}
            name="membership_id"
            label={t('field.membership_id')}
            blank={t('person.choose')}
            options={people
              .rows()
              .filter((person) => !props.present.includes(person.id))
              .map((person) => ({ value: person.id, label: `${person.full_name} · ${list(person.roles.map((role) => tOr(`role.${role}`, role)))}` }))}
          />
        </div>
        <SelectField
          form={form}
          name="role"
          label={t('field.role')}
          blank={t('person.chooseRole')}
          options={siteRoles.map((role) => ({ value: role, label: t(`role.${role}`) }))}
        />
        <div class="form-grid">
          <TextField form={form} name="starts_on" type="date" label={t('field.starts_on')} />
          <TextField form={form} name="ends_on" type="date" label={t('field.ends_on')} />
        </div>
        <div class="sheet-actions">
          <Button onClick={props.onClose}>{t('action.cancel')}</Button>
          <Button kind="primary" type="submit" busy={form.busy()}>
            {t('site.assign')}
          </Button>
        </div>
      </form>
    </Sheet>
  )
}
