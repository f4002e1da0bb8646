import { useNavigate } from '@solidjs/router'
import { createSignal, Show } from 'solid-js'
import { createRows } from '../../kernel/data.ts'
import { t } from '../../kernel/i18n/index.ts'
import { session } from '../../kernel/session.ts'
import { announce, confirm } from '../../kernel/ui/dialogs.tsx'
import { explain } from '../../kernel/ui/explain.ts'
import { Icon } from '../../kernel/ui/icons.tsx'
import { demo } from './data.ts'

/** Says on every screen that this company is a demo, and takes it away when asked. */
export function DemoMark() {
  const view = createRows(demo)
  const navigate = useNavigate()
  const [busy, setBusy] = createSignal(false)
  const remove = async () => {
    const id = session.company()?.company_id
    if (!id || busy() || !(await confirm({ title: t('demo.remove'), body: t('demo.removeBody'), action: t('demo.removeYes'), danger: true }))) return
    setBusy(true)
    try {
      await session.removeDemo(id)
      announce(t('demo.removed'))
      navigate('/')
    } catch (error) {
      announce(explain(error), 'alert')
    } finally {
      setBusy(false)
    }
  }
  return (
    <Show when={view.rows()[0]?.id === session.company()?.company_id && session.company()}>
      <p class="demo-mark" aria-busy={busy()}>
        <Icon name="info" />
        <span class="grow">{t('demo.mark')}</span>
        <button type="button" class="button quiet" aria-label={t('demo.remove')} onClick={remove} disabled={busy()}>
          {t('demo.removeYes')}
        </button>
      </p>
    </Show>
  )
}
