import { useNavigate, useSearchParams } from '@solidjs/router'
import { createEffect, createMemo, For, Show, untrack } from 'solid-js'
import { AppError, createRows, newId, run } from '../../kernel/data.ts'
import { dateTime, delayOf } from '../../kernel/i18n/format.ts'
import { t, tOr } from '../../kernel/i18n/index.ts'
import { draftName, me } from '../../kernel/me.ts'
import { session } from '../../kernel/session.ts'
import { sync } from '../../kernel/status.ts'
import { until } from '../../kernel/until.ts'
import { announce } from '../../kernel/ui/dialogs.tsx'
import { FormNotes, MoreFields, SelectField, TextArea, TextField, TilesField } from '../../kernel/ui/fields.tsx'
import { createForm } from '../../kernel/ui/form.ts'
import { Icon } from '../../kernel/ui/icons.tsx'
import { Page } from '../../kernel/ui/Page.tsx'
import { Button, LinkButton, Panel } from '../../kernel/ui/parts.tsx'
import { createPosition, distance } from '../../kernel/ui/position.ts'
import { PositionLine } from '../../kernel/ui/PositionLine.tsx'
import { addPicked, createPicked, PickPhotos } from '../photos/public.ts'
import { reportSites, routing, standIn, zonesOf } from './data.ts'
import { severityOptions, typeOptions } from './labels.ts'
import { askedFields, detailFields, injuries, types, type IncidentType } from './rules.ts'

const empty = {
  type: '',
  severity: 'medium',
  site_id: '',
  title: '',
  description: '',
  zone: '',
  injured: '',
  measures: '',
  item: '',
  quantity: '',
  needed_by: '',
  plan: '',
  seen_at: '',
}
const LAST_SITE = 'aplomb.last-site'
/** Metres within which the nearest site is taken for the one where the person stands. */
const NEAR = 2_000

