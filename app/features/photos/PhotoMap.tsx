import { createEffect, createMemo, createSignal, For, on, onCleanup, onMount, Show, type JSX } from 'solid-js'
import { Portal } from 'solid-js/web'
import { dateTime, number } from '../../kernel/i18n/format.ts'
import { plural, t } from '../../kernel/i18n/index.ts'
import { online } from '../../kernel/online.ts'
import { Icon } from '../../kernel/ui/icons.tsx'
import { Button, Note } from '../../kernel/ui/parts.tsx'
import { look } from '../../kernel/ui/theme.ts'
import type { PhotoItem, PhotoSite } from './data.ts'
import { holds, type Frame, type Place } from './ground.ts'
import { photoName } from './labels.ts'
import { createViewer } from './PhotoGrid.tsx'
import { Picture } from './Picture.tsx'
import type { Mark, Paper, Plan } from './plan.ts'
import './map.css'

/** Photos that the list beside the map shows at once; as many more each time they are asked for. */
const LISTED = 60

/** All photos are there when none came for so long after the last download: then the map stays where it is. */
const QUIET_MS = 1_000

interface PhotoMapProps {
  photos: PhotoItem[]
  sites: PhotoSite[]
  /** What the photos were narrowed by: with other filters the map shows all of theirs. */
  filters: string
  /** All of them are there: before, the map follows as they come. */
  complete: boolean
  onList: () => void
  /** Stands for the list while there are no photos. */
  children: JSX.Element
}

/**
 * Photos where they were taken. Of thousands, the signs download none: they show what this device holds, and what the list beside fetched as
 * it was looked through. Whoever cannot use the map, or has none, goes by that list.
 */
