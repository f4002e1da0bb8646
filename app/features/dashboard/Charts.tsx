import { LinkButton } from '../../kernel/ui/parts.tsx'
import { date, number } from '../../kernel/i18n/format.ts'
import { plural, t } from '../../kernel/i18n/index.ts'
import { typeLook, types } from '../incidents/public.ts'
import { Chart } from './Chart.tsx'
import type { AdoptionWeek, IncidentWeek, OpenIncidents, Tile } from './data.ts'
import { duration } from './labels.ts'

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)
/** 16 nov. */
const weekOf = (week: string) => date(week).replace(/ \d{4}$/, '')

/** What comes and what goes, week by week. */
export function FlowChart(props: { weeks: IncidentWeek[] }) {
  const lately = () => props.weeks.slice(-4)
  const title = () => {
    const [reported, ended] = [sum(lately().map((week) => week.reported)), sum(lately().map((week) => week.ended))]
    const finding = ended > reported ? 'falls' : ended < reported ? 'grows' : 'stays'
    return t(`dashboard.flow.${finding}`, { reported: number(reported), ended: number(ended) })
  }
  return (
    <Chart
      title={title()}
      subtitle={t('dashboard.flow.what')}
      labels={props.weeks.map((week) => weekOf(week.week))}
      series={[
        { label: t('dashboard.flow.reported'), values: props.weeks.map((week) => week.reported), colour: 'accent' },
        { label: t('dashboard.flow.ended'), values: props.weeks.map((week) => week.ended), colour: 'ok', opacity: 0.75 },
        { label: t('dashboard.flow.open'), values: props.weeks.map((week) => week.open), colour: 'ink-3', line: true },
      ]}
      empty={props.weeks.every((week) => week.reported + week.ended + week.open === 0) ? <NothingYet /> : undefined}
    />
  )
}

/** What is open, by type and age. */
export function OpenChart(props: { rows: OpenIncidents[] }) {
  const of = (type: string) => props.rows.find((row) => row.type === type)
  const total = () => sum(props.rows.map((row) => row.total))
  const old = () => sum(props.rows.map((row) => row.week + row.older))
  const title = () =>
    total() === 0 ? t('dashboard.open.none') : plural(old() === 0 ? 'dashboard.open.recent' : 'dashboard.open.old', total(), { old: number(old()) })
  const ages = [
    ['day', 0.25],
    ['two_days', 0.5],
    ['week', 0.8],
  ] as const
  return (
    <Chart
      title={title()}
      subtitle={t('dashboard.open.what')}
      horizontal
      stacked
      labels={types.map((type) => typeLook(type).label)}
      series={[
        ...ages.map(([age, opacity]) => ({
          label: t(`dashboard.age.${age}`),
          values: types.map((type) => of(type)?.[age] ?? 0),
          colour: 'accent',
          opacity,
        })),
        { label: t('dashboard.age.older'), values: types.map((type) => of(type)?.older ?? 0), colour: 'danger' },
      ]}
      empty={total() === 0 ? <p class="quiet">{t('dashboard.open.calm')}</p> : undefined}
    />
  )
}

/** How long people wait for a first answer. */
export function ResponseChart(props: { weeks: IncidentWeek[]; tile?: Tile }) {
  const target = () => (props.tile?.target ? Number(props.tile.target) : null)
  const title = () => {
    const mean = props.tile?.value ? Number(props.tile.value) : null
    if (mean === null) return t('dashboard.response.unknown')
    const over = target() === null ? 0 : mean - target()!
    return t(over > 0 ? 'dashboard.response.over' : 'dashboard.response.within', { mean: duration(mean), over: duration(Math.abs(over)) })
  }
  return (
    <Chart
      title={title()}
      subtitle={t('dashboard.response.what')}
      labels={props.weeks.map((week) => weekOf(week.week))}
      read={duration}
      step={60}
      series={[
        {
          label: t('dashboard.response.mean'),
          values: props.weeks.map((week) => (week.mean_minutes === null ? null : Number(week.mean_minutes))),
          colour: 'accent',
          line: true,
        },
        ...(target() === null
          ? []
          : [{ label: t('dashboard.target'), values: props.weeks.map(() => target()), colour: 'ink-3', line: true, dashed: true }]),
      ]}
      empty={props.weeks.every((week) => week.mean_minutes === null) ? <NothingYet /> : undefined}
    />
  )
}

/** How many people act in the product. */
export function AdoptionChart(props: { weeks: AdoptionWeek[] }) {
  const now = () => props.weeks.at(-1)
  return (
    <Chart
      title={plural('dashboard.adoption.finding', now()?.active ?? 0, { people: number(now()?.people ?? 0) })}
      subtitle={t('dashboard.adoption.what')}
      upTo={now()?.people}
      labels={props.weeks.map((week) => weekOf(week.week))}
      series={[{ label: t('dashboard.adoption.active'), values: props.weeks.map((week) => week.active), colour: 'accent', opacity: 0.75 }]}
      empty={
        (now()?.people ?? 0) < 2 ? (
          <>
            <p class="quiet">{t('dashboard.adoption.alone')}</p>
            <LinkButton href="/people/invite" icon="plus">
              {t('create.person')}
            </LinkButton>
          </>
        ) : undefined
      }
    />
  )
}

function NothingYet() {
  return (
    <>
      <p class="quiet">{t('dashboard.nothingYet')}</p>
      <LinkButton href="/incidents/new" icon="plus">
        {t('create.incident')}
      </LinkButton>
    </>
  )
}
