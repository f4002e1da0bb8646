import { createSignal, For, Show } from 'solid-js'
import { createRows, newId, run } from '../../kernel/data.ts'
import { roles } from '../../kernel/generated/rights.ts'
import type { RoutingRuleRow } from '../../kernel/generated/tables.ts'
import { delay } from '../../kernel/i18n/format.ts'
import { t, tOr } from '../../kernel/i18n/index.ts'
import { session } from '../../kernel/session.ts'
import { FormNotes, SelectField, TextField } from '../../kernel/ui/fields.tsx'
import { createForm } from '../../kernel/ui/form.ts'
import { Icon } from '../../kernel/ui/icons.tsx'
import { Button, Rows, WriteState } from '../../kernel/ui/parts.tsx'
import { Sheet } from '../../kernel/ui/Sheet.tsx'
import { routing, typeLook, types } from '../incidents/public.ts'
import { heldRoles } from './data.ts'

const roleName = (role: string) => tOr(`role.${role}`, role)

/** Where each type of incident goes, and how soon it must be answered. */
export function Routing() {
  const view = createRows(routing)
  const held = createRows(heldRoles)
  const unheld = (role: string) => held.rows().length > 0 && !held.rows().some((row) => row.role === role)
  const [open, setOpen] = createSignal<string | null>(null)
  const allowed = () => session.can('routing.edit')
  const ruleOf = (type: string) => view.rows().find((rule) => rule.incident_type === type)
  return (
    <section class="section">
      <header>
        <h2>{t('routing.title')}</h2>
      </header>
      <p class="quiet small">{t('routing.hint')}</p>
      <Rows view={view} skeleton={4} empty={<p class="quiet">{t('routing.none')}</p>}>
        {() => (
          <ul class="items">
            <For each={types}>
              {(type) => (
                <Show when={ruleOf(type)}>
                  {(rule) => (
                    <li class="item">
                      <span class={`glyph ${typeLook(type).tone}`}>
                        <Icon name={typeLook(type).icon} />
                      </span>
                      <div class="grow">
                        <p class="item-title">{typeLook(type).label}</p>
                        <p class="item-line">
                          <span>{roleName(rule().role)}</span>
                          <span>{delay(rule().delay_minutes, rule().working_time)}</span>
                          <Show when={rule().delay_minutes > 0}>
                            <span>{t(rule().working_time ? 'routing.working' : 'routing.elapsed')}</span>
                          </Show>
                        </p>
                        <Show when={unheld(rule().role)}>
                          <p class="small warn-text">{t('routing.unheld')}</p>
                        </Show>
                        <WriteState row={rule().id} />
                      </div>
                      <Show when={allowed()}>
                        <Button kind="quiet" aria-label={t('routing.change', { type: typeLook(type).label })} onClick={() => setOpen(type)}>
                          {t('action.edit')}
                        </Button>
                      </Show>
                    </li>
                  )}
                </Show>
              )}
            </For>
          </ul>
        )}
      </Rows>
      <Show when={open()}>{(type) => <RuleSheet type={type()} rule={ruleOf(type())} onClose={() => setOpen(null)} />}</Show>
    </section>
  )
}

function RuleSheet(props: { type: string; rule?: RoutingRuleRow; onClose: () => void }) {
  const { rule, type } = props
  const form = createForm({
    initial: { role: rule?.role ?? '', delay_minutes: String(rule?.delay_minutes ?? 0), time: rule?.working_time === false ? 'elapsed' : 'working' },
    required: () => ['role', 'delay_minutes'],
    check: ({ delay_minutes }) => (/^\d{1,5}$/.test(delay_minutes.trim()) ? {} : { delay_minutes: 'WRONG' }),
    async send({ role, delay_minutes, time }) {
      await run('set_routing_rule', {
        id: rule?.id ?? newId(),
        incident_type: type,
        role,
        delay_minutes: Number(delay_minutes),
        working_time: time === 'working',
      })
      props.onClose()
    },
  })
  return (
    <Sheet title={t('routing.change', { type: typeLook(type).label })} onClose={props.onClose}>
      <form class="form" noValidate onSubmit={form.submit}>
        <FormNotes form={form} />
        <SelectField
          form={form}
          name="role"
          label={t('field.role')}
          options={roles.filter((role) => !role.external).map((role) => ({ value: role.key, label: roleName(role.key) }))}
        />
        <TextField
          form={form}
          name="delay_minutes"
          type="number"
          min={0}
          label={t('routing.delay')}
          hint={t('routing.delayHint')}
          inputmode="numeric"
        />
        <SelectField
          form={form}
          name="time"
          label={t('routing.counted')}
          options={(['working', 'elapsed'] as const).map((value) => ({ value, label: t(`routing.${value}`) }))}
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
