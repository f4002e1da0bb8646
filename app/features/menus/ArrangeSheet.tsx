import { Show } from 'solid-js'
import { createRows, run } from '../../kernel/data.ts'
import { t } from '../../kernel/i18n/index.ts'
import { announce } from '../../kernel/ui/dialogs.tsx'
import { explain } from '../../kernel/ui/explain.ts'
import { Button } from '../../kernel/ui/parts.tsx'
import { nearPlaces, seenPlaces } from '../../kernel/ui/places.ts'
import { Sheet } from '../../kernel/ui/Sheet.tsx'
import { isDesk } from '../../kernel/ui/wide.ts'
import { favourites, iconOf, moveTo } from '../favourites/public.ts'
import { menu } from './data.ts'
import { OrderList } from './OrderList.tsx'

/** The main screens and favourites of this person, to be put in order; each move is kept at once. */
export function ArrangeSheet(props: { onClose: () => void }) {
  const kept = createRows(menu)
  const stars = createRows(favourites)
  /** What is put in order: on a phone that has the usual one, those in its bar come first, as they will. */
  const listed = () => {
    const near = nearPlaces()
    return kept.rows().length || isDesk() ? seenPlaces() : [...near, ...seenPlaces().filter((place) => !near.includes(place))]
  }
  const arrange = async (hrefs: string[]) => {
    try {
      await run('arrange_menu', { hrefs })
      return true
    } catch (error) {
      announce(explain(error), 'alert')
      return false
    }
  }
  const moveStar = async (href: string, to: number) => {
    const all = stars.rows()
    const star = all.find((each) => each.href === href)
    return !!star && moveTo(all, star, to)
  }
  return (
    <Sheet
      title={t('menu.arrange')}
      onClose={props.onClose}
      actions={
        <>
          <Show when={kept.rows().length > 0}>
            <Button onClick={() => void arrange([])}>{t('menu.usual')}</Button>
          </Show>
          <Button kind="primary" onClick={props.onClose}>
            {t('action.done')}
          </Button>
        </>
      }
    >
      <OrderList
        label={t('nav.main')}
        hint={t('menu.hint')}
        items={listed().map(({ href, label, icon }) => ({
          key: href,
          label: t(label),
          icon,
          mark: nearPlaces().some((near) => near.href === href),
        }))}
        mark={t('menu.near')}
        onMove={(_href, _to, order) => arrange(order)}
      />
      <Show when={stars.rows().length > 1}>
        <OrderList
          label={t('favourite.title')}
          items={stars.rows().map(({ href, label }) => ({ key: href, label, icon: iconOf(href) }))}
          onMove={moveStar}
        />
      </Show>
    </Sheet>
  )
}
