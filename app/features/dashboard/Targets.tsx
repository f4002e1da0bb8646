import { For } from 'solid-js'
import { createRows, newId, run } from '../../kernel/data.ts'
import { t } from '../../kernel/i18n/index.ts'
import { FormNotes, TextField } from '../../kernel/ui/fields.tsx'
import { createForm } from '../../kernel/ui/form.ts'
import { Button, Rows } from '../../kernel/ui/parts.tsx'
import { Sheet } from '../../kernel/ui/Sheet.tsx'
import { targets, type Target, type TileName } from './data.ts'

/** Shares are typed in per cent. */
const scale = (kpi: string) => (kpi.endsWith('_share') ? 100 : 1)

/** What the company aims at, figure by figure. */
export function Targets(props: { onClose: () => void }) {
  const view = createRows(targets)
  return (
    <Sheet title={t('dashboard.targets')} onClose={props.onClose}>
      <Rows view={view} empty={null}>
        {(rows) => <TargetForm rows={rows} onClose={props.onClose} />}
      </Rows>
    </Sheet>
  )
}

function TargetForm(props: { rows: Target[]; onClose: () => void }) {
  const { rows, onClose } = props
  const text = (value: string, kpi: string) => String(Math.round(Number(value) * scale(kpi) * 100) / 100)
  const form = createForm<Record<string, string>>({
    initial: Object.fromEntries(
      rows.flatMap((row) => [
        [`${row.kpi}_target`, text(row.target, row.kpi)],
        [`${row.kpi}_alert`, text(row.alert, row.kpi)],
      ]),
    ),
    required: (values) => Object.keys(values),
    check: (values) =>
      Object.fromEntries(
        Object.entries(values)
          .filter(([, value]) => !/^\d{1,7}([.,]\d{1,2})?$/.test(value.trim()))
          .map(([name]) => [name, 'WRONG']),
      ),
    async send(values) {
      for (const row of rows) {
        const read = (side: string) => Number(values[`${row.kpi}_${side}`]!.trim().replace(',', '.')) / scale(row.kpi)
        if (read('target') === Number(row.target) && read('alert') === Number(row.alert)) continue
        await run('set_kpi_target', { id: row.id ?? newId(), kpi: row.kpi, target: String(read('target')), alert: String(read('alert')) })
      }
      onClose()
    },
  })
  return (
    <form class="form" noValidate onSubmit={form.submit}>
      <p class="quiet small">{t('dashboard.targetsHint')}</p>
      <FormNotes form={form} />
      <For each={rows}>
        {(row) => (
          <fieldset class="target-row">
            <legend>
              {t(`dashboard.tile.${row.kpi as TileName}`)} <span class="faint">{t(`dashboard.unit.${row.kpi as 'in_time_share'}`)}</span>
            </legend>
            <TextField form={form} name={`${row.kpi}_target`} label={t('dashboard.target')} inputmode="decimal" />
            <TextField form={form} name={`${row.kpi}_alert`} label={t('dashboard.alertFrom')} inputmode="decimal" />
          </fieldset>
        )}
      </For>
      <div class="sheet-actions">
        <Button onClick={onClose}>{t('action.cancel')}</Button>
        <Button kind="primary" type="submit" busy={form.busy()}>
          {t('action.save')}
        </Button>
      </div>
    </form>
  )
}
