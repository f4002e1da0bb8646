import { createSignal, onCleanup, type Accessor } from 'solid-js'
import { createStore, reconcile, unwrap } from 'solid-js/store'
import { clean } from '../clean.ts'
import { durable, onLeave } from '../durable.ts'
import { AppError, toAppError } from '../errors.ts'
import { dropDraft, keepDraft, readDraft } from './drafts.ts'

export interface FormOptions<T extends object> {
  initial: T
  /** The fields that must be filled for these values. */
  required?: (values: T) => (keyof T & string)[]
  /** Other faults to show before sending: field → error code. */
  check?: (values: T) => Partial<Record<keyof T & string, string>>
  /** Sends. A rejection with an AppError about a field shows under that field. */
  send: (values: T) => Promise<unknown>
  /** Keeps what is typed under this name until it is sent. */
  draft?: string
}

export interface Form<T extends object> {
  values: T
  /** What it began with, before any draft. */
  initial: Readonly<T>
  set: <K extends keyof T & string>(name: K, value: T[K]) => void
  /** Sets a value that nobody typed: it makes no draft. */
  suggest: <K extends keyof T & string>(name: K, value: T[K]) => void
  /** The fault of a field, once sending was tried. */
  fault: (name: string) => AppError | undefined
  isRequired: (name: string) => boolean
  /** The fault of the whole. */
  problem: Accessor<AppError | null>
  busy: Accessor<boolean>
  /** Whether a kept draft was taken up again. */
  restored: Accessor<boolean>
  /** Throws the draft away and starts again. */
  restart: () => void
  submit: (event: SubmitEvent) => Promise<void>
}

const isBlank = (value: unknown) =>
  value === undefined || value === null || (typeof value === 'string' ? value.trim() === '' : Array.isArray(value) && value.length === 0)

/** The state of one form: values, faults, sending, and its draft. */
export function createForm<T extends object>(options: FormOptions<T>): Form<T> {
  const initial = structuredClone(unwrap(options.initial))
  const [values, setValues] = createStore<T>(structuredClone(initial))
  const [faults, setFaults] = createStore<Record<string, AppError | undefined>>({})
  const [problem, setProblem] = createSignal<AppError | null>(null)
  const [busy, setBusy] = createSignal(false)
  const [restored, setRestored] = createSignal(false)
  const required = (): string[] => options.required?.(values) ?? []

  let touched = false
  /** The fields that somebody typed in; the others were filled by the screen. */
  const typed = new Set<string>()
  const untouched = () => !restored() && [...typed].every((name) => String(values[name as keyof T]) === String(initial[name as keyof T]))
  let timer: ReturnType<typeof setTimeout> | undefined
  const keep = () => {
    clearTimeout(timer)
    timer = undefined
    if (!options.draft || !touched) return
    // What was typed and taken away again is no draft.
    void (untouched() ? dropDraft(options.draft) : keepDraft(options.draft, structuredClone(unwrap(values))))
  }
  if (options.draft) {
    void readDraft<T>(options.draft).then((kept) => {
      if (!kept || touched) return
      setValues(reconcile({ ...structuredClone(initial), ...kept }))
      setRestored(true)
    })
    const flush = () => timer && keep()
    addEventListener('pagehide', flush)
    document.addEventListener('visibilitychange', flush)
    const stay = onLeave(flush)
    onCleanup(() => {
      flush()
      stay()
      removeEventListener('pagehide', flush)
      document.removeEventListener('visibilitychange', flush)
    })
  }
  const forget = () => {
    clearTimeout(timer)
    timer = undefined
    touched = false
    typed.clear()
    setRestored(false)
    return options.draft ? dropDraft(options.draft) : undefined
  }

  return {
    values,
    initial,
    set(name, value) {
      setValues(name as never, value as never)
      setFaults(name, undefined)
      touched = true
      typed.add(name)
      if (options.draft) {
        clearTimeout(timer)
        timer = setTimeout(keep, 150)
      }
    },
    suggest(name, value) {
      setValues(name as never, value as never)
      setFaults(name, undefined)
    },
    fault: (name) => faults[name],
    isRequired: (name) => required().includes(name),
    problem,
    busy,
    restored,
    restart() {
      void forget()
      setValues(reconcile(structuredClone(initial)))
      setFaults(reconcile({}))
      setProblem(null)
    },
    async submit(event) {
      event.preventDefault()
      if (busy()) return
      const form = event.currentTarget as HTMLFormElement
      const found: Record<string, AppError> = {}
      for (const name of required()) if (isBlank(values[name as keyof T])) found[name] = new AppError('BLANK', name)
      for (const [name, code] of Object.entries(options.check?.(values) ?? {})) if (code) found[name] ??= new AppError(code as string, name)
      setFaults(reconcile(found))
      setProblem(null)
      if (Object.keys(found).length) return focusFirstFault(form)
      setBusy(true)
      try {
        // As one: a page left between the two would offer to send again what is sent.
        await durable(Promise.resolve(options.send(clean(unwrap(values)))).then(forget))
      } catch (thrown) {
        const error = toAppError(thrown)
        if (error.field && error.field in values) setFaults(error.field, error)
        else setProblem(error)
        focusFirstFault(form)
      } finally {
        setBusy(false)
      }
    },
  }
}

/** Leads to the field at fault, else to what was said above the form: on a phone it stands far above the button. */
function focusFirstFault(form: HTMLFormElement): void {
  requestAnimationFrame(() => {
    const field = form.querySelector<HTMLElement>('[aria-invalid="true"], [data-invalid] input')
    if (field) field.focus()
    else form.querySelector('[role="alert"]')?.scrollIntoView({ block: 'center' })
  })
}