/** Reports an incident in under half a minute: the type first, the place and the time by themselves. */
export default function IncidentForm() {
  const navigate = useNavigate()
  const [search] = useSearchParams<{ site?: string; type?: string }>()
  const place = createPosition()
  const { position } = place
  const sites = createRows(() => reportSites(me()))
  const rules = createRows(routing)
  const allowed = createMemo(() => sites.rows().filter((site) => session.can('incident.report', site.id)))
  const mayReport = () => session.can('incident.report')
  const id = newId()
  const picked = createPicked(draftName('incident photos'), position)

  /** The sites may still be on their way: then sending waits for them. A title is made of what is missing when none is typed. */
  const needed = (values: typeof empty): (keyof typeof empty)[] =>
    values.type
      ? [...(askedFields(values.type, values.severity) as (keyof typeof empty)[]), ...(allowed().length ? (['site_id'] as const) : [])]
      : ['type']
  const titleOf = ({ title, item, quantity }: typeof empty) =>
    title.trim() || [item.trim(), quantity.trim()].filter(Boolean).join(' · ').slice(0, 160)

  const form = createForm<typeof empty>({
    initial: { ...empty, type: types.includes(search.type as IncidentType) ? search.type! : '', site_id: search.site ?? '' },
    draft: draftName('incident'),
    required: needed,
    async send(typed) {
      const values = { ...typed, site_id: typed.site_id || (await siteArrives()) }
      const details: Record<string, string> = {}
      for (const name of detailFields[values.type as IncidentType]) {
        const value = values[name as keyof typeof empty].trim()
        if (value) details[name] = value
      }
      await run('report_incident', {
        id,
        site_id: values.site_id,
        type: values.type,
        severity: values.severity,
        title: titleOf(values),
        description: values.description || null,
        zone: values.zone || null,
        occurred_at: values.seen_at || new Date().toISOString(),
        details,
        ...position(),
      })
      localStorage.setItem(LAST_SITE, values.site_id)
      await keepPhotos(values)
      announce(t(sync.phase() === 'offline' ? 'incident.keptHere' : 'incident.reported'), sync.phase() === 'offline' ? 'device' : 'done')
      navigate(`/incidents/${id}`, { replace: true })
    },
  })
  /** The report is safe: its photos follow it into the queue. */
  async function keepPhotos({ site_id, zone }: typeof empty): Promise<void> {
    const target = { site_id, incident_id: id, zone: zone.trim() || null }
    const left = await addPicked({ target, picked: picked.files() })
    await (left.length ? picked.only(left) : picked.clear())
  }
  /** The site, once the list has come and chosen one by itself; else the person chooses. */
  const siteArrives = async () => {
    await until(() => allowed().length > 0)
    if (!form.values.site_id) throw new AppError('BLANK', 'site_id')
    return form.values.site_id
  }
  const zones = createRows(() => (form.values.site_id ? zonesOf(form.values.site_id) : null))
  const route = () => rules.rows().find((rule) => rule.incident_type === form.values.type)
  const stand = createRows(() => (route() && form.values.site_id ? standIn(form.values.site_id, form.values.type, route()!.role) : null))

  // The site by itself: the only one, else the one where the person stands, else the last one used.
  let chosenByHand = !!search.site
  createEffect(() => {
    const here = position()
    const all = allowed()
    const kept = form.restored() && untrack(() => form.values.site_id)
    if (chosenByHand || kept || all.length === 0) return
    const near =
      here &&
      all
        .flatMap((site) =>
          site.latitude !== null && site.longitude !== null
            ? [{ id: site.id, metres: distance(here, { latitude: site.latitude, longitude: site.longitude }) }]
            : [],
        )
        .filter((site) => site.metres < NEAR)
        .sort((a, b) => a.metres - b.metres)[0]
    const last = all.find((site) => site.id === localStorage.getItem(LAST_SITE))
    const guess = all.length === 1 ? all[0]!.id : (near?.id ?? last?.id ?? all.find((site) => site.mine)?.id)
    if (guess) form.suggest('site_id', guess)
  })
  createEffect(() => {
    if (form.values.type && !untrack(() => form.values.seen_at)) form.suggest('seen_at', new Date().toISOString())
  })
  /** What most reports leave empty: folded away. */
  const rare = () =>
    (['quantity', 'needed_by', 'zone', 'plan', 'measures', 'description'] as const).filter(
      (name) => name === 'zone' || name === 'description' || has(name),
    )
  const has = (name: string) => detailFields[form.values.type as IncidentType]?.includes(name)

  return (
    <Page title={t('incident.new')} back="/incidents" narrow>
      <Show
        when={allowed().length > 0 || sites.source() === 'none'}
        fallback={
          <Panel
            icon="lock"
            title={t(mayReport() ? 'incident.noSite' : 'state.refused')}
            actions={
              <>
                <Show when={session.can('site.create')}>
                  <LinkButton kind="primary" icon="plus" href="/sites/new">
                    {t('create.site')}
                  </LinkButton>
                </Show>
                <LinkButton href="/incidents">{t('incident.all')}</LinkButton>
              </>
            }
          >
            {t(mayReport() ? 'incident.noSiteBody' : 'state.refusedBody')}
          </Panel>
        }
      >
        <form class="form" noValidate onSubmit={form.submit}>
          <FormNotes form={form} />
          <TilesField
            form={form}
            name="type"
            label={t('field.type')}
            options={typeOptions(!form.values.type)}
            large={!form.values.type}
            columns={form.values.type ? 4 : 2}
          />
          <Show when={form.values.type}>
            <Show
              when={has('item')}
              fallback={
                <TextField
                  form={form}
                  name="title"
                  label={t('field.title')}
                  hint={t(`incident.titleHint.${form.values.type as IncidentType}`)}
                  maxlength={160}
                />
              }
            >
              <TextField form={form} name="item" label={t('field.item')} hint={t('incident.titleHint.material')} maxlength={160} />
            </Show>
            <Show when={has('injured')}>
              <TilesField
                form={form}
                name="injured"
                label={t('field.injured')}
                options={injuries.map((value) => ({ value, label: tOr(`incident.injured.${value}`, value) }))}
                columns={4}
              />
            </Show>
            <TilesField form={form} name="severity" label={t('field.severity')} options={severityOptions()} columns={4} />
            <Show when={form.isRequired('description')}>
              <TextArea form={form} name="description" label={t('field.description')} hint={t('incident.descriptionHint')} />
            </Show>
            <Show when={form.isRequired('measures')}>
              <TextArea form={form} name="measures" label={t('field.measures')} hint={t('incident.measuresHint')} rows={2} />
            </Show>
            <PickPhotos picked={picked} label={t('incident.photos')} />
            <div onChange={() => (chosenByHand = true)}>
              <SelectField
                form={form}
                name="site_id"
                label={t('field.site_id')}
                always
                blank={t(sites.source() === 'none' ? 'incident.sitesComing' : 'incident.chooseSite')}
                options={allowed().map((site) => ({ value: site.id, label: `${site.name} · ${site.code}` }))}
              />
            </div>
            <MoreFields form={form} names={rare()}>
              <Show when={has('quantity')}>
                <div class="form-grid">
                  <TextField form={form} name="quantity" label={t('field.quantity')} hint={t('incident.quantityHint')} maxlength={60} />
                  <TextField form={form} name="needed_by" label={t('field.needed_by')} type="date" />
                </div>
              </Show>
              <TextField form={form} name="zone" label={t('field.zone')} list="zones" maxlength={120} placeholder={t('incident.zonePlaceholder')} />
              <datalist id="zones">
                <For each={zones.rows()}>{(row) => <option value={row.zone} />}</For>
              </datalist>
              <Show when={has('plan')}>
                <TextField form={form} name="plan" label={t('field.plan')} hint={t('incident.planHint')} maxlength={160} />
              </Show>
              <Show when={has('measures') && !form.isRequired('measures')}>
                <TextArea form={form} name="measures" label={t('field.measures')} hint={t('incident.measuresHint')} rows={2} />
              </Show>
              <Show when={!form.isRequired('description')}>
                <TextArea form={form} name="description" label={t('field.description')} />
              </Show>
            </MoreFields>
            <ul class="automatic">
              <PositionLine of={place} />
              <li>
                <Icon name="clock" />
                <span>{t('incident.seenAt', { time: dateTime(form.values.seen_at) })}</span>
              </li>
              <Show when={route()}>
                {(rule) => (
                  <li>
                    <Icon name="fork" />
                    <span>
                      {stand.rows()[0]
                        ? t('incident.goesToStandIn', { name: stand.rows()[0]!.full_name, role: tOr(`role.${rule().role}`, rule().role) })
                        : t(rule().delay_minutes ? 'incident.goesTo' : 'incident.goesToNow', {
                            role: tOr(`role.${rule().role}`, rule().role),
                            delay: delayOf(rule().delay_minutes, rule().working_time),
                          })}
                    </span>
                  </li>
                )}
              </Show>
            </ul>
          </Show>
          <div class="sticky-actions">
            <LinkButton href="/incidents" kind="plain" field>
              {t('action.cancel')}
            </LinkButton>
            <Button kind="primary" type="submit" icon="send" field busy={form.busy()}>
              {t('incident.send')}
            </Button>
          </div>
        </form>
      </Show>
    </Page>
  )
}
