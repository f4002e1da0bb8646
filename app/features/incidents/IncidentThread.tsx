import { A } from '@solidjs/router'
import { createMemo, createSignal, For, Show } from 'solid-js'
import { createRows, run } from '../../kernel/data.ts'
import { date, dateTime, delayOf, number } from '../../kernel/i18n/format.ts'
import { t, tOr } from '../../kernel/i18n/index.ts'
import { canForOthers, draftName, me } from '../../kernel/me.ts'
import { session } from '../../kernel/session.ts'
import { outbox } from '../../kernel/status.ts'
import { FormNotes } from '../../kernel/ui/fields.tsx'
import { createForm } from '../../kernel/ui/form.ts'
import { Icon } from '../../kernel/ui/icons.tsx'
import { Clashes } from '../../kernel/ui/Clashes.tsx'
import { Page } from '../../kernel/ui/Page.tsx'
import { Place } from '../../kernel/ui/Place.tsx'
import { useParams } from '../../kernel/ui/params.ts'
import { Age, Badge, Button, LinkButton, Note, Panel, Rows, WriteState } from '../../kernel/ui/parts.tsx'
import { IncidentPhotos } from '../photos/public.ts'
import { incidentClashes, incidentDetail, incidentSteps, routing, type IncidentDetail } from './data.ts'
import { EditSheet } from './EditSheet.tsx'
import { Ledger } from './Ledger.tsx'
import { severityLook, statusLook, stepIcon, typeLook } from './labels.ts'
import { detailFields, nextStep, stepsFor, type IncidentType, type Step } from './rules.ts'
import { StepSheet } from './StepSheet.tsx'

/** One incident: what was seen, every step since, and the next one. */
export default function IncidentThread() {
  const params = useParams<{ id: string }>()
  const view = createRows(() => incidentDetail(params.id!))
  const incident = () => view.rows().find((row) => row.id === params.id)
  const about = createMemo(() => outbox.items().filter((item) => 'id' in item.args && item.args.id === params.id))
  return (
    <Show
      when={incident()}
      fallback={
        <Page title={t('incident.title')} back="/incidents">
          <Rows view={view} empty={<Missing refused={about().find((item) => item.state === 'refused')?.id} />}>
            {() => null}
          </Rows>
        </Page>
      }
    >
      {(found) => <Thread incident={found()} about={about()} />}
    </Show>
  )
}

function Missing(props: { refused?: string }) {
  return (
    <Show
      when={props.refused}
      fallback={
        <Panel icon="lock" title={t('state.ghost')} actions={<LinkButton href="/incidents">{t('incident.all')}</LinkButton>}>
          {t('state.ghostBody')}
        </Panel>
      }
    >
      {(id) => (
        <Panel
          icon="stop"
          tone="danger"
          title={t('incident.reportRefused')}
          actions={
            <LinkButton kind="primary" href={`/sync/${id()}`}>
              {t('sync.mend')}
            </LinkButton>
          }
        >
          {t('incident.reportRefusedBody')}
        </Panel>
      )}
    </Show>
  )
}

