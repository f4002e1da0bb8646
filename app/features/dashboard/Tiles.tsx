import { A } from '@solidjs/router'
import { createEffect, createSignal, For, on, Show } from 'solid-js'
import { t } from '../../kernel/i18n/index.ts'
import { Icon, type IconName } from '../../kernel/ui/icons.tsx'
import type { Tile } from './data.ts'
import { change, figure, targetOf, tileLinks } from './labels.ts'
import { Sparkline } from './Sparkline.tsx'

const looks: Record<string, { icon: IconName; tone: string }> = {
  good: { icon: 'done', tone: 'ok' },
  watch: { icon: 'info', tone: 'warn' },
  alert: { icon: 'alert', tone: 'danger' },
}

/** The headline figures; each leads to the list behind it. */
export function Tiles(props: { tiles: Tile[] }) {
  // The budget stands under the sites that it is for.
  const shown = () => props.tiles.map((tile) => tile.kpi).filter((kpi) => kpi !== 'budget')
  const budget = () => {
    const tile = props.tiles.find((each) => each.kpi === 'budget')
    return tile?.value ? t('dashboard.ofBudget', { budget: figure('budget', Number(tile.value)) }) : undefined
  }
  return (
    <ul class="tiles">
      <For each={shown()}>
        {(kpi) => (
          <Show when={props.tiles.find((tile) => tile.kpi === kpi)}>
            {(tile) => <OneTile tile={tile()} note={kpi === 'active_sites' ? budget() : undefined} />}
          </Show>
        )}
      </For>
    </ul>
  )
}

function OneTile(props: { tile: Tile; note?: string }) {
  const value = () => figure(props.tile.kpi, props.tile.value === null ? null : Number(props.tile.value))
  const look = () => (props.tile.standing ? looks[props.tile.standing] : undefined)
  const moved = () => change(props.tile)
  const [fresh, setFresh] = createSignal(0)
  createEffect(on(value, () => setFresh((count) => count + 1), { defer: true }))
  return (
    <li>
      <A class={`tile ${look()?.tone ?? ''}`} href={tileLinks[props.tile.kpi]} data-kpi={props.tile.kpi}>
        <span class="tile-label">{t(`dashboard.tile.${props.tile.kpi}`)}</span>
        <span class="tile-main">
          <Show when={fresh() + 1} keyed>
            <span class="tile-value" classList={{ fresh: fresh() > 0, long: value().length > 7 }}>
              {value()}
            </span>
          </Show>
          <Show when={props.tile.trend}>
            {(trend) => <Sparkline values={trend()} target={props.tile.target === null ? null : Number(props.tile.target)} />}
          </Show>
        </span>
        <span class="tile-foot">
          <Show when={look()} fallback={<span>{props.note ?? t(`dashboard.note.${props.tile.kpi}`)}</span>}>
            {(known) => (
              <span class={`tile-standing ${known().tone}`}>
                <Icon name={known().icon} />
                {t(`dashboard.standing.${props.tile.standing!}`)}
              </span>
            )}
          </Show>
          <span>{targetOf(props.tile)}</span>
          <Show when={moved()}>
            {(move) => (
              <span class="tile-move">
                {move().text} <span class="visually-hidden">{t('dashboard.fourWeeks')}</span>
              </span>
            )}
          </Show>
        </span>
      </A>
    </li>
  )
}
