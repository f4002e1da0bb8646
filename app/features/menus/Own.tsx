import { createEffect, createSignal, onCleanup, Show } from 'solid-js'
import { createRows } from '../../kernel/data.ts'
import { t } from '../../kernel/i18n/index.ts'
import { Icon } from '../../kernel/ui/icons.tsx'
import { setOrder } from '../../kernel/ui/places.ts'
import { sayOwnWords } from '../sentences/public.ts'
import { ArrangeSheet } from './ArrangeSheet.tsx'
import { menu } from './data.ts'

/** Puts the menu into the person's own order, which a button changes at a desk, and the company's words on every screen. */
export default function Own() {
  const kept = createRows(menu)
  const [open, setOpen] = createSignal(false)
  createEffect(() => setOrder(kept.rows()[0]?.hrefs ?? []))
  onCleanup(() => setOrder([]))
  sayOwnWords()
  return (
    <>
      <button type="button" class="nav-link quiet small" onClick={() => setOpen(true)}>
        <Icon name="sort" />
        <span>{t('menu.arrange')}</span>
      </button>
      <Show when={open()}>
        <ArrangeSheet onClose={() => setOpen(false)} />
      </Show>
    </>
  )
}
