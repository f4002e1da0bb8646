import { useNavigate } from '@solidjs/router'
import { createSignal, Show } from 'solid-js'
import { newId } from '../../kernel/data.ts'
import { locale, t } from '../../kernel/i18n/index.ts'
import { session } from '../../kernel/session.ts'
import { explain } from '../../kernel/ui/explain.ts'
import { Button, Note } from '../../kernel/ui/parts.tsx'

/** Offers a company filled with invented work, in one click. */
export function DemoOffer(props: { fullName: string }) {
  const navigate = useNavigate()
  const [busy, setBusy] = createSignal(false)
  const [fault, setFault] = createSignal<unknown>(null)
  const id = newId()
  const open = async () => {
    setBusy(true)
    setFault(null)
    try {
      await session.createDemo({ id, full_name: props.fullName.trim() || null, locale: locale() })
      navigate('/', { replace: true })
    } catch (error) {
      setFault(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <section class="demo-offer">
      <div class="grow">
        <h2>{t('demo.offer')}</h2>
        <p class="small quiet">{t('demo.offerBody')}</p>
      </div>
      <Show when={fault()}>
        {(error) => (
          <Note icon="alert" tone="danger">
            {explain(error())}
          </Note>
        )}
      </Show>
      <Button busy={busy()} onClick={open}>
        {t('demo.open')}
      </Button>
    </section>
  )
}