export default function PhotoMap(props: PhotoMapProps) {
  let element!: HTMLDivElement
  const [plan, setPlan] = createSignal<Plan>()
  const [failed, setFailed] = createSignal(false)
  const [frame, setFrame] = createSignal<Frame>()
  const [cell, setCell] = createSignal(0)
  const [moves, setMoves] = createSignal(0)
  const [listed, setListed] = createSignal(LISTED)
  const [marks, setMarks] = createSignal<Mark[]>([])
  const placed = createMemo(() => props.photos.filter((photo) => photo.latitude !== null && photo.longitude !== null))
  const unplaced = () => props.photos.length - placed().length
  const placeOf = (photo: PhotoItem): Place => [photo.longitude!, photo.latitude!]
  /** A photo that changes in its words alone must not send the map elsewhere. */
  const points = createMemo(() => placed().map((photo) => ({ place: placeOf(photo), accuracy: photo.accuracy_m })), undefined, {
    equals: (a, b) => JSON.stringify(a) === JSON.stringify(b),
  })
  const inView = createMemo(() => {
    const seen = frame()
    return failed() || !seen ? placed() : placed().filter((photo) => holds(seen, placeOf(photo)))
  })
  /** The photos of a group of one place, while they are looked at; else all. */
  const [group, setGroup] = createSignal<string[] | null>(null)
  const viewer = createViewer(() => {
    const ids = group()
    return ids ? placed().filter((photo) => ids.includes(photo.id)) : placed()
  })
  const open = (id: string, among: string[] | null = null) => {
    setGroup(among)
    viewer.open(id)
  }
  const paper = (): Paper => {
    const style = getComputedStyle(document.documentElement)
    const colour = (name: string) => style.getPropertyValue(name).trim()
    return { ground: colour('--surface'), line: colour('--line'), accent: colour('--accent-ink') }
  }
  /** The sites of these photos that have a place of their own. */
  const signs = createMemo(() => {
    const used = new Set(placed().map((photo) => photo.site_id))
    return props.sites.filter((site) => used.has(site.id) && site.latitude !== null && site.longitude !== null)
  })
  const byKey = createMemo(() => new Map(marks().map((mark) => [mark.key, mark])))
  const keys = createMemo(() => marks().map((mark) => mark.key), [], { equals: (a, b) => a.join() === b.join() })
  /** Keeps a sign over its place, however the map moves; `turns`: its words go to the other side where the edge would cut them. */
  const stand = (element: HTMLElement, place: () => Place, turns = false) =>
    createEffect(() => {
      moves()
      const { x, y } = plan()!.pixels(place())
      const wide = turns ? element.offsetWidth : 0
      const turned = turns && x + wide > plan()!.layer.clientWidth && x > wide
      element.classList.toggle('turned', turned)
      element.style.transform = `translate(${Math.round(turned ? x - wide : x)}px, ${Math.round(y)}px)`
    })
  async function enter(mark: Mark): Promise<void> {
    const numbers = mark.group === null ? [mark.first] : await plan()!.enter(mark)
    const ids = numbers?.map((each) => placed()[each]!.id)
    if (ids?.length) open(ids[0]!, ids.length > 1 ? ids : null)
  }

  onMount(() => {
    let gone = false
    let made: Plan | undefined
    const start = async () => {
      const { openPlan } = await import('./plan.ts')
      if (gone) return
      made = openPlan(element, {
        label: t('photo.map.label'),
        units: { metres: 'm', kilometres: 'km' },
        twoFingers: t('photo.map.twoFingers'),
        paper: paper(),
        onHand: () => (settled = true),
        onMove: () => setMoves((count) => count + 1),
        onRest: (next, side) => {
          setFrame(next)
          setCell(side)
        },
        onMarks: setMarks,
      })
      setPlan(made)
    }
    start().catch(() => setFailed(true))
    onCleanup(() => {
      gone = true
      made?.close()
    })
  })
  /** The filters whose photos the map has come to: one more of them must not send it elsewhere. */
  let fitted: string | undefined
  let settled = false
  createEffect(
    on([plan, points, () => props.filters, () => props.complete], ([drawn, all, filters, complete], before) => {
      if (!drawn) return
      if (filters !== fitted) settled = false
      if (drawn !== before?.[0] || all !== before[1] || filters !== before[2]) drawn.put(all, !settled)
      if (!all.length) return
      fitted = filters
      if (settled || !complete) return
      const timer = setTimeout(() => (settled = true), QUIET_MS)
      onCleanup(() => clearTimeout(timer))
    }),
  )
  createEffect(on(look, () => plan()?.wear(paper()), { defer: true }))

  return (
    <div class="photo-map" classList={{ 'without-plan': failed() }}>
      <Show
        when={!failed()}
        fallback={
          <Note icon="info" tone="warn">
            {t('photo.map.cannot')}
          </Note>
        }
      >
        <div class="plan-frame">
          <div ref={element} class="plan" />
          <div class="plan-tools" role="group" aria-label={t('photo.map.label')}>
            <button type="button" class="button icon-only" aria-label={t('photo.map.closer')} onClick={() => plan()?.closer()}>
              <Icon name="plus" />
            </button>
            <button type="button" class="button icon-only" aria-label={t('photo.map.farther')} onClick={() => plan()?.farther()}>
              <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
                <path d="M5 12h14" />
              </svg>
            </button>
            <Button onClick={() => plan()?.whole()}>{t('photo.map.whole')}</Button>
          </div>
          <p class="plan-words tiny">
            <Show when={cell()}>{t('photo.map.cell', { length: metres(cell()) })} · </Show>
            {t('photo.map.wgs84')}
          </p>
          <Show when={plan()}>
            {(drawn) => (
              <Portal mount={drawn().layer}>
                <div class="plan-signs">
                  <For each={signs()}>
                    {(site) => (
                      <span class="plan-site" ref={(element) => stand(element, () => [site.longitude!, site.latitude!], true)}>
                        <Icon name="site" />
                        <span>{site.name}</span>
                      </span>
                    )}
                  </For>
                  <For each={keys()}>
                    {(key) => (
                      <Show when={byKey().get(key)}>
                        {(mark) => (
                          <Show when={placed()[mark().first]}>
                            {(photo) => (
                              <button
                                type="button"
                                class="plan-mark"
                                ref={(element) => stand(element, () => mark().place)}
                                aria-label={mark().count > 1 ? plural('photo.map.group', mark().count) : photoName(photo())}
                                onClick={() => void enter(mark())}
                              >
                                <Picture photo={photo()} size="thumb" alt="" held />
                                <Show when={mark().count > 1}>
                                  <span class="plan-count">{number(mark().count)}</span>
                                </Show>
                              </button>
                            )}
                          </Show>
                        )}
                      </Show>
                    )}
                  </For>
                </div>
              </Portal>
            )}
          </Show>
        </div>
      </Show>
      <section class="section plan-list" aria-label={t('photo.map.inView')}>
        <header>
          <h2>
            {t('photo.map.inView')} <span class="section-count">{inView().length}</span>
          </h2>
        </header>
        <Show when={props.photos.length} fallback={props.children}>
          <p class="small quiet" role="status">
            {plural('photo.map.placed', placed().length)}
          </p>
          <Show when={unplaced()}>
            <Note
              icon="pin"
              action={
                <Button kind="quiet" onClick={() => props.onList()}>
                  {t('photo.map.toList')}
                </Button>
              }
            >
              {plural('photo.map.unplaced', unplaced())}
            </Note>
          </Show>
          <ul class="items">
            <For each={inView().slice(0, listed())}>
              {(photo) => (
                <li>
                  <button type="button" class="item photo-line" onClick={() => open(photo.id)}>
                    <span class="photo-tile">
                      <Picture photo={photo} size="thumb" alt="" held={!online()} />
                    </span>
                    <span class="grow">
                      <span class="item-title clip">{photo.caption ?? photo.zone ?? photo.site_name}</span>
                      <span class="item-line">
                        <span>{dateTime(photo.taken_at)}</span>
                        <Show when={photo.accuracy_m !== null}>
                          <span>± {number(Math.round(photo.accuracy_m!))} m</span>
                        </Show>
                      </span>
                    </span>
                  </button>
                </li>
              )}
            </For>
          </ul>
          <Show when={inView().length > listed()}>
            <Button onClick={() => setListed(listed() + LISTED)}>{plural('photo.map.more', Math.min(LISTED, inView().length - listed()))}</Button>
          </Show>
        </Show>
      </section>
      <viewer.View />
    </div>
  )
}

/** A length as people say it. */
const metres = (length: number): string => (length >= 1000 ? `${number(length / 1000)} km` : `${number(length)} m`)
