import { A } from '@solidjs/router'
import { For, Show } from 'solid-js'
import { date, number } from '../../kernel/i18n/format.ts'
import { plural, t } from '../../kernel/i18n/index.ts'
import { keepStyle } from '../../kernel/ui/css.ts'
import { Icon } from '../../kernel/ui/icons.tsx'
import { Badge, WriteState } from '../../kernel/ui/parts.tsx'
import { gravestTone, siteLook } from '../sites/public.ts'
import type { PortfolioSite } from './data.ts'
import { percent, shortMoney } from './labels.ts'

/** Every site at a glance, each leading to its page. */
export function Portfolio(props: { sites: PortfolioSite[] }) {
  return (
    <ul class="portfolio">
      <For each={props.sites}>
        {(site) => (
          <li>
            <Card site={site} />
          </li>
        )}
      </For>
    </ul>
  )
}

function Card(props: { site: PortfolioSite }) {
  const look = () => siteLook({ status: props.site.status, archived_at: null })
  const elapsed = () => (props.site.elapsed_share === null ? null : Number(props.site.elapsed_share))
  return (
    <article class="site-card" classList={{ alert: props.site.status === 'alert' }}>
      <header>
        <div class="grow">
          <h3>
            <A class="card-link" href={`/sites/${props.site.id}`}>
              {props.site.name}
            </A>
          </h3>
          <p class="item-line">
            <span class="mono">{props.site.code}</span>
            <Show when={props.site.city}>{(city) => <span>{city()}</span>}</Show>
          </p>
        </div>
        <Badge icon={look().icon} tone={look().tone}>
          {look().label}
        </Badge>
        <WriteState row={props.site.id} />
      </header>
      <Show when={elapsed() !== null} fallback={<p class="small quiet site-dates">{t('dashboard.noDates')}</p>}>
        <div class="site-dates">
          <p class="small row apart">
            <span class="quiet">{t('dashboard.elapsed', { share: percent(elapsed()!) })}</span>
            <span class="quiet">{t('dashboard.endsOn', { date: date(props.site.ends_on) })}</span>
          </p>
          <div class="meter" role="img" aria-label={t('dashboard.elapsed', { share: percent(elapsed()!) })}>
            <span ref={(element) => keepStyle(element, () => ({ width: `${Math.round(elapsed()! * 100)}%` }))} />
          </div>
        </div>
      </Show>
      <dl class="card-figures">
        <div>
          <dt>{t('dashboard.site.open')}</dt>
          <dd>
            <Show when={props.site.open > 0} fallback={<span class="faint">0</span>}>
              <Badge icon="incident" tone={gravestTone(props.site.gravest)}>
                {number(props.site.open)}
              </Badge>
            </Show>
          </dd>
        </div>
        <div>
          <dt>{t('dashboard.site.overdue')}</dt>
          <dd classList={{ danger: props.site.overdue > 0, faint: props.site.overdue === 0 }}>{number(props.site.overdue)}</dd>
        </div>
        <div>
          <dt>{t('dashboard.site.inTime')}</dt>
          <dd classList={{ faint: props.site.in_time_share === null }}>
            {props.site.in_time_share === null ? '–' : percent(Number(props.site.in_time_share))}
          </dd>
        </div>
        <Show when={props.site.budget}>
          {(budget) => (
            <div>
              <dt>{t('dashboard.site.budget')}</dt>
              <dd>{shortMoney(Number(budget()))}</dd>
            </div>
          )}
        </Show>
      </dl>
      <Show when={props.site.project_manager_name}>
        {(name) => (
          <p class="who">
            <Icon name="person" />
            {name()}
          </p>
        )}
      </Show>
      <span class="visually-hidden">{plural('site.openIncidents', props.site.open)}</span>
    </article>
  )
}
