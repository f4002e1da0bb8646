import { createEffect, createSignal, createUniqueId, For, Show, untrack, type JSX } from 'solid-js'
import type { AppError } from '../errors.ts'
import { t } from '../i18n/index.ts'
import { explain } from './explain.ts'
import type { Form } from './form.ts'
import { Icon, type IconName } from './icons.tsx'
import { part } from './part.tsx'

interface Common<T extends object> {
  form: Form<T>
  name: keyof T & string
  label: string
  hint?: string
  /** What to say of a fault, when the screen knows better than its code. */
  says?: string
  /** A fault that is certain before anything is sent, in words. */
  early?: string
  autofocus?: boolean
  disabled?: boolean
}

const faultText = (error: AppError, label: string, choice?: boolean) =>
  error.code === 'BLANK' ? t(choice ? 'form.blankChoice' : 'form.blank', { field: label }) : explain(error, label)

function Fault(props: { id: string; error?: AppError; label: string; choice?: boolean; says?: string; early?: string }) {
  return (
    <p class="fault" id={props.id} hidden={!props.error && !props.early}>
      <Icon name="alert" />
      <span>{props.early ?? (props.error && (props.says ?? faultText(props.error, props.label, props.choice)))}</span>
    </p>
  )
}

function Label(props: { for: string; text: string; required: boolean }) {
  return (
    <label class="label" for={props.for}>
      {props.text}
      <Show when={!props.required}>
        <span class="optional"> {t('form.optional')}</span>
      </Show>
    </label>
  )
}

function Frame<T extends object>(
  props: Common<T> & { always?: boolean; choice?: boolean; children: (id: string, describedBy: string) => JSX.Element },
) {
  const id = createUniqueId()
  const fault = () => props.form.fault(props.name)
  return (
    <div class="field">
      <Label for={id} text={props.label} required={props.always || props.form.isRequired(props.name)} />
      {props.children(id, `${id}-hint ${id}-fault`)}
      <Show when={props.hint}>
        <p class="hint" id={`${id}-hint`}>
          {props.hint}
        </p>
      </Show>
      <Fault id={`${id}-fault`} error={fault()} label={props.label} choice={props.choice} says={props.says} early={props.early} />
    </div>
  )
}

type TextProps<T extends object> = Common<T> &
  Pick<JSX.InputHTMLAttributes<HTMLInputElement>, 'type' | 'autocomplete' | 'inputmode' | 'maxlength' | 'placeholder' | 'list' | 'min' | 'step'>

/** One line of text, a number or a date. The value is kept as text. */
export function TextField<T extends object>(props: TextProps<T>) {
  return (
    <Frame {...props}>
      {(id, describedBy) => (
        <input
          class="input"
          id={id}
          name={props.name}
          type={props.type ?? 'text'}
          autocomplete={props.autocomplete ?? 'off'}
          inputmode={props.inputmode}
          maxlength={props.maxlength}
          min={props.min}
          step={props.step}
          list={props.list}
          placeholder={props.placeholder}
          autofocus={props.autofocus}
          disabled={props.disabled}
          required={props.form.isRequired(props.name)}
          aria-describedby={describedBy}
          aria-invalid={props.form.fault(props.name) || props.early ? 'true' : undefined}
          value={String(props.form.values[props.name] ?? '')}
          onInput={(event) => props.form.set(props.name, event.currentTarget.value as never)}
        />
      )}
    </Frame>
  )
}

const Dictate = part(() => import('./Dictate.tsx'))
/** Whether this browser writes what is said. */
const listens = 'SpeechRecognition' in globalThis || 'webkitSpeechRecognition' in globalThis

/** Several lines of text, typed or said. */
export function TextArea<T extends object>(props: Common<T> & { rows?: number; maxlength?: number; placeholder?: string }) {
  return (
    <Frame {...props}>
      {(id, describedBy) => (
        <div class="with-dictate">
          <textarea
            class="input"
            id={id}
            name={props.name}
            rows={props.rows ?? 3}
            maxlength={props.maxlength}
            placeholder={props.placeholder}
            disabled={props.disabled}
            required={props.form.isRequired(props.name)}
            aria-describedby={describedBy}
            aria-invalid={props.form.fault(props.name) ? 'true' : undefined}
            value={String(props.form.values[props.name] ?? '')}
            onInput={(event) => props.form.set(props.name, event.currentTarget.value as never)}
          />
          <Show when={listens && !props.disabled}>
            <Dictate field={id} value={String(props.form.values[props.name] ?? '')} onText={(text) => props.form.set(props.name, text as never)} />
          </Show>
        </div>
      )}
    </Frame>
  )
}

export interface Option {
  value: string
  label: string
  icon?: IconName
  tone?: string
  hint?: string
}

