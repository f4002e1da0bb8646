import { For, Show } from 'solid-js'
import { dateTime } from '../i18n/format.ts'
import { t, tOr } from '../i18n/index.ts'
import { Icon } from './icons.tsx'

export interface Clash {
  id: string
  column_name: string
  kept: unknown
  lost: unknown
  actor_name: string | null
  at: string
}

const written = (value: unknown): string =>
  value === null || value === undefined || value === '' ? t('clash.nothing') : typeof value === 'object' ? JSON.stringify(value) : String(value)

/** Values that lost when two people changed the same thing: kept, so that nothing disappears in silence. `name` turns an id into a name. */
export function Clashes(props: { clashes: Clash[]; name?: (column: string, value: unknown) => string | undefined }) {
  const text = (column: string, value: unknown) => props.name?.(column, value) ?? written(value)
  return (
    <Show when={props.clashes.length > 0}>
      <section class="section">
        <header>
          <h2>{t('clash.title')}</h2>
        </header>
        <p class="quiet small">{t('clash.hint')}</p>
        <ul class="items">
          <For each={props.clashes}>
            {(clash) => (
              <li class="item">
                <span class="glyph warn">
                  <Icon name="fork" />
                </span>
                <div class="grow">
                  <p class="item-title">{tOr(`field.${clash.column_name}`, clash.column_name)}</p>
                  <p class="small">
                    {t('clash.kept')} <strong>{text(clash.column_name, clash.kept)}</strong>
                  </p>
                  <p class="small quiet">
                    {t('clash.lost')} <s>{text(clash.column_name, clash.lost)}</s>
                  </p>
                  <p class="item-line tiny">
                    <span>{clash.actor_name ?? t('person.former')}</span>
                    <span>{dateTime(clash.at)}</span>
                  </p>
                </div>
              </li>
            )}
          </For>
        </ul>
      </section>
    </Show>
  )
}
