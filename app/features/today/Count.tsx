import { createEffect, Show } from 'solid-js'
import { createRows } from '../../kernel/data.ts'
import { number } from '../../kernel/i18n/format.ts'
import { plural } from '../../kernel/i18n/index.ts'
import { me } from '../../kernel/me.ts'
import { session } from '../../kernel/session.ts'
import { waitingFor } from '../incidents/public.ts'

/** How many incidents wait for this person, beside their place of the navigation and on the app's icon. */
export default function Count(props: { href: string; id: string }) {
  const view = createRows(() => (props.href === '/incidents' ? waitingFor(me(), session.company()?.roles ?? []) : null))
  const count = () => view.rows().filter((incident) => incident.reason !== 'mine').length
  createEffect(() => {
    if (props.href === '/incidents' && view.source() !== 'none') void navigator.setAppBadge?.(count()).catch(() => undefined)
  })
  return (
    <Show when={count() > 0}>
      <span class="nav-count" aria-hidden="true">
        {number(count())}
        <span class="visually-hidden" id={props.id}>
          {plural('nav.waiting', count())}
        </span>
      </span>
    </Show>
  )
}