/** One of a list that may be long; `blank` is the choice of none. */
export function SelectField<T extends object>(props: Common<T> & { options: Option[]; blank?: string; always?: boolean }) {
  return (
    <Frame {...props} always={props.always || props.blank === undefined} choice>
      {(id, describedBy) => (
        <div class="select">
          <select
            class="input"
            id={id}
            name={props.name}
            disabled={props.disabled}
            required={props.form.isRequired(props.name)}
            aria-describedby={describedBy}
            aria-invalid={props.form.fault(props.name) ? 'true' : undefined}
            onChange={(event) => props.form.set(props.name, event.currentTarget.value as never)}
          >
            <Show when={props.blank !== undefined}>
              <option value="" selected={!props.form.values[props.name]}>
                {props.blank}
              </option>
            </Show>
            <For each={props.options}>
              {(option) => (
                <option value={option.value} selected={option.value === props.form.values[props.name]}>
                  {option.label}
                </option>
              )}
            </For>
          </select>
          <Icon name="down" />
        </div>
      )}
    </Frame>
  )
}

/** One of a few, all in sight: large tiles for a thumb. */
export function TilesField<T extends object>(props: Common<T> & { options: Option[]; columns?: 2 | 3 | 4; large?: boolean }) {
  const id = createUniqueId()
  const fault = () => props.form.fault(props.name)
  return (
    <fieldset class="field" data-invalid={fault() ? '' : undefined} aria-describedby={`${id}-fault`}>
      <legend class="label">{props.label}</legend>
      <Show when={props.hint}>
        <p class="hint">{props.hint}</p>
      </Show>
      <div class={`tiles columns-${props.columns ?? 2}`} classList={{ large: props.large }}>
        <For each={props.options}>
          {(option) => (
            <label class={`tile ${option.tone ?? ''}`}>
              <input
                type="radio"
                name={id}
                value={option.value}
                disabled={props.disabled}
                checked={props.form.values[props.name] === option.value}
                onChange={() => props.form.set(props.name, option.value as never)}
              />
              <Show when={option.icon}>{(icon) => <Icon name={icon()} />}</Show>
              <span>
                {option.label}
                <Show when={option.hint}>
                  <small>{option.hint}</small>
                </Show>
              </span>
            </label>
          )}
        </For>
      </div>
      <Fault id={`${id}-fault`} error={fault()} label={props.label} choice />
    </fieldset>
  )
}

/** Any number of a few. The value is a list of texts. */
export function ChecksField<T extends object>(props: Common<T> & { options: Option[] }) {
  const id = createUniqueId()
  const chosen = () => (props.form.values[props.name] ?? []) as string[]
  const fault = () => props.form.fault(props.name)
  const toggle = (value: string, on: boolean) =>
    props.form.set(props.name, (on ? [...chosen(), value] : chosen().filter((each) => each !== value)) as never)
  return (
    <fieldset class="field" data-invalid={fault() ? '' : undefined} aria-describedby={`${id}-fault`}>
      <legend class="label">
        {props.label}
        <Show when={!props.form.isRequired(props.name)}>
          <span class="optional"> {t('form.optional')}</span>
        </Show>
      </legend>
      <Show when={props.hint}>
        <p class="hint">{props.hint}</p>
      </Show>
      <div class="checks">
        <For each={props.options}>
          {(option) => (
            <label class="check">
              <input
                type="checkbox"
                value={option.value}
                disabled={props.disabled}
                checked={chosen().includes(option.value)}
                onChange={(event) => toggle(option.value, event.currentTarget.checked)}
              />
              <span>
                {option.label}
                <Show when={option.hint}>
                  <small>{option.hint}</small>
                </Show>
              </span>
            </label>
          )}
        </For>
      </div>
      <Fault id={`${id}-fault`} error={fault()} label={props.label} choice />
    </fieldset>
  )
}

/** Fields that most people leave empty, folded away; open when one of `names` holds something of a draft, or is at fault. */
export function MoreFields<T extends object>(props: { form: Form<T>; names: readonly (keyof T & string)[]; children: JSX.Element }) {
  const filled = () => props.names.some((name) => String(props.form.values[name] ?? '') !== String(props.form.initial[name] ?? ''))
  const wrong = () => props.names.some((name) => props.form.fault(name))
  // Only what stood there before it was opened by hand: typing does not fold or unfold.
  const [open, setOpen] = createSignal(filled())
  createEffect(() => ((props.form.restored() && untrack(filled)) || wrong()) && setOpen(true))
  return (
    <details class="more-fields" open={open()} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <Icon name="down" />
        {t('form.more')}
      </summary>
      <div class="form">{props.children}</div>
    </details>
  )
}

/** What is wrong with the whole form, and the draft that was taken up again. */
export function FormNotes<T extends object>(props: { form: Form<T> }) {
  return (
    <>
      <Show when={props.form.restored()}>
        <div class="note info" role="status">
          <Icon name="device" />
          <div class="note-body">
            <p class="grow">{t('form.restored')}</p>
            <button type="button" class="button quiet" onClick={() => props.form.restart()}>
              {t('form.restart')}
            </button>
          </div>
        </div>
      </Show>
      <Show when={props.form.problem()}>
        {(problem) => (
          <div class="note danger" role="alert">
            <Icon name="alert" />
            <p class="grow">{explain(problem())}</p>
          </div>
        )}
      </Show>
    </>
  )
}
