import { createEffect, createSignal, For, onCleanup, onMount, Show } from 'solid-js'
import { run } from '../../kernel/data.ts'
import type { Commands } from '../../kernel/generated/commands.ts'
import { t } from '../../kernel/i18n/index.ts'
import { me } from '../../kernel/me.ts'
import { announce, confirm } from '../../kernel/ui/dialogs.tsx'
import { dropDraft, keepDraft, readDraft } from '../../kernel/ui/drafts.ts'
import { explain } from '../../kernel/ui/explain.ts'
import { Icon } from '../../kernel/ui/icons.tsx'
import { Button } from '../../kernel/ui/parts.tsx'
import { AppError } from '../../kernel/errors.ts'
import { shapesOf, Stroke } from './Annotations.tsx'
import type { PhotoItem } from './data.ts'
import { photoName } from './labels.ts'
import { Picture } from './Picture.tsx'
import { COLOURS, drawShapes, fits, INKS, MOST_TEXT, shapeAt, share, simplified, TOOLS, type Colour, type Kind, type Shape } from './shapes.ts'
import './annotate.css'

type Tool = Kind | 'erase'
interface Draft {
  /** What the drawing started from. */
  was: Shape[]
  shapes: Shape[]
}

/** The shortest stroke that is meant, share of the picture: less is a touch by mistake. */
const SHORTEST = 0.012

