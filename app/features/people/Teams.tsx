import { createSignal, For, Show } from 'solid-js'
import { createRows, newId, run } from '../../kernel/data.ts'
import { plural, t } from '../../kernel/i18n/index.ts'
import { session } from '../../kernel/session.ts'
import { FormNotes, SelectField, TextField } from '../../kernel/ui/fields.tsx'
import { createForm } from '../../kernel/ui/form.ts'
import { Icon } from '../../kernel/ui/icons.tsx'
import { Button, Panel, Rows, WriteState } from '../../kernel/ui/parts.tsx'
import { Sheet } from '../../kernel/ui/Sheet.tsx'
import { teamList, type PersonItem, type TeamItem } from './data.ts'

/** The teams of the company; who is in each. */
export function Teams(props: { people: PersonItem[] }) {
  const view = createRows(teamList)
  const [open, setOpen] = createSignal<string | 'new' | null>(null)
  const canEdit = () => session.can('team.edit')
  const chosen = () => view.rows().find((team) => team.id === open())
  const names = (team: TeamItem) => props.people.filter((person) => team.member_ids.includes(person.id)).map((person) => person.full_name)
  return (
    <div class="stack">
      <Show when={canEdit() && view.rows().length > 0}>
        <div>
          <Button icon="plus" onClick={() => setOpen('new')}>
            {t('team.new')}
          </Button>
        </div>
      </Show>
      <Rows
        view={view}
        empty={
          <Panel
            icon="team"
            title={t('team.empty')}
            actions={
              <Show when={canEdit()}>
                <Button kind="primary" icon="plus" onClick={() => setOpen('new')}>
                  {t('team.new')}
                </Button>
              </Show>
            }
          >
            {t('team.emptyBody')}
          </Panel>
        }
      >
        {(teams) => (
          <ul class="items" aria-label={t('team.all')}>
            <For each={teams}>
              {(team) => (
                <li>
                  <button type="button" class="item" disabled={!canEdit()} onClick={() => setOpen(team.id)}>
                    <span class="glyph">
                      <Icon name="team" />
                    </span>
                    <span class="grow">
                      <span class="item-title">{team.name}</span>
                      <span class="item-line">
                        <Show when={team.parent_name}>
                          <span>{team.parent_name}</span>
                        </Show>
                        <span>{plural('team.count', team.member_ids.length)}</span>
                      </span>
                      <Show when={names(team).length}>
                        <span class="small quiet">
                          {names(team).slice(0, 4).join(', ')}
                          {names(team).length > 4 ? '…' : ''}
                        </span>
                      </Show>
                      <WriteState row={team.id} />
                    </span>
                    <Show when={canEdit()}>
                      <Icon name="edit" />
                    </Show>
                  </button>
                </li>
              )}
            </For>
          </ul>
        )}
      </Rows>
      <Show when={open() === 'new'}>
        <NewTeam teams={view.rows()} onClose={() => setOpen(null)} />
      </Show>
      <Show when={chosen()}>{(team) => <TeamSheet team={team()} people={props.people} onClose={() => setOpen(null)} />}</Show>
    </div>
  )
}

function NewTeam(props: { teams: TeamItem[]; onClose: () => void }) {
  const form = createForm({
    initial: { name: '', parent_id: '' },
    required: () => ['name'],
    async send({ name, parent_id }) {
      await run('create_team', { id: newId(), name, parent_id: parent_id || null })
      props.onClose()
    },
  })
  return (
    <Sheet title={t('team.new')} onClose={props.onClose}>
      <form class="form" noValidate onSubmit={form.submit}>
        <FormNotes form={form} />
        <TextField form={form} name="name" label={t('team.name')} maxlength={120} />
        <Show when={props.teams.length}>
          <SelectField
            form={form}
            name="parent_id"
            label={t('team.parent')}
            blank={t('team.noParent')}
            options={props.teams.map((team) => ({ value: team.id, label: team.name }))}
          />
        </Show>
        <div class="sheet-actions">
          <Button onClick={props.onClose}>{t('action.cancel')}</Button>
          <Button kind="primary" type="submit" busy={form.busy()}>
            {t('team.create')}
          </Button>
        </div>
      </form>
    </Sheet>
  )
}

function TeamSheet(props: { team: TeamItem; people: PersonItem[]; onClose: () => void }) {
  const form = createForm({
    initial: { name: props.team.name },
    required: () => ['name'],
    async send({ name }) {
      if (name.trim() !== props.team.name) await run('rename_team', { id: props.team.id, name })
      props.onClose()
    },
  })
  const put = (person: PersonItem, into: boolean) =>
    run(into ? 'add_team_member' : 'remove_team_member', { team_id: props.team.id, membership_id: person.id })
  return (
    <Sheet title={props.team.name} onClose={props.onClose}>
      <form class="form" noValidate onSubmit={form.submit}>
        <FormNotes form={form} />
        <TextField form={form} name="name" label={t('team.name')} maxlength={120} />
        <fieldset class="field">
          <legend class="label">{t('team.members')}</legend>
          <div class="checks">
            <For each={props.people.filter((person) => person.state === 'active' || props.team.member_ids.includes(person.id))}>
              {(person) => (
                <label class="check">
                  <input
                    type="checkbox"
                    checked={props.team.member_ids.includes(person.id)}
                    onChange={(event) => put(person, event.currentTarget.checked)}
                  />
                  <span>{person.full_name}</span>
                </label>
              )}
            </For>
          </div>
        </fieldset>
        <div class="sheet-actions">
          <Button kind="primary" type="submit" busy={form.busy()}>
            {t('action.done')}
          </Button>
        </div>
      </form>
    </Sheet>
  )
}
