import './table.css'
import { For } from 'solid-js'
import { t } from '../../i18n/index.ts'
import { Icon, type IconName } from '../icons.tsx'

const looks = { list: 'rows', table: 'table', board: 'board', map: 'pin' } as const satisfies Record<string, IconName>
export type ViewName = keyof typeof looks

/** Chooses how a list is looked at. */
export function Views(props: { views: ViewName[]; now: ViewName; onChoose: (view: ViewName) => void }) {
  return (
    <div class="views" role="group" aria-label={t('view.choose')}>
      <For each={props.views}>
        {(view) => (
          <button type="button" aria-pressed={props.now === view} title={t(`view.${view}`)} onClick={() => props.onChoose(view)}>
            <Icon name={looks[view]} />
            <span class="visually-hidden">{t(`view.${view}`)}</span>
          </button>
        )}
      </For>
    </div>
  )
}
