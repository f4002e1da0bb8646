import './star.css'
import { useLocation } from '@solidjs/router'
import { Show } from 'solid-js'
import { createRows } from '../../kernel/data.ts'
import { t } from '../../kernel/i18n/index.ts'
import { Icon } from '../../kernel/ui/icons.tsx'
import { drop, keep } from './acts.ts'
import { favourites } from './data.ts'

/** Forms are no places to come back to. */
const PASSING = /\/(new|edit|invite|import)$|^\/(menu|switch|start|sync)/

/** The star beside a title: keeps this screen at hand, its filters included. */
export default function Star(props: { title: string }) {
  const location = useLocation()
  const view = createRows(favourites)
  const href = () => location.pathname + location.search
  const kept = () => view.rows().find((each) => each.href === href())
  return (
    <Show when={location.pathname !== '/' && href().length <= 300 && !PASSING.test(location.pathname)}>
      <button
        type="button"
        class="button icon-only quiet star"
        aria-pressed={kept() !== undefined}
        aria-label={t(kept() ? 'favourite.drop' : 'favourite.keep')}
        title={t(kept() ? 'favourite.drop' : 'favourite.keep')}
        onClick={() => void (kept() ? drop(kept()!) : keep(href(), props.title))}
      >
        <Icon name="star" />
      </button>
    </Show>
  )
}
