import { Show } from 'solid-js'
import { number } from '../../kernel/i18n/format.ts'
import { t } from '../../kernel/i18n/index.ts'
import { TextField } from '../../kernel/ui/fields.tsx'
import type { Form } from '../../kernel/ui/form.ts'
import { createPosition } from '../../kernel/ui/position.ts'
import { Button } from '../../kernel/ui/parts.tsx'
import type { SiteValues } from './values.ts'

/** The position of a site: typed, or taken from where the person stands. */
export function PositionField(props: { form: Form<SiteValues> }) {
  const { position, state, seek } = createPosition({ atOnce: false })
  const take = () => {
    seek((found) => {
      props.form.set('latitude', found.latitude.toFixed(6))
      props.form.set('longitude', found.longitude.toFixed(6))
    })
  }
  return (
    <div class="stack tight">
      <div class="form-grid">
        <TextField form={props.form} name="latitude" label={t('field.latitude')} inputmode="decimal" />
        <TextField form={props.form} name="longitude" label={t('field.longitude')} inputmode="decimal" />
      </div>
      <div class="row wrap">
        <Button icon="pin" onClick={take} busy={state() === 'seeking'}>
          {t('site.here')}
        </Button>
        <Show when={state() === 'refused' || state() === 'unknown'}>
          <span class="small quiet" role="status">
            {t(`incident.position.${state() as 'refused' | 'unknown'}`)}
          </span>
        </Show>
        <Show when={position()}>{(found) => <span class="small quiet">± {number(found().accuracy_m)} m</span>}</Show>
      </div>
    </div>
  )
}