function Thread(props: { incident: IncidentDetail; about: ReturnType<typeof outbox.items> }) {
  const incident = () => props.incident
  const unsent = createMemo(() => props.about.filter((item) => item.state === 'queued' || item.state === 'sending').map((item) => item.id))
  const refused = () => props.about.filter((item) => item.state === 'refused')
  const steps = createRows(() => incidentSteps(incident().id, unsent()))
  const clashes = createRows(() => incidentClashes(incident().id))
  const rules = createRows(routing)
  /** As the figures count it (sql/kpis/incidents.sql). */
  const working = () => rules.rows().find((rule) => rule.incident_type === incident().type)?.working_time ?? incident().type !== 'safety'
  /** Who deals with it; while nobody took it, who answered last, or the role that it waits for. */
  const handler = () => {
    const { assignee_name, status, routed_role, reporter_id } = incident()
    const role = tOr(`role.${routed_role}`, routed_role)
    if (assignee_name) {
      const standsIn = status === 'open' && steps.rows().length > 0 && !steps.rows().some((step) => step.kind === 'assign')
      return standsIn ? `${assignee_name} ${t('incident.insteadOf', { role })}` : assignee_name
    }
    if (status === 'open') return t('incident.nobodyYet', { role })
    const last = steps.rows().findLast((step) => step.actor_id !== reporter_id)
    return last?.actor_name ?? role
  }
  const possible = createMemo(() => stepsFor(incident(), me(), canForOthers))
  const mayAddPhotos = () => !incident().site_archived && (incident().reporter_id === me() || session.can('photo.upload', incident().site_id))
  const first = () => nextStep(incident(), me(), possible())
  const [open, setOpen] = createSignal<Exclude<Step, 'answer'> | null>(null)

  const form = createForm({
    initial: { body: '' },
    draft: draftName(`answer:${props.incident.id}`),
    required: () => ['body'],
    async send({ body }) {
      await run('answer_incident', { id: incident().id, body })
      form.restart()
    },
  })
  const closeSheet = (sent: boolean) => {
    setOpen(null)
    if (sent) form.restart()
  }
  const order: Exclude<Step, 'answer' | 'edit'>[] = ['close', 'reopen', 'resolve', 'assign', 'ask']
  const offered = () => order.filter((step) => possible().has(step)).sort((a, b) => Number(b === first()) - Number(a === first()))

  return (
    <Page
      title={incident().title}
      back="/incidents"
      eyebrow={
        <>
          <Icon name={typeLook(incident().type).icon} />
          <span>{typeLook(incident().type).label}</span>
          <span aria-hidden="true">·</span>
          <A href={`/sites/${incident().site_id}`}>{incident().site_name}</A>
        </>
      }
    >
      <Age />
      <div class="row wrap">
        <Badge {...statusLook(incident().status)}>{statusLook(incident().status).label}</Badge>
        <Badge {...severityLook(incident().severity)}>{severityLook(incident().severity).label}</Badge>
        <WriteState row={incident().id} />
        <Show when={possible().has('edit')}>
          <Button kind="quiet" icon="edit" onClick={() => setOpen('edit')}>
            {t('action.edit')}
          </Button>
        </Show>
      </div>
      <Show when={incident().site_archived}>
        <Note icon="lock">{t('incident.frozen')}</Note>
      </Show>
      <Show when={incident().type === 'safety'}>
        <Note icon="lock">{t('incident.confidential')}</Note>
      </Show>
      <section class="card" aria-label={t('incident.facts')}>
        <Show when={incident().description}>{(text) => <p class="prose">{text()}</p>}</Show>
        <dl class="facts">
          <Show when={incident().type === 'safety' && !incident().details['injured']}>
            <div>
              <dt>{t('field.injured')}</dt>
              <dd class="quiet">{t('incident.notSaid')}</dd>
            </div>
          </Show>
          <For each={detailFields[incident().type as IncidentType]?.filter((name) => incident().details[name])}>
            {(name) => (
              <div>
                <dt>{tOr(`field.${name}`, name)}</dt>
                <dd>{detailText(name, String(incident().details[name]))}</dd>
              </div>
            )}
          </For>
          <Show when={incident().zone}>
            {(zone) => (
              <div>
                <dt>{t('field.zone')}</dt>
                <dd>{zone()}</dd>
              </div>
            )}
          </Show>
          <div>
            <dt>{t('incident.seen')}</dt>
            <dd>
              {dateTime(incident().occurred_at)} · {incident().reporter_name ?? t('person.former')}
            </dd>
          </div>
          <div>
            <dt>{t('incident.handledBy')}</dt>
            <dd>
              {handler()}
              <Show when={incident().status === 'open' || incident().status === 'assigned'}>
                <span class="quiet small">
                  {' '}
                  · {incident().due_minutes ? t('incident.within', { delay: delayOf(incident().due_minutes, working()) }) : t('delay.none')}
                </span>
              </Show>
            </dd>
          </div>
          <Show when={incident().latitude !== null}>
            <div>
              <dt>{t('field.position')}</dt>
              <dd>
                <Place latitude={incident().latitude!} longitude={incident().longitude!} />
                <Show when={incident().accuracy_m}>
                  {(metres) => <span class="quiet small place-accuracy">± {number(Math.round(metres()))} m</span>}
                </Show>
              </dd>
            </div>
          </Show>
        </dl>
      </section>
      <IncidentPhotos incidentId={incident().id} mayAdd={mayAddPhotos()} />
      <Clashes clashes={clashes.rows()} />
      <Ledger steps={steps.rows()} refused={refused()} />
      <Show when={possible().size > 0}>
        <form class="composer sticky-actions" noValidate onSubmit={form.submit}>
          <FormNotes form={form} />
          <div class="chips">
            <For each={offered()}>
              {(step) => (
                <button type="button" class="chip" classList={{ first: step === first() }} onClick={() => setOpen(step)}>
                  <Icon name={stepIcon(step)} />
                  {t(`incident.step.${step}`)}
                </button>
              )}
            </For>
          </div>
          <Show when={possible().has('answer')}>
            <div class="row">
              <textarea
                class="input"
                rows={1}
                maxlength={10000}
                aria-label={t('incident.answerLabel')}
                placeholder={t('incident.answerLabel')}
                aria-invalid={form.fault('body') ? 'true' : undefined}
                value={form.values.body}
                onInput={(event) => form.set('body', event.currentTarget.value)}
              />
              <button type="submit" class="button primary tall" aria-label={t('incident.step.answer')} aria-busy={form.busy()}>
                <Icon name="send" />
                <span class="only-desk">{t('incident.step.answer')}</span>
              </button>
            </div>
          </Show>
        </form>
      </Show>
      <Show when={open()}>
        {(step) => (
          <Show when={step() !== 'edit'} fallback={<EditSheet incident={incident()} onClose={() => setOpen(null)} />}>
            <StepSheet incident={incident()} step={step() as Exclude<Step, 'edit' | 'answer'>} body={form.values.body} onClose={closeSheet} />
          </Show>
        )}
      </Show>
    </Page>
  )
}

function detailText(name: string, value: string): string {
  if (name === 'injured') return tOr(`incident.injured.${value}`, value)
  return name === 'needed_by' ? date(value) : value
}