/** Drawing over one photo: a tool, a colour, a finger. What is drawn is a layer, the picture stays as it is. */
export default function Annotate(props: { photo: PhotoItem; onClose: () => void }) {
  let section!: HTMLElement
  let svg!: SVGSVGElement
  let wordsField: HTMLInputElement | undefined
  const photo = props.photo
  const draftName = `annotate:${me()}:${photo.id}`
  const [was, setWas] = createSignal(shapesOf(photo))
  /** Each state of the drawing, the present one last. */
  const [steps, setSteps] = createSignal<Shape[][]>([shapesOf(photo)])
  const shapes = () => steps().at(-1)!
  const [tool, setTool] = createSignal<Tool>('arrow')
  const [colour, setColour] = createSignal<Colour>('red')
  /** The shape under the finger. */
  const [stroke, setStroke] = createSignal<Shape | null>(null)
  const [words, setWords] = createSignal('')
  const [spot, setSpot] = createSignal<[number, number] | null>(null)
  const [ready, setReady] = createSignal(false)
  const [busy, setBusy] = createSignal(false)
  const [problem, setProblem] = createSignal<unknown>(null)
  const [restored, setRestored] = createSignal(false)
  const changed = () => JSON.stringify(shapes()) !== JSON.stringify(was())

  onMount(() => {
    section.focus()
    const viewer = section.closest('dialog')
    const onCancel = (event: Event) => event.target === viewer && void leave()
    viewer?.addEventListener('cancel', onCancel)
    onCleanup(() => viewer?.removeEventListener('cancel', onCancel))
    void readDraft<Draft>(draftName)
      .then((kept) => {
        if (!kept || steps().length > 1) return
        setWas(kept.was)
        setSteps([kept.was, kept.shapes])
        setRestored(true)
      })
      .catch(() => undefined)
  })
  const keep = () => void keepDraft(draftName, { was: was(), shapes: shapes() } satisfies Draft).catch(() => undefined)
  /** Makes `next` the drawing; false when that is more than a photo holds. */
  const put = (next: Shape[]): boolean => {
    if (!fits(next)) {
      setProblem(new AppError('LIMIT', 'annotations'))
      return false
    }
    setProblem(null)
    setSteps([...steps(), next])
    keep()
    return true
  }
  const undo = () => {
    if (steps().length < 2) return
    setSteps(steps().slice(0, -1))
    setProblem(null)
    keep()
  }

  /** The words in the field, where they were wished, or in the middle. */
  const text = (at = spot() ?? [0.5, 0.5]): Shape | null =>
    words().trim() ? { kind: 'text', colour: colour(), points: at.map(share), text: words().trim() } : null
  const putText = (at?: [number, number]) => {
    const shape = text(at)
    if (!shape || !put([...shapes(), shape])) return
    setWords('')
    setSpot(null)
  }

  const pointOf = (event: PointerEvent): [number, number] => {
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM()!.inverse())
    return [share(at.x / photo.width), share(at.y / photo.height)]
  }
  const begin = (event: PointerEvent) => {
    if (!event.isPrimary) return setStroke(null) // a second finger: the hand rests on the glass
    if (event.button !== 0 || !ready()) return
    event.preventDefault()
    const at = pointOf(event)
    const kind = tool()
    if (kind === 'erase') {
      const place = shapeAt(shapes(), at, photo)
      if (place >= 0) put(shapes().filter((_, each) => each !== place))
    } else if (kind === 'text') {
      setSpot(at)
      if (words().trim()) putText(at)
      else wordsField?.focus()
    } else {
      svg.setPointerCapture(event.pointerId)
      setStroke({ kind, colour: colour(), points: [...at, ...at] })
    }
  }
  const move = (event: PointerEvent) => {
    const drawn = stroke()
    if (!drawn || !event.isPrimary) return
    const points = drawn.kind === 'line' ? drawn.points : drawn.points.slice(0, 2)
    setStroke({ ...drawn, points: [...points, ...pointOf(event)] })
  }
  const end = (event: PointerEvent) => {
    const drawn = stroke()
    if (!drawn || !event.isPrimary) return
    setStroke(null)
    const { points } = drawn
    const reach = (from: number) => {
      const all = points.filter((_, place) => place % 2 === from)
      return Math.max(...all) - Math.min(...all)
    }
    if (Math.max(reach(0), reach(1)) < SHORTEST) return
    put([...shapes(), drawn.kind === 'line' ? { ...drawn, points: simplified(points) } : drawn])
  }
  createEffect(() => {
    const more = stroke() ?? (tool() === 'text' && spot() ? text() : null)
    drawShapes(svg, more ? [...shapes(), more] : shapes(), photo)
  })

  const save = async () => {
    putText() // what is typed and not yet placed
    if (words().trim()) return
    setProblem(null)
    setBusy(true)
    try {
      if (changed()) {
        const args = { id: photo.id, shapes: shapes(), was: was() }
        await run('annotate_photo', args as unknown as Commands['annotate_photo'])
        announce(t('photo.annotated'))
      }
      await dropDraft(draftName)
      props.onClose()
    } catch (error) {
      setProblem(error)
      setBusy(false)
    }
  }
  const leave = async () => {
    const question = { title: t('photo.draw.leaveTitle'), body: t('photo.draw.leaveBody'), action: t('photo.draw.leave'), danger: true }
    if ((changed() || words().trim()) && !(await confirm(question))) return
    await dropDraft(draftName).catch(() => undefined)
    props.onClose()
  }

  return (
    <section
      ref={section}
      class="annotate"
      aria-label={t('photo.annotate')}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key === 'z' && (event.ctrlKey || event.metaKey) && event.target !== wordsField) undo()
      }}
    >
      <header class="viewer-bar">
        <Button kind="quiet" onClick={leave}>
          {t('action.cancel')}
        </Button>
        <span class="grow" />
        <Button kind="primary" icon="check" onClick={save} busy={busy()}>
          {t('action.save')}
        </Button>
      </header>
      <Show when={problem()}>
        {(error) => (
          <div class="note danger" role="alert">
            <Icon name="alert" />
            <p class="grow">{explain(error())}</p>
          </div>
        )}
      </Show>
      <Show when={restored() && changed()}>
        <div class="note info" role="status">
          <Icon name="device" />
          <p class="grow">{t('form.restored')}</p>
        </div>
      </Show>
      <figure class="annotate-picture">
        <Picture photo={photo} size="full" alt={photoName(photo)} eager ref={() => setReady(true)} />
        <svg
          ref={svg}
          class="annotations"
          role="img"
          aria-label={t('photo.annotations')}
          onPointerDown={begin}
          onPointerMove={move}
          onPointerUp={end}
          onPointerCancel={() => setStroke(null)}
        />
      </figure>
      <Show when={tool() === 'text'}>
        <form
          class="annotate-words"
          onSubmit={(event) => {
            event.preventDefault()
            putText()
          }}
        >
          <input
            ref={(field) => (wordsField = field)}
            class="input"
            aria-label={t('photo.draw.text')}
            placeholder={t('photo.draw.textHint')}
            maxlength={MOST_TEXT}
            value={words()}
            onInput={(event) => setWords(event.currentTarget.value)}
          />
          <Button type="submit" field disabled={!words().trim()}>
            {t('photo.draw.put')}
          </Button>
        </form>
      </Show>
      <footer class="annotate-bar">
        <div class="annotate-set" role="group" aria-label={t('photo.draw.tools')}>
          <For each={[...TOOLS, 'erase'] as Tool[]}>
            {(each) => (
              <button
                type="button"
                class="annotate-key"
                aria-pressed={tool() === each}
                aria-label={t(`photo.draw.${each}`)}
                title={t(`photo.draw.${each}`)}
                onClick={() => setTool(each)}
              >
                <Stroke name={each} />
              </button>
            )}
          </For>
        </div>
        <div class="annotate-set" role="group" aria-label={t('photo.draw.colours')}>
          <For each={COLOURS}>
            {(each) => (
              <button
                type="button"
                class="annotate-key"
                aria-pressed={colour() === each}
                aria-label={t(`photo.draw.${each}`)}
                title={t(`photo.draw.${each}`)}
                onClick={() => setColour(each)}
              >
                <svg class="annotate-ink" viewBox="0 0 24 24" aria-hidden="true">
                  <circle cx="12" cy="12" r="10" fill={INKS[each].ink} />
                </svg>
              </button>
            )}
          </For>
          <button
            type="button"
            class="annotate-key"
            aria-label={t('photo.draw.undo')}
            title={t('photo.draw.undo')}
            disabled={steps().length < 2}
            onClick={undo}
          >
            <Stroke name="undo" />
          </button>
        </div>
      </footer>
    </section>
  )
}
