import {
  BarController,
  BarElement,
  CategoryScale,
  Chart as Drawn,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
  type ChartConfiguration,
  type ChartDataset,
} from 'chart.js'
import { createEffect, createSignal, For, onCleanup, onMount, Show, type JSX } from 'solid-js'
import { keepStyle } from '../../kernel/ui/css.ts'
import { sunlight, theme } from '../../kernel/ui/theme.ts'

Drawn.register(BarController, BarElement, CategoryScale, LinearScale, LineController, LineElement, PointElement, Tooltip)

/** A row of values. `colour` names a token of the design, with a share of opacity from 0 to 1 when it is lighter. */
export interface Series {
  label: string
  values: (number | null)[]
  colour: string
  opacity?: number
  line?: boolean
  dashed?: boolean
}

interface ChartProps {
  /** What the chart shows, as a finding. */
  title: string
  /** What is counted, and in which unit. */
  subtitle: string
  labels: string[]
  series: Series[]
  stacked?: boolean
  horizontal?: boolean
  /** How a value reads. */
  read?: (value: number) => string
  /** Between two marks of the axis, when the unit has its own steps. */
  step?: number
  /** The axis goes up to here at least. */
  upTo?: number
  empty?: JSX.Element
}

const readOf = (props: ChartProps, value: number) => (props.read ? props.read(value) : String(value))

/** The picture: it follows its figures and the theme. */
function Plot(props: ChartProps) {
  let canvas!: HTMLCanvasElement
  const [drawn, setDrawn] = createSignal<Drawn>()
  const read = (value: number) => readOf(props, value)
  const config = (): ChartConfiguration => {
    const style = getComputedStyle(document.documentElement)
    const token = (name: string, opacity = 1) => {
      const hex = style.getPropertyValue(`--${name}`).trim()
      return opacity < 1
        ? `${hex}${Math.round(opacity * 255)
            .toString(16)
            .padStart(2, '0')}`
        : hex
    }
    const font = { family: style.getPropertyValue('--font'), size: 12 }
    const values = {
      beginAtZero: true,
      suggestedMax: props.upTo,
      grid: { color: token('line') },
      border: { display: false },
      stacked: props.stacked,
      ticks: {
        color: token('ink-2'),
        font,
        precision: 0,
        maxTicksLimit: 6,
        stepSize: props.step,
        callback: (value: string | number) => read(Number(value)),
      },
    }
    const names = {
      grid: { display: false },
      border: { color: token('line') },
      stacked: props.stacked,
      ticks: { color: token('ink-2'), font, maxRotation: 0, autoSkipPadding: 12 },
    }
    return {
      type: 'bar',
      data: {
        labels: props.labels,
        datasets: props.series.map((series): ChartDataset => {
          const colour = token(series.colour, series.opacity)
          return series.line
            ? {
                type: 'line',
                label: series.label,
                data: series.values,
                borderColor: colour,
                backgroundColor: colour,
                borderWidth: 2,
                pointRadius: series.dashed ? 0 : 2.5,
                borderDash: series.dashed ? [5, 5] : [],
                tension: 0.25,
                spanGaps: true,
              }
            : {
                type: 'bar',
                label: series.label,
                data: series.values,
                backgroundColor: colour,
                borderRadius: 3,
                maxBarThickness: 22,
                categoryPercentage: 0.7,
                barPercentage: 0.9,
              }
        }),
      },
      options: {
        indexAxis: props.horizontal ? 'y' : 'x',
        maintainAspectRatio: false,
        animation: matchMedia('(prefers-reduced-motion: reduce)').matches ? false : { duration: 180 },
        interaction: { mode: 'index', intersect: false },
        scales: props.horizontal ? { x: values, y: names } : { x: names, y: values },
        plugins: {
          tooltip: {
            backgroundColor: token('ink'),
            titleColor: token('surface'),
            bodyColor: token('surface'),
            titleFont: font,
            bodyFont: font,
            padding: 10,
            boxPadding: 4,
            callbacks: { label: (item) => ` ${item.dataset.label} : ${read(Number(props.horizontal ? item.parsed.x : item.parsed.y))}` },
          },
        },
      },
    }
  }
  onMount(() => {
    const chart = new Drawn(canvas, config())
    setDrawn(chart)
    const dark = matchMedia('(prefers-color-scheme: dark)')
    const redraw = () => Object.assign(chart, { options: config().options }) && apply(chart)
    dark.addEventListener('change', redraw)
    onCleanup(() => {
      dark.removeEventListener('change', redraw)
      chart.destroy()
    })
  })
  function apply(chart: Drawn): void {
    const next = config()
    chart.data.labels = next.data.labels
    chart.options = next.options!
    // the same datasets, so that bars move from where they stood
    next.data.datasets.forEach((dataset, place) => Object.assign(chart.data.datasets[place] ?? {}, dataset))
    chart.data.datasets.length = Math.min(chart.data.datasets.length, next.data.datasets.length)
    chart.data.datasets.push(...next.data.datasets.slice(chart.data.datasets.length))
    chart.update()
  }
  createEffect(() => {
    theme()
    sunlight()
    const chart = drawn()
    // read here, so that the chart follows them
    if (chart && props.labels && props.series) apply(chart)
  })
  return <canvas ref={canvas} aria-hidden="true" />
}

/** A chart with a finding for a title, and the same figures in a table for those who do not see it. */
export function Chart(props: ChartProps) {
  const known = (value: number | null | undefined) => (typeof value === 'number' ? readOf(props, value) : '–')
  return (
    <figure class="card chart">
      <figcaption>
        <h2>{props.title}</h2>
        <p class="small quiet">{props.subtitle}</p>
      </figcaption>
      <Show when={!props.empty} fallback={<div class="chart-empty">{props.empty}</div>}>
        <div class="chart-frame">
          <Plot {...props} />
        </div>
        <ul class="legend" classList={{ alone: props.series.length === 1 }} aria-hidden="true">
          <For each={props.series}>
            {(series) => (
              <li>
                <span
                  classList={{ swatch: true, line: series.line, dashed: series.dashed }}
                  ref={(element) => keepStyle(element, () => ({ '--swatch': `var(--${series.colour})`, opacity: String(series.opacity ?? 1) }))}
                />
                {series.label}
              </li>
            )}
          </For>
        </ul>
        <table class="visually-hidden">
          <caption>{props.title}</caption>
          <thead>
            <tr>
              <td />
              <For each={props.series}>{(series) => <th scope="col">{series.label}</th>}</For>
            </tr>
          </thead>
          <tbody>
            <For each={props.labels}>
              {(label, place) => (
                <tr>
                  <th scope="row">{label}</th>
                  <For each={props.series}>{(series) => <td>{known(series.values[place()])}</td>}</For>
                </tr>
              )}
            </For>
          </tbody>
        </table>
      </Show>
    </figure>
  )
}
