import { useNavigate } from '@solidjs/router'
import { createMemo, Show } from 'solid-js'
import { changed } from '../../kernel/changes.ts'
import { createRows, newId, run } from '../../kernel/data.ts'
import { t } from '../../kernel/i18n/index.ts'
import { draftName } from '../../kernel/me.ts'
import { session } from '../../kernel/session.ts'
import { announce } from '../../kernel/ui/dialogs.tsx'
import { FormNotes, MoreFields, SelectField, TextField, TilesField } from '../../kernel/ui/fields.tsx'
import { createForm } from '../../kernel/ui/form.ts'
import { Page } from '../../kernel/ui/Page.tsx'
import { useParams } from '../../kernel/ui/params.ts'
import { Button, LinkButton, Panel, Rows } from '../../kernel/ui/parts.tsx'
import { activePeople, siteDetail, type SiteDetail } from './data.ts'
import { siteLook, siteStatuses } from './labels.ts'
import { PositionField } from './PositionField.tsx'
import { siteColumns, siteValues, type SiteValues } from './values.ts'

/** A new site. */
export function NewSite() {
  return (
    <Show
      when={session.can('site.create')}
      fallback={
        <Page title={t('site.new')} back="/sites">
          <Panel icon="lock" title={t('state.refused')}>
            {t('state.refusedBody')}
          </Panel>
        </Page>
      }
    >
      <SiteEditor />
    </Show>
  )
}

/** The settings of a site. */
export function EditSite() {
  const params = useParams<{ id: string }>()
  const view = createRows(() => siteDetail(params.id!))
  // The form keeps the values its author saw, whatever arrives meanwhile: the server merges by column.
  const seen = createMemo<SiteDetail | undefined>((before) => before ?? view.rows().find((row) => row.id === params.id))
  return (
    <Show
      when={seen()}
      fallback={
        <Page title={t('site.edit')} back="/sites">
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
      {(site) => (
        <Show
          when={!site().archived_at && session.can('site.edit', site().id)}
          fallback={
            <Page title={t('site.edit')} back={`/sites/${site().id}`}>
              <Panel icon="lock" title={t('state.readOnly')}>
                {t(site().archived_at ? 'incident.frozen' : 'state.refusedBody')}
              </Panel>
            </Page>
          }
        >
          <SiteEditor site={site()} />
        </Show>
      )}
    </Show>
  )
}

/** What to say at once of dates that are the wrong way round; undefined when they are not. */
const backwards = ({ starts_on, ends_on }: Pick<SiteValues, 'starts_on' | 'ends_on'>) =>
  starts_on && ends_on && ends_on < starts_on ? t('site.endsEarly') : undefined

function SiteEditor(props: { site?: SiteDetail }) {
  const navigate = useNavigate()
  const people = createRows(activePeople)
  const { site } = props
  const id = site?.id ?? newId()
  const mayBudget = () => session.can('budget.edit', site?.id)
  const mayStaff = () => (site ? session.can('site.staff', site.id) : true)
  const form = createForm({
    initial: siteValues(site),
    draft: draftName(site ? `site:${site.id}` : 'site'),
    required: () => (site ? ['name', 'code'] : ['name']),
    check: ({ starts_on, ends_on, budget }) => ({
      ...(backwards({ starts_on, ends_on }) ? { ends_on: 'WRONG' } : {}),
      ...(budget && !(Number(budget.replace(',', '.').replace(/\s/g, '')) >= 0) ? { budget: 'WRONG' } : {}),
    }),
    async send(values) {
      const columns = siteColumns(values)
      const budget = values.budget.trim() ? values.budget.replace(',', '.').replace(/\s/g, '') : null
      if (site) {
        const edit = changed(siteColumns(siteValues(site)), columns)
        if (edit) await run('update_site', { id, ...edit })
        if (mayBudget() && budget !== null && Number(budget) !== Number(site.budget)) await run('set_site_budget', { id, amount: budget })
      } else {
        await run('create_site', { id, ...columns, code: columns.code || null, ...(mayBudget() ? { budget } : {}) })
      }
      announce(t(site ? 'site.saved' : 'site.created', { name: columns.name }))
      navigate(`/sites/${id}`, { replace: true })
    },
  })
  const folded = (Object.keys(siteValues()) as (keyof SiteValues)[]).filter((name) => name !== 'name')
  const options = (role: string) =>
    [...people.rows()]
      .sort((a, b) => Number(b.roles.includes(role)) - Number(a.roles.includes(role)))
      .map((person) => ({ value: person.id, label: person.full_name }))

  /** Everything beside the name: folded away while a site is new. */
  const more = () => (
    <>
      <TilesField
        form={form}
        name="status"
        label={t('field.status')}
        columns={4}
        options={siteStatuses.map((status) => ({
          value: status,
          label: t(`site.status.${status}`),
          icon: siteLook({ status, archived_at: null }).icon,
        }))}
      />
      <div class="form-grid">
        <TextField form={form} name="client_name" label={t('field.client_name')} maxlength={160} />
        <TextField form={form} name="code" label={t('field.code')} hint={site ? undefined : t('site.codeHint')} maxlength={40} />
      </div>
      <fieldset class="form">
        <legend class="visually-hidden">{t('site.place')}</legend>
        <TextField form={form} name="address" label={t('field.address')} maxlength={300} />
        <div class="form-grid">
          <TextField form={form} name="postal_code" label={t('field.postal_code')} inputmode="numeric" maxlength={20} />
          <TextField form={form} name="city" label={t('field.city')} maxlength={120} />
        </div>
        <PositionField form={form} />
      </fieldset>
      <Show when={mayStaff()}>
        <div class="form-grid">
          <SelectField
            form={form}
            name="project_manager_id"
            label={t('field.project_manager_id')}
            blank={t('person.nobody')}
            options={options('project_manager')}
          />
          <SelectField
            form={form}
            name="site_manager_id"
            label={t('field.site_manager_id')}
            blank={t('person.nobody')}
            options={options('site_manager')}
          />
        </div>
      </Show>
      <div class="form-grid">
        <TextField form={form} name="starts_on" type="date" label={t('field.starts_on')} />
        <TextField
          form={form}
          name="ends_on"
          type="date"
          label={t('field.ends_on')}
          min={form.values.starts_on || undefined}
          early={backwards(form.values)}
        />
        <Show when={mayBudget()}>
          <TextField form={form} name="budget" label={t('site.budgetIn', { currency: session.company()?.currency ?? '' })} inputmode="decimal" />
        </Show>
        <TextField form={form} name="architect" label={t('field.architect')} maxlength={160} />
        <TextField form={form} name="tags" label={t('field.tags')} hint={t('site.tagsHint')} />
      </div>
    </>
  )

  return (
    <Page title={site ? t('site.edit') : t('site.new')} eyebrow={site?.name} back={site ? `/sites/${site.id}` : '/sites'} backAlways narrow>
      <form class="form" noValidate onSubmit={form.submit}>
        <FormNotes form={form} />
        <TextField form={form} name="name" label={t('field.name')} hint={t('site.nameHint')} maxlength={160} />
        <Show
          when={site}
          fallback={
            <MoreFields form={form} names={folded}>
              {more()}
            </MoreFields>
          }
        >
          {more()}
        </Show>
        <div class="sticky-actions">
          <LinkButton href={site ? `/sites/${site.id}` : '/sites'} field>
            {t('action.cancel')}
          </LinkButton>
          <Button kind="primary" type="submit" field busy={form.busy()}>
            {t(site ? 'action.save' : 'site.create')}
          </Button>
        </div>
      </form>
    </Page>
  )
}
